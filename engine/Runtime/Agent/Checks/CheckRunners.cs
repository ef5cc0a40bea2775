using Microsoft.Extensions.Logging;
using Praetor.Runtime.Agent.Checks.Dialing;
using Praetor.Runtime.Agent.Checks.Probes;

namespace Praetor.Runtime.Agent.Checks;

/// <summary>The entry of the room: makes the runner for a definition.</summary>
public static class CheckRunners
{
    /// <summary>
    /// A runner, not yet started, for a definition that passed <see cref="CheckRules"/>; null for TTL and alias checks, which live in
    /// the agent's local state, and for what <see cref="CheckRules.RefuseToRun"/> refuses. <paramref name="random"/> is used during this
    /// call only (the delay of the first run).
    /// </summary>
    public static ICheckRunner? Create(CheckSpec spec, CheckRunnerOptions options, ICheckReport report, TimeProvider time, Random random, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentNullException.ThrowIfNull(logger);
        return CreateProbe(spec, options, time) is { } probe ? new IntervalRunner(spec, probe, options, report, time, random, logger) : null;
    }

    /// <summary>What looks once for <see cref="Create"/>; null where that is null.</summary>
    internal static ICheckProbe? CreateProbe(CheckSpec spec, CheckRunnerOptions options, TimeProvider time)
    {
        var outputMaxSizeBytes = spec.OutputMaxSize > 0 ? Math.Min(spec.OutputMaxSize, options.OutputMaxSizeBytes) : options.OutputMaxSizeBytes;
        var dialer = new Dialer(time);
        var tls = new TlsDialer(spec, options, time);
        return CheckRules.KindThatRuns(spec) switch
        {
            CheckKind.Http => new HttpProbe(spec, options.UserAgent, outputMaxSizeBytes, dialer, tls),
            CheckKind.Tcp => new TcpProbe(spec, dialer, tls),
            CheckKind.Udp => new UdpProbe(spec),
            CheckKind.Grpc => new GrpcProbe(spec, options.UserAgent, dialer, tls),
            CheckKind.H2Ping => new H2PingProbe(spec, dialer, tls),
            CheckKind.Docker => new DockerProbe(spec, options.DockerHost, outputMaxSizeBytes, dialer),
            CheckKind.Script => new ScriptProbe(spec, outputMaxSizeBytes),
            _ => null,
        };
    }
}
