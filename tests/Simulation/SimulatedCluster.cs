using Praetor.Core.Consensus;
using Praetor.Core.Ports;

namespace Praetor.Tests.Simulation;

/// <summary>
/// Servers around the real consensus core on virtual time, from a seed: four simulated seconds of faults, then two in which everything works and all must come
/// together. Everything the shell does in production is done here by hand, one thing at a time, in an order that the seed decides.
/// </summary>
internal sealed partial class SimulatedCluster
{
    public const int EntryBytes = 8;

    private const int FaultsEndMs = 4000;
    private const int ProposalsEndMs = 5200;
    private const int EndMs = 6000;

    private static readonly RaftOptions s_options =
        new(ElectionTimeoutMs: 150, LeaseMs: 120, HeartbeatMs: 25, TrailingEntries: 5, MaxAppendBytes: 40, MaxInFlight: 3, DiskStallMs: 400, LongestLeaseMs: 120);

    /// <summary>As with another performance.raft_multiplier.</summary>
    private static readonly RaftOptions s_hastyOptions = s_options with { ElectionTimeoutMs = 60, LeaseMs = 40, HeartbeatMs = 15 };

    private readonly int _seed;
    private readonly Sabotage _sabotage;
    private readonly Action<string>? _trace;
    private readonly Random _random;
    private readonly FaultPlan _plan;
    private readonly List<SimulatedServer> _servers = [];
    private readonly ServerSet _first;
    private readonly List<SimulatedEntry> _new = [];
    private readonly ClusterInvariants _invariants = new();
    private readonly SimulatedClients _clients;
    private readonly SimulatedLocks _locks;
    private long _nowMs;
    private int _taken;

    public SimulatedCluster(int seed, Sabotage sabotage = Sabotage.None, Action<string>? trace = null)
    {
        _seed = seed;
        _sabotage = sabotage;
        _trace = trace;
        _random = new Random(seed);
        _plan = FaultPlan.Draw(_random).Tempting(sabotage);
        double drift = sabotage == Sabotage.ClocksBeyondBound ? 1.2 : 0.08;
        for (int i = 0; i < _plan.Voters + _plan.Spares; i++)
            _servers.Add(new SimulatedServer($"n{i}", 1 + ((_random.NextDouble() - 0.5) * drift)));
        _first = new ServerSet([.. _servers.Take(_plan.Voters).Select(static server => new ServerMember(server.Id, "", IsVoter: true))]);
        _clients = new SimulatedClients(_random, sabotage);
        _locks = new SimulatedLocks(_random, sabotage);
    }

    private bool HasFaults => _nowMs < FaultsEndMs;

    /// <summary>Lives through it all.</summary>
    /// <exception cref="SimulationException">Something happened that must not; the message says what, when, and how to see it again.</exception>
    public SimulationTally Run()
    {
        try
        {
            foreach (SimulatedServer server in _servers)
                Start(server);
            foreach (SimulatedServer server in _servers.Take(_plan.Voters))
                Step(server, RaftEvent.Bootstrap(server.ClockOf(_nowMs), _first));
            for (_nowMs = 1; _nowMs < EndMs; _nowMs++)
                Pass();
            CheckEnd();
            _clients.Check();
            return new SimulationTally(_invariants.Committed, _clients.Operations, _invariants.Elections, _locks.Acquired);
        }
        catch (Exception found) when (found is not SimulationException)
        {
            throw new SimulationException($"seed {_seed}, {_nowMs} ms: {found.Message}\nsee it again: PRAETOR_SIM_FROM={_seed} PRAETOR_SIM_SEEDS=1 PRAETOR_SIM_TRACE=1 "
                + "dotnet test tests -c Release --filter FullyQualifiedName~ClusterSimulationTests.No_seed", found);
        }
    }

    private void Trace(string line) => _trace?.Invoke($"{_nowMs,5} {line}");

    private void Pass()
    {
        if (_nowMs == FaultsEndMs)
            Heal();
        // Before the servers look at their clocks: whoever wakes from a pause may be asked before it has noticed.
        if (_nowMs < ProposalsEndMs)
        {
            _clients.Act(_nowMs, _servers, Propose, ConfirmRead);
            _locks.Act(_nowMs, _servers, Propose);
        }

        Deliver();
        foreach (SimulatedServer server in _servers)
        {
            if (!server.IsUp || server.PausedUntilMs > _nowMs)
                continue;
            if (server.Unsynced.Count > 0 && _random.Next(HasFaults ? 8 : 2) == 0)
                Sync(server, _random.Next(1, server.Unsynced.Count + 1));
            Tick(server);
            if (_nowMs < ProposalsEndMs)
                _locks.Look(server, _nowMs, Propose);
            if (server.Leads)
                Lead(server);
            MaybeSnapshot(server);
            if (HasFaults)
                MaybeFail(server);
        }

        _clients.ServeFollowerReads(_nowMs);
        if (HasFaults)
            MaybeCut();
    }

