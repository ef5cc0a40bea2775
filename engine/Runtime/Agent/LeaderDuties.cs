using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Praetor.Core.Codec;
using Praetor.Core.Gossip;
using Praetor.Core.State.Catalog;

namespace Praetor.Runtime.Agent;

/// <summary>
/// What a server does for the catalog while it leads (http-agent 4.3): the members of the pool are registered, at once when leadership
/// is gained and again every 60 s. Does nothing that the catalog already holds.
/// </summary>
public sealed class LeaderDuties : IAsyncDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(60);

    private readonly ICatalogAccess _catalog;
    private readonly Func<IReadOnlyList<Member>> _members;
    private readonly Func<bool> _isLeader;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly ITimer _timer;
    private Task _loop = Task.CompletedTask;
    private int _disposed;

    /// <summary>Duties of one server.</summary>
    /// <param name="catalog">The server's own catalog; its reads wait until there is a leader.</param>
    /// <param name="members">LAN members as of now.</param>
    /// <param name="isLeader">This server leads.</param>
    /// <param name="time">Clock and timers.</param>
    /// <param name="logger">Log.</param>
    public LeaderDuties(ICatalogAccess catalog, Func<IReadOnlyList<Member>> members, Func<bool> isLeader, TimeProvider time, ILogger logger)
    {
        _catalog = catalog;
        _members = members;
        _isLeader = isLeader;
        _logger = logger;
        _timer = time.CreateTimer(static wake => ((Channel<bool>)wake!).Writer.TryWrite(true), _wake, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Ends with the duties; faulted if their loop died.</summary>
    public Task Stopped => _loop;

    /// <summary>Begins with a pass as soon as there is a leader.</summary>
    public void Start()
    {
        Trigger();
        _timer.Change(Period, Period);
        _loop = BackgroundLoop.Run("leader duties", RunAsync, _logger, _stopping.Token);
    }

    /// <summary>Leadership was gained or a member changed: a pass follows at once.</summary>
    public void Trigger() => _wake.Writer.TryWrite(true);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        await _timer.DisposeAsync().ConfigureAwait(false);
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        while (await _wake.Reader.WaitToReadAsync(_stopping.Token).ConfigureAwait(false))
        {
            _wake.Reader.TryRead(out _);
            foreach (Member member in _members())
                await ReconcileAsync(member).ConfigureAwait(false);
        }
    }

    private async Task ReconcileAsync(Member member)
    {
        try
        {
            // The read comes first: right after the start it waits for the election whose outcome is asked for then.
            NodeReading held = await _catalog.ReadNodeAsync(member.Name, 0, TimeSpan.Zero, _stopping.Token).ConfigureAwait(false);
            if (!_isLeader() || MemberReconciliation.Alive(member, held.View) is not { } request)
                return;
            if (await _catalog.RegisterAsync(request, "", _stopping.Token).ConfigureAwait(false) is { } refusal)
                AgentLog.ReconcileFailed(_logger, member.Name, GoQuote.Quote(refusal));
            else
                AgentLog.MemberAlive(_logger, member.Name);
        }
        catch (Exception failure) when (CatalogFailures.MayPass(failure))
        {
            AgentLog.ReconcileFailed(_logger, member.Name, GoQuote.Quote(failure.Message));
        }
    }
}
