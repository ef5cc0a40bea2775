namespace Praetor.Core.Consensus;

/// <summary>Tunables of consensus. Times are milliseconds. <see cref="LeaseMs"/> must not be above <see cref="ElectionTimeoutMs"/>.</summary>
/// <param name="ElectionTimeoutMs">A follower that hears nothing for one to two times this asks for votes; a leader that hears from no majority for this long steps down.</param>
/// <param name="LeaseMs">For so long after it has heard from a leader this server helps no other one, and it promises that in its answers. As a leader it relies on nine tenths of the least
/// that it was promised, and of its own.</param>
/// <param name="HeartbeatMs">Between two rounds of heartbeats.</param>
/// <param name="TrailingEntries">Entries kept behind a snapshot for followers that are a little behind.</param>
/// <param name="MaxAppendBytes">Payload of one AppendEntries; a single larger entry travels alone.</param>
/// <param name="MaxInFlight">AppendEntries under way to one follower.</param>
/// <param name="DiskStallMs">A leader whose own disk does not answer for this long hands over.</param>
/// <param name="PreVote">Ask whether an election could be won before starting one (Raft thesis 9.6).</param>
/// <param name="LongestLeaseMs">A server that comes up keeps still for so long, for it may have promised this much before: its options may have been others then.</param>
public sealed record RaftOptions(int ElectionTimeoutMs = 600, int LeaseMs = 500, int HeartbeatMs = 100, long TrailingEntries = 10_240, int MaxAppendBytes = 512 * 1024,
    int MaxInFlight = 8, int DiskStallMs = 2000, bool PreVote = true, int LongestLeaseMs = 0);
