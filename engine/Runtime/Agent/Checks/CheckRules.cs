namespace Praetor.Runtime.Agent.Checks;

/// <summary>The rules that a check's definition must obey (agent-catalog-health 2.11). Pure.</summary>
public static class CheckRules
{
    /// <summary>Shorter intervals are raised to this.</summary>
    public static readonly TimeSpan MinInterval = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The first rule that the definition breaks, as the text that follows "Invalid check: " (400); null if it is sound.
    /// </summary>
    public static string? Validate(CheckSpec spec)
    {
        var hasIntervalType = HasIntervalType(spec);
        if (spec.Interval > TimeSpan.Zero && spec.Ttl > TimeSpan.Zero)
            return "Interval and TTL cannot both be specified";
        if (hasIntervalType && spec.Interval <= TimeSpan.Zero)
            return "Interval must be > 0 for Script, HTTP, H2PING, TCP, UDP or OSService checks";
        if (hasIntervalType && IsAlias(spec))
            return "Interval cannot be set for Alias checks";
        if (IsAlias(spec) && spec.Ttl > TimeSpan.Zero)
            return "TTL must be not be set for Alias checks";
        if (!hasIntervalType && !IsAlias(spec) && spec.Ttl <= TimeSpan.Zero)
            return "TTL must be > 0 for TTL checks";
        if (spec.OutputMaxSize < 0)
            return "MaxOutputMaxSize must be positive";
        if (spec.FailuresBeforeWarning > spec.FailuresBeforeCritical)
            return "FailuresBeforeWarning can't be higher than FailuresBeforeCritical";
        return null;
    }

    /// <summary>
    /// Why this agent does not run a sound definition (500), or null if it does: scripts not enabled for where it came from
    /// (<paramref name="fromRemote"/>: over HTTP rather than from a file), a Windows service here, a docker host that is no address.
    /// </summary>
    public static string? RefuseToRun(CheckSpec spec, CheckRunnerOptions options, bool fromRemote)
    {
        if (spec.Args.Count > 0)
        {
            if (fromRemote && !options.ScriptsFromRemote)
                return "Scripts are disabled on this agent from remote calls; to enable, configure 'enable_script_checks' to true";
            if (!fromRemote && !options.ScriptsFromFiles && !options.ScriptsFromRemote)
                return "Scripts are disabled on this agent; to enable, configure 'enable_script_checks' or 'enable_local_script_checks' to true";
        }

        return KindThatRuns(spec) switch
        {
            CheckKind.OsService => "not implemented",
            CheckKind.Docker when !IsDockerHost(options.DockerHost) => $"unable to parse docker host `{options.DockerHost}`",
            _ => null,
        };
    }

    /// <summary>The type shown in the check's record; empty if there is none. Not always what runs: see <see cref="KindThatRuns"/>.</summary>
    public static string ShownType(CheckSpec spec)
    {
        var hasInterval = spec.Interval > TimeSpan.Zero;
        if (hasInterval && spec.Grpc.Length > 0) return "grpc";
        if (hasInterval && spec.Http.Length > 0) return "http";
        if (spec.Ttl > TimeSpan.Zero) return "ttl";
        if (hasInterval && spec.Tcp.Length > 0) return "tcp";
        if (hasInterval && spec.Udp.Length > 0) return "udp";
        if (IsAlias(spec)) return "alias";
        if (hasInterval && IsDocker(spec)) return "docker";
        if (hasInterval && spec.Args.Count > 0) return "script";
        if (hasInterval && spec.H2Ping.Length > 0) return "h2ping";
        if (hasInterval && spec.OsService.Length > 0) return "os_service";
        return "";
    }

    /// <summary>The one type that runs when a definition names several.</summary>
    public static CheckKind KindThatRuns(CheckSpec spec)
    {
        if (spec.Ttl > TimeSpan.Zero) return CheckKind.Ttl;
        if (spec.Interval > TimeSpan.Zero)
        {
            if (spec.Http.Length > 0) return CheckKind.Http;
            if (spec.Tcp.Length > 0) return CheckKind.Tcp;
            if (spec.Udp.Length > 0) return CheckKind.Udp;
            if (spec.Grpc.Length > 0) return CheckKind.Grpc;
            if (IsDocker(spec)) return CheckKind.Docker;
            if (spec.OsService.Length > 0) return CheckKind.OsService;
            if (spec.Args.Count > 0) return CheckKind.Script;
            if (spec.H2Ping.Length > 0) return CheckKind.H2Ping;
        }

        return IsAlias(spec) ? CheckKind.Alias : CheckKind.None;
    }

    private static bool HasIntervalType(CheckSpec spec) =>
        spec.Args.Count > 0 || spec.Http.Length > 0 || spec.Tcp.Length > 0 || spec.Udp.Length > 0 || spec.Grpc.Length > 0
        || spec.H2Ping.Length > 0 || spec.OsService.Length > 0;

    private static bool IsAlias(CheckSpec spec) => spec.AliasNode.Length > 0 || spec.AliasService.Length > 0;

    private static bool IsDocker(CheckSpec spec) => spec.DockerContainerId.Length > 0 && spec.Args.Count > 0;

    private static bool IsDockerHost(string host) => host.IndexOf("://", StringComparison.Ordinal) > 0;
}
