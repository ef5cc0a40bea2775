using System.Buffers;
using System.Text;
using Praetor.Core.Mvcc;
using Praetor.Core.State;
using Praetor.Runtime;
using Praetor.Tests.State;
using Praetor.Tests.Support;

namespace Praetor.Tests.Runtime;

public class WatchHubTests
{
    private readonly ManualTime _time = new();
    private readonly StateHarness _state = new();
    private readonly WatchHub _hub;

    public WatchHubTests() => _hub = new WatchHub(_time);

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private void Put(string key)
    {
        _state.Put(key, Guid.NewGuid().ToString());
        _hub.Publish(_state.Changes);
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    [Theory]
    [InlineData("a/b", true)]
    [InlineData("a/bc", false)]
    [InlineData("a", false)]
    public async Task A_key_waiter_wakes_for_its_key_only(string written, bool wakes)
    {
        using WatchTicket ticket = _hub.Register(WatchTopic.KvKey(Bytes("a/b")));
        ValueTask<WakeReason> wait = ticket.WaitAsync(Minute, CancellationToken.None);
        Put(written);
        if (!wakes)
        {
            Assert.False(wait.IsCompleted);
            Put("a/b");
        }

        Assert.Equal(WakeReason.Changed, await wait);
    }

    [Theory]
    [InlineData("p/", "p/x", true)]
    [InlineData("p/", "p/", true)]
    [InlineData("p/", "p", false)]
    [InlineData("", "anything", true)]
    [InlineData("fo", "foo/x", true)]
    [InlineData("p/", "q/p/", false)]
    public void A_prefix_waiter_wakes_for_keys_below_it_only(string prefix, string written, bool wakes)
    {
        using WatchTicket ticket = _hub.Register(WatchTopic.KvPrefix(Bytes(prefix)));
        ValueTask<WakeReason> wait = ticket.WaitAsync(Minute, CancellationToken.None);
        Put(written);
        Assert.Equal(wakes, wait.IsCompleted);
    }

    [Fact]
    public async Task A_delete_wakes_the_waiters_of_every_key_it_took()
    {
        Put("p/a");
        using WatchTicket key = _hub.Register(WatchTopic.KvKey(Bytes("p/a")));
        using WatchTicket below = _hub.Register(WatchTopic.KvPrefix(Bytes("p/")));
        ValueTask<WakeReason> keyWait = key.WaitAsync(Minute, CancellationToken.None);
        ValueTask<WakeReason> belowWait = below.WaitAsync(Minute, CancellationToken.None);
        _state.DeleteTree("p");
        _hub.Publish(_state.Changes);
        Assert.Equal(WakeReason.Changed, await keyWait);
        Assert.Equal(WakeReason.Changed, await belowWait);
    }

    [Fact]
    public async Task Services_nodes_and_tables_wake_for_what_concerns_them()
    {
        using WatchTicket web = _hub.Register(WatchTopic.Service("WEB"));
        using WatchTicket node = _hub.Register(WatchTopic.Node("N1"));
        using WatchTicket services = _hub.Register(WatchTopic.Table(WatchTable.Services));
        using WatchTicket db = _hub.Register(WatchTopic.Service("db"));
        ValueTask<WakeReason>[] waits = [.. new[] { web, node, services, db }.Select(t => t.WaitAsync(Minute, CancellationToken.None))];
        _state.Register(StateHarness.Node("n1") with { Service = StateHarness.Service("web") });
        _hub.Publish(_state.Changes);
        Assert.Equal([true, true, true, false], waits.Select(w => w.IsCompleted));
        Assert.Equal(WakeReason.Changed, await waits[0]);
    }

    [Fact]
    public async Task A_change_between_registration_and_wait_is_not_lost()
    {
        using WatchTicket ticket = _hub.Register(WatchTopic.KvKey(Bytes("a")));
        Put("a");
        Assert.Equal(WakeReason.Changed, await ticket.WaitAsync(Minute, CancellationToken.None));
    }

    [Fact]
    public async Task A_ticket_can_wait_again_after_a_change()
    {
        using WatchTicket ticket = _hub.Register(WatchTopic.KvKey(Bytes("a")));
        for (int round = 0; round < 3; round++)
        {
            ValueTask<WakeReason> wait = ticket.WaitAsync(Minute, CancellationToken.None);
            Assert.False(wait.IsCompleted);
            Put("a");
            Assert.Equal(WakeReason.Changed, await wait);
        }
    }

    [Fact]
    public async Task A_wait_ends_at_its_time_and_not_before()
    {
        using WatchTicket ticket = _hub.Register(WatchTopic.KvKey(Bytes("a")));
        ValueTask<WakeReason> wait = ticket.WaitAsync(TimeSpan.FromSeconds(10), CancellationToken.None);
        _time.Advance(TimeSpan.FromSeconds(9.99));
        Assert.False(wait.IsCompleted);
        _time.Advance(TimeSpan.FromMilliseconds(40));
        Assert.Equal(WakeReason.TimedOut, await wait);
    }

    [Fact]
    public async Task A_cancelled_wait_leaves_nothing_behind()
    {
        using var cancel = new CancellationTokenSource();
        WatchTicket ticket = _hub.Register(WatchTopic.KvPrefix(Bytes("a")));
        ValueTask<WakeReason> wait = ticket.WaitAsync(Minute, cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await wait);
        ticket.Dispose();
        Assert.Equal((0, 0), (_hub.Count, _hub.Timeouts.Armed));
        Put("a");
    }

    [Fact]
    public async Task A_release_wakes_everybody()
    {
        using WatchTicket ticket = _hub.Register(WatchTopic.Service("web"));
        ValueTask<WakeReason> wait = ticket.WaitAsync(Minute, CancellationToken.None);
        _hub.ReleaseAll();
        Assert.Equal(WakeReason.Released, await wait);
    }

    [Fact]
    public async Task Ten_thousand_waiters_share_one_timer()
    {
        WatchTicket[] tickets = [.. Enumerable.Range(0, 10_000).Select(i => _hub.Register(WatchTopic.KvKey(Bytes($"k{i}"))))];
        ValueTask<WakeReason>[] waits = [.. tickets.Select(t => t.WaitAsync(Minute, CancellationToken.None))];
        Assert.Equal(1, _time.ActiveTimers);
        Put("k77");
        Assert.Equal([77], Enumerable.Range(0, waits.Length).Where(i => waits[i].IsCompleted));
        _time.Advance(TimeSpan.FromMinutes(1.1));
        Assert.All(waits, wait => Assert.True(wait.IsCompleted));
        foreach (ValueTask<WakeReason> wait in waits)
            await wait;
        foreach (WatchTicket ticket in tickets)
            ticket.Dispose();
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal((0, 0, 0), (_hub.Count, _hub.Timeouts.Armed, _time.ActiveTimers));
    }

    [Fact]
    public async Task Waking_and_registering_from_many_threads_loses_nothing()
    {
        int wakes = 0;
        using var done = new CancellationTokenSource();
        Task[] waiters = [.. Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (int round = 0; round < 200; round++)
            {
                using WatchTicket ticket = _hub.Register(WatchTopic.KvKey(Bytes("hot")));
                if (await ticket.WaitAsync(Minute, CancellationToken.None) == WakeReason.Changed)
                    Interlocked.Increment(ref wakes);
            }
        }))];
        Task all = Task.WhenAll(waiters);
        while (!all.IsCompleted)
        {
            Put("hot");
            await Task.Delay(1);
        }

        await all;
        Assert.Equal(1600, wakes);
        Assert.Equal(0, _hub.Count);
    }
}
