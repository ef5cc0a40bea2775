using Praetor.Core.Ports;

namespace Praetor.Core.Consensus;

/// <summary>Leader election (Raft section 5.2).</summary>
public sealed partial class Raft
{
    private void OnTick(long nowMs, RaftEffects effects)
    {
        if (Role == RaftRole.Leader || nowMs < _electionDueMs || !Servers.IsVoter(_id))
            return;
        _electionDueMs = nowMs + RandomElectionTimeoutMs();
        Campaign(effects);
    }

    private void Campaign(RaftEffects effects)
    {
        Role = RaftRole.Candidate;
        LeaderId = null;
        _votes = 0;
        _hardState = new HardState(_hardState.Term + 1, _id);
        _hardStateDurable = false;
        effects.HardState = _hardState;
        effects.RoleChanged = true;
    }

    private void OnHardStatePersisted(long term, RaftEffects effects)
    {
        // An older save may report after a newer one was asked for: only the current one counts.
        if (term != _hardState.Term || _hardStateDurable)
            return;
        _hardStateDurable = true;
        if (Role == RaftRole.Candidate && _hardState.VotedFor == _id)
            CountVote(effects);
    }

    private void CountVote(RaftEffects effects)
    {
        _votes++;
        if (_votes >= Servers.Majority)
            Lead(effects);
    }

    private void Lead(RaftEffects effects)
    {
        Role = RaftRole.Leader;
        LeaderId = _id;
        effects.RoleChanged = true;
        // An entry of its own term is what lets a leader commit what older leaders left behind (Raft 5.4.2).
        _termStartIndex = LastIndex + 1;
        AppendOwn(LogEntryKind.NoOp, effects);
    }

    private long RandomElectionTimeoutMs() => _options.ElectionTimeoutMs + _random.Next(_options.ElectionTimeoutMs);
}
