using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Praetor.Core.State;
using Praetor.Core.State.Catalog;
using Praetor.Core.State.Sessions;
using Praetor.Runtime;
using Praetor.Storage.Heap;
using Praetor.Storage.Log;
using Praetor.Storage.Snapshots;
using Praetor.Tests.Support;

namespace Praetor.Tests.Runtime;

/// <summary>Sessions end by time, never too early, and so do the delays of lost keys (http-core 7.2, 7.3).</summary>
public sealed class SessionTimersTests : IAsyncLifetime
{
    private const string Id = "aaaaaaaa-0000-0000-0000-000000000000";

    private readonly ManualTime _time = new();
    private readonly MemoryLog _log = new();
    private readonly MemorySnapshotStore _snapshots = new();
    private ServerRuntime _server = null!;

    public async ValueTask InitializeAsync()
    {
        await StartAsync();
        await ProposeAsync(Commands.Register(new RegisterRequest { Node = new NodeRecord { Name = "n1", Address = "10.0.0.1" } }));
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_session_that_nobody_renews_ends_after_twice_its_time()
    {
        await CreateAsync(ttlSeconds: 10);

        Pass(19.8);
        await SettledAsync();
        Assert.NotNull(Session);

        Pass(0.4);
        await UntilAsync(() => Session is null);
    }

    [Fact]
    public async Task A_renewed_session_begins_anew()
    {
        await CreateAsync(ttlSeconds: 10);
        for (int i = 0; i < 5; i++)
        {
            Pass(15);
            Assert.Equal(Id, (await _server.RenewSessionAsync(Id, CancellationToken.None))!.Id);
        }

        Pass(19.8);
        await SettledAsync();
        Assert.NotNull(Session);
        Pass(0.4);
        await UntilAsync(() => Session is null);
    }

    [Fact]
    public async Task A_session_without_a_time_lives_on()
    {
        await CreateAsync(ttlSeconds: 0);

        Pass(100_000);
        await SettledAsync();

        Assert.NotNull(Session);
        Assert.NotNull(await _server.RenewSessionAsync(Id, CancellationToken.None));
    }

    [Fact]
    public async Task A_new_leader_gives_every_session_its_full_time()
    {
        await CreateAsync(ttlSeconds: 10);
        Pass(19);

        await _server.DisposeAsync();
        await StartAsync();
        Pass(0.2);
        Pass(19.5);
        await SettledAsync();

        Assert.NotNull(Session);
        Pass(1);
        await UntilAsync(() => Session is null);
    }

    [Fact]
    public async Task What_is_not_there_cannot_be_renewed() => Assert.Null(await _server.RenewSessionAsync("nothing", CancellationToken.None));

    [Fact]
    public async Task A_lost_key_may_be_acquired_when_its_delay_is_over()
    {
        await CreateAsync(ttlSeconds: 0, delaySeconds: 15);
        await ProposeAsync(Commands.KvLock(acquires: true, Id, "k"u8, 0, 0));
        await ProposeAsync(Commands.SessionDestroy(Id));
        await CreateAsync(ttlSeconds: 0);

        Pass(14.8);
        Assert.Equal(CommandOutcome.NotApplied, (await ProposeAsync(Commands.KvLock(acquires: true, Id, "k"u8, 0, 0))).Outcome);

        Pass(0.4);
        await UntilAsync(() => !_server.Root.Sessions.LockDelays().Any());
        Assert.Equal(CommandOutcome.Applied, (await ProposeAsync(Commands.KvLock(acquires: true, Id, "k"u8, 0, 0))).Outcome);
    }

    [Fact]
    public async Task A_delay_outlives_the_leader()
    {
        await CreateAsync(ttlSeconds: 0, delaySeconds: 15);
        await ProposeAsync(Commands.KvLock(acquires: true, Id, "k"u8, 0, 0));
        await ProposeAsync(Commands.SessionDestroy(Id));
        Pass(14);

        await _server.DisposeAsync();
        await StartAsync();
        Pass(0.2);
        Pass(14.5);
        await SettledAsync();
        Assert.Single(_server.Root.Sessions.LockDelays());

        Pass(1);
        await UntilAsync(() => !_server.Root.Sessions.LockDelays().Any());
    }

    [Fact]
    public async Task Sessions_that_come_and_go_by_the_thousand_leave_nothing_behind()
    {
        for (int i = 0; i < 3000; i++)
        {
            string id = $"{i:00000000}-0000-0000-0000-000000000000";
            await CreateAsync(ttlSeconds: 86_400, id: id);
            await ProposeAsync(Commands.SessionDestroy(id));
        }

        Assert.Equal(0, _server.Root.Sessions.Count);
        Assert.InRange(_server.Timers.Queued, 0, 2000);
    }

    private SessionRecord? Session => _server.Root.Sessions.Find(Id);

    private void Pass(double seconds)
    {
        // In steps, as time passes: timers that are due look at the clock of their own step.
        _time.Advance(TimeSpan.FromSeconds(seconds));
        _time.Advance(TimeSpan.FromMilliseconds(1));
    }

    private async Task StartAsync()
    {
        var options = new ServerOptions { ServerId = "s1", RpcAddress = "127.0.0.1:8300", Bootstrap = true };
        _server = ServerRuntime.Start(options, new ServerStores(_log, new MemoryRecordHeap(), _snapshots), _time, NullLogger.Instance);
        await UntilAsync(() =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(1));
            return _server.IsReadyLeader;
        });
        // The first look of a new leader begins all timers.
        _time.Advance(TimeSpan.FromMilliseconds(100));
    }

    private Task CreateAsync(double ttlSeconds, double delaySeconds = 0, string id = Id) => ProposeAsync(Commands.SessionCreate(new SessionRecord
    {
        Id = id,
        Node = "n1",
        TtlNs = (long)(ttlSeconds * 1e9),
        LockDelayNs = (long)(delaySeconds * 1e9),
    }));

    private async Task<CommandResult> ProposeAsync(CommandBuffer command)
    {
        CommandResult result = await _server.ProposeAsync(command, CancellationToken.None);
        Assert.NotEqual(CommandOutcome.Refused, result.Outcome);
        return result;
    }

    /// <summary>Whatever was proposed before has been applied.</summary>
    private Task SettledAsync()
    {
        CommandBuffer command = Commands.KvSet(Encoding.UTF8.GetBytes("settled"), 0, null, 0);
        return ProposeAsync(command);
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        for (DateTime end = DateTime.UtcNow.AddSeconds(30); !holds();)
        {
            Assert.True(DateTime.UtcNow < end, "it does not come about");
            await Task.Delay(1);
        }
    }
}
