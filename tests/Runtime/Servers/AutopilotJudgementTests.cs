using Praetor.Core.Consensus;
using Praetor.Core.Gossip;
using Praetor.Runtime;
using Praetor.Runtime.Servers;

namespace Praetor.Tests.Runtime.Servers;

/// <summary>What the autopilot thinks of servers, whom it lets vote and whom it removes (gossip-raft 6.1).</summary>
public sealed class AutopilotJudgementTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly AutopilotRules Rules = new();

    [Fact]
    public void Servers_in_contact_are_healthy_and_may_fail_down_to_the_majority()
    {
        AutopilotState state = Judge(Server("a", isLeader: true), Server("b"), Server("c"), Server("d"), Server("e"));

        Assert.True(state.IsHealthy);
        Assert.Equal(2, state.FailureTolerance);
    }

    [Theory]
    [InlineData(MemberStatus.Alive, 200, 850, true)]
    [InlineData(MemberStatus.Leaving, 0, 1000, true)]
    [InlineData(MemberStatus.Alive, 201, 1000, false)]
    [InlineData(MemberStatus.Alive, 0, 749, false)]
    [InlineData(MemberStatus.Failed, 0, 1000, false)]
    [InlineData(MemberStatus.Left, 0, 1000, false)]
    [InlineData(MemberStatus.None, 0, 1000, false)]
    public void A_server_is_healthy_if_it_is_alive_in_contact_and_not_far_behind(MemberStatus status, int contactMs, long lastIndex, bool isHealthy)
    {
        AutopilotState state = Judge(Server("a", isLeader: true), Server("b", status: status, contactMs: contactMs, lastIndex: lastIndex));

        Assert.Equal(isHealthy, state.Servers[1].IsHealthy);
        Assert.Equal(isHealthy, state.IsHealthy);
    }

    [Fact]
    public void A_judgement_that_does_not_change_keeps_its_time()
    {
        AutopilotState before = Judge(Server("a", isLeader: true), Server("b"), Server("c"));
        AutopilotState after = Judge(before, Now.AddSeconds(30), Server("a", isLeader: true), Server("b"), Server("c", contactMs: 5000));

        Assert.Equal([Now, Now, Now.AddSeconds(30)], after.Servers.Select(static server => server.StableSince));
    }

    [Theory]
    [InlineData(9, null)]
    [InlineData(10, "b")]
    public void A_newcomer_votes_when_it_has_been_healthy_for_long_enough(int seconds, string? promoted)
    {
        AutopilotState state = Judge(Server("a", isLeader: true), Server("b", isVoter: false));

        Assert.Equal(promoted, AutopilotJudgement.ToPromote(state, TimeSpan.FromSeconds(10), Now.AddSeconds(seconds))?.Id);
    }

    [Fact]
    public void A_newcomer_that_is_not_healthy_never_votes()
    {
        AutopilotState state = Judge(Server("a", isLeader: true), Server("b", isVoter: false, contactMs: 1000));

        Assert.Null(AutopilotJudgement.ToPromote(state, TimeSpan.FromSeconds(10), Now.AddHours(1)));
    }

    [Theory]
    [InlineData(3, 1, 0, "b")]
    [InlineData(3, 2, 0, "b")]
    [InlineData(5, 2, 0, "b c")]
    [InlineData(5, 3, 0, "b c")]
    [InlineData(2, 1, 0, "")]
    [InlineData(3, 1, 3, "")]
    [InlineData(5, 2, 4, "b")]
    public void Of_voters_that_failed_fewer_than_half_go_and_never_below_the_wanted_number(int voters, int failed, int minQuorum, string removed)
    {
        RaftServerSight[] servers = [.. Enumerable.Range(0, voters).Select(i => Server(((char)('a' + i)).ToString(), isLeader: i == 0, status: i > 0 && i <= failed ? MemberStatus.Failed : MemberStatus.Alive))];

        Assert.Equal(removed, string.Join(' ', AutopilotJudgement.ToRemove(Judge(servers), Rules with { MinQuorum = minQuorum }).Select(static server => server.Id)));
    }

    [Fact]
    public void Of_voters_those_that_nobody_knows_go_first()
    {
        AutopilotState state = Judge(Server("a", isLeader: true), Server("b", status: MemberStatus.Failed), Server("c", status: MemberStatus.None));

        Assert.Equal(["c"], AutopilotJudgement.ToRemove(state, Rules).Select(static server => server.Id));
    }

    [Fact]
    public void Those_that_do_not_vote_go_however_many_they_are()
    {
        AutopilotState state = Judge(Server("a", isLeader: true), Server("x", isVoter: false, status: MemberStatus.Left), Server("y", isVoter: false, status: MemberStatus.Failed));

        Assert.Equal(["x", "y"], AutopilotJudgement.ToRemove(state, Rules).Select(static server => server.Id));
    }

    [Fact]
    public void Nobody_goes_if_the_operator_says_so()
    {
        AutopilotState state = Judge(Server("a", isLeader: true), Server("b", status: MemberStatus.Failed), Server("c"));

        Assert.Empty(AutopilotJudgement.ToRemove(state, Rules with { CleanupDeadServers = false }));
    }

    private static RaftServerSight Server(string id, bool isLeader = false, bool isVoter = true, MemberStatus status = MemberStatus.Alive, int contactMs = 50, long lastIndex = 1000) =>
        new(new RaftServer(new ServerMember(id, $"{id}:8300", isVoter), isLeader, lastIndex, TimeSpan.FromMilliseconds(isLeader ? 0 : contactMs)), status);

    private static AutopilotState Judge(params RaftServerSight[] servers) => Judge(null, Now, servers);

    private static AutopilotState Judge(AutopilotState? before, DateTimeOffset now, params RaftServerSight[] servers) => AutopilotJudgement.Judge(
        new RaftConfiguration([.. servers.Select(static sight => sight.Server)], 1), 2,
        [.. servers.Where(static sight => sight.Status != MemberStatus.None).Select(static sight => MemberOf(sight.Server.Server.Id, sight.Status))], Rules, before, now);

    private static Member MemberOf(string id, MemberStatus status) => new()
    {
        Name = $"node-{id}",
        Addr = "10.0.0.1",
        Port = 8301,
        Tags = new SortedList<string, string> { ["id"] = id, ["build"] = "1.21.4:" },
        Status = status,
    };

    private sealed record RaftServerSight(RaftServer Server, MemberStatus Status);
}
