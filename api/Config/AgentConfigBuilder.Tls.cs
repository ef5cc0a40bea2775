namespace Praetor.Api.Config;

/// <summary>TLS settings (config 5, TLS).</summary>
internal sealed partial class AgentConfigBuilder
{
    private static readonly string[] s_tlsVersions = ["TLS_AUTO", "TLSv1_0", "TLSv1_1", "TLSv1_2", "TLSv1_3"];

    private static readonly string[] s_cipherEnds =
        ["CHACHA20_POLY1305_SHA256", "AES_128_GCM_SHA256", "AES_256_GCM_SHA384", "AES_128_CBC_SHA", "AES_256_CBC_SHA"];

    private string? CheckTlsPlacement()
    {
        if (_keys.IsSet("tls.grpc.verify_outgoing"))
            return "verify_outgoing is not valid in the tls.grpc stanza";
        if (_keys.IsSet("tls.https.verify_server_hostname") || _keys.IsSet("tls.grpc.verify_server_hostname"))
            return "verify_server_hostname is only valid in the tls.defaults and tls.internal_rpc stanzas";
        if (_keys.IsSet("tls.defaults.use_auto_cert") || _keys.IsSet("tls.https.use_auto_cert") || _keys.IsSet("tls.internal_rpc.use_auto_cert"))
            return "use_auto_cert is only valid in the tls.grpc stanza";
        var grpcHasCertificate = _keys.IsSet("tls.grpc.cert_file") || _keys.IsSet("tls.defaults.cert_file");
        return _keys.Integer("ports.grpc") > 0 && !_keys.IsSet("ports.grpc_tls") && grpcHasCertificate
            ? "the `ports.grpc` listener no longer supports TLS. Use `ports.grpc_tls` instead. "
                + "This message is appearing because GRPC is configured to use TLS, but `ports.grpc_tls` is not defined"
            : null;
    }

    private TlsSettings AssembleTls()
    {
        var verifyHostname = TlsFlag("internal_rpc", "verify_server_hostname");
        var rpc = TlsInterface("internal_rpc");
        // Checking names of servers makes no sense without checking their certificates.
        return new TlsSettings(rpc with { VerifyOutgoing = rpc.VerifyOutgoing || verifyHostname }, TlsInterface("https"),
            TlsInterface("grpc") with { VerifyOutgoing = false, UseAutoCert = _keys.Flag("tls.grpc.use_auto_cert") }, verifyHostname);
    }

    private TlsInterfaceSettings TlsInterface(string name) => new()
    {
        CaFile = TlsText(name, "ca_file"),
        CaPath = TlsText(name, "ca_path"),
        CertFile = TlsText(name, "cert_file"),
        KeyFile = TlsText(name, "key_file"),
        MinVersion = TlsText(name, "tls_min_version", "TLSv1_2"),
        CipherSuites = TlsText(name, "tls_cipher_suites").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
        VerifyIncoming = TlsFlag(name, "verify_incoming"),
        VerifyOutgoing = TlsFlag(name, "verify_outgoing"),
    };

    private string TlsText(string name, string key, string unset = "") => _keys.Text($"tls.{name}.{key}", _keys.Text($"tls.defaults.{key}", unset));

    private bool TlsFlag(string name, string key) => _keys.Flag($"tls.{name}.{key}", _keys.Flag($"tls.defaults.{key}"));

    private void CheckTlsValues()
    {
        foreach (var name in new[] { "defaults", "internal_rpc", "https", "grpc" })
        {
            var version = _keys.Text($"tls.{name}.tls_min_version");
            if (version.Length > 0 && !s_tlsVersions.Contains(version))
            {
                _keys.Report($"tls.{name}.tls_min_version: invalid TLS version: no matching TLS version found for {version}, "
                    + $"please specify one of [{string.Join(", ", s_tlsVersions)}]");
            }

            CheckCipherSuites(name);
        }
    }

    private void CheckCipherSuites(string name)
    {
        var suites = _keys.Text($"tls.{name}.tls_cipher_suites").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (suites.Length == 0)
            return;
        if (TlsText(name, "tls_min_version") == "TLSv1_3")
            _keys.Report($"tls.{name}.tls_cipher_suites: TLS 1.3 cipher suites are not configurable");
        foreach (var suite in suites)
        {
            var isKnown = s_cipherEnds.Any(end => suite == "TLS_ECDHE_ECDSA_WITH_" + end || suite == "TLS_ECDHE_RSA_WITH_" + end);
            if (!isKnown)
                _keys.Report($"tls.{name}.tls_cipher_suites: invalid TLS cipher suites: no matching Consul Agent TLS cipher suite found for {suite}");
        }
    }
}
