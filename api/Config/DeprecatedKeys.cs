namespace Praetor.Api.Config;

/// <summary>Moves the values of old keys to their new places, one source at a time (config 6). Pure but for the warnings.</summary>
internal static class DeprecatedKeys
{
    /// <summary>Old path, new path, and whether the new name is what the warning tells.</summary>
    private static readonly (string Old, string New)[] s_moves =
    [
        ("acl_agent_master_token", "acl.tokens.agent_recovery"),
        ("acl.tokens.agent_master", "acl.tokens.agent_recovery"),
        ("acl_master_token", "acl.tokens.initial_management"),
        ("acl.tokens.master", "acl.tokens.initial_management"),
        ("acl_agent_token", "acl.tokens.agent"),
        ("acl_token", "acl.tokens.default"),
        ("acl_replication_token", "acl.tokens.replication"),
        ("enable_acl_replication", "acl.enable_token_replication"),
        ("acl_datacenter", "primary_datacenter"),
        ("acl_default_policy", "acl.default_policy"),
        ("acl_down_policy", "acl.down_policy"),
        ("acl_ttl", "acl.token_ttl"),
        ("acl_enable_key_list_policy", "acl.enable_key_list_policy"),
        ("ca_file", "tls.defaults.ca_file"),
        ("ca_path", "tls.defaults.ca_path"),
        ("cert_file", "tls.defaults.cert_file"),
        ("key_file", "tls.defaults.key_file"),
        ("tls_cipher_suites", "tls.defaults.tls_cipher_suites"),
        ("tls_min_version", "tls.defaults.tls_min_version"),
        ("verify_incoming", "tls.defaults.verify_incoming"),
        ("verify_outgoing", "tls.defaults.verify_outgoing"),
        ("verify_incoming_rpc", "tls.internal_rpc.verify_incoming"),
        ("verify_server_hostname", "tls.internal_rpc.verify_server_hostname"),
        ("verify_incoming_https", "tls.https.verify_incoming"),
        ("raft_boltdb.NoFreelistSync", "raft_logstore.boltdb.no_freelist_sync"),
        ("ui", "ui_config.enabled"),
        ("ui_dir", "ui_config.dir"),
        ("ui_content_path", "ui_config.content_path"),
    ];

    private static readonly (string Old, string New)[] s_appends = [("start_join", "retry_join"), ("start_join_wan", "retry_join_wan")];

    private static readonly string[] s_enterprise =
    [
        "segment", "segments", "partition", "autopilot.redundancy_zone_tag", "autopilot.upgrade_version_tag", "autopilot.disable_upgrade_migration",
        "dns_config.prefer_namespace", "acl.msp_disable_bootstrap", "acl.tokens.managed_service_provider", "audit", "license_path",
        "reporting.license.enabled",
    ];

    /// <summary>Moves what is old in one canonical source.</summary>
    public static void Apply(ConfigValue source, List<string> warnings)
    {
        foreach (var (old, replacement) in s_moves)
        {
            if (source.FindPath(old) is not { } value)
                continue;
            warnings.Add($"The '{old}' field is deprecated. Use the '{replacement}' field instead.");
            Remove(source, old);
            ApplySideEffects(source, old, ref value, warnings);
            if (source.FindPath(replacement) is null)
                source.SetPath(replacement, value);
        }

        foreach (var (old, replacement) in s_appends)
        {
            if (source.FindPath(old) is not { } value)
                continue;
            warnings.Add($"The '{old}' field is deprecated. Use the '{replacement}' field instead.");
            source.Remove(old);
            source.Set(replacement, ConfigValue.OfList([.. source.Find(replacement)?.Items ?? [], .. value.Items]));
        }

        WarnOfIgnored(source, warnings);
    }

    private static void ApplySideEffects(ConfigValue source, string old, ref ConfigValue value, List<string> warnings)
    {
        switch (old)
        {
            case "acl_replication_token":
                SetIfMissing(source, "acl.enable_token_replication", ConfigValue.Of(true));
                break;
            case "acl_datacenter":
                SetIfMissing(source, "acl.enabled", ConfigValue.Of(true));
                break;
            case "verify_incoming":
                // The old key never spoke for gRPC.
                SetIfMissing(source, "tls.grpc.verify_incoming", ConfigValue.Of(false));
                break;
            case "tls_min_version" when value.AsString is ['t', 'l', 's', '1', var minor] version:
                var spelled = $"TLSv1_{minor}";
                warnings.Add($"'tls_min_version' value '{version}' is deprecated, please specify '{spelled}' instead");
                value = ConfigValue.Of(spelled);
                break;
        }
    }

    private static void WarnOfIgnored(ConfigValue source, List<string> warnings)
    {
        if (source.Find("tls_prefer_server_cipher_suites") is not null)
            warnings.Add("The 'tls_prefer_server_cipher_suites' field is deprecated and will be ignored.");
        if (source.Find("read_replica") is not null || source.Find("non_voting_server") is not null)
            warnings.Add("\"read_replica (or the deprecated non_voting_server)\" is a Consul Enterprise configuration and will have no effect");
        foreach (var key in s_enterprise)
        {
            if (source.FindPath(key) is not null)
                warnings.Add($"\"{key}\" is a Consul Enterprise configuration and will have no effect");
        }
    }

    private static void SetIfMissing(ConfigValue source, string path, ConfigValue value)
    {
        if (source.FindPath(path) is null)
            source.SetPath(path, value);
    }

    private static void Remove(ConfigValue source, string path)
    {
        var dot = path.LastIndexOf('.');
        if (dot < 0)
            source.Remove(path);
        else
            source.FindPath(path[..dot])?.Remove(path[(dot + 1)..]);
    }
}
