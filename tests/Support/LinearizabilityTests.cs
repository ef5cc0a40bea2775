namespace Praetor.Tests.Support;

/// <summary>The checker itself: what it lets pass and what it does not.</summary>
public sealed class LinearizabilityTests
{
    private static RegisterOperation Write(long start, long end, long value) => new(start, end, RegisterKind.Write, value);

    private static RegisterOperation Read(long start, long end, long value) => new(start, end, RegisterKind.Read, value);

    private static RegisterOperation Cas(long start, long end, long expected, long value, bool succeeded) => new(start, end, RegisterKind.CompareAndSet, value, expected, succeeded);

    [Fact]
    public void A_read_sees_the_write_before_it() => Assert.True(Linearizability.Holds([Write(0, 1, 7), Read(2, 3, 7)]));

    [Fact]
    public void A_read_after_a_write_must_not_see_what_was_there_before() => Assert.False(Linearizability.Holds([Write(0, 1, 7), Read(2, 3, 0)]));

    [Fact]
    public void A_read_during_a_write_may_see_either() =>
        Assert.True(Linearizability.Holds([Write(0, 10, 7), Read(1, 2, 0), Read(3, 4, 7)]));

    [Fact]
    public void Once_a_write_was_seen_nobody_goes_back() =>
        Assert.False(Linearizability.Holds([Write(0, 10, 7), Read(1, 2, 7), Read(3, 4, 0)]));

    [Fact]
    public void An_acknowledged_write_is_not_lost() => Assert.False(Linearizability.Holds([Write(0, 1, 1), Write(2, 3, 2), Read(4, 5, 1)]));

    [Fact]
    public void A_write_of_unknown_outcome_may_show_late_or_never()
    {
        Assert.True(Linearizability.Holds([Write(0, RegisterOperation.Unknown, 7), Read(1, 2, 0), Read(3, 4, 7)]));
        Assert.True(Linearizability.Holds([Write(0, RegisterOperation.Unknown, 7), Read(1, 2, 0), Read(3, 4, 0)]));
    }

    [Fact]
    public void A_write_of_unknown_outcome_does_not_show_before_it_was_asked_for() =>
        Assert.False(Linearizability.Holds([Read(0, 1, 7), Write(2, RegisterOperation.Unknown, 7)]));

    [Fact]
    public void Of_two_compare_and_sets_from_the_same_value_one_succeeds()
    {
        Assert.True(Linearizability.Holds([Cas(0, 5, 0, 1, true), Cas(1, 6, 0, 2, false), Read(7, 8, 1)]));
        Assert.False(Linearizability.Holds([Cas(0, 5, 0, 1, true), Cas(1, 6, 0, 2, true)]));
    }

    [Fact]
    public void A_compare_and_set_must_not_fail_when_its_value_was_there_all_along() =>
        Assert.False(Linearizability.Holds([Write(0, 1, 5), Cas(2, 3, 5, 6, false), Read(4, 5, 5)]));

    [Fact]
    public void Long_histories_of_many_clients_are_judged()
    {
        var random = new Random(1);
        var history = new List<RegisterOperation>();
        long state = 0;
        for (int i = 1; i <= 3000; i++)
        {
            // Each takes effect at its own tick and is seen by its client up to eight operations around it.
            long at = i * 10;
            (long start, long end) = (at - random.Next(40), at + random.Next(40));
            if (random.Next(2) == 0)
                history.Add(Write(start, end, state = i));
            else
                history.Add(Read(start, end, state));
        }

        Assert.True(Linearizability.Holds(history));
        RegisterOperation last = history.FindLast(static each => each.Kind == RegisterKind.Read);
        history.Add(last with { StartTicks = 40_000, EndTicks = 40_001, Value = 3 });
        Assert.False(Linearizability.Holds(history));
    }
}
