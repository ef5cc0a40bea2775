using Praetor.Core.Consensus;
using Praetor.Core.Ports;

namespace Praetor.Tests.Consensus;

public class RaftTests
{
    private readonly RaftEffects _effects = new();

    private static readonly ServerSet Alone = new([new ServerMember("s1", "127.0.0.1:8300", IsVoter: true)]);

    private static Raft Start(HardState hardState = default, long lastIndex = 1, long lastTerm = 1, long snapshot = 0, ServerSet? servers = null) =>
        new(new RaftStart("s1", servers ?? Alone, hardState, lastIndex, lastTerm, snapshot), new RaftOptions(), new Random(1), nowMs: 1000);

    private RaftEffects Step(Raft raft, RaftEvent happened)
    {
        raft.Step(happened, _effects);
        return _effects;
    }

    private Raft Elected()
    {
        Raft raft = Start(new HardState(1, null));
        Step(raft, RaftEvent.Tick(1000));
        Step(raft, RaftEvent.HardStatePersisted(1000, 2));
        Step(raft, RaftEvent.LogPersisted(1000, 2, 2));
        return raft;
    }

    [Fact]
    public void A_lone_voter_campaigns_at_its_first_tick()
    {
        Raft raft = Start(new HardState(4, null));
        RaftEffects effects = Step(raft, RaftEvent.Tick(1000));
        Assert.Equal(new HardState(5, "s1"), effects.HardState);
        Assert.Equal(RaftRole.Candidate, raft.Role);
    }

    [Fact]
    public void It_leads_only_after_its_vote_is_durable()
    {
        Raft raft = Start();
        Step(raft, RaftEvent.Tick(1000));
        Step(raft, RaftEvent.LogPersisted(1000, 1, 1));
        Assert.Equal(RaftRole.Candidate, raft.Role);
        Step(raft, RaftEvent.HardStatePersisted(1000, 1));
        Assert.Equal(RaftRole.Leader, raft.Role);
    }

    [Fact]
    public void A_late_report_of_an_older_save_does_not_count()
    {
        Raft raft = Start(new HardState(7, null));
        Step(raft, RaftEvent.Tick(1000));
        Step(raft, RaftEvent.HardStatePersisted(1000, 7));
        Assert.Equal(RaftRole.Candidate, raft.Role);
    }

    [Fact]
    public void A_new_leader_begins_its_term_with_a_no_op()
    {
        Raft raft = Start(new HardState(1, null), lastIndex: 9);
        Step(raft, RaftEvent.Tick(1000));
        RaftEffects effects = Step(raft, RaftEvent.HardStatePersisted(1000, 2));
        Assert.Equal([new NewEntry(10, 2, LogEntryKind.NoOp)], effects.Append);
        Assert.Equal(10, raft.TermStartIndex);
    }

    [Fact]
    public void Old_entries_are_committed_only_through_an_entry_of_the_own_term()
    {
        Raft raft = Start(new HardState(1, null), lastIndex: 9);
        Step(raft, RaftEvent.Tick(1000));
        Step(raft, RaftEvent.HardStatePersisted(1000, 2));
        Assert.Null(Step(raft, RaftEvent.LogPersisted(1000, 9, 1)).CommitIndex);
        Assert.Equal(10, Step(raft, RaftEvent.LogPersisted(1000, 10, 2)).CommitIndex);
    }

    [Fact]
    public void Proposals_get_indexes_in_order_and_commit_only_when_durable()
    {
        Raft raft = Elected();
        RaftEffects effects = Step(raft, RaftEvent.Propose(1000, 3));
        Assert.Equal([3, 4, 5], effects.Append.Select(e => e.Index));
        Assert.Null(effects.CommitIndex);
        Assert.Equal(4, Step(raft, RaftEvent.LogPersisted(1000, 4, 2)).CommitIndex);
        Assert.Equal(5, Step(raft, RaftEvent.LogPersisted(1000, 5, 2)).CommitIndex);
    }

    [Fact]
    public void The_commit_index_never_goes_back()
    {
        Raft raft = Elected();
        Step(raft, RaftEvent.Propose(1000, 3));
        Step(raft, RaftEvent.LogPersisted(1000, 5, 2));
        Assert.Null(Step(raft, RaftEvent.LogPersisted(1000, 3, 2)).CommitIndex);
        Assert.Equal(5, raft.CommitIndex);
    }

    [Fact]
    public void Without_a_leader_proposals_are_rejected_and_nothing_enters_the_log()
    {
        Raft raft = Start();
        RaftEffects effects = Step(raft, RaftEvent.Propose(1000, 2));
        Assert.Equal(2, effects.RejectedProposals);
        Assert.Empty(effects.Append);
    }

    [Fact]
    public void A_server_outside_the_configuration_never_campaigns()
    {
        Raft raft = Start(servers: ServerSet.Empty);
        RaftEffects effects = Step(raft, RaftEvent.Tick(1_000_000));
        Assert.Null(effects.HardState);
        Assert.Null(effects.NextTickMs);
    }

    [Fact]
    public void One_of_three_waits_a_randomised_time_and_cannot_elect_itself()
    {
        var three = new ServerSet([.. new[] { "s1", "s2", "s3" }.Select(id => new ServerMember(id, id, true))]);
        Raft raft = Start(servers: three);
        Assert.Null(Step(raft, RaftEvent.Tick(1000)).HardState);
        long due = _effects.NextTickMs!.Value;
        Assert.InRange(due, 2000, 3000);
        Step(raft, RaftEvent.Tick(due));
        Step(raft, RaftEvent.HardStatePersisted(due, 1));
        Assert.Equal(RaftRole.Candidate, raft.Role);
    }

    [Fact]
    public void A_snapshot_lets_the_log_go_but_for_the_trailing_entries()
    {
        Raft raft = Elected();
        Assert.Null(Step(raft, RaftEvent.SnapshotPersisted(1000, 10_000)).CompactThrough);
        Assert.Equal(9_760, Step(raft, RaftEvent.SnapshotPersisted(1000, 20_000)).CompactThrough);
    }

    [Fact]
    public void A_configuration_survives_its_log_form()
    {
        var servers = new ServerSet([new ServerMember("a", "1.2.3.4:8300", true), new ServerMember("b", "[::1]:8300", false)]);
        Assert.Equal(servers.Servers, ServerSet.Decode(servers.Encode()).Servers);
        Assert.Throws<InvalidDataException>(() => ServerSet.Decode(servers.Encode().AsSpan(0, 9)));
    }
}
