using System.Net;
using Praetor.Runtime.Agent;
using Praetor.Runtime.Agent.Checks;

namespace Praetor.Api.Config;

/// <summary>DNS.</summary>
public sealed record DnsSettings
{
    /// <summary>domain, as configured.</summary>
    public required string Domain { get; init; }

    /// <summary>alt_domain; empty for none.</summary>
    public required string AltDomain { get; init; }

    /// <summary>recursors, host:port or host, without duplicates.</summary>
    public required IReadOnlyList<string> Recursors { get; init; }

    /// <summary>allow_stale.</summary>
    public required bool AllowStale { get; init; }

    /// <summary>max_stale.</summary>
    public required TimeSpan MaxStale { get; init; }

    /// <summary>node_ttl.</summary>
    public required TimeSpan NodeTtl { get; init; }

    /// <summary>service_ttl: TTL by name, "*" or "prefix*".</summary>
    public required IReadOnlyDictionary<string, TimeSpan> ServiceTtl { get; init; }

    /// <summary>enable_truncate.</summary>
    public required bool EnableTruncate { get; init; }

    /// <summary>only_passing.</summary>
    public required bool OnlyPassing { get; init; }

    /// <summary>disable_compression.</summary>
    public required bool DisableCompression { get; init; }

    /// <summary>use_cache.</summary>
    public required bool UseCache { get; init; }

    /// <summary>cache_max_age.</summary>
    public required TimeSpan CacheMaxAge { get; init; }

    /// <summary>a_record_limit; 0 = unlimited.</summary>
    public required int ARecordLimit { get; init; }

    /// <summary>udp_answer_limit.</summary>
    public required int UdpAnswerLimit { get; init; }

    /// <summary>sequential or random.</summary>
    public required string RecursorStrategy { get; init; }

    /// <summary>recursor_timeout.</summary>
    public required TimeSpan RecursorTimeout { get; init; }

    /// <summary>enable_additional_node_meta_txt.</summary>
    public required bool NodeMetaTxt { get; init; }

    /// <summary>soa, seconds.</summary>
    public required SoaSettings Soa { get; init; }
}

/// <summary>The SOA record's numbers, in seconds.</summary>
public readonly record struct SoaSettings(uint Refresh, uint Retry, uint Expire, uint MinTtl);

/// <summary>HTTP and UI.</summary>
public sealed record HttpSettings
{
    /// <summary>Path prefixes answered 403.</summary>
    public required IReadOnlyList<string> BlockEndpoints { get; init; }

    /// <summary>Headers added to every answer.</summary>
    public required IReadOnlyDictionary<string, string> ResponseHeaders { get; init; }

    /// <summary>Networks that may use agent write endpoints; empty = all.</summary>
    public required IReadOnlyList<IPNetwork> AllowWriteFrom { get; init; }

    /// <summary>use_cache.</summary>
    public required bool UseCache { get; init; }

    /// <summary>max_header_bytes; 0 = 1 MiB.</summary>
    public required int MaxHeaderBytes { get; init; }

    /// <summary>ui_config.enabled.</summary>
    public required bool UiEnabled { get; init; }

    /// <summary>ui_config.dir; empty for the built-in UI.</summary>
    public required string UiDirectory { get; init; }

    /// <summary>ui_config.content_path, with a slash at both ends.</summary>
    public required string UiContentPath { get; init; }

    /// <summary>ui_config.metrics_proxy.</summary>
    public required MetricsProxySettings MetricsProxy { get; init; }
}

/// <summary>Where the web UI's metrics come from.</summary>
/// <param name="BaseUrl">base_url; empty for none.</param>
/// <param name="AddHeaders">add_headers, in order.</param>
/// <param name="PathAllowlist">path_allowlist; empty for all paths.</param>
public sealed record MetricsProxySettings(string BaseUrl, IReadOnlyList<KeyValuePair<string, string>> AddHeaders, IReadOnlyList<string> PathAllowlist);

/// <summary>Log.</summary>
public sealed record LogSettings
{
    /// <summary>log_level as configured; checked when the agent starts.</summary>
    public required string Level { get; init; }

    /// <summary>log_json.</summary>
    public required bool Json { get; init; }

    /// <summary>log_file; empty for none.</summary>
    public required string File { get; init; }

    /// <summary>log_rotate_duration.</summary>
    public required TimeSpan RotateDuration { get; init; }

    /// <summary>log_rotate_bytes; 0 = unlimited.</summary>
    public required long RotateBytes { get; init; }

    /// <summary>log_rotate_max_files; 0 = keep all, -1 = keep none.</summary>
    public required int RotateMaxFiles { get; init; }

    /// <summary>enable_syslog.</summary>
    public required bool Syslog { get; init; }

    /// <summary>syslog_facility.</summary>
    public required string SyslogFacility { get; init; }
}

/// <summary>How checks run.</summary>
public sealed record CheckSettings
{
    /// <summary>enable_script_checks: from anywhere.</summary>
    public required bool ScriptsFromRemote { get; init; }

    /// <summary>enable_local_script_checks: from files only.</summary>
    public required bool ScriptsFromFiles { get; init; }

    /// <summary>check_update_interval.</summary>
    public required TimeSpan UpdateInterval { get; init; }

    /// <summary>check_output_max_size, at least 1.</summary>
    public required int OutputMaxSizeBytes { get; init; }

    /// <summary>discard_check_output.</summary>
    public required bool DiscardOutput { get; init; }

    /// <summary>enable_agent_tls_for_checks.</summary>
    public required bool AgentTls { get; init; }
}

/// <summary>Mesh and peering.</summary>
public sealed record MeshSettings
{
    /// <summary>connect.enabled.</summary>
    public required bool ConnectEnabled { get; init; }

    /// <summary>connect.ca_provider; empty = built in.</summary>
    public required string CaProvider { get; init; }

    /// <summary>peering.enabled.</summary>
    public required bool PeeringEnabled { get; init; }

    /// <summary>auto_encrypt.tls.</summary>
    public required bool AutoEncryptTls { get; init; }

    /// <summary>auto_encrypt.allow_tls.</summary>
    public required bool AutoEncryptAllowTls { get; init; }
}

/// <summary>Definitions of services and checks from files.</summary>
/// <param name="Services">Services with their checks.</param>
/// <param name="Checks">Node checks and checks that name their service.</param>
/// <param name="Watches">Watches as they stand in the sources; they are looked at when they are started.</param>
public sealed record RegistrationSettings(IReadOnlyList<ServiceDefinition> Services, IReadOnlyList<CheckSpec> Checks, IReadOnlyList<ConfigValue> Watches);
