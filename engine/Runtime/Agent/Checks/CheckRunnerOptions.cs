using System.Security.Cryptography.X509Certificates;

namespace Praetor.Runtime.Agent.Checks;

/// <summary>Settings of the agent that concern the running of checks. Shared by all runners.</summary>
public sealed class CheckRunnerOptions
{
    private volatile bool _discardOutput;

    /// <summary>check_output_max_size: bytes of output kept, at least 1.</summary>
    public int OutputMaxSizeBytes { get; init; } = 4096;

    /// <summary>discard_check_output: every output is reported empty. May change while runners run.</summary>
    public bool DiscardOutput
    {
        get => _discardOutput;
        set => _discardOutput = value;
    }

    /// <summary>enable_script_checks: scripts may be registered over HTTP.</summary>
    public bool ScriptsFromRemote { get; init; }

    /// <summary>enable_local_script_checks: scripts may come from configuration files.</summary>
    public bool ScriptsFromFiles { get; init; }

    /// <summary>User-Agent of HTTP checks that do not set their own.</summary>
    public string UserAgent { get; init; } = "Consul Health Check";

    /// <summary>Where docker checks find the engine: DOCKER_HOST or its default.</summary>
    public string DockerHost { get; init; } = "unix:///var/run/docker.sock";

    /// <summary>With enable_agent_tls_for_checks: the agent's CA certificates; null means the system's roots.</summary>
    public X509Certificate2Collection? TlsRoots { get; init; }

    /// <summary>With enable_agent_tls_for_checks: the agent's certificate with its key; null means none is sent.</summary>
    public X509Certificate2? TlsCertificate { get; init; }
}
