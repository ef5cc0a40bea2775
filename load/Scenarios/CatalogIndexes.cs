using Praetor.Load.Wire;

namespace Praetor.Load.Scenarios;

/// <summary>Where the tables of the catalog stand, as clients see it.</summary>
public static class CatalogIndexes
{
    private static readonly string[] Paths = ["/v1/catalog/nodes", "/v1/catalog/services", "/v1/health/state/any"];

    /// <summary>The X-Consul-Index of each list that a registration could move.</summary>
    /// <exception cref="IOException">The agent did not answer with 200.</exception>
    public static IReadOnlyList<(string Path, long Index)> Read(LoadTarget target)
    {
        using var agent = new SingleConnection(target);
        return [.. Paths.Select(path => (path, agent.Ask(writer => writer.Get(path))))];
    }
}
