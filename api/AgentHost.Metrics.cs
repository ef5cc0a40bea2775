using System.Diagnostics.Metrics;
using Praetor.Api.Http;
using Praetor.Api.Statsd;
using Praetor.Core;
using Praetor.Core.Gossip;
using Praetor.Runtime.Gossip;
using Praetor.Runtime.Servers;
using Praetor.Runtime.Telemetry;

namespace Praetor.Api;

/// <summary>What the agent measures: one meter for all parts, and the store that listens to it.</summary>
public sealed partial class AgentHost
{
    /// <summary>Name of the meter, for other listeners (OpenTelemetry).</summary>
    public const string MeterName = "Praetor";

    private readonly Meter _meter = new(MeterName);
    private readonly HttpMeters _httpMeters;
    private readonly GossipMeters _gossipMeters;
    private MetricStore _metrics = null!;

    /// <summary>What is measured; there once the agent has started.</summary>
    public MetricStore Metrics => _metrics;

    private async Task StartMetricsAsync(CancellationToken cancellation)
    {
        _metrics = new MetricStore(_meter, HostOptions.Metrics(_config), _time);
        _stops.Push(() =>
        {
            _metrics.Dispose();
            _meter.Dispose();
            return ValueTask.CompletedTask;
        });
        foreach (StatsdOptions sink in HostOptions.Statsd(_config))
        {
            if (!_config.Telemetry.RetryFailedConnection && await StatsdSink.TryAsync(sink, cancellation).ConfigureAwait(false) is { } refusal)
                throw new AgentStartException($"Failed to start metrics: {sink.Address}: {refusal}");
            _stops.Push(StatsdSink.Start(sink, _metrics, _time, _log).DisposeAsync);
        }

        ProcessGauges.Create(_meter, ProductVersion.ConsulLevel);
        if (_config.Telemetry.OfHost)
            HostGauges.Create(_meter, _config.DataDirectory);
        KeyValuePair<string, object?> datacenter = KeyValuePair.Create<string, object?>("datacenter", _config.Datacenter);
        Measurement<long> Members(bool servers) =>
            new(_lan is null ? 0 : LanMembers().Count(member => member.Status == MemberStatus.Alive && (DatacenterServer.Of(member) is not null) == servers), datacenter);
        _meter.CreateObservableGauge("members.clients", () => Members(servers: false));
        _meter.CreateObservableGauge("members.servers", () => Members(servers: true));
        // Consul tells NaN on servers that do not lead (config 8).
        _meter.CreateObservableGauge("autopilot.healthy", () => _autopilot?.State is { } state ? (state.IsHealthy ? 1 : 0) : double.NaN);
        _meter.CreateObservableGauge("autopilot.failure_tolerance", () => _autopilot?.State is { } state ? state.FailureTolerance : double.NaN);
    }
}
