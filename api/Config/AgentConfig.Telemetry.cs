namespace Praetor.Api.Config;

/// <summary>telemetry: how metrics are kept, and who else is told of them.</summary>
public sealed record TelemetrySettings
{
    /// <summary>metrics_prefix: first part of every name.</summary>
    public required string Prefix { get; init; }

    /// <summary>prefix_filter: names to keep (+) or drop (-); without those that are none.</summary>
    public required IReadOnlyList<string> Filters { get; init; }

    /// <summary>filter_default: whether names are kept that no filter fits.</summary>
    public required bool FilterDefault { get; init; }

    /// <summary>disable_hostname: gauges go without the name of the machine.</summary>
    public required bool DisableHostName { get; init; }

    /// <summary>enable_host_metrics: the machine is measured, too.</summary>
    public required bool OfHost { get; init; }

    /// <summary>prometheus_retention_time; zero = off.</summary>
    public required TimeSpan PrometheusRetention { get; init; }

    /// <summary>statsd_address: host:port over UDP; empty for none.</summary>
    public required string StatsdAddress { get; init; }

    /// <summary>statsite_address: host:port over TCP; empty for none.</summary>
    public required string StatsiteAddress { get; init; }

    /// <summary>dogstatsd_addr: host:port or unix:///path; empty for none.</summary>
    public required string DogstatsdAddress { get; init; }

    /// <summary>dogstatsd_tags.</summary>
    public required IReadOnlyList<string> DogstatsdTags { get; init; }

    /// <summary>retry_failed_connection: an address that cannot be used at start does not end the agent.</summary>
    public required bool RetryFailedConnection { get; init; }

    /// <summary>Any of the circonus keys is set.</summary>
    public required bool HasCirconus { get; init; }
}
