using Praetor.Core.Consensus;
using Praetor.Core.Ports;

namespace Praetor.Tests.Consensus;

/// <summary>One server's core, event by event.</summary>
public partial class RaftTests
{
    private readonly RaftEffects _effects = new();

    private static readonly ServerSet Alone = Voters("s1");
    private static readonly ServerSet Three = Voters("s1", "s2", "s3");

    private static ServerSet Voters(params string[] ids) => new([.. ids.Select(id => new ServerMember(id, $"{id}:8300", IsVoter: true))]);

    private static Raft Start(ServerSet servers, HardState hardState = default, params long[] terms)
    {
        var log = new LogShape();
        foreach (long term in terms)
            log.Append(term, 10);
        return new Raft(new RaftStart("s1", servers, [], hardState, log, SnapshotIndex: 0), new RaftOptions(), new Random(1), nowMs: 1000);
    }

    private RaftEffects Step(Raft raft, RaftEvent happened)
    {
        _effects.Clear();
        raft.Step(happened, _effects);
        raft.Flush(_effects);
        return _effects;
    }

    private RaftEffects Persist(Raft raft) => Step(raft, RaftEvent.Persisted(1000, _effects.Writes[^1].Number));

    private Raft Elected(ServerSet servers, params long[] terms)
    {
        Raft raft = Start(servers, default, terms);
        Step(raft, RaftEvent.Tick(10_000));
        if (servers.VoterCount > 1)
            Step(raft, RaftEvent.Received(10_000, new RaftMessage(RaftMessageKind.PreVoteReply, "s2", "s1", raft.Term + 1) { IsGranted = true }));
        Persist(raft);
        if (servers.VoterCount > 1)
            Step(raft, RaftEvent.Received(10_000, new RaftMessage(RaftMessageKind.VoteReply, "s2", "s1", raft.Term) { IsGranted = true }));
        return raft;
    }

    private static RaftMessage Append(long term, long previous, long previousTerm, long commit, params long[] terms) =>
        new(RaftMessageKind.Append, "s2", "s1", term)
        {
            Index = previous,
            LogTerm = previousTerm,
            CommitIndex = commit,
            Round = 7,
            Entries = terms.Select(entry => new EntryShape(entry, LogEntryKind.Command, 10)).ToArray(),
        };

    private static RaftMessage Reply(Raft raft, string from, long match) =>
        new(RaftMessageKind.AppendReply, from, "s1", raft.Term) { IsGranted = true, Index = match, PromiseMs = 500 };

    [Fact]
    public void A_lone_voter_campaigns_at_its_first_tick_and_leads_once_its_vote_is_durable()
    {
        Raft raft = Start(Alone, new HardState(4, null));
        RaftEffects effects = Step(raft, RaftEvent.Tick(1000));
        Assert.Equal(new HardState(5, "s1"), effects.Writes[0].HardState);
        Assert.Equal(RaftRole.Candidate, raft.Role);
        Persist(raft);
        Assert.Equal(RaftRole.Leader, raft.Role);
    }

    [Fact]
    public void A_new_leader_begins_its_term_with_a_no_op_and_commits_older_entries_only_through_it()
    {
        Raft raft = Elected(Alone, 1, 1, 1);
        Assert.Equal((4, LogEntryKind.NoOp), (_effects.Entries[0].Index, _effects.Entries[0].Shape.Kind));
        Assert.Equal((4, 0), (raft.TermStartIndex, raft.CommitIndex));
        Assert.Equal(4, Persist(raft).CommitIndex);
    }

    [Fact]
    public void Proposals_get_indexes_in_order_and_commit_only_when_durable()
    {
        Raft raft = Elected(Alone);
        Persist(raft);
        RaftEffects effects = Step(raft, RaftEvent.Propose(1000, new[] { 1, 2, 3 }));
        Assert.Equal([2L, 3, 4], effects.Entries.Select(entry => entry.Index));
        Assert.Null(effects.CommitIndex);
        Assert.Equal(4, Persist(raft).CommitIndex);
    }

    [Fact]
    public void Without_a_leader_proposals_are_refused_and_nothing_enters_the_log()
    {
        RaftEffects effects = Step(Start(Three), RaftEvent.Propose(1000, new[] { 1, 2 }));
        Assert.Equal(ProposalRefusal.NotLeader, effects.Refused);
        Assert.Empty(effects.Entries);
    }

    [Fact]
    public void A_server_outside_the_configuration_never_campaigns()
    {
        RaftEffects effects = Step(Start(ServerSet.Empty), RaftEvent.Tick(1_000_000));
        Assert.Empty(effects.Writes);
        Assert.Null(effects.NextTickMs);
    }

