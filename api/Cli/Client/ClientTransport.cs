using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Praetor.Api.Cli.Client;

/// <summary>Connections of the command line's client: TCP or unix socket, with the TLS material flags and environment name.</summary>
internal static class ClientTransport
{
    /// <summary>Makes the handler.</summary>
    /// <returns>Null, or the refusal text.</returns>
    public static string? Create(ClientEndpoint endpoint, ClientSettings settings, out SocketsHttpHandler handler)
    {
        handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false };
        if (endpoint.SocketPath is { } path)
            handler.ConnectCallback = (_, cancellation) => ConnectUnixAsync(path, cancellation);
        if (endpoint.BaseUri.Scheme != Uri.UriSchemeHttps)
            return null;
        if (LoadTrust(settings, out var trust) is { } trustError)
            return trustError;
        if (settings.SkipVerify)
        {
#pragma warning disable CA5359 // The operator asked for exactly this (CONSUL_HTTP_SSL_VERIFY=false).
            handler.SslOptions.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
        }
        else if (trust is not null)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.AddRange(trust);
            handler.SslOptions.CertificateChainPolicy = policy;
        }

        return LoadClientCertificate(settings, handler.SslOptions);
    }

    private static async ValueTask<Stream> ConnectUnixAsync(string path, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static string? LoadTrust(ClientSettings settings, out X509Certificate2Collection? trust)
    {
        trust = null;
        if (settings.CaFile is { } file)
        {
            trust = [];
            return AddPem(file, trust) is { } error ? $"Error loading CA File: {error}" : null;
        }

        if (settings.CaPath is not { } directory)
            return null;
        if (!Directory.Exists(directory))
            return $"Error loading CA Path: open {directory}: no such file or directory";
        trust = [];
        foreach (var entry in Directory.EnumerateFiles(directory).Order(StringComparer.Ordinal))
        {
            if (AddPem(entry, trust) is { } error)
                return $"Error loading CA Path: {error}";
        }

        return null;
    }

    private static string? AddPem(string path, X509Certificate2Collection trust)
    {
        if (GoFile.TryReadText(path, out var pem) is { } error)
            return error;
        try
        {
            trust.ImportFromPem(pem);
            return trust.Count > 0 ? null : $"no certificate found in {path}";
        }
        catch (CryptographicException)
        {
            return $"no certificate found in {path}";
        }
    }

    private static string? LoadClientCertificate(ClientSettings settings, SslClientAuthenticationOptions options)
    {
        if (settings.ClientCertificate is not { } certificate)
            return null;
        try
        {
            options.ClientCertificates = [X509Certificate2.CreateFromPemFile(certificate, settings.ClientKey)];
            return null;
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            return e is CryptographicException ? "tls: failed to find any PEM data in certificate input" : GoFile.Explain(certificate, e);
        }
    }
}
