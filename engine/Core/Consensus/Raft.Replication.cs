using Praetor.Core.Ports;

namespace Praetor.Core.Consensus;

/// <summary>Log replication and commit (Raft sections 5.3, 5.4.2 and 7).</summary>
public sealed partial class Raft
{
    private void OnPropose(int count, RaftEffects effects)
    {
        if (Role != RaftRole.Leader)
        {
            effects.RejectedProposals = count;
            return;
        }

        for (int i = 0; i < count; i++)
            AppendOwn(LogEntryKind.Command, effects);
    }

    private void AppendOwn(LogEntryKind kind, RaftEffects effects)
    {
        LastIndex++;
        LastTerm = Term;
        effects.Append.Add(new NewEntry(LastIndex, Term, kind));
    }

    private void OnLogPersisted(long index, long term, RaftEffects effects)
    {
        _durableIndex = Math.Max(_durableIndex, index);
        AdvanceCommit(term, effects);
    }

    /// <summary>A leader commits by counting copies, and only entries of its own term (Raft 5.4.2, figure 8).</summary>
    private void AdvanceCommit(long termOfDurable, RaftEffects effects)
    {
        if (Role != RaftRole.Leader || termOfDurable != Term)
            return;
        long quorumIndex = QuorumIndex();
        if (quorumIndex <= CommitIndex || quorumIndex < _termStartIndex)
            return;
        CommitIndex = quorumIndex;
        effects.CommitIndex = quorumIndex;
    }

    /// <summary>Highest index that a majority of voters holds durably: with one voter its own, and this server replicates to nobody else yet.</summary>
    private long QuorumIndex() => IsLoneVoter ? _durableIndex : 0;

    private void OnSnapshotPersisted(long index, RaftEffects effects)
    {
        long through = index - _options.TrailingEntries;
        if (through > 0)
            effects.CompactThrough = through;
    }
}
