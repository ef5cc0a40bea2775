using Praetor.Load.Wire;

namespace Praetor.Load.Scenarios;

/// <summary>A day of an agent in small: mostly reads, few writes.</summary>
public sealed class Mixed : Scenario
{
    /// <inheritdoc/>
    public override string Name => "mixed";

    /// <inheritdoc/>
    public override string Description => "80 % kv get, 15 % health, 5 % kv put";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Steps => ["kv-get", "health", "kv-put"];

    /// <inheritdoc/>
    public override DataSet Needs => DataSet.Keys | DataSet.Services;

    /// <inheritdoc/>
    public override int WriteRequest(RequestWriter writer, long number)
    {
        // 37 and 100 have no common factor: every hundred numbers are spread over the hundred places, neighbours far apart.
        switch (number * 37 % 100)
        {
            case < 80:
                Requests.GetKey(writer, number);
                return 0;
            case < 95:
                Requests.Health(writer, number);
                return 1;
            default:
                Requests.PutKey(writer, number);
                return 2;
        }
    }
}
