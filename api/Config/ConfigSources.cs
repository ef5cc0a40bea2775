using Praetor.Core.State.Catalog;

namespace Praetor.Api.Config;

/// <summary>Brings all sources into one canonical object, in the order of their precedence (config 1).</summary>
internal static class ConfigSources
{
    private static readonly string[] s_listFlags =
        ["retry_join", "retry_join_wan", "recursors", "serf_lan_allowed_cidrs", "serf_wan_allowed_cidrs", "primary_gateways"];

    /// <summary>Reads and merges.</summary>
    /// <returns>Null with the merged object, or the error that ends the start.</returns>
    public static string? Merge(ConfigInput input, List<string> warnings, out ConfigValue merged)
    {
        merged = input.DevMode ? DevDefaults() : ConfigValue.NewObject();
        var files = new List<ConfigSource>();
        if (ConfigFiles.Read(input.Paths, input.Format, files, warnings) is { } fileError)
            return fileError;
        merged = ConfigMerge.Merge(merged, Pick(input.Flags, key => s_listFlags.Contains(key)), AgentSchema.Root);
        var fragments = input.Fragments.Select((text, i) => new ConfigSource($"flags-{i}.hcl", ConfigSource.Hcl, text));
        foreach (var source in files)
        {
            if (Add(source, warnings, ref merged) is { } error)
                return error;
        }

        var flags = Pick(input.Flags, key => !s_listFlags.Contains(key));
        DeprecatedKeys.Apply(flags, warnings);
        merged = ConfigMerge.Merge(merged, flags, AgentSchema.Root);
        foreach (var source in fragments)
        {
            if (Add(source, warnings, ref merged) is { } error)
                return error;
        }

        return null;
    }

    private static string? Add(ConfigSource source, List<string> warnings, ref ConfigValue merged)
    {
        if (source.Parse(out var raw) is { } syntaxError)
            return $"failed to parse {source.Name}: {syntaxError}";
        var decoder = new ConfigDecoder();
        var decoded = decoder.DecodeBlock(raw, AgentSchema.Root, "");
        if (decoder.TypeError is { } typeError)
            return $"failed to parse {source.Name}: {typeError}";
        if (CheckUnknown(decoder.UnknownKeys, warnings) is { } unknown)
            return $"failed to parse {source.Name}: {unknown}";
        DeprecatedKeys.Apply(decoded, warnings);
        Pluralise(decoded, "service", "services");
        Pluralise(decoded, "check", "checks");
        merged = ConfigMerge.Merge(merged, decoded, AgentSchema.Root);
        return null;
    }

    private static string? CheckUnknown(IReadOnlyList<string> keys, List<string> warnings)
    {
        const string tolerated = "acl_enforce_version_8";
        if (keys.Contains(tolerated))
            warnings.Add($"config key \"{tolerated}\" is deprecated and should be removed");
        List<string> errors = [.. keys.Where(key => key != tolerated).Select(key => $"invalid config key {key}")];
        return errors.Count == 0 ? null : ServiceRules.Combine(errors);
    }

    /// <summary>A single definition is one more element of the list; lists of several sources then add up.</summary>
    private static void Pluralise(ConfigValue source, string one, string many)
    {
        if (source.Find(one) is not { } single)
            return;
        source.Remove(one);
        source.Set(many, ConfigValue.OfList([.. source.Find(many)?.Items ?? [], single]));
    }

    private static ConfigValue Pick(ConfigValue flags, Func<string, bool> wanted) =>
        ConfigValue.OfMembers(flags.Members.Where(member => wanted(member.Key)));

    /// <summary>What -dev changes of the defaults (cli 7).</summary>
    private static ConfigValue DevDefaults()
    {
        var dev = ConfigValue.NewObject();
        dev.Set("bind_addr", ConfigValue.Of("127.0.0.1"));
        dev.Set("log_level", ConfigValue.Of("DEBUG"));
        foreach (var key in new[] { "server", "enable_debug", "disable_keyring_file", "disable_anonymous_signature", "ui_config.enabled", "connect.enabled", "peering.enabled" })
            dev.SetPath(key, ConfigValue.Of(true));
        dev.SetPath("ports.grpc", ConfigValue.Of(8502L));
        dev.SetPath("performance.raft_multiplier", ConfigValue.Of(1L));
        foreach (var pool in new[] { "gossip_lan", "gossip_wan" })
        {
            foreach (var key in new[] { "gossip_interval", "probe_interval", "probe_timeout" })
                dev.SetPath($"{pool}.{key}", ConfigValue.Of("100ms"));
            dev.SetPath($"{pool}.suspicion_mult", ConfigValue.Of(3L));
        }

        return dev;
    }
}
