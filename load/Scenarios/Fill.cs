using Praetor.Load.Wire;

namespace Praetor.Load.Scenarios;

/// <summary>Puts in the keys that other scenarios read.</summary>
public sealed class FillKeys : Scenario
{
    /// <inheritdoc/>
    public override string Name => "fill";

    /// <inheritdoc/>
    public override string Description => "the keys of the data";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Steps => ["keys"];

    /// <inheritdoc/>
    public override int WriteRequest(RequestWriter writer, long number)
    {
        Requests.PutKey(writer, number);
        return 0;
    }
}

/// <summary>Puts in the services that other scenarios read.</summary>
public sealed class FillServices : Scenario
{
    /// <inheritdoc/>
    public override string Name => "fill";

    /// <inheritdoc/>
    public override string Description => "the services of the data";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Steps => ["services"];

    /// <inheritdoc/>
    public override int WriteRequest(RequestWriter writer, long number)
    {
        Requests.RegisterAgain(writer, number);
        return 0;
    }
}
