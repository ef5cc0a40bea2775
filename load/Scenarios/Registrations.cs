using Praetor.Load.Wire;

namespace Praetor.Load.Scenarios;

/// <summary>The 500 registrations of the data over and over: a catalog that compares before it writes lets no index move.</summary>
public sealed class RegisterStorm : Scenario
{
    /// <inheritdoc/>
    public override string Name => "register-storm";

    /// <inheritdoc/>
    public override string Description => "catalog/register of the same 500 instances again: no index may move";

    /// <inheritdoc/>
    public override DataSet Needs => DataSet.Services;

    /// <inheritdoc/>
    public override int WriteRequest(RequestWriter writer, long number)
    {
        Requests.RegisterAgain(writer, number);
        return 0;
    }
}

/// <summary>New instances as fast as they are taken: what a datacenter does after a power cut.</summary>
public sealed class RegisterNew : Scenario
{
    // Another run against the same agent registers new instances again.
    private readonly long _first = DateTimeOffset.UtcNow.ToUnixTimeSeconds() % 100_000 * 1_000;

    /// <inheritdoc/>
    public override string Name => "register-new";

    /// <inheritdoc/>
    public override string Description => "catalog/register of ever new nodes, each with an instance and two checks; not part of 'all', for they stay";

    /// <inheritdoc/>
    public override int WriteRequest(RequestWriter writer, long number)
    {
        Requests.Register(writer, "storm", "storm", _first + number);
        return 0;
    }
}
