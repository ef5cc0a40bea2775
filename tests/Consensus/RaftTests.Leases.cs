using Praetor.Core.Consensus;
using Praetor.Core.Ports;

namespace Praetor.Tests.Consensus;

/// <summary>Who still leads: contact with a quorum, promises and leases, and the reads that stand on them.</summary>
public partial class RaftTests
{
    [Fact]
    public void A_leader_that_hears_from_no_majority_steps_down()
    {
        Raft raft = Elected(Three);
        Assert.Null(Step(raft, RaftEvent.Tick(10_500)).SteppedDown);
        Assert.NotNull(Step(raft, RaftEvent.Tick(10_700)).SteppedDown);
        Assert.Equal(RaftRole.Follower, raft.Role);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_leader_that_stood_still_judges_after_another_round_of_heartbeats(bool isAnswered)
    {
        Raft raft = Elected(Three);
        Persist(raft);
        Step(raft, RaftEvent.Tick(10_100));
        Step(raft, RaftEvent.Received(10_110, Reply(raft, "s2", 0)));

        RaftEffects awake = Step(raft, RaftEvent.Tick(12_000));

        Assert.Null(awake.SteppedDown);
        Assert.Equal(["s2", "s3"], awake.Messages.Select(static message => message.To));
        Assert.True(raft.LeaseUntilMs < 12_000);
        if (isAnswered)
            Step(raft, RaftEvent.Received(12_010, Reply(raft, "s2", 0)));
        Assert.Equal(isAnswered, Step(raft, RaftEvent.Tick(12_100)).SteppedDown is null);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_follower_that_stood_still_waits_for_another_round_of_heartbeats(bool isHeard)
    {
        Raft raft = Start(Three);
        Step(raft, RaftEvent.Received(5000, Append(1, 0, 0, 0)));

        RaftEffects awake = Step(raft, RaftEvent.Tick(9000));

        Assert.Empty(awake.Messages);
        Assert.Equal((RaftRole.Follower, "s2"), (raft.Role, raft.LeaderId));
        Assert.InRange(awake.NextTickMs!.Value, 9100, 9250);
        if (isHeard)
            Step(raft, RaftEvent.Received(9050, Append(1, 0, 0, 0)));
        Step(raft, RaftEvent.Tick(9250));
        Assert.Equal(isHeard ? RaftRole.Follower : RaftRole.PreCandidate, raft.Role);
    }

    [Fact]
    public void A_follower_that_stands_still_again_and_again_waits_once()
    {
        Raft raft = Start(Three);
        Step(raft, RaftEvent.Received(5000, Append(1, 0, 0, 0)));
        Step(raft, RaftEvent.Tick(9000));
        Step(raft, RaftEvent.Tick(19_000));
        Assert.Equal(RaftRole.PreCandidate, raft.Role);
    }

    [Fact]
    public void Reads_do_not_keep_a_leader_that_hears_from_nobody_in_office()
    {
        Raft raft = Elected(Three);
        for (long now = 10_000; now < 11_000; now += 10)
        {
            RaftEffects effects = Step(raft, RaftEvent.ConfirmRead(now, now));
            if (now >= effects.NextTickMs)
                Step(raft, RaftEvent.Tick(now));
        }

        Assert.NotEqual(RaftRole.Leader, raft.Role);
    }

    [Fact]
    public void The_lease_counts_from_the_sending_of_what_a_majority_answered()
    {
        Raft raft = Elected(Three);
        Assert.Equal(0, raft.LeaseUntilMs);
        Step(raft, RaftEvent.Received(10_040, Reply(raft, "s2", 1) with { Round = 1 }));
        Assert.Equal(10_450, raft.LeaseUntilMs);
    }

    [Theory]
    [InlineData(100, 10_090)]
    [InlineData(0, 10_000)]
    [InlineData(5000, 10_450)]
    public void A_lease_is_no_longer_than_what_was_promised_nor_than_the_own(int promiseMs, long untilMs)
    {
        Raft raft = Elected(Three);
        Step(raft, RaftEvent.Received(10_040, Reply(raft, "s2", 1) with { Round = 1, PromiseMs = promiseMs }));
        Assert.Equal(untilMs, raft.LeaseUntilMs);
    }

    [Fact]
    public void The_shortest_promise_counts_of_those_that_answered()
    {
        Raft raft = Elected(Three);
        Step(raft, RaftEvent.Received(10_040, Reply(raft, "s2", 1) with { Round = 1 }));
        Step(raft, RaftEvent.ConfirmRead(10_050, token: 5));
        Step(raft, RaftEvent.Received(10_060, Reply(raft, "s3", 1) with { Round = 2, PromiseMs = 100 }));
        Assert.Equal(10_140, raft.LeaseUntilMs);
    }

    [Fact]
    public void A_promise_outlives_shorter_times()
    {
        Raft raft = Start(Three, new HardState(1, null));
        Assert.Equal(500, Step(raft, RaftEvent.Received(5000, Append(1, 0, 0, 0))).Messages[0].PromiseMs);
        Step(raft, RaftEvent.PeerUnreachable(5001, "s2"));
        raft.Tune(new RaftOptions(ElectionTimeoutMs: 60, LeaseMs: 50));
        Assert.False(AskedForVote(raft, 5499));
        Assert.True(AskedForVote(raft, 5500));
    }

    [Fact]
    public void A_server_that_comes_up_keeps_still_as_long_as_it_may_have_promised()
    {
        var raft = new Raft(new RaftStart("s1", Three, [], new HardState(1, null), new LogShape(), SnapshotIndex: 0), new RaftOptions(LeaseMs: 50, LongestLeaseMs: 1000), new Random(1), nowMs: 1000);
        Assert.False(AskedForVote(raft, 1999));
        Assert.True(AskedForVote(raft, 2000));
    }

    private bool AskedForVote(Raft raft, long nowMs) =>
        Step(raft, RaftEvent.Received(nowMs, new RaftMessage(RaftMessageKind.PreVote, "s3", "s1", raft.Term + 1))).Messages.Last(static message => message.To == "s3").IsGranted;

    [Fact]
    public void A_read_is_confirmed_by_a_round_that_began_after_it()
    {
        Raft raft = Elected(Three);
        Persist(raft);
        Step(raft, RaftEvent.Received(10_010, Reply(raft, "s2", 1) with { Round = 1 }));
        RaftEffects effects = Step(raft, RaftEvent.ConfirmRead(10_020, token: 5));
        Assert.Equal([2L, 2], effects.Messages.Select(message => message.Round));
        Assert.Empty(Step(raft, RaftEvent.Received(10_030, Reply(raft, "s3", 1) with { Round = 1 })).Reads);
        Assert.Equal([new ReadyRead(5, 1)], Step(raft, RaftEvent.Received(10_040, Reply(raft, "s3", 1) with { Round = 2 })).Reads);
    }

    [Fact]
    public void Reads_that_wait_are_told_when_leadership_is_gone()
    {
        Raft raft = Elected(Three);
        Step(raft, RaftEvent.ConfirmRead(10_020, token: 5));
        Assert.True(Step(raft, RaftEvent.Received(10_030, new RaftMessage(RaftMessageKind.AppendReply, "s2", "s1", raft.Term + 1))).ReadsLost);
    }

    [Fact]
    public void Once_the_leader_has_told_another_to_campaign_its_lease_is_worth_nothing()
    {
        Raft raft = Elected(Three);
        Step(raft, RaftEvent.Received(10_040, Reply(raft, "s2", 1) with { Round = 1 }));
        RaftEffects effects = Step(raft, RaftEvent.Transfer(10_050, "s2"));
        Assert.Equal(RaftMessageKind.TimeoutNow, effects.Messages[0].Kind);
        Assert.Equal(0, raft.LeaseUntilMs);
        Assert.Equal(ProposalRefusal.Transferring, Step(raft, RaftEvent.Propose(10_060, new[] { 1 })).Refused);
    }
}
