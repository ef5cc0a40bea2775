using System.Diagnostics;
using System.Net;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Praetor.Core.Gossip;
using Praetor.Core.Gossip.Coordinates;
using Praetor.Core.Ports;

namespace Praetor.Runtime.Gossip;

/// <summary>Who hears of what happens in a pool. Called one at a time, in order; may wait.</summary>
public interface IPoolListener
{
    /// <summary>The member list changed.</summary>
    ValueTask OnMemberAsync(MemberChange change);

    /// <summary>A user event was delivered.</summary>
    ValueTask OnEventAsync(PoolEvent happened);
}

/// <summary>
/// The shell around one <see cref="GossipPool"/>: its time, its packets, its log lines, and the list of members that everybody reads. Thread-safe.
/// Steps run on the thread that brings the event, one at a time; none of them waits for anything.
/// </summary>
public sealed class GossipLoop : IPacketReceiver, IAsyncDisposable
{
    // Beyond this many changes that nobody has looked at, listeners go by the member list, which is always whole.
    private const int MaxQueuedHappenings = 4096;

    private readonly Lock _gate = new();
    private readonly GossipPool _pool;
    private readonly GossipEffects _effects = new();
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly long _start;
    private readonly ITimer _timer;
    private readonly Channel<object> _happenings = Channel.CreateBounded<object>(new BoundedChannelOptions(MaxQueuedHappenings) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
    private readonly Dictionary<long, TaskCompletionSource<string?>> _joins = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly IKeyRing? _keyRing;
    private readonly GossipMeters? _meters;
    private IPackets _packets = null!;
    private IReadOnlyList<Member> _members = [];
    private long _armedUs = long.MaxValue;
    private Task _telling = Task.CompletedTask;

    /// <summary>A pool that has not begun: <see cref="Start"/> it.</summary>
    /// <param name="identity">Who this node is.</param>
    /// <param name="profile">Times.</param>
    /// <param name="keyRing">The pool's keys, for operations that come from other members; null if there are none.</param>
    /// <param name="seed">Seed of its randomness.</param>
    /// <param name="time">Clock.</param>
    /// <param name="log">Log.</param>
    /// <param name="meters">What is measured; null for nothing.</param>
    /// <exception cref="ArgumentException">The tags are too long.</exception>
    public GossipLoop(GossipIdentity identity, GossipProfile profile, IKeyRing? keyRing, int seed, TimeProvider time, ILogger log, GossipMeters? meters = null)
    {
        _pool = new GossipPool(identity, profile, new Random(seed));
        _keyRing = keyRing;
        _time = time;
        _log = log;
        _start = time.GetTimestamp();
        Kind = identity.Pool;
        Profile = profile;
        _meters = meters;
        meters?.Watch(this);
        _timer = time.CreateTimer(static loop => ((GossipLoop)loop!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Which pool.</summary>
    public PoolKind Kind { get; }

    /// <summary>Its times.</summary>
    public GossipProfile Profile { get; }

    /// <summary>This node's name in the pool.</summary>
    public string Name => _pool.Name;

    /// <summary>All members as of now, sorted by name: those that left or failed too. Immutable.</summary>
    public IReadOnlyList<Member> Members => Volatile.Read(ref _members);

    /// <summary>Where this node lies in the space of latencies.</summary>
    public Coordinate Coordinate
    {
        get
        {
            lock (_gate)
                return _pool.Coordinate;
        }
    }

    /// <summary>Where members lie, as far as this node has heard it from them.</summary>
    public IReadOnlyList<(string Name, Coordinate Coordinate)> Coordinates
    {
        get
        {
            lock (_gate)
                return _pool.Coordinates;
        }
    }

    /// <summary>Numbers for operators (agent/self, info).</summary>
    public PoolStatus Status
    {
        get
        {
            lock (_gate)
                return new PoolStatus(_pool.MemberTime, _pool.EventTime, _pool.HealthScore, _pool.QueuedRumours, _keyRing is { IsEnabled: true });
        }
    }

    /// <summary>Begins; packets may come from now on.</summary>
    /// <param name="packets">The way to others.</param>
    /// <param name="listener">Who hears of changes.</param>
    public void Start(IPackets packets, IPoolListener listener)
    {
        _packets = packets;
        Step(static (pool, now, effects, _) => pool.Start(now, effects), 0);
        _telling = TellAsync(listener);
    }

    /// <inheritdoc/>
    public void OnPacket(IPEndPoint from, ReadOnlySpan<byte> packet)
    {
        _meters?.Received(Kind, packet.Length);
        lock (_gate)
        {
            _pool.ReceivePacket(NowUs, from, packet, _effects);
            CarryOut();
        }
    }

    /// <inheritdoc/>
    public ValueTask<ReadOnlyMemory<byte>> OnExchangeAsync(IPEndPoint from, ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        if (PoolExchange.KindOf(request.Span, out ReadOnlySpan<byte> body) == ExchangeKind.KeyRing)
            return ValueTask.FromResult<ReadOnlyMemory<byte>>(KeyRingExchange.Answer(_keyRing, body));
        _meters?.Accepted(Kind);
        lock (_gate)
        {
            (byte[]? answer, string? refusal) = _pool.ReceiveExchange(NowUs, from, request.Span, _effects);
            CarryOut();
            return answer is not null ? ValueTask.FromResult<ReadOnlyMemory<byte>>(answer) : throw new PacketExchangeException(refusal!);
        }
    }

    /// <summary>Asks the member at an address to take this node in; null when it has, else why not.</summary>
    public Task<string?> JoinAsync(IPEndPoint seed)
    {
        lock (_gate)
        {
            var end = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
            _joins[_pool.Join(seed, _effects)] = end;
            CarryOut();
            return end.Task;
        }
    }

    /// <summary>
    /// Leaves in order: everybody hears that this node is about to go, then that it is gone, each until the news has been told often enough, for
    /// <paramref name="patience"/> each at the longest; then <paramref name="propagation"/> for it to spread.
    /// </summary>
    public async Task LeaveAsync(TimeSpan patience, TimeSpan propagation, CancellationToken cancellation)
    {
        Step(static (pool, now, effects, _) => pool.Leave(now, effects), 0);
        await UntilToldAsync(patience, cancellation).ConfigureAwait(false);
        Step(static (pool, now, effects, _) => pool.FinishLeave(now, effects), 0);
        await UntilToldAsync(patience, cancellation).ConfigureAwait(false);
        if (Others > 0)
            await Task.Delay(propagation, _time, cancellation).ConfigureAwait(false);
    }

    /// <summary>Says of a failed member that it has left; false if nobody of that name is known.</summary>
    public bool ForceLeave(string name, bool prune)
    {
        lock (_gate)
        {
            bool isKnown = _pool.ForceLeave(NowUs, name, prune, _effects);
            CarryOut();
            return isKnown;
        }
    }

    /// <summary>Fires a user event; null, or why not.</summary>
    public string? FireEvent(string name, ReadOnlyMemory<byte> payload)
    {
        lock (_gate)
        {
            string? refusal = _pool.FireEvent(name, payload.Span, _effects);
            CarryOut();
            return refusal;
        }
    }

    /// <summary>Changes this node's tags.</summary>
    /// <exception cref="ArgumentException">They are too long.</exception>
    public void SetTags(IReadOnlyDictionary<string, string> tags) => Step(static (pool, now, effects, own) => pool.SetTags(now, own, effects), tags);

    /// <summary>Stops: no word to anybody.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested)
            return;
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _timer.DisposeAsync().ConfigureAwait(false);
        _happenings.Writer.TryComplete();
        await _telling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_gate)
        {
            foreach (TaskCompletionSource<string?> join in _joins.Values)
                join.TrySetResult("the agent stops");
            _joins.Clear();
        }
    }

    /// <summary>An operation on this node's own key ring.</summary>
    /// <exception cref="PacketExchangeException">Refused, with the text for the operator.</exception>
    internal byte[] OwnKeyRing(ReadOnlySpan<byte> request)
    {
        PoolExchange.KindOf(request, out ReadOnlySpan<byte> body);
        return KeyRingExchange.Answer(_keyRing, body);
    }

    /// <summary>An operation on the key ring of another member.</summary>
    internal async Task<string?> AskKeyRingAsync(IPEndPoint to, ReadOnlyMemory<byte> request, Action<ReadOnlyMemory<byte>> take, CancellationToken cancellation)
    {
        try
        {
            take(await _packets.ExchangeAsync(to, request, TimeSpan.FromMilliseconds(Profile.StreamTimeoutMs), cancellation).ConfigureAwait(false));
            return null;
        }
        catch (PacketExchangeException failed)
        {
            return failed.Message;
        }
    }

    private long NowUs => (long)_time.GetElapsedTime(_start).TotalMicroseconds;

    private int Others => Members.Count(member => member.Name != Name && member.Status == MemberStatus.Alive);

    private void OnTimer()
    {
        if (!_stopping.IsCancellationRequested)
        {
            _armedUs = long.MaxValue;
            long begun = Stopwatch.GetTimestamp();
            Step(static (pool, now, effects, _) => pool.Tick(now, effects), 0);
            _meters?.Ticked(Kind, begun);
        }
    }

    private void Step<TState>(Action<GossipPool, long, GossipEffects, TState> happening, TState state)
    {
        lock (_gate)
        {
            happening(_pool, NowUs, _effects, state);
            CarryOut();
        }
    }

    /// <summary>Under the lock: sending never waits, everything else is handed on.</summary>
    private void CarryOut()
    {
        foreach (OutgoingPacket packet in _effects.Packets)
        {
            _packets.TrySend(packet.To, _effects.Bytes(packet));
            _meters?.Sent(Kind, _effects.Bytes(packet).Length);
        }

        foreach (WantedExchange exchange in _effects.Exchanges)
        {
            _meters?.Connected(Kind, exchange.Request.Length);
            _ = ExchangeAsync(exchange);
        }

        foreach (JoinEnd join in _effects.Joins)
        {
            if (_joins.Remove(join.Token, out TaskCompletionSource<string?>? end))
                end.TrySetResult(join.Error);
        }

        if (_effects.AreMembersChanged)
            Volatile.Write(ref _members, [.. _pool.Members.OrderBy(static member => member.Name, StringComparer.Ordinal)]);
        foreach (MemberChange change in _effects.Changes)
        {
            _meters?.Changed(Kind, change);
            _happenings.Writer.TryWrite(change);
        }

        foreach (PoolEvent happened in _effects.Events)
        {
            _meters?.Happened(Kind, happened);
            _happenings.Writer.TryWrite(happened);
        }

        foreach (GossipFigure figure in _effects.Figures)
            _meters?.Seen(Kind, figure);
        foreach (GossipNote note in _effects.Notes)
            GossipLog.Write(_log, note);
        _effects.Clear();
        Arm();
    }

    private void Arm()
    {
        long nextUs = _pool.NextTickUs;
        if (nextUs >= _armedUs || _stopping.IsCancellationRequested)
            return;
        _armedUs = nextUs;
        long waitMs = Math.Max(0, (nextUs - NowUs + 999) / 1000);
        _timer.Change(TimeSpan.FromMilliseconds(waitMs), Timeout.InfiniteTimeSpan);
    }

    private async Task ExchangeAsync(WantedExchange wanted)
    {
        // It is asked for in the middle of a step; its end is another step, however soon it comes.
        await Task.Yield();
        try
        {
            long begun = Stopwatch.GetTimestamp();
            ReadOnlyMemory<byte> answer = await _packets.ExchangeAsync(wanted.To, wanted.Request, TimeSpan.FromMilliseconds(wanted.TimeoutMs), _stopping.Token).ConfigureAwait(false);
            _meters?.Exchanged(Kind, begun, answer.Length);
            Step(static (pool, now, effects, end) => pool.ExchangeAnswered(now, end.Token, end.Answer.Span, effects), (wanted.Token, Answer: answer));
        }
        catch (PacketExchangeException failed)
        {
            Step(static (pool, _, effects, end) => pool.ExchangeFailed(end.Token, end.Message, effects), (wanted.Token, failed.Message));
        }
        catch (OperationCanceledException)
        {
            // The agent stops; whoever waits for a join is told by DisposeAsync.
        }
    }

    private async Task UntilToldAsync(TimeSpan patience, CancellationToken cancellation)
    {
        long start = _time.GetTimestamp();
        while (Others > 0 && Status.QueuedRumours > 0 && _time.GetElapsedTime(start) < patience)
            await Task.Delay(TimeSpan.FromMilliseconds(Profile.GossipIntervalMs), _time, cancellation).ConfigureAwait(false);
    }

    private async Task TellAsync(IPoolListener listener)
    {
        await foreach (object happening in _happenings.Reader.ReadAllAsync().ConfigureAwait(false))
        {
            try
            {
                if (happening is MemberChange change)
                    await listener.OnMemberAsync(change).ConfigureAwait(false);
                else
                    await listener.OnEventAsync((PoolEvent)happening).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // A listener's fault must not silence the pool; it is told.
            catch (Exception fault)
#pragma warning restore CA1031
            {
                GossipLog.ListenerFailed(_log, fault);
            }
        }
    }
}

/// <summary>Numbers of a pool.</summary>
/// <param name="MemberTime">Logical time of membership.</param>
/// <param name="EventTime">Logical time of user events.</param>
/// <param name="HealthScore">0 is well.</param>
/// <param name="QueuedRumours">Rumours that wait.</param>
/// <param name="IsEncrypted">There is at least one key.</param>
public readonly record struct PoolStatus(ulong MemberTime, ulong EventTime, int HealthScore, int QueuedRumours, bool IsEncrypted);
