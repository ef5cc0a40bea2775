using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Praetor.Transport.Tls;

/// <summary>
/// TLS between nodes: turns <see cref="TlsSettings"/> into what <see cref="SslStream"/> takes. Certificates can be loaded again while
/// connections are open; new connections use the new ones. Thread-safe.
/// </summary>
public sealed class TlsContext
{
    private TlsMaterial _material;

    private TlsContext(TlsMaterial material) => _material = material;

    /// <summary>What is in force.</summary>
    public TlsSettings Settings => Volatile.Read(ref _material).Settings;

    /// <summary>CAs that are trusted; empty if none were given.</summary>
    public X509Certificate2Collection Authorities => Volatile.Read(ref _material).Authorities;

    /// <summary>This node's certificate with its chain; null without one.</summary>
    public SslStreamCertificateContext? Certificate => Volatile.Read(ref _material).Certificate;

    /// <summary>True if this node has a certificate to show.</summary>
    public bool HasCertificate => Volatile.Read(ref _material).Certificate is not null;

    /// <summary>Loads the files that the settings name.</summary>
    /// <exception cref="TlsSettingsException">A file is missing or wrong, or the settings contradict each other; the text is for operators.</exception>
    public static TlsContext Load(TlsSettings settings) => new(TlsMaterial.Load(settings));

    /// <summary>Loads again, with other settings if need be. On failure everything stays as it was.</summary>
    /// <exception cref="TlsSettingsException">As for <see cref="Load"/>.</exception>
    public void Reload(TlsSettings settings) => Volatile.Write(ref _material, TlsMaterial.Load(settings));

    /// <summary>For the listening side.</summary>
    public SslServerAuthenticationOptions ServerOptions()
    {
        TlsMaterial material = Volatile.Read(ref _material);
        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext = material.Certificate,
            ClientCertificateRequired = material.Settings.VerifyIncoming,
            EnabledSslProtocols = material.Protocols,
            CipherSuitesPolicy = material.CipherSuites,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            AllowRenegotiation = false,
            RemoteCertificateValidationCallback = (_, certificate, chain, _) =>
                !material.Settings.VerifyIncoming || material.IsTrusted(certificate, chain, TlsMaterial.ClientPurpose),
        };
    }

    /// <summary>For the connecting side. The chain is always verified, the name if the settings ask for it.</summary>
    public SslClientAuthenticationOptions ClientOptions()
    {
        TlsMaterial material = Volatile.Read(ref _material);
        return new SslClientAuthenticationOptions
        {
            TargetHost = material.Settings.ServerHostname,
            ClientCertificateContext = material.Certificate,
            EnabledSslProtocols = material.Protocols,
            CipherSuitesPolicy = material.CipherSuites,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            AllowRenegotiation = false,
            RemoteCertificateValidationCallback = (_, certificate, chain, _) =>
                material.IsTrusted(certificate, chain, TlsMaterial.ServerPurpose) && (!material.Settings.VerifyServerHostname || IsServer(certificate, material.Settings)),
        };
    }

    /// <summary>
    /// Whether the other side may open the lanes of servers: with verify_incoming and verify_server_hostname together its certificate
    /// must carry the servers' name (gossip-raft 8.1).
    /// </summary>
    public bool MaySpeakAsServer(X509Certificate? certificate)
    {
        TlsSettings settings = Settings;
        return !settings.VerifyIncoming || !settings.VerifyServerHostname || IsServer(certificate, settings);
    }

    private static bool IsServer(X509Certificate? certificate, TlsSettings settings)
    {
        if (certificate is null)
            return false;
        if (certificate is X509Certificate2 known)
            return known.MatchesHostname(settings.ServerHostname, allowCommonName: false);
        using var loaded = new X509Certificate2(certificate);
        return loaded.MatchesHostname(settings.ServerHostname, allowCommonName: false);
    }
}

/// <summary>The settings cannot be used.</summary>
/// <param name="message">Why, as operators see it.</param>
public sealed class TlsSettingsException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>Settings with what their files hold. Immutable.</summary>
internal sealed class TlsMaterial
{
    public static readonly Oid ServerPurpose = new("1.3.6.1.5.5.7.3.1");
    public static readonly Oid ClientPurpose = new("1.3.6.1.5.5.7.3.2");

