using System.Buffers;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Praetor.Core.Consensus;
using Praetor.Core.Mvcc;
using Praetor.Core.Ports;
using Praetor.Core.State;
using Praetor.Runtime;
using Praetor.Storage.Heap;
using Praetor.Storage.Log;
using Praetor.Storage.Snapshots;

namespace Praetor.Tests.Runtime;

public class ServerRuntimeTests
{
    private readonly MemoryLog _log = new();
    private readonly MemorySnapshotStore _snapshots = new();

    private ServerRuntime Start(ServerOptions? options = null, IRaftLog? log = null, IRecordHeap? heap = null) =>
        ServerRuntime.Start(options ?? Options, new ServerStores(log ?? _log, heap ?? new MemoryRecordHeap(), _snapshots), TimeProvider.System, NullLogger.Instance);

    private static ServerOptions Options => new() { ServerId = "s1", RpcAddress = "127.0.0.1:8300", Bootstrap = true };

    private static ValueTask<CommandResult> Put(ServerRuntime server, string key, string value)
    {
        CommandBuffer command = Commands.KvSet(Encoding.UTF8.GetBytes(key), 0, null, value.Length);
        command.Write(Encoding.UTF8.GetBytes(value));
        return server.ProposeAsync(command, CancellationToken.None);
    }

    [Fact]
    public async Task A_new_server_takes_writes_and_shows_them_to_the_next_read()
    {
        await using ServerRuntime server = Start();
        CommandResult result = await Put(server, "a", "1");
        StateRoot root = await server.ReadAsync(ReadConsistency.Default, CancellationToken.None);
        Assert.True(result.IsApplied);
        Assert.True(root.Kv.TryGet("a"u8, out var entry));
        Assert.Equal(result.Index, entry.ModifyIndex);
    }