    [Fact]
    public void One_of_three_asks_first_and_changes_nothing_until_a_majority_would_vote()
    {
        Raft raft = Start(Three, new HardState(3, null));
        RaftEffects effects = Step(raft, RaftEvent.Tick(10_000));
        Assert.Equal([("s2", 4), ("s3", 4)], effects.Messages.Select(message => (message.To, message.Term)));
        Assert.Equal((RaftRole.PreCandidate, 3), (raft.Role, raft.Term));
        Assert.Empty(effects.Writes);
    }

    [Fact]
    public void Without_the_question_before_it_an_election_begins_with_votes()
    {
        var raft = new Raft(new RaftStart("s1", Three, [], default, new LogShape(), SnapshotIndex: 0), new RaftOptions(PreVote: false), new Random(1), nowMs: 1000);
        Step(raft, RaftEvent.Tick(10_000));
        Assert.Equal([RaftMessageKind.Vote, RaftMessageKind.Vote], Persist(raft).Messages.Select(static message => message.Kind));
    }

    [Fact]
    public void Requests_for_votes_leave_only_when_the_own_vote_is_durable()
    {
        Raft raft = Start(Three);
        Step(raft, RaftEvent.Tick(10_000));
        RaftEffects effects = Step(raft, RaftEvent.Received(10_000, new RaftMessage(RaftMessageKind.PreVoteReply, "s2", "s1", 1) { IsGranted = true }));
        Assert.Equal(new HardState(1, "s1"), effects.Writes[0].HardState);
        Assert.Empty(effects.Messages);
        Assert.Equal([RaftMessageKind.Vote, RaftMessageKind.Vote], Persist(raft).Messages.Select(message => message.Kind));
    }

    [Fact]
    public void A_vote_is_told_only_when_it_is_durable_and_given_once_per_term()
    {
        Raft raft = Start(Three);
        var request = new RaftMessage(RaftMessageKind.Vote, "s2", "s1", 5);
        Assert.Empty(Step(raft, RaftEvent.Received(10_000, request)).Messages);
        Assert.True(Persist(raft).Messages[0].IsGranted);
        Assert.False(Step(raft, RaftEvent.Received(10_000, request with { From = "s3" })).Messages[0].IsGranted);
        Assert.True(Step(raft, RaftEvent.Received(10_000, request)).Messages[0].IsGranted);
    }

    [Theory]
    [InlineData(2, 2, true)]
    [InlineData(3, 1, true)]
    [InlineData(2, 1, false)]
    [InlineData(1, 9, false)]
    public void Only_a_candidate_whose_log_is_as_new_gets_a_vote(long lastTerm, long lastIndex, bool granted)
    {
        Raft raft = Start(Three, default, 1, 2);
        Step(raft, RaftEvent.Received(10_000, new RaftMessage(RaftMessageKind.Vote, "s2", "s1", 5) { LogTerm = lastTerm, Index = lastIndex }));
        Assert.Equal(granted, Persist(raft).Messages[^1].IsGranted);
    }

    [Fact]
    public void Who_hears_from_a_leader_helps_nobody_else_unless_the_leader_hands_over()
    {
        Raft raft = Start(Three);
        Step(raft, RaftEvent.Received(10_000, Append(1, 0, 0, 0)));
        Persist(raft);
        var request = new RaftMessage(RaftMessageKind.Vote, "s3", "s1", 2);
        Assert.False(Step(raft, RaftEvent.Received(10_100, request)).Messages[0].IsGranted);
        Assert.Equal(1, raft.Term);
        Step(raft, RaftEvent.Received(10_100, request with { IsTransfer = true }));
        Assert.True(Persist(raft).Messages[^1].IsGranted);
    }

    [Fact]
    public void A_broken_connection_to_the_leader_shortens_the_wait_to_its_lease()
    {
        Raft raft = Start(Three);
        Step(raft, RaftEvent.Received(10_000, Append(1, 0, 0, 0)));
        RaftEffects effects = Step(raft, RaftEvent.PeerUnreachable(10_010, "s2"));
        Assert.InRange(effects.NextTickMs!.Value, 10_500, 10_650);
    }

    [Fact]
    public void Entries_are_acknowledged_when_they_are_durable()
    {
        Raft raft = Start(Three);
        Step(raft, RaftEvent.Received(10_000, Append(1, 0, 0, 1, 1, 1)));
        Assert.Equal(1, raft.CommitIndex);
        Assert.Empty(_effects.Messages);
        RaftMessage reply = Assert.Single(Persist(raft).Messages);
        Assert.Equal((true, 2, 7), (reply.IsGranted, reply.Index, reply.Round));
    }

