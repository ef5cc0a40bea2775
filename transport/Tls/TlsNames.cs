using System.Net.Security;
using System.Runtime.Versioning;
using System.Security.Authentication;

namespace Praetor.Transport.Tls;

/// <summary>The names that the configuration uses, and what they stand for (config, TLS).</summary>
internal static class TlsNames
{
    /// <summary>The versions from the named one on.</summary>
    public static SslProtocols Protocols(string minVersion) => minVersion switch
    {
#pragma warning disable SYSLIB0039, CA5397, CA5398 // Operators may ask for old versions; the default does not have them.
        "TLSv1_0" => SslProtocols.Tls | SslProtocols.Tls11 | SslProtocols.Tls12 | SslProtocols.Tls13,
        "TLSv1_1" => SslProtocols.Tls11 | SslProtocols.Tls12 | SslProtocols.Tls13,
#pragma warning restore SYSLIB0039
        "TLSv1_3" => SslProtocols.Tls13,
        "" or "TLS_AUTO" or "TLSv1_2" => SslProtocols.Tls12 | SslProtocols.Tls13,
#pragma warning restore CA5397, CA5398
        _ => throw new TlsSettingsException($"no matching TLS version found for {minVersion}"),
    };

    /// <summary>The named suites, with those of TLS 1.3, which are not configurable; null if none is named.</summary>
    public static CipherSuitesPolicy? CipherSuites(IReadOnlyList<string> names)
    {
        if (names.Count == 0)
            return null;
        var suites = new List<TlsCipherSuite>
        {
            TlsCipherSuite.TLS_AES_128_GCM_SHA256, TlsCipherSuite.TLS_AES_256_GCM_SHA384, TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256,
        };
        foreach (string name in names)
            suites.Add(Suite(name) ?? throw new TlsSettingsException($"no matching Consul Agent TLS cipher suite found for {name}"));
        return Policy(suites);
    }

    private static CipherSuitesPolicy Policy(List<TlsCipherSuite> suites) => OperatingSystem.IsWindows() || OperatingSystem.IsAndroid()
        ? throw new TlsSettingsException("TLS cipher suites are the system's on this platform")
        : NewPolicy(suites);

    [UnsupportedOSPlatform("windows")]
    [UnsupportedOSPlatform("android")]
    private static CipherSuitesPolicy NewPolicy(List<TlsCipherSuite> suites) => new(suites);

    private static TlsCipherSuite? Suite(string name) => name switch
    {
        "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256" => TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256" => TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384" => TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA" => TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA,
        "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA" => TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA,
        "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256" => TlsCipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
        "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256" => TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384" => TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA" => TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA,
        "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA" => TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA,
        _ => null,
    };
}
