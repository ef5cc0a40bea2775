using Praetor.Runtime.Agent.Checks;

namespace Praetor.Tests.Agent.Checks;

/// <summary>Results as letters (p passing, w warning, c critical), what is reported below each ('.' nothing).</summary>
public class CheckThresholdsTests
{
    [Theory]
    // 0 and 1 mean immediate.
    [InlineData(0, 0, 0, "pcwcp", "pcwcp")]
    [InlineData(1, 1, 1, "pcwcp", "pcwcp")]
    // The first result always counts.
    [InlineData(3, 0, 3, "c", "c")]
    [InlineData(3, 0, 3, "p", "p")]
    [InlineData(3, 0, 3, "w", "w")]
    // Failures are counted from the last success.
    [InlineData(0, 0, 3, "pcccc", "p..cc")]
    [InlineData(0, 0, 3, "pccpccc", "p..p..c")]
    [InlineData(0, 0, 3, "pccwccc", "p..w..c")]
    // The warning threshold comes before the critical one, and is the critical one unless given.
    [InlineData(0, 1, 3, "pccc", "pwwc")]
    [InlineData(0, 2, 3, "pccc", "p.wc")]
    [InlineData(0, 3, 3, "pccc", "p..c")]
    // Successes are counted from the last failure.
    [InlineData(2, 0, 0, "cppcpp", "c.pc.p")]
    [InlineData(3, 0, 0, "cpwpp", "c..pp")]
    public void Results_are_reported_when_their_threshold_is_reached(int success, int warning, int critical, string results, string reported)
    {
        var thresholds = new CheckThresholds(success, warning, critical);
        var seen = string.Concat(results.Select(result => thresholds.Step(Name(result)) is { } status ? status[0] : '.'));
        Assert.Equal(reported, seen);
    }

    private static string Name(char result) => result switch { 'p' => "passing", 'w' => "warning", _ => "critical" };
}