    [Fact]
    public void Rounds_of_an_older_leader_are_not_told_to_a_new_one()
    {
        Raft raft = Start(Three);
        Step(raft, RaftEvent.Received(10_000, Append(1, 0, 0, 0) with { Round = 80 }));
        Persist(raft);
        Step(raft, RaftEvent.Received(10_010, Append(2, 0, 0, 0) with { From = "s3", Round = 3 }));
        Assert.Equal(3, Persist(raft).Messages[^1].Round);
    }

    [Fact]
    public void An_entry_in_conflict_is_replaced_with_all_that_follow()
    {
        Raft raft = Start(Three, default, 1, 1, 2, 2);
        RaftEffects effects = Step(raft, RaftEvent.Received(10_000, Append(3, 2, 1, 0, 3)));
        Assert.Equal(3, effects.Writes[^1].TruncateFrom);
        Assert.Equal((3, 3), (raft.LastIndex, raft.LastTerm));
    }

    [Fact]
    public void What_breaks_the_protocol_is_dropped_and_named()
    {
        Raft raft = Elected(Alone);
        Persist(raft);
        Assert.Equal("two leaders in term 1: s1 and s2", Step(raft, RaftEvent.Received(10_000, Append(1, 0, 0, 0))).Violation);
        Assert.Equal("s1 was told to drop committed entry 1, committed is 1", Step(raft, RaftEvent.Received(10_000, Append(2, 0, 0, 0, 2))).Violation);
        Assert.Equal(1, raft.LastTerm);
    }

    [Fact]
    public void What_is_there_already_is_not_written_again()
    {
        Raft raft = Start(Three, new HardState(2, null), 1, 1, 2);
        Assert.Empty(Step(raft, RaftEvent.Received(10_000, Append(2, 1, 1, 3, 1, 2))).Writes);
        Assert.Equal((3, 3), (_effects.Messages[0].Index, raft.CommitIndex));
    }

    [Fact]
    public void A_late_report_of_entries_that_were_dropped_makes_nothing_durable()
    {
        Raft raft = Start(Three, new HardState(2, null), 1);
        Step(raft, RaftEvent.Received(10_000, Append(2, 1, 1, 0, 2, 2)));
        long dropped = _effects.Writes[^1].Number;
        Step(raft, RaftEvent.Received(10_000, Append(3, 1, 1, 0, 3) with { From = "s3" }));
        Step(raft, RaftEvent.Persisted(10_000, dropped));
        Assert.Equal(1, raft.DurableIndex);
    }

    [Theory]
    [InlineData(9, 4, 5, 0)]
    [InlineData(4, 9, 3, 3)]
    public void A_refusal_tells_where_to_go_on(long previous, long previousTerm, long hint, long hintTerm)
    {
        Raft raft = Start(Three, new HardState(9, null), 1, 2, 3, 3);
        RaftMessage reply = Step(raft, RaftEvent.Received(10_000, Append(9, previous, previousTerm, 0))).Messages[0];
        Assert.Equal((false, hint, hintTerm), (reply.IsGranted, reply.Index, reply.LogTerm));
    }

    [Fact]
    public void A_leader_commits_with_a_majority_even_before_its_own_disk()
    {
        Raft raft = Elected(Three);
        Assert.Null(Step(raft, RaftEvent.Received(10_000, Reply(raft, "s2", 1))).CommitIndex);
        Assert.Equal(1, Step(raft, RaftEvent.Received(10_000, Reply(raft, "s3", 1))).CommitIndex);
    }

    [Fact]
    public void A_copy_of_an_old_entry_does_not_commit_it()
    {
        Raft raft = Elected(Three, 1, 1);
        Persist(raft);
        Assert.Null(Step(raft, RaftEvent.Received(10_000, Reply(raft, "s2", 2))).CommitIndex);
        Assert.Equal(3, Step(raft, RaftEvent.Received(10_000, Reply(raft, "s2", 3))).CommitIndex);
    }

    [Fact]
    public void Messages_follow_each_other_without_waiting_up_to_the_window()
    {
        Raft raft = Elected(Three);
        Step(raft, RaftEvent.Received(10_000, Reply(raft, "s2", 1)));
        int sent = 0;
        for (int i = 0; i < 20; i++)
            sent += Step(raft, RaftEvent.Propose(10_000, new[] { 1 })).Messages.Count(message => message.To == "s2" && message.Count > 0);
        Assert.Equal(8, sent);
    }

