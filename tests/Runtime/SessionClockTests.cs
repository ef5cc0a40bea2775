using Praetor.Core.State;
using Praetor.Core.State.Sessions;
using Praetor.Runtime.Sessions;
using Praetor.Tests.State;

namespace Praetor.Tests.Runtime;

/// <summary>What the leader counts of sessions and lock-delays, told the time (http-core 7.2, 7.3).</summary>
public sealed class SessionClockTests
{
    private const string Id = "00000000-0000-0000-0000-000000000001";

    private readonly StateHarness _state = new();
    private readonly SessionClock _clock = new();

    public SessionClockTests()
    {
        _state.Register(StateHarness.Node("n"));
        _clock.Lead(1, _state.Root, Seconds(0));
    }

    [Fact]
    public void A_session_is_over_after_twice_its_time()
    {
        Create();

        Assert.Empty(Due(Seconds(19.9)));
        Assert.Equal([Id], Due(Seconds(20)));
    }

    [Fact]
    public void A_renewed_session_has_its_whole_time_again()
    {
        SessionRecord session = Create();

        Assert.True(_clock.Renew(session, 1, Seconds(15)));
        Assert.Empty(Due(Seconds(34.9)));
        Assert.Equal([Id], Due(Seconds(35)));
    }

    [Fact]
    public void A_session_whose_end_is_on_the_way_is_not_renewed()
    {
        SessionRecord session = Create();
        Due(Seconds(20));

        Assert.False(_clock.Renew(session, 1, Seconds(20)));
    }

    [Fact]
    public void An_end_that_did_not_come_is_tried_again()
    {
        Create();
        Due(Seconds(20));

        Assert.Empty(Due(Seconds(29)));
        Assert.Equal([Id], Due(Seconds(30)));
    }

    [Fact]
    public void Who_leads_again_begins_anew_for_another_may_have_given_more_time()
    {
        Create();

        _clock.Lead(3, _state.Root, Seconds(19));
        Assert.Empty(Due(Seconds(38.9)));
        Assert.Equal([Id], Due(Seconds(39)));
    }

    [Fact]
    public void A_renewal_in_a_term_that_was_not_looked_at_yet_is_granted_for_all_begins_anew()
    {
        SessionRecord session = Create();
        Due(Seconds(20));

        Assert.True(_clock.Renew(session, 2, Seconds(20)));
    }

    [Fact]
    public void Who_does_not_lead_counts_nothing()
    {
        Create();

        _clock.Lead(null, _state.Root, Seconds(1));
        Assert.Empty(Due(Seconds(100)));
    }

    private SessionRecord Create()
    {
        var session = new SessionRecord { Id = Id, Node = "n", TtlNs = 10_000_000_000 };
        Assert.True(_state.Apply(Commands.SessionCreate(session)).IsApplied);
        _clock.Applied(_state.Changes, _state.Root, Seconds(0));
        return session;
    }

    private List<string> Due(TimeSpan now)
    {
        var ended = new List<string>();
        _clock.TakeDue(now, ended, []);
        return ended;
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
