using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Praetor.Core.Codec;
using Praetor.Core.Gossip;
using Praetor.Core.State.Catalog;

namespace Praetor.Runtime.Agent;

/// <summary>What a leader does to the server set when members come and go. Called only on a leader; true when nothing is left to be done.</summary>
public interface IServerSetDuties
{
    /// <summary>A server is there: it belongs to the set, at its address of now.</summary>
    ValueTask<bool> EnsureAsync(Member member, CancellationToken cancellation);

    /// <summary>A server has gone for good.</summary>
    ValueTask<bool> RemoveAsync(Member member, CancellationToken cancellation);
}

/// <summary>What the duties work with.</summary>
public sealed record LeaderDutyParts
{
    /// <summary>The server's own catalog; its reads wait until there is a leader.</summary>
    public required ICatalogAccess Catalog { get; init; }

    /// <summary>LAN members as of now.</summary>
    public required Func<IReadOnlyList<Member>> Members { get; init; }

    /// <summary>This server leads.</summary>
    public required Func<bool> IsLeader { get; init; }

    /// <summary>This node's name: a leader does not deregister itself.</summary>
    public string Self { get; init; } = "";

    /// <summary>Nodes that have a health from gossip in the catalog.</summary>
    public Func<IEnumerable<string>> Registered { get; init; } = static () => [];

    /// <summary>The server set; null where it is fixed.</summary>
    public IServerSetDuties? Servers { get; init; }

    /// <summary>Where is told how long a pass and each member of it take; null for nowhere.</summary>
    public Meter? Meter { get; init; }
}

