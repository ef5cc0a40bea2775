using System.Diagnostics;
using System.Diagnostics.Metrics;
using Praetor.Core.Consensus;

namespace Praetor.Runtime.Telemetry;

/// <summary>What consensus measures of its messages, its rounds and its threads (config 8, raft.*). All but the gauges are called by who has the raft loop's turn.</summary>
internal sealed class RaftMeters
{
    /// <summary>Samples under way: answers that never come are forgotten when there are more.</summary>
    private const int MaxUnderWay = 64;

    private readonly Histogram<double> _appendRpc;
    private readonly Histogram<double> _heartbeatRpc;
    private readonly Histogram<double>?[] _handled = new Histogram<double>?[16];
    private readonly Histogram<double> _heartbeats;
    private readonly Counter<long> _appendedLogs;
    private readonly Counter<long> _timeouts;
    private readonly Counter<long> _barriers;
    private readonly Histogram<double> _barrier;
    private readonly Dictionary<string, (long SentAt, long Through)> _underWay = new(StringComparer.Ordinal);
    private long _becameLeaderAt;
    private long _dispatched;

    public RaftMeters(Meter meter)
    {
        Histogram<double> Timer(string name) => meter.CreateHistogram<double>(name, "ms");
        _appendRpc = Timer("raft.replication.appendEntries.rpc");
        _heartbeatRpc = Timer("raft.replication.heartbeat");
        _appendedLogs = meter.CreateCounter<long>("raft.replication.appendEntries.logs");
        _handled[(int)RaftMessageKind.Append] = Timer("raft.rpc.appendEntries");
        _handled[(int)RaftMessageKind.Vote] = Timer("raft.rpc.requestVote");
        _heartbeats = Timer("raft.rpc.processHeartbeat");
        _timeouts = meter.CreateCounter<long>("raft.transition.heartbeat_timeout");
        _barriers = meter.CreateCounter<long>("raft.barrier");
        _barrier = Timer("leader.barrier");
        VerifyLeader = meter.CreateCounter<long>("raft.verify_leader");
        Enqueue = Timer("raft.fsm.enqueue");
        SendSnapshot = Timer("raft.replication.installSnapshot");
        ReceiveSnapshot = Timer("raft.rpc.installSnapshot");
        MainThread = new Saturation(meter, "raft.thread.main.saturation");
        ApplyThread = new Saturation(meter, "raft.thread.fsm.saturation");
        meter.CreateObservableGauge("raft.leader.dispatchNumLogs", () => Volatile.Read(ref _dispatched));
    }

    /// <summary>Questions whether this server still leads.</summary>
    public Counter<long> VerifyLeader { get; }

    /// <summary>Handing what is committed to the state, milliseconds.</summary>
    public Histogram<double> Enqueue { get; }

    /// <summary>Sending a snapshot to a server, milliseconds.</summary>
    public Histogram<double> SendSnapshot { get; }

    /// <summary>Receiving one, milliseconds.</summary>
    public Histogram<double> ReceiveSnapshot { get; }

    /// <summary>How busy consensus is.</summary>
    public Saturation MainThread { get; }

    /// <summary>How busy the state is.</summary>
    public Saturation ApplyThread { get; }

    /// <summary>The label that tells servers apart.</summary>
    public static KeyValuePair<string, object?> Peer(string id) => KeyValuePair.Create<string, object?>("peer_id", id);

    /// <summary>So many proposals went into the log together.</summary>
    public void Dispatched(int proposals) => Volatile.Write(ref _dispatched, proposals);

    /// <summary>A message goes out.</summary>
    public void Sent(in RaftMessage message)
    {
        if (message.Kind != RaftMessageKind.Append)
            return;
        if (message.Count > 0)
            _appendedLogs.Add(message.Count, Peer(message.To));
        if (_underWay.Count < MaxUnderWay)
            _underWay.TryAdd(message.To, (Stopwatch.GetTimestamp(), message.Count > 0 ? message.Index + message.Count : -1));
    }

    /// <summary>A message came and was handled since a timestamp.</summary>
    public void Handled(in RaftMessage message, long begun)
    {
        if (message.Kind == RaftMessageKind.AppendReply)
            Answered(message);
        else if (message is { Kind: RaftMessageKind.Append, Count: 0 })
            _heartbeats.Record(ServerMeters.Since(begun));
        else
            _handled[(int)message.Kind]?.Record(ServerMeters.Since(begun));
    }

    /// <summary>The role is another.</summary>
    public void Became(RaftRole role, RaftRole before)
    {
        if (role == RaftRole.Leader)
            _becameLeaderAt = Stopwatch.GetTimestamp();
        else
            _becameLeaderAt = 0;
        if (before == RaftRole.Follower && role is RaftRole.PreCandidate or RaftRole.Candidate)
            _timeouts.Add(1);
        _underWay.Clear();
    }

    /// <summary>A leader has applied all of its past. Any thread.</summary>
    public void IsReady()
    {
        if (Interlocked.Exchange(ref _becameLeaderAt, 0) is not 0 and var since)
        {
            _barriers.Add(1);
            _barrier.Record(ServerMeters.Since(since));
        }
    }

    private void Answered(in RaftMessage reply)
    {
        if (!_underWay.TryGetValue(reply.From, out (long SentAt, long Through) sample) || (reply.IsGranted && reply.Index < sample.Through))
            return;
        _underWay.Remove(reply.From);
        (sample.Through >= 0 ? _appendRpc : _heartbeatRpc).Record(ServerMeters.Since(sample.SentAt), Peer(reply.From));
    }
}

/// <summary>The part of its time that a thread works, told about once a second. One thread at a time.</summary>
internal sealed class Saturation(Meter meter, string name)
{
    private readonly Histogram<double> _shares = meter.CreateHistogram<double>(name);
    private long _since = Stopwatch.GetTimestamp();
    private long _idle;
    private long _waitsSince = Stopwatch.GetTimestamp();

    /// <summary>It begins to wait.</summary>
    public void Waits() => _waitsSince = Stopwatch.GetTimestamp();

    /// <summary>It goes on.</summary>
    public void Works()
    {
        long now = Stopwatch.GetTimestamp();
        _idle += now - _waitsSince;
        long all = now - _since;
        if (all < Stopwatch.Frequency)
            return;
        _shares.Record(Math.Clamp(1 - ((double)_idle / all), 0, 1));
        (_since, _idle) = (now, 0);
    }
}
