using Praetor.Core.Consensus;
using Praetor.Core.Ports;
using Praetor.Runtime.Sessions;

namespace Praetor.Tests.Simulation;

/// <summary>A command of a client: writes or compares-and-sets a key. The id is what recognises it when it comes again.</summary>
/// <param name="Locks">For the real state machine with sessions and locks instead; null for the keys.</param>
internal sealed record SimulatedCommand(long Id, int Key, long Value, long? Expected, byte[]? Locks = null);

/// <summary>A log entry with what the core does not look at.</summary>
internal sealed record SimulatedEntry(long Term, LogEntryKind Kind, SimulatedCommand? Command, ServerSet? Servers);

/// <summary>The state machine: keys, and the results of commands that may come again; and the real one, for sessions and locks.</summary>
internal sealed class SimulatedState
{
    private readonly Dictionary<int, long> _keys;
    private readonly Dictionary<long, bool> _results;

    public SimulatedState()
        : this([], [], new LockState())
    {
    }

    private SimulatedState(Dictionary<int, long> keys, Dictionary<long, bool> results, LockState locks)
    {
        _keys = keys;
        _results = results;
        Locks = locks;
    }

    /// <summary>Sessions and locks.</summary>
    public LockState Locks { get; }

    public long Get(int key) => _keys.GetValueOrDefault(key);

    public SimulatedState Copy() => new(new(_keys), new(_results), Locks.Copy());

    public bool Same(SimulatedState other) => _keys.Count == other._keys.Count && _keys.All(pair => other.Get(pair.Key) == pair.Value) && Locks.Same(other.Locks);

    public bool Apply(SimulatedCommand command, bool recognisesRetries)
    {
        if (command.Locks is { } bytes)
            return Locks.Apply(bytes);
        if (recognisesRetries && _results.TryGetValue(command.Id, out bool before))
            return before;
        bool succeeds = command.Expected is not { } expected || Get(command.Key) == expected;
        if (succeeds)
            _keys[command.Key] = command.Value;
        _results[command.Id] = succeeds;
        return succeeds;
    }
}

/// <summary>What survives a crash: log from a base on, term and vote, the newest snapshot.</summary>
internal sealed class SimulatedDisk
{
    public HardState HardState { get; set; }

    public List<SimulatedEntry> Log { get; } = [];

    public long Base { get; set; }

    public long BaseTerm { get; set; }

    public long SnapshotIndex { get; set; }

    public long SnapshotTerm { get; set; }

    public ServerSet SnapshotServers { get; set; } = ServerSet.Empty;

    public SimulatedState SnapshotState { get; set; } = new();

    public long LastIndex => Base + Log.Count;

    public long TermOf(long index) => index == Base ? BaseTerm : index > Base && index <= LastIndex ? Log[(int)(index - Base - 1)].Term : -1;

    public void StartAfter(long index, long term)
    {
        Log.Clear();
        Base = index;
        BaseTerm = term;
    }

    public void DropPrefix(long through)
    {
        BaseTerm = TermOf(through);
        Log.RemoveRange(0, (int)(through - Base));
        Base = through;
    }
}

/// <summary>A server: the real core, a disk that is slow, a log in memory, an applied state, and a clock of its own.</summary>
internal sealed class SimulatedServer(string id, double drift)
{
    public string Id { get; } = id;

    public SimulatedDisk Disk { get; } = new();

    public Raft Core { get; set; } = null!;

    public RaftEffects Effects { get; } = new();

    public bool IsUp { get; set; }

    public long PausedUntilMs { get; set; }

    /// <summary>The log as the running server knows it, from <see cref="MemoryBase"/> on.</summary>
    public List<SimulatedEntry> Memory { get; set; } = [];

    public long MemoryBase { get; set; }

    /// <summary>Writes that the disk has not done yet.</summary>
    public Queue<(LogWrite Write, List<SimulatedEntry> Entries)> Unsynced { get; } = new();

    /// <summary>Newest write that a lying disk has reported.</summary>
    public long ReportedEarly { get; set; }

    /// <summary>What the log may forget since the last snapshot.</summary>
    public long CompactThrough { get; set; }

    public SimulatedState State { get; set; } = new();

    /// <summary>When sessions and lock-delays end, as this server counts while it leads.</summary>
    public SessionClock Sessions { get; private set; } = new();

    public long Applied { get; set; }

    public bool Leads => IsUp && Core.Role == RaftRole.Leader;

    /// <summary>The term in which it leads and knows all that was committed before; null if it does not.</summary>
    public long? ReadyTerm => Leads && Applied >= Core.TermStartIndex ? Core.Term : null;

    public SimulatedEntry At(long index) => Memory[(int)(index - MemoryBase - 1)];

    /// <summary>The server's own clock: it runs a little too fast or too slow.</summary>
    public long ClockOf(long nowMs) => (long)(nowMs * drift) + 1000;

    /// <summary>Reads the disk as a start does; what its snapshot has made superfluous is forgotten.</summary>
    public RaftStart Recover()
    {
        SimulatedDisk disk = Disk;
        if (disk.SnapshotIndex > 0 && (disk.LastIndex < disk.SnapshotIndex || disk.TermOf(disk.SnapshotIndex) != disk.SnapshotTerm))
            disk.StartAfter(disk.SnapshotIndex, disk.SnapshotTerm);
        Memory = [.. disk.Log];
        MemoryBase = disk.Base;
        Unsynced.Clear();
        ReportedEarly = 0;
        Effects.Clear();
        State = disk.SnapshotState.Copy();
        Sessions = new SessionClock();
        Applied = disk.SnapshotIndex;
        var shape = new LogShape(disk.Base, disk.BaseTerm);
        var configurations = new List<(long, ServerSet)>();
        long index = disk.Base;
        foreach (SimulatedEntry entry in disk.Log)
        {
            index++;
            shape.Append(entry.Term, SimulatedCluster.EntryBytes);
            if (entry.Servers is { } servers && index > disk.SnapshotIndex)
                configurations.Add((index, servers));
        }

        return new RaftStart(Id, disk.SnapshotServers, configurations, disk.HardState, shape, disk.SnapshotIndex);
    }

    /// <summary>The disk does one write.</summary>
    public void Sync((LogWrite Write, List<SimulatedEntry> Entries) write, Sabotage sabotage)
    {
        if (write.Write.ResetTo is { } reset)
            Disk.StartAfter(reset, Disk.SnapshotTerm);
        if (write.Write.HardState is { } hardState && sabotage != Sabotage.VoteNotPersisted)
            Disk.HardState = hardState;
        if (write.Write.TruncateFrom is { } from && sabotage != Sabotage.TruncationLost)
            Disk.Log.RemoveRange((int)(from - Disk.Base - 1), (int)(Disk.LastIndex - from + 1));
        Disk.Log.AddRange(write.Entries);
    }
}