    private readonly X509Certificate2Collection _authorities;

    private TlsMaterial(TlsSettings settings, X509Certificate2Collection authorities, SslStreamCertificateContext? certificate)
    {
        Settings = settings;
        _authorities = authorities;
        Certificate = certificate;
        Protocols = TlsNames.Protocols(settings.MinVersion);
        CipherSuites = TlsNames.CipherSuites(settings.CipherSuites);
    }

    public TlsSettings Settings { get; }

    public X509Certificate2Collection Authorities => _authorities;

    public SslStreamCertificateContext? Certificate { get; }

    public System.Security.Authentication.SslProtocols Protocols { get; }

    public CipherSuitesPolicy? CipherSuites { get; }

    public static TlsMaterial Load(TlsSettings settings)
    {
        X509Certificate2Collection authorities = LoadAuthorities(settings);
        SslStreamCertificateContext? certificate = LoadCertificate(settings);
        if (settings.VerifyIncoming && authorities.Count == 0)
            throw new TlsSettingsException("VerifyIncoming set but no CA certificates were provided");
        if (settings.VerifyIncoming && certificate is null)
            throw new TlsSettingsException("VerifyIncoming requires either a Cert and Key pair in the configuration file, or auto_encrypt/auto_config be enabled");
        if (settings.IsOutgoing && authorities.Count == 0)
            throw new TlsSettingsException("VerifyOutgoing set but no CA certificates were provided");
        return new TlsMaterial(settings, authorities, certificate);
    }

    /// <summary>Whether the certificate leads to one of the CAs and may be used so. What the peer sent along serves as intermediates.</summary>
    public bool IsTrusted(X509Certificate? certificate, X509Chain? sent, Oid purpose)
    {
        if (certificate is null)
            return false;
        using var chain = new X509Chain();
        X509ChainPolicy policy = chain.ChainPolicy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(_authorities);
        policy.RevocationMode = X509RevocationMode.NoCheck;
        policy.DisableCertificateDownloads = true;
        policy.ApplicationPolicy.Add(purpose);
        if (sent is not null)
            policy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
        X509Certificate2 leaf = certificate as X509Certificate2 ?? new X509Certificate2(certificate);
        bool isTrusted = chain.Build(leaf);
        foreach (X509ChainElement element in chain.ChainElements)
            element.Certificate.Dispose();
        return isTrusted;
    }

    private static X509Certificate2Collection LoadAuthorities(TlsSettings settings)
    {
        var authorities = new X509Certificate2Collection();
        if (settings.CaFile.Length > 0)
            AddAuthorities(authorities, settings.CaFile, "Error loading CA File");
        if (settings.CaPath.Length == 0)
            return authorities;
        if (!Directory.Exists(settings.CaPath))
            throw new TlsSettingsException($"Error loading from CAPath: {settings.CaPath}: no such directory");
        foreach (string file in Directory.EnumerateFiles(settings.CaPath).Order(StringComparer.Ordinal))
            AddAuthorities(authorities, file, "Error loading from CAPath");
        return authorities.Count > 0 ? authorities : throw new TlsSettingsException("Error loading from CAPath: no CAs found");
    }

    private static void AddAuthorities(X509Certificate2Collection authorities, string file, string failure)
    {
        int before = authorities.Count;
        try
        {
            authorities.ImportFromPemFile(file);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new TlsSettingsException($"{failure}: {file}: {cause.Message}", cause);
        }

        if (authorities.Count == before)
            throw new TlsSettingsException($"{failure}: {file}: no certificates in it");
    }

    private static SslStreamCertificateContext? LoadCertificate(TlsSettings settings)
    {
        if (settings.CertFile.Length == 0 && settings.KeyFile.Length == 0)
            return null;
        try
        {
            X509Certificate2 leaf = X509Certificate2.CreateFromPemFile(settings.CertFile, settings.KeyFile);
            var intermediates = new X509Certificate2Collection();
            intermediates.ImportFromPemFile(settings.CertFile);
            intermediates.RemoveAt(0);
            return SslStreamCertificateContext.Create(leaf, intermediates, offline: true);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new TlsSettingsException($"Failed to load cert/key pair: {cause.Message}", cause);
        }
    }
}
