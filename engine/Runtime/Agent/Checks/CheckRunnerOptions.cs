using System.Net.Security;
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

    /// <summary>With enable_agent_tls_for_checks: the agent's CA and certificate as they are now; null means the system's CAs and no certificate.</summary>
    public Func<CheckTls>? AgentTls { get; init; }

    /// <summary>With enable_agent_tls_for_checks: the name that a server must have whose check names none.</summary>
    public string AgentTlsName { get; init; } = "";
}

/// <summary>What the agent's own TLS lends to checks.</summary>
/// <param name="Roots">CAs; empty means the system's.</param>
/// <param name="Certificate">Shown to servers that ask; null means none.</param>
public sealed record CheckTls(X509Certificate2Collection Roots, SslStreamCertificateContext? Certificate);
