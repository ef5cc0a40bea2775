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
    public override int WriteRequest(RequestWriter writer, long number)
    {
        Requests.PutKey(writer, number);
        return 0;
    }
}

/// <summary>GET of one key.</summary>
/// <param name="stale">Whatever the server has, instead of the default consistency.</param>
public sealed class KvGet(bool stale = false) : Scenario
{
    /// <inheritdoc/>
    public override string Name => stale ? "kv-get-stale" : "kv-get";

    /// <inheritdoc/>
    public override string Description => stale ? "the same with ?stale" : "GET of 1,000 keys of 128 bytes";

    /// <inheritdoc/>
    public override DataSet Needs => DataSet.Keys;

    /// <inheritdoc/>
    public override int WriteRequest(RequestWriter writer, long number)
    {
        Requests.GetKey(writer, number, stale ? "?stale" : "");
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
    public override int WriteRequest(RequestWriter writer, long number)
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
    public override int WriteRequest(RequestWriter writer, long number)
    {
        Requests.Catalog(writer, number);
        return 0;
    }
}
