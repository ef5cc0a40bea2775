using Praetor.Core.Consensus;

namespace Praetor.Tests.Simulation;

/// <summary>Messages that are lost, doubled, late and out of order; links that are cut, one way or both; snapshots that break off.</summary>
internal sealed partial class SimulatedCluster
{
    private readonly List<(long AtMs, RaftMessage Message, List<SimulatedEntry>? Entries)> _messages = [];
    private readonly List<(long AtMs, Action Happen)> _later = [];
    private readonly HashSet<(string From, string To)> _cut = [];

    private void Later(int delayMs, Action happen) => _later.Add((_nowMs + delayMs, happen));

    private void Send(SimulatedServer from, RaftMessage message)
    {
        List<SimulatedEntry>? entries = null;
        if (message.Count > 0)
        {
            // What was compacted meanwhile cannot be sent any more.
            if (message.Index < from.MemoryBase)
                return;
            entries = from.Memory.GetRange((int)(message.Index - from.MemoryBase), message.Count);
        }

        if (_sabotage == Sabotage.OwnLeaseTrusted && message.PromiseMs > 0)
            message = message with { PromiseMs = s_options.LeaseMs };

        // Who forgets a vote is found out only if it is asked again at once.
        if (_sabotage == Sabotage.VoteNotPersisted && HasFaults && message is { Kind: RaftMessageKind.VoteReply, IsGranted: true })
        {
            Later(1, () =>
            {
                if (from.IsUp)
                    Crash(from);
            });
        }

        int copies = _random.NextDouble() < (HasFaults ? _plan.Duplication : 0) ? 2 : 1;
        for (int copy = 0; copy < copies; copy++)
        {
            if (!_cut.Contains((message.From, message.To)) && _random.NextDouble() >= (HasFaults ? _plan.Loss : 0))
                _messages.Add((_nowMs + 1 + _random.Next(HasFaults ? _plan.MaxDelayMs : 5), message, entries));
        }
    }

    private void Deliver()
    {
        for (int i = _messages.Count - 1; i >= 0; i--)
        {
            (long atMs, RaftMessage message, List<SimulatedEntry>? entries) = _messages[i];
            SimulatedServer to = _servers.Single(server => server.Id == message.To);
            if (atMs > _nowMs || to.PausedUntilMs > _nowMs)
                continue;
            _messages.RemoveAt(i);
            if (!to.IsUp)
                continue;
            RaftMessage delivered = entries is null ? message : message with { Entries = entries.Select(static entry => new EntryShape(entry.Term, entry.Kind, EntryBytes, entry.Servers)).ToArray() };
            Step(to, RaftEvent.Received(to.ClockOf(_nowMs), delivered), entries, message.Index + 1);
        }

        for (int i = _later.Count - 1; i >= 0; i--)
        {
            if (_later[i].AtMs > _nowMs)
                continue;
            Action happen = _later[i].Happen;
            _later.RemoveAt(i);
            happen();
        }
    }

    private void SendSnapshot(SimulatedServer from, SimulatedServer to)
    {
        SimulatedDisk disk = from.Disk;
        (long index, long term, ServerSet servers, SimulatedState state) = (disk.SnapshotIndex, disk.SnapshotTerm, disk.SnapshotServers, disk.SnapshotState.Copy());
        Raft sender = from.Core;
        Later(_random.Next(5, HasFaults ? 200 : 20), () =>
        {
            bool arrives = to.IsUp && !_cut.Contains((from.Id, to.Id)) && index > 0 && (!HasFaults || _random.Next(5) > 0);
            Trace($"snapshot {index} {from.Id} -> {to.Id}: {(arrives ? "arrives" : "breaks off")}");
            if (arrives)
            {
                if (index > to.Disk.SnapshotIndex)
                    (to.Disk.SnapshotIndex, to.Disk.SnapshotTerm, to.Disk.SnapshotServers, to.Disk.SnapshotState) = (index, term, servers, state);
                Step(to, RaftEvent.SnapshotReceived(to.ClockOf(_nowMs), index, term, servers));
            }

            if (from.IsUp && from.Core == sender)
                Step(from, RaftEvent.SnapshotSent(from.ClockOf(_nowMs), to.Id, index, arrives));
        });
    }
}
