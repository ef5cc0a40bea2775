namespace Praetor.Api.Cli.Client;

/// <summary>How to reach the agent, after flags and environment are settled. Null means not given.</summary>
public sealed record ClientSettings
{
    /// <summary>Where the agent listens unless told otherwise.</summary>
    public const string DefaultAddress = "127.0.0.1:8500";

    /// <summary>host:port, http(s)://host:port[/prefix] or unix:///path.</summary>
    public string Address { get; init; } = DefaultAddress;

    /// <summary>CONSUL_HTTP_SSL.</summary>
    public bool UseTls { get; init; }

    /// <summary>CONSUL_HTTP_SSL_VERIFY=false.</summary>
    public bool SkipVerify { get; init; }

    /// <summary>user[:password].</summary>
    public string? BasicAuthorization { get; init; }

    /// <summary>ACL token.</summary>
    public string? Token { get; init; }

    /// <summary>PEM file.</summary>
    public string? CaFile { get; init; }

    /// <summary>Directory of PEM files.</summary>
    public string? CaPath { get; init; }

    /// <summary>PEM file; given together with <see cref="ClientKey"/>.</summary>
    public string? ClientCertificate { get; init; }

    /// <summary>PEM file.</summary>
    public string? ClientKey { get; init; }

    /// <summary>Verified name and SNI.</summary>
    public string? TlsServerName { get; init; }

    /// <summary>dc parameter.</summary>
    public string? Datacenter { get; init; }

    /// <summary>ns parameter.</summary>
    public string? Namespace { get; init; }

    /// <summary>partition parameter.</summary>
    public string? Partition { get; init; }
}