    [Fact]
    public void Server_sets_change_by_one_voter_at_a_time_and_one_after_the_other()
    {
        Raft raft = Elected(Three);
        Assert.Equal("a configuration change is under way", Step(raft, RaftEvent.ChangeServers(10_000, Voters("s1", "s2", "s3", "s4"))).ChangeRefused);
        raft = Elected(Three);
        Persist(raft);
        Step(raft, RaftEvent.Received(10_000, Reply(raft, "s2", 1)));
        Assert.Equal("configuration changes go one voter at a time", Step(raft, RaftEvent.ChangeServers(10_000, Voters("s1"))).ChangeRefused);
        Assert.Null(Step(raft, RaftEvent.ChangeServers(10_000, Voters("s1", "s2", "s3", "s4"))).ChangeRefused);
        Assert.Contains(_effects.Messages, message => message.To == "s4");
        Assert.Equal("a configuration change is under way", Step(raft, RaftEvent.ChangeServers(10_000, Three)).ChangeRefused);
    }

    [Fact]
    public void A_follower_that_needs_what_is_compacted_gets_a_snapshot()
    {
        var log = new LogShape(100, 1);
        var raft = new Raft(new RaftStart("s1", Three, [], default, log, 100), new RaftOptions(), new Random(1), 1000);
        Step(raft, RaftEvent.Tick(10_000));
        Step(raft, RaftEvent.Received(10_000, new RaftMessage(RaftMessageKind.PreVoteReply, "s2", "s1", raft.Term + 1) { IsGranted = true }));
        Persist(raft);
        Step(raft, RaftEvent.Received(10_000, new RaftMessage(RaftMessageKind.VoteReply, "s2", "s1", raft.Term) { IsGranted = true }));
        RaftEffects effects = Step(raft, RaftEvent.Received(10_001, new RaftMessage(RaftMessageKind.AppendReply, "s2", "s1", raft.Term) { Index = 3 }));
        Assert.Equal(["s2"], effects.Snapshots);
        effects = Step(raft, RaftEvent.SnapshotSent(10_002, "s2", 100, isOk: true));
        Assert.Equal([101L], effects.Messages.Where(message => message.To == "s2" && message.Count > 0).Select(message => message.Index + 1));
    }

    [Fact]
    public void A_received_snapshot_takes_the_place_of_a_log_in_conflict()
    {
        Raft raft = Start(Three, new HardState(2, null), 1, 1, 1);
        RaftEffects effects = Step(raft, RaftEvent.SnapshotReceived(1000, 50, 2, Voters("s1", "s2")));
        Assert.Equal((50, 50), (effects.Writes[0].ResetTo, effects.RestoreThrough));
        Assert.Equal((50, 50, 2, 2), (raft.LastIndex, raft.CommitIndex, raft.LastTerm, raft.Servers.VoterCount));
    }

    [Fact]
    public void A_received_snapshot_of_what_is_committed_already_changes_nothing()
    {
        Raft raft = Elected(Alone, 1, 1);
        Persist(raft);
        Assert.Null(Step(raft, RaftEvent.SnapshotReceived(1000, 2, 1, Alone)).RestoreThrough);
    }

    [Fact]
    public void A_snapshot_lets_the_log_go_but_for_the_trailing_entries()
    {
        Raft raft = Start(Alone, default, [.. Enumerable.Repeat(1L, 20_000)]);
        Assert.Null(Step(raft, RaftEvent.SnapshotPersisted(1000, 10_000)).CompactThrough);
        Assert.Equal(9_760, Step(raft, RaftEvent.SnapshotPersisted(1000, 20_000)).CompactThrough);
    }

    [Fact]
    public void A_leader_whose_disk_does_not_answer_hands_over()
    {
        Raft raft = Elected(Three);
        for (long now = 10_100; now <= 12_000; now += 100)
        {
            Step(raft, RaftEvent.Received(now, Reply(raft, "s2", 1)));
            Step(raft, RaftEvent.Tick(now));
        }

        Assert.Equal(RaftMessageKind.TimeoutNow, _effects.Messages[0].Kind);
        Assert.NotNull(_effects.SteppedDown);
    }

    [Fact]
    public void A_configuration_survives_its_log_form()
    {
        var servers = new ServerSet([new ServerMember("a", "1.2.3.4:8300", true), new ServerMember("b", "[::1]:8300", false)]);
        Assert.Equal(servers.Servers, ServerSet.Decode(servers.Encode()).Servers);
        Assert.Throws<InvalidDataException>(() => ServerSet.Decode(servers.Encode().AsSpan(0, 9)));
    }
}
