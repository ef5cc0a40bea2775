using Praetor.Load.Wire;

namespace Praetor.Load.Scenarios;

/// <summary>PUT of 128 bytes over 10,000 keys.</summary>
public sealed class KvPut : Scenario
{
    /// <inheritdoc/>
    public override string Name => "kv-put";

    /// <inheritdoc/>
    public override string Description => "PUT of 128 bytes, 10,000 keys";

    /// <inheritdoc/>
    public override int WriteRequest(RequestWriter writer, Channel channel, long number)
    {
        Requests.PutKey(writer, number);
        return 0;
    }
}

/// <summary>GET of one key.</summary>
public sealed class KvGet : Scenario
{
    /// <inheritdoc/>
    public override string Name => "kv-get";

    /// <inheritdoc/>
    public override string Description => "GET of 1,000 keys of 128 bytes";

    /// <inheritdoc/>
    public override DataSet Needs => DataSet.Keys;

    /// <inheritdoc/>
    public override int WriteRequest(RequestWriter writer, Channel channel, long number)
    {
        Requests.GetKey(writer, number);
        return 0;
    }
}

/// <summary>Healthy instances of services of 50.</summary>
public sealed class HealthService : Scenario
{
    /// <inheritdoc/>
    public override string Name => "health-service";

    /// <inheritdoc/>
    public override string Description => "health/service/webN?passing, 50 instances";

    /// <inheritdoc/>
    public override DataSet Needs => DataSet.Services;

    /// <inheritdoc/>
    public override int WriteRequest(RequestWriter writer, Channel channel, long number)
    {
        Requests.Health(writer, number);
        return 0;
    }
}

/// <summary>Instances of services of 50.</summary>
public sealed class CatalogService : Scenario
{
    /// <inheritdoc/>
    public override string Name => "catalog-service";

    /// <inheritdoc/>
    public override string Description => "catalog/service/webN, 50 instances";

    /// <inheritdoc/>
    public override DataSet Needs => DataSet.Services;

    /// <inheritdoc/>
    public override int WriteRequest(RequestWriter writer, Channel channel, long number)
    {
        Requests.Catalog(writer, number);
        return 0;
    }
}

/// <summary>New instances as fast as they are taken: what a datacenter does after a power cut.</summary>
public sealed class RegisterStorm : Scenario
{
    // Another run against the same agent registers new instances again.
    private readonly long _first = DateTimeOffset.UtcNow.ToUnixTimeSeconds() % 100_000 * 1_000;

    /// <inheritdoc/>
    public override string Name => "register-storm";

    /// <inheritdoc/>
    public override string Description => "catalog/register of ever new nodes, each with an instance and two checks";

    /// <inheritdoc/>
    public override int WriteRequest(RequestWriter writer, Channel channel, long number)
    {
        Requests.Register(writer, "storm", "storm", _first + number);
        return 0;
    }
}

/// <summary>A day of an agent in small: mostly reads, some writes, registrations that change nothing but an output.</summary>
public sealed class Mixed : Scenario
{
    /// <inheritdoc/>
    public override string Name => "mixed";

    /// <inheritdoc/>
    public override string Description => "60 % kv get, 15 % kv put, 15 % health, 5 % catalog, 5 % registrations repeated";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Steps => ["kv-get", "kv-put", "health", "catalog", "register"];

    /// <inheritdoc/>
    public override DataSet Needs => DataSet.Keys | DataSet.Services;

    /// <inheritdoc/>
    public override int WriteRequest(RequestWriter writer, Channel channel, long number)
    {
        // Spread evenly: consecutive numbers get different steps.
        switch (number * 37 % 100)
        {
            case < 60:
                Requests.GetKey(writer, number);
                return 0;
            case < 75:
                Requests.PutKey(writer, number);
                return 1;
            case < 90:
                Requests.Health(writer, number);
                return 2;
            case < 95:
                Requests.Catalog(writer, number);
                return 3;
            default:
                Requests.Register(writer, "node", "web", number % Requests.Instances, $"run {number}");
                return 4;
        }
    }
}