    private void Start(SimulatedServer server)
    {
        RaftStart start = server.Recover();
        server.Core = new Raft(start, DrawOptions(), new Random(_random.Next()), server.ClockOf(_nowMs));
        server.IsUp = true;
        Trace($"{server.Id} starts, log {server.MemoryBase}..{server.MemoryBase + server.Memory.Count}, {start.HardState}");
        CarryOut(server);
    }

    private RaftOptions DrawOptions() => _plan.MixedOptions && _random.Next(2) == 0 ? s_hastyOptions : s_options;

    private void Tick(SimulatedServer server)
    {
        server.Core.Flush(server.Effects);
        long? due = server.Effects.NextTickMs;
        Gather(server, null, 0, null);
        CarryOut(server);
        if (due is { } at && server.ClockOf(_nowMs) >= at)
            Step(server, RaftEvent.Tick(server.ClockOf(_nowMs)));
    }

    private void Step(SimulatedServer server, RaftEvent happened, IReadOnlyList<SimulatedEntry>? received = null, long firstReceived = 0, IReadOnlyList<SimulatedCommand>? proposed = null)
    {
        server.Core.Step(happened, server.Effects);
        Gather(server, received, firstReceived, proposed);
        server.Core.Flush(server.Effects);
        Gather(server, received, firstReceived, proposed);
        CarryOut(server);
    }

    /// <summary>Entries that the core has taken get their bytes: from the proposals or from the message.</summary>
    private void Gather(SimulatedServer server, IReadOnlyList<SimulatedEntry>? received, long firstReceived, IReadOnlyList<SimulatedCommand>? proposed)
    {
        for (int i = _new.Count; i < server.Effects.Entries.Count; i++)
        {
            NewEntry entry = server.Effects.Entries[i];
            SimulatedCommand? command = entry.IsProposed ? proposed![_taken++] : received is { Count: > 0 } ? received[(int)(entry.Index - firstReceived)].Command : null;
            _new.Add(new SimulatedEntry(entry.Shape.Term, entry.Shape.Kind, command, entry.Shape.Servers));
        }
    }

    private void CarryOut(SimulatedServer server)
    {
        RaftEffects effects = server.Effects;
        QueueWrites(server);
        _invariants.Sees(server);
        if (effects.Violation is { } violation)
            throw new InvalidOperationException($"{server.Id} saw a violation: {violation}");
        if (effects.RestoreThrough is not null)
            (server.State, server.Applied) = (server.Disk.SnapshotState.Copy(), server.Disk.SnapshotIndex);
        if (effects.CommitIndex is { } commit)
            Apply(server, commit);
        if (_sabotage == Sabotage.AppliedBeforeCommit)
            Apply(server, server.Core.DurableIndex);
        foreach (ReadyRead read in effects.Reads)
            _clients.Confirmed(read.Token, read.Index, server, _servers);
        foreach (RaftMessage message in effects.Messages)
            Send(server, message);
        foreach (string to in effects.Snapshots)
            SendSnapshot(server, _servers.Single(each => each.Id == to));
        if (effects.CompactThrough is { } through)
        {
            server.Memory.RemoveRange(0, (int)(through - server.MemoryBase));
            server.MemoryBase = server.CompactThrough = through;
        }

        effects.Clear();
        if (_sabotage == Sabotage.AckedBeforeSync && server.Unsynced.Count > 0 && server.Unsynced.Last().Write.Number is var newest && newest > server.ReportedEarly)
        {
            server.ReportedEarly = newest;
            Step(server, RaftEvent.Persisted(server.ClockOf(_nowMs), newest));
        }
    }

    private void QueueWrites(SimulatedServer server)
    {
        int next = 0;
        foreach (LogWrite write in server.Effects.Writes)
        {
            if (write.ResetTo is { } reset)
            {
                server.Memory.Clear();
                server.MemoryBase = reset;
            }

            if (write.TruncateFrom is { } from)
                server.Memory.RemoveRange((int)(from - server.MemoryBase - 1), (int)(server.MemoryBase + server.Memory.Count - from + 1));
            List<SimulatedEntry> entries = _new.GetRange(next, write.EntryCount);
            next += write.EntryCount;
            server.Memory.AddRange(entries);
            server.Unsynced.Enqueue((write, entries));
        }

        Assert.Equal(_new.Count, next);
        _new.Clear();
        _taken = 0;
        Assert.Equal(server.Core.LastIndex, server.MemoryBase + server.Memory.Count);
    }

