namespace Praetor.Load.Measuring;

/// <summary>What a scenario measured.</summary>
/// <param name="Scenario">Its name.</param>
/// <param name="Connections">Over how many connections.</param>
/// <param name="Measured">From the first start to the end of the last simulation, or to the last Ok answer if that came later. No warm-up.</param>
/// <param name="Steps">One entry per kind of request.</param>
public sealed record ScenarioResult(string Scenario, int Connections, TimeSpan Measured, IReadOnlyList<StepStats> Steps)
{
    /// <summary>Whether every request was answered as expected.</summary>
    public bool IsClean => Steps.All(static step => step.Fail == 0);

    /// <summary>A count over the whole measurement as a rate.</summary>
    public double PerSecond(double count) => count / Math.Max(Measured.TotalSeconds, 1e-9);
}
