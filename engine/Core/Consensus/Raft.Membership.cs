using Praetor.Core.Ports;

namespace Praetor.Core.Consensus;

/// <summary>Changes of the server set, one server at a time (thesis 4.1), and handing leadership over (thesis 3.10).</summary>
public sealed partial class Raft
{
    private string? _transferTo;
    private long _transferUntilMs;
    private bool _isTransferSent;

    private bool IsTransferring => _transferTo is not null;

    private void OnChangeServers(ServerSet servers, RaftEffects effects)
    {
        effects.ChangeRefused = ReasonAgainst(servers);
        if (effects.ChangeRefused is not null)
            return;
        int firstEntry = effects.Entries.Count;
        AddEntry(new EntryShape(Term, LogEntryKind.Configuration, servers.Encode().Length, servers), isProposed: false, effects);
        WriteEntries(firstEntry, truncateFrom: null, effects);
    }

    private string? ReasonAgainst(ServerSet servers)
    {
        if (Role != RaftRole.Leader)
            return "node is not the leader";
        if (IsTransferring)
            return "leadership transfer in progress";
        // Before an own entry is committed, a change of the last leader may still win (thesis 4.1, and the fix of 2015).
        if (CommitIndex < TermStartIndex || ServersIndex > CommitIndex)
            return "a configuration change is under way";
        if (servers.VoterCount == 0)
            return "need at least one voter in configuration";
        return servers.IsOneStepFrom(Servers) ? null : "configuration changes go one voter at a time";
    }

    /// <summary>
    /// All servers of a new datacenter write the same first entry, in term 1. A server that has anything in its log, or has voted for one that has, is part of a datacenter
    /// already.
    /// </summary>
    private void OnBootstrap(ServerSet servers, RaftEffects effects)
    {
        if (_log.LastIndex > 0 || Servers.Servers.Count > 0 || Term > 0)
        {
            effects.ChangeRefused = "bootstrap only works on new clusters";
            return;
        }

        Save(new HardState(1, null), effects);
        int firstEntry = effects.Entries.Count;
        AddEntry(new EntryShape(1, LogEntryKind.Configuration, servers.Encode().Length, servers), isProposed: false, effects);
        WriteEntries(firstEntry, truncateFrom: null, effects);
        _electionDueMs = _nowMs + _random.Next(_options.ElectionTimeoutMs);
    }

    /// <summary>A configuration is in force as soon as it is in the log (section 6).</summary>
    private void Adopt(long index, ServerSet servers, RaftEffects effects)
    {
        _configurations.Add((index, servers));
        effects.RoleChanged = true;
        if (Role == RaftRole.Leader)
            FollowConfiguration();
    }

    /// <summary>Makes the peers those of the configuration.</summary>
    private void FollowConfiguration()
    {
        _peers.RemoveAll(peer => !Servers.Contains(peer.Id));
        foreach (ServerMember server in Servers.Servers)
        {
            if (server.Id == _id)
                continue;
            if (Peer(server.Id) is { } known)
                known.IsVoter = server.IsVoter;
            else
                _peers.Add(new PeerProgress(server.Id, server.IsVoter, Math.Max(_log.BaseIndex + 1, _log.LastIndex), _nowMs));
        }
    }

    private void OnTransfer(string? to, RaftEffects effects)
    {
        effects.ChangeRefused = BeginTransfer(to, effects);
    }

    private string? BeginTransfer(string? to, RaftEffects effects)
    {
        if (Role != RaftRole.Leader)
            return "node is not the leader";
        if (IsTransferring)
            return "leadership transfer in progress";
        PeerProgress? target = to is null ? Furthest() : Peer(to);
        if (target is null || !target.IsVoter)
            return "cannot find peer";
        _transferTo = target.Id;
        _isTransferSent = false;
        _transferUntilMs = _nowMs + _options.ElectionTimeoutMs;
        ContinueTransfer(target, effects);
        return null;
    }

    private PeerProgress? Furthest()
    {
        PeerProgress? best = null;
        foreach (PeerProgress peer in _peers)
        {
            bool isThere = peer.IsVoter && _nowMs - peer.LastContactMs < _options.ElectionTimeoutMs;
            if (isThere && (best is null || peer.Match > best.Match))
                best = peer;
        }

        return best;
    }

    /// <summary>Once the follower has everything, it may campaign. From then on this leader's lease is worth nothing: the message may arrive at any time.</summary>
    private void ContinueTransfer(PeerProgress peer, RaftEffects effects)
    {
        if (peer.Id != _transferTo || _isTransferSent || peer.Match < _log.LastIndex)
            return;
        _isTransferSent = true;
        _isLeaseLost = true;
        Send(new RaftMessage(RaftMessageKind.TimeoutNow, _id, peer.Id, Term), effects);
    }

    private void TransferTick(RaftEffects effects)
    {
        if (IsTransferring && _nowMs >= _transferUntilMs)
            EndTransfer();
        // The others may well be able to write while this disk is not.
        bool isStalled = _openWrites.TryPeek(out OpenWrite open) && _nowMs - open.StartedMs >= _options.DiskStallMs;
        if (isStalled && !IsTransferring && BeginTransfer(to: null, effects) is null)
            effects.SteppedDown = "the disk does not answer, handing leadership over";
    }

    private void EndTransfer() => _transferTo = null;
}