/// <summary>
/// What a server does for the catalog while it leads (http-agent 4.3, gossip-raft 4): members of the pool are registered, failed ones critical, those that left or were
/// forgotten deregistered; at once when something changes and again every 60 s. Does nothing that the catalog already holds. Thread-safe.
/// </summary>
public sealed class LeaderDuties : IAsyncDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// A node that no member stands for is deregistered after this long only: a leader that has just started may not have found its pool yet, and must not
    /// empty the catalog because of that.
    /// </summary>
    private static readonly TimeSpan MissingTime = TimeSpan.FromSeconds(90);

    private readonly LeaderDutyParts _parts;
    private readonly Histogram<double>? _passes;
    private readonly Histogram<double>? _memberPasses;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly ConcurrentQueue<Member> _departed = new();
    private readonly Dictionary<string, long> _missingSince = new(StringComparer.Ordinal);
    private readonly ITimer _timer;
    private readonly ITimer _retry;
    private Task _loop = Task.CompletedTask;
    private int _disposed;

    /// <summary>Duties of one server.</summary>
    public LeaderDuties(LeaderDutyParts parts, TimeProvider time, ILogger logger)
    {
        _parts = parts;
        _passes = parts.Meter?.CreateHistogram<double>("leader.reconcile", "ms");
        _memberPasses = parts.Meter?.CreateHistogram<double>("leader.reconcileMember", "ms");
        _time = time;
        _logger = logger;
        _timer = time.CreateTimer(static wake => ((Channel<bool>)wake!).Writer.TryWrite(true), _wake, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _retry = time.CreateTimer(static wake => ((Channel<bool>)wake!).Writer.TryWrite(true), _wake, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Ends with the duties; faulted if their loop died.</summary>
    public Task Stopped => _loop;

    /// <summary>Begins; <see cref="Trigger"/> when leadership is gained.</summary>
    public void Start()
    {
        Trigger();
        _timer.Change(Period, Period);
        _loop = BackgroundLoop.Run("leader duties", RunAsync, _logger, _stopping.Token);
    }

    /// <summary>Leadership was gained: a pass follows at once.</summary>
    public void Trigger() => _wake.Writer.TryWrite(true);

    /// <summary>A member changed: a pass follows at once.</summary>
    public void OnMember(MemberChange change)
    {
        // Who was forgotten is in no list any more. Only a leader has something to do about it, and others must not gather them.
        if (change.Kind == MemberChangeKind.Reaped && _parts.IsLeader())
            _departed.Enqueue(change.Member);
        Trigger();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        await _timer.DisposeAsync().ConfigureAwait(false);
        await _retry.DisposeAsync().ConfigureAwait(false);
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        while (await _wake.Reader.WaitToReadAsync(_stopping.Token).ConfigureAwait(false))
        {
            _wake.Reader.TryRead(out _);
            if (!_parts.IsLeader())
            {
                _departed.Clear();
                _missingSince.Clear();
                continue;
            }

            long begun = Stopwatch.GetTimestamp();
            bool isDone = true;
            IReadOnlyList<Member> members = _parts.Members();
            while (_departed.TryDequeue(out Member? gone))
                isDone &= await ReconcileTimedAsync(gone with { Status = MemberStatus.Left }).ConfigureAwait(false);
            foreach (Member member in members)
                isDone &= await ReconcileTimedAsync(member).ConfigureAwait(false);
            await ForgetMissingAsync(members).ConfigureAwait(false);
            _passes?.Record(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            if (!isDone)
                _retry.Change(RetryPause, Timeout.InfiniteTimeSpan);
        }
    }

    private async Task<bool> ReconcileTimedAsync(Member member)
    {
        long begun = Stopwatch.GetTimestamp();
        bool isDone = await ReconcileAsync(member).ConfigureAwait(false);
        _memberPasses?.Record(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
        return isDone;
    }

    /// <summary>Brings the catalog and the server set to what a member is; false if it is worth another attempt soon.</summary>
    private async Task<bool> ReconcileAsync(Member member)
    {
        try
        {
            NodeReading held = await _parts.Catalog.ReadNodeAsync(member.Name, 0, TimeSpan.Zero, _stopping.Token).ConfigureAwait(false);
            if (!_parts.IsLeader())
                return true;
            return member.Status switch
            {
                MemberStatus.Alive => await RegisterAsync(member, MemberReconciliation.Alive(member, held.View), "alive").ConfigureAwait(false)
                    && (_parts.Servers is null || await _parts.Servers.EnsureAsync(member, _stopping.Token).ConfigureAwait(false)),
                MemberStatus.Failed => await RegisterAsync(member, MemberReconciliation.Failed(member, held.View), "failed").ConfigureAwait(false),
                MemberStatus.Left when member.Name != _parts.Self => await TakeOutAsync(member, held.View).ConfigureAwait(false),
                _ => true,
            };
        }
        catch (Exception failure) when (CatalogFailures.MayPass(failure))
        {
            AgentLog.ReconcileFailed(_logger, member.Name, GoQuote.Quote(failure.Message));
            return false;
        }
    }

    private async Task<bool> RegisterAsync(Member member, RegisterRequest? request, string status)
    {
        if (request is null)
            return true;
        if (await _parts.Catalog.RegisterAsync(request, "", _stopping.Token).ConfigureAwait(false) is { } refusal)
            AgentLog.ReconcileFailed(_logger, member.Name, GoQuote.Quote(refusal));
        else if (status == "alive")
            AgentLog.MemberAlive(_logger, member.Name);
        else
            AgentLog.MemberFailed(_logger, member.Name);
        return true;
    }

    private async Task<bool> TakeOutAsync(Member member, NodeView? held)
    {
        bool isDone = _parts.Servers is null || await _parts.Servers.RemoveAsync(member, _stopping.Token).ConfigureAwait(false);
        if (held is null)
            return isDone;
        if (await _parts.Catalog.DeregisterAsync(new DeregisterRequest(member.Name, "", ""), "", _stopping.Token).ConfigureAwait(false) is { } refusal)
            AgentLog.ReconcileFailed(_logger, member.Name, GoQuote.Quote(refusal));
        else
            AgentLog.MemberLeft(_logger, member.Name);
        return isDone;
    }

    /// <summary>Nodes that gossip once watched and that are in no list any more.</summary>
    private async Task ForgetMissingAsync(IReadOnlyList<Member> members)
    {
        var there = members.Select(static member => member.Name).ToHashSet(StringComparer.OrdinalIgnoreCase);
        var missing = _parts.Registered().Where(name => !there.Contains(name)).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (string found in _missingSince.Keys.Where(name => !missing.Contains(name)).ToList())
            _missingSince.Remove(found);
        foreach (string name in missing)
        {
            if (!_missingSince.TryGetValue(name, out long since))
                _missingSince[name] = _time.GetTimestamp();
            else if (_time.GetElapsedTime(since) >= MissingTime)
                await ReconcileAsync(new Member { Name = name, Addr = "", Status = MemberStatus.Left }).ConfigureAwait(false);
        }
    }
}
