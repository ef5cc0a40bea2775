namespace Praetor.Transport.Tls;

/// <summary>The tls stanza as it applies to connections between nodes (gossip-raft 8.1). Files are PEM.</summary>
public sealed record TlsSettings
{
    /// <summary>ca_file: one or more CA certificates; empty = none.</summary>
    public string CaFile { get; init; } = "";

    /// <summary>ca_path: a folder of CA certificates; empty = none.</summary>
    public string CaPath { get; init; } = "";

    /// <summary>cert_file: this node's certificate, followed by its intermediates; empty = none.</summary>
    public string CertFile { get; init; } = "";

    /// <summary>key_file: the certificate's private key.</summary>
    public string KeyFile { get; init; } = "";

    /// <summary>verify_incoming: no plain connections, and callers show a certificate of the CA.</summary>
    public bool VerifyIncoming { get; init; }

    /// <summary>verify_outgoing: this node connects with TLS and verifies the server's chain.</summary>
    public bool VerifyOutgoing { get; init; }

    /// <summary>verify_server_hostname: servers must carry <see cref="ServerHostname"/>; implies <see cref="VerifyOutgoing"/>.</summary>
    public bool VerifyServerHostname { get; init; }

    /// <summary>tls_min_version: TLS_AUTO or TLSv1_0 to TLSv1_3.</summary>
    public string MinVersion { get; init; } = "TLSv1_2";

    /// <summary>tls_cipher_suites by name; empty = the platform's.</summary>
    public IReadOnlyList<string> CipherSuites { get; init; } = [];

    /// <summary>Datacenter of the servers.</summary>
    public string Datacenter { get; init; } = "dc1";

    /// <summary>DNS domain without dots at its ends.</summary>
    public string Domain { get; init; } = "consul";

    /// <summary>The name that certificates of servers carry: <c>server.dc.domain</c>.</summary>
    public string ServerHostname => $"server.{Datacenter}.{Domain}";

    /// <summary>True if this node connects with TLS.</summary>
    public bool IsOutgoing => VerifyOutgoing || VerifyServerHostname;
}
