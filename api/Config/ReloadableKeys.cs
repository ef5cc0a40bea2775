namespace Praetor.Api.Config;

/// <summary>Which keys may change while the agent runs (config 4). Pure.</summary>
internal static class ReloadableKeys
{
    /// <summary>Keys, or blocks with all that is below them.</summary>
    private static readonly string[] s_keys =
    [
        "log_level", "services", "checks", "node_meta", "acl.tokens", "tls", "watches", "limits.http_max_conns_per_client", "limits.rpc_rate", "limits.rpc_max_burst", "limits.rpc_client_timeout",
        "limits.rpc_max_conns_per_client", "limits.request_limits", "dns_config", "recursors", "config_entries.bootstrap", "raft_snapshot_threshold", "raft_snapshot_interval", "raft_trailing_logs",
        "performance.raft_multiplier", "cache", "telemetry.prefix_filter", "discard_check_output", "enable_debug", "xds.update_max_per_second", "ui_config",
    ];

    /// <summary>What of those blocks is fixed.</summary>
    private static readonly string[] s_fixed = ["ui_config.enabled", "ui_config.dir", "ui_config.content_path"];

    /// <summary>Whether a key, or all that is below it, may change.</summary>
    public static bool Contains(string path) => !s_fixed.Contains(path) && s_keys.Any(key => path == key || path.StartsWith(key + ".", StringComparison.Ordinal));

    /// <summary>Keys that differ between two configurations and take effect at the next start only; in order of their names.</summary>
    public static IReadOnlyList<string> Pending(ConfigValue running, ConfigValue loaded)
    {
        var pending = new SortedSet<string>(StringComparer.Ordinal);
        Compare("", running, loaded, pending);
        return [.. pending];
    }

    private static void Compare(string path, ConfigValue running, ConfigValue loaded, SortedSet<string> pending)
    {
        foreach (string name in running.Members.Concat(loaded.Members).Select(static member => member.Key).Distinct(StringComparer.Ordinal))
        {
            string key = path.Length == 0 ? name : $"{path}.{name}";
            ConfigValue one = running.Find(name) ?? ConfigValue.Null;
            ConfigValue other = loaded.Find(name) ?? ConfigValue.Null;
            if (one.Kind == ConfigKind.Object || other.Kind == ConfigKind.Object)
                Compare(key, one, other, pending);
            else if (!Contains(key) && one.ToString() != other.ToString())
                pending.Add(key);
        }
    }
}