    private void Sync(SimulatedServer server, int count)
    {
        long last = 0;
        while (count-- > 0 && server.Unsynced.TryDequeue(out (LogWrite Write, List<SimulatedEntry> Entries) write))
        {
            server.Sync(write, _sabotage);
            last = write.Write.Number;
        }

        // Dropping a prefix comes after the writes that were asked for before it.
        long through = server.Unsynced.Count == 0 ? server.CompactThrough : 0;
        if (through > server.Disk.Base && through <= server.Disk.LastIndex && _random.Next(3) == 0)
            server.Disk.DropPrefix(through);
        if (_sabotage != Sabotage.AckedBeforeSync)
            Step(server, RaftEvent.Persisted(server.ClockOf(_nowMs), last));
    }

    private void Apply(SimulatedServer server, long through)
    {
        for (long index = server.Applied + 1; index <= through; index++)
        {
            SimulatedEntry entry = server.At(index);
            _invariants.Applies(server, index, entry, server.Core.Term);
            if (entry.Command is { } next)
                _locks.Applying(server, next, _nowMs);
            bool succeeds = entry.Command is { } command && server.State.Apply(command, recognisesRetries: _sabotage != Sabotage.AppliedTwice);
            server.Applied = index;
            if (entry.Command is { } applied)
            {
                _clients.Applied(server, applied, index, succeeds);
                _locks.Applied(server, applied, succeeds, _nowMs);
            }
        }
    }

    private void Lead(SimulatedServer server)
    {
        if (!HasFaults)
            return;
        if (_plan.Transfers && _random.Next(400) == 0)
            Step(server, RaftEvent.Transfer(server.ClockOf(_nowMs), null));
        if (_plan.Spares > 0 && _random.Next(150) == 0)
            Step(server, RaftEvent.ChangeServers(server.ClockOf(_nowMs), _plan.NextServers(_random, server.Core.Servers, _servers)));
    }

    private void Propose(SimulatedServer server, SimulatedCommand command) =>
        Step(server, RaftEvent.Propose(server.ClockOf(_nowMs), new[] { EntryBytes }), proposed: [command]);

    private void ConfirmRead(SimulatedServer server, long token) => Step(server, RaftEvent.ConfirmRead(server.ClockOf(_nowMs), token));

    private void MaybeSnapshot(SimulatedServer server)
    {
        if (server.Applied - server.Disk.SnapshotIndex <= 15 || _random.Next(20) != 0)
            return;
        SimulatedDisk disk = server.Disk;
        disk.SnapshotState = _sabotage == Sabotage.SnapshotTooOld ? _invariants.StateBefore(server.Applied) : server.State.Copy();
        disk.SnapshotIndex = server.Applied;
        disk.SnapshotTerm = _invariants.TermOf(server.Applied);
        disk.SnapshotServers = _invariants.ServersAt(server.Applied) ?? _first;
        Step(server, RaftEvent.SnapshotPersisted(server.ClockOf(_nowMs), server.Applied));
    }

    private void CheckEnd()
    {
        SimulatedServer leader = _servers.Where(static server => server.Leads).MaxBy(static server => server.Core.Term) ?? throw new InvalidOperationException("nobody leads at the end");
        if (leader.Core.CommitIndex < leader.Core.TermStartIndex)
            throw new InvalidOperationException($"{leader.Id} leads and commits nothing at the end");
        foreach (ServerMember member in leader.Core.Servers.Servers)
        {
            SimulatedServer server = _servers.Single(each => each.Id == member.Id);
            if (server.Applied < leader.Applied)
                throw new InvalidOperationException($"{server.Id} has applied {server.Applied} at the end, the leader {leader.Applied}");
            if (server.Applied == leader.Applied && !server.State.Same(leader.State))
                throw new InvalidOperationException($"{server.Id} has another state than the leader");
        }
    }
}

/// <summary>What a run has seen.</summary>
internal readonly record struct SimulationTally(long Committed, long Operations, long Elections, long Locks);

/// <summary>The simulation found something.</summary>
public sealed class SimulationException(string message, Exception cause) : Exception(message, cause);
