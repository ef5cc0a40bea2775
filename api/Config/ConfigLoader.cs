namespace Praetor.Api.Config;

/// <summary>Loads the agent's configuration. Entry of this room.</summary>
public static class ConfigLoader
{
    /// <summary>Reads all sources, merges, validates. Reads files; keeps nothing open.</summary>
    public static ConfigLoad Load(ConfigInput input, HostFacts host)
    {
        var warnings = new List<string>(input.FlagWarnings);
        if (ConfigSources.Merge(input, warnings, out var merged) is { } sourceError)
            return new ConfigLoad(null, sourceError, warnings);
        return AgentConfigBuilder.Build(merged, input.DevMode, host, warnings, out var config) is { } error
            ? new ConfigLoad(null, error, warnings)
            : new ConfigLoad(config, null, warnings);
    }
}
