using Praetor.Core.Consensus;

namespace Praetor.Tests.Simulation;

/// <summary>What must hold at every moment (Raft, figure 3): one leader a term, the same entries everywhere, leaders that have all that was committed.</summary>
internal sealed class ClusterInvariants
{
    private readonly Dictionary<long, string> _leaders = [];
    private readonly Dictionary<string, long> _lastTerm = [];
    private readonly List<(SimulatedEntry Entry, long CommittedInTerm)?> _committed = [];

    /// <summary>Entries that were committed.</summary>
    public long Committed => _committed.Count;

    /// <summary>Terms with a leader.</summary>
    public long Elections => _leaders.Count;

    /// <summary>Looks at a server after a step.</summary>
    public void Sees(SimulatedServer server)
    {
        long term = server.Core.Term;
        if (server.Core.Role != RaftRole.Leader)
            return;
        if (_leaders.TryGetValue(term, out string? other) && other != server.Id)
            throw new InvalidOperationException($"election safety: {other} and {server.Id} lead in term {term}");
        if (_leaders.TryAdd(term, server.Id))
            CheckCompleteness(server);
    }

    /// <summary>A server applies an entry.</summary>
    public void Applies(SimulatedServer server, long index, SimulatedEntry entry, long term)
    {
        while (_committed.Count < index)
            _committed.Add(null);
        if (_committed[(int)index - 1] is not { } known)
            _committed[(int)index - 1] = (entry, term);
        else if (known.Entry.Term != entry.Term || known.Entry.Command?.Id != entry.Command?.Id)
            throw new InvalidOperationException($"state machine safety: {server.Id} applies another entry at {index}");
    }

    public long TermOf(long index) => _committed[(int)index - 1]!.Value.Entry.Term;

    /// <summary>The server set in force at an index; null for the first one.</summary>
    public ServerSet? ServersAt(long index)
    {
        for (long at = index; at >= 1; at--)
        {
            if (_committed[(int)at - 1]?.Entry.Servers is { } servers)
                return servers;
        }

        return null;
    }

    /// <summary>The state without the newest command before an index: what a wrong snapshot would hold.</summary>
    public SimulatedState StateBefore(long index)
    {
        var state = new SimulatedState();
        for (long at = 1; at < index; at++)
        {
            if (_committed[(int)at - 1]?.Entry.Command is { } command)
                state.Apply(command, recognisesRetries: true);
        }

        return state;
    }

    private void CheckCompleteness(SimulatedServer leader)
    {
        for (long index = leader.MemoryBase + 1; index <= _committed.Count; index++)
        {
            if (_committed[(int)index - 1] is not { } known || known.CommittedInTerm >= leader.Core.Term)
                continue;
            if (index > leader.Core.LastIndex)
                throw new InvalidOperationException($"leader completeness: {leader.Id} leads in term {leader.Core.Term} without the committed entry {index}");
            if (leader.At(index).Term != known.Entry.Term)
                throw new InvalidOperationException($"leader completeness: {leader.Id} leads with another entry at {index}");
        }
    }
}
