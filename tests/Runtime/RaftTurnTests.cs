using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging.Abstractions;
using Praetor.Core.Consensus;
using Praetor.Core.State;
using Praetor.Runtime;
using Praetor.Storage.Heap;
using Praetor.Storage.Log;
using Praetor.Storage.Snapshots;

namespace Praetor.Tests.Runtime;

/// <summary>Who takes the turns of the raft loop (Runtime/README.md), seen by the measure that a turn takes when it commits.</summary>
public sealed class RaftTurnTests : IDisposable
{
    private static readonly ServerMember Self = new("s1", "127.0.0.1:8300", IsVoter: true);

    private readonly Meter _meter = new("turns");
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<string?> _committers = new();

    public void Dispose()
    {
        _listener.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public async Task Without_followers_the_end_of_a_sync_takes_the_turn_that_commits()
    {
        OnCommit(() => _committers.Enqueue(Thread.CurrentThread.Name));
        await using ServerRuntime server = Start();

        await WriteUntilCommittedByAsync(server, "praetor-log");
    }

    [Fact]
    public async Task With_a_follower_the_raft_thread_takes_every_turn()
    {
        await using ServerRuntime server = await StartWithFollowerAsync();
        OnCommit(() => _committers.Enqueue(Thread.CurrentThread.Name));

        for (int i = 0; i < 50; i++)
            await PutAsync(server);

        Assert.Equal(["praetor-raft"], _committers.Distinct());
    }

    [Fact]
    public async Task A_server_whose_follower_leaves_is_alone_again()
    {
        await using ServerRuntime server = await StartWithFollowerAsync();
        Assert.Null(await server.ChangeServersAsync(new ServerSet([Self])));
        OnCommit(() => _committers.Enqueue(Thread.CurrentThread.Name));

        await WriteUntilCommittedByAsync(server, "praetor-log");
    }

    [Fact]
    public async Task A_turn_that_fails_on_another_thread_stops_the_server_as_on_its_own()
    {
        await using ServerRuntime server = Start();
        await PutAsync(server);
        OnCommit(static () =>
        {
            if (Thread.CurrentThread.Name != "praetor-raft")
                throw new InvalidOperationException("out of order");
        });

        await Assert.ThrowsAsync<ServerStoppedException>(async () =>
        {
            for (int i = 0; i < 10_000; i++)
                await PutAsync(server);
        });

        Assert.Equal("out of order", (await Assert.ThrowsAsync<InvalidOperationException>(async () => await server.Stopped)).Message);
    }

    [Fact]
    public async Task Whoever_writes_while_the_server_stops_gets_an_answer()
    {
        for (int round = 0; round < 10; round++)
        {
            ServerRuntime server = Start();
            Task[] writers = [.. Enumerable.Range(0, 8).Select(_ => Task.Run(() => WriteUntilStoppedAsync(server)))];
            while (server.Root.Index < 100)
                await Task.Delay(1, TestContext.Current.CancellationToken);

            await server.DisposeAsync();

            await Task.WhenAll(writers).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task A_server_that_has_stopped_says_so_to_who_would_change_its_peers()
    {
        ServerRuntime server = Start();
        await PutAsync(server);
        await server.DisposeAsync();

        Assert.Equal("server is shutting down", await server.ChangeServersAsync(new ServerSet([Self])).WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
    }

    private static async Task WriteUntilStoppedAsync(ServerRuntime server)
    {
        try
        {
            while (true)
                await PutAsync(server);
        }
        catch (ServerStoppedException)
        {
        }
    }

    private ServerRuntime Start() => ServerRuntime.Start(
        new ServerOptions { ServerId = Self.Id, RpcAddress = Self.Address, Bootstrap = true },
        new ServerStores(new MemoryLog(), new MemoryRecordHeap(), new MemorySnapshotStore()), TimeProvider.System, NullLogger.Instance, meter: _meter);

    /// <summary>Not each write: if the writer's own turn has not ended yet, the raft thread goes on, on a busy machine many times in a row.</summary>
    private async Task WriteUntilCommittedByAsync(ServerRuntime server, string thread)
    {
        for (int i = 0; i < 10_000 && !_committers.Contains(thread); i++)
            await PutAsync(server);
        Assert.Contains(thread, _committers);
    }

    private async Task<ServerRuntime> StartWithFollowerAsync()
    {
        ServerRuntime server = Start();
        await PutAsync(server);
        Assert.Null(await server.ChangeServersAsync(new ServerSet([Self, new ServerMember("s2", "127.0.0.2:8300", IsVoter: false)])));
        await PutAsync(server);
        return server;
    }

    private static async Task PutAsync(ServerRuntime server)
    {
        CommandBuffer command = Commands.KvSet("k"u8, 0, null, 1);
        command.Write("v"u8);
        await server.ProposeAsync(command, CancellationToken.None);
    }

    private void OnCommit(Action happened)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter == _meter && instrument.Name == "raft.fsm.enqueue")
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((_, _, _, _) => happened());
        _listener.Start();
    }
}