    [Fact]
    public async Task A_survivor_keeps_what_its_log_holds_and_leads_the_servers_it_is_given()
    {
        await using (ServerRuntime server = Start())
        {
            for (int i = 0; i < 50; i++)
                await Put(server, $"k{i % 10}", $"v{i}");
        }

        long last = _log.LastIndex;
        var others = new ServerSet([new ServerMember("s1", "127.0.0.1:8300", IsVoter: true), new ServerMember("s9", "127.0.0.9:8300", IsVoter: false)]);
        await using (ServerRuntime server = Start(Options with { RecoveredServers = others }))
        {
            Assert.True((await Put(server, "after", "v")).Index > last);
            Assert.Equal(11, server.Root.Kv.Count);
            Assert.Equal(["s1", "s9"], server.Status.Servers.Select(static each => each.Id));
        }

        // It holds at the next start, too.
        await using ServerRuntime again = Start();
        Assert.True(await again.WaitForLeaderAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        Assert.Equal(11, again.Root.Kv.Count);
        Assert.Equal(["s1", "s9"], again.Status.Servers.Select(static each => each.Id));
    }

    [Fact]
    public async Task A_server_that_never_heard_of_a_leader_has_nothing_stale_to_tell()
    {
        await using ServerRuntime server = Start(Options with { Bootstrap = false, RpcHoldTime = TimeSpan.Zero });

        await Assert.ThrowsAsync<NoLeaderException>(async () => await server.ReadAsync(ReadConsistency.Stale, CancellationToken.None));
    }

    [Fact]
    public async Task Status_tells_leader_and_peers()
    {
        await using ServerRuntime server = Start();
        await Put(server, "a", "1");
        Assert.Equal(("Leader", "127.0.0.1:8300"), (server.Status.State, server.Status.LeaderAddress));
        Assert.Equal("127.0.0.1:8300", Assert.Single(server.Status.Servers).Address);
    }

    [Fact]
    public async Task Every_write_has_its_own_index_and_they_rise_in_order_of_proposal()
    {
        await using ServerRuntime server = Start();
        await Put(server, "first", "1");
        CommandResult[] results = await Task.WhenAll(Enumerable.Range(0, 500).Select(i => Put(server, $"k{i}", "v").AsTask()));
        Assert.Equal(500, results.Select(r => r.Index).Distinct().Count());
        Assert.Equal(501, server.Root.Kv.Count);
    }

    [Fact]
    public async Task After_a_restart_everything_acknowledged_is_there_under_a_higher_term()
    {
        long term;
        await using (ServerRuntime server = Start())
        {
            for (int i = 0; i < 50; i++)
                await Put(server, $"k{i}", $"v{i}");
            term = server.Status.Term;
        }

        await using ServerRuntime again = Start();
        StateRoot root = await again.ReadAsync(ReadConsistency.Default, CancellationToken.None);
        Assert.Equal(50, root.Kv.Count);
        Assert.True(again.Status.Term > term);
    }

    [Fact]
    public async Task A_restart_goes_on_from_snapshot_and_log()
    {
        ServerOptions options = Options with
        {
            Snapshots = new SnapshotOptions(MinEntries: 20, IntervalMs: 0),
            Raft = new Praetor.Core.Consensus.RaftOptions(TrailingEntries: 5),
        };
        int written = 0;
        await using (ServerRuntime server = Start(options))
        {
            // Snapshots are taken in the background: as many writes as it takes until one has shortened the log.
            while (_log.FirstIndex == 1)
            {
                await Put(server, $"k{written}", $"v{written}");
                Assert.True(++written < 1_000_000, "no snapshot shortened the log");
            }
        }

        await using ServerRuntime again = Start(options);
        StateRoot root = await again.ReadAsync(ReadConsistency.Default, CancellationToken.None);
        Assert.Equal(written, root.Kv.Count);
        Assert.True(again.Status.LastSnapshotIndex > 0);
    }

    [Fact]
    public async Task A_server_without_configuration_has_no_leader_and_says_so()
    {
        await using ServerRuntime server = Start(Options with { Bootstrap = false, RpcHoldTime = TimeSpan.FromMilliseconds(50) });
        await Assert.ThrowsAsync<NoLeaderException>(async () => await Put(server, "a", "1"));
        await Assert.ThrowsAsync<NoLeaderException>(async () => await server.ReadAsync(ReadConsistency.Default, CancellationToken.None));
    }

    [Fact]
    public async Task A_failing_disk_stops_the_server_and_every_later_call_says_so()
    {
        await using ServerRuntime server = Start(log: new FailingLog(_log, failAfter: 5));
        await Assert.ThrowsAsync<ServerStoppedException>(async () =>
        {
            for (int i = 0; i < 20; i++)
                await Put(server, $"k{i}", "v");
        });
        await Assert.ThrowsAsync<IOException>(async () => await server.Stopped);
        await Assert.ThrowsAsync<ServerStoppedException>(async () => await Put(server, "late", "v"));
        await Assert.ThrowsAsync<ServerStoppedException>(async () => await server.ReadAsync(ReadConsistency.Default, CancellationToken.None));
    }

    [Fact]
    public async Task A_write_wakes_its_watcher_after_its_root_is_published()
    {
        await using ServerRuntime server = Start();
        using WatchTicket ticket = server.Watches.Register(WatchTopic.KvKey("a"u8.ToArray()));
        ValueTask<WakeReason> wait = ticket.WaitAsync(TimeSpan.FromMinutes(1), CancellationToken.None);
        await Put(server, "a", "1");
        Assert.Equal(WakeReason.Changed, await wait);
        Assert.True(server.Root.Kv.TryGet("a"u8, out _));
    }

    [Fact]
    public async Task Superseded_values_leave_the_heap_when_the_history_window_has_passed()
    {
        var heap = new MemoryRecordHeap();
        await using ServerRuntime server = Start(Options with { History = new HistoryOptions(MaxIndexes: 10) }, heap: heap);
        for (int i = 0; i < 1000; i++)
            await Put(server, "hot", $"value {i}");
        Assert.InRange(heap.Count, 1, 12);
        await server.ProposeAsync(Commands.KvDelete("hot"u8, null), CancellationToken.None);
        for (int i = 0; i < 12; i++)
            await Put(server, "empty", i % 2 == 0 ? "" : "x");
        Assert.InRange(heap.LiveBytes, 0, 20);
    }

    [Fact]
    public async Task A_pending_waiter_is_released_when_the_server_stops()
    {
        ServerRuntime server = Start();
        using WatchTicket ticket = server.Watches.Register(WatchTopic.Service("web"));
        ValueTask<WakeReason> wait = ticket.WaitAsync(TimeSpan.FromMinutes(1), CancellationToken.None);
        await server.DisposeAsync();
        Assert.Equal(WakeReason.Released, await wait);
    }

    private sealed class FailingLog(IRaftLog inner, int failAfter) : IRaftLog
    {
        private int _appends;

        public long FirstIndex => inner.FirstIndex;

        public long LastIndex => inner.LastIndex;

        public HardState HardState => inner.HardState;

        public long SizeBytes => inner.SizeBytes;

        public void SaveHardState(HardState state) => inner.SaveHardState(state);

        public void Append(ReadOnlySpan<LogEntry> batch)
        {
            if (++_appends > failAfter)
                throw new IOException("disk gone");
            inner.Append(batch);
        }

        public void TruncateSuffix(long fromIndex) => inner.TruncateSuffix(fromIndex);

        public void CompactPrefix(long throughIndex) => inner.CompactPrefix(throughIndex);

        public void Reset(long index) => inner.Reset(index);

        public IReadOnlyList<LogEntry> Read(long fromIndex, int maxBytes) => inner.Read(fromIndex, maxBytes);

        public void Walk(Action<LogEntry> visit) => inner.Walk(visit);

        public void Dispose() => inner.Dispose();
    }
}
