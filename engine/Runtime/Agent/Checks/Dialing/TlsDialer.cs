using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Praetor.Runtime.Agent.Checks.Dialing;

/// <summary>
/// The TLS side of a check: system roots and no client certificate unless the agent's are to be used, verified unless the definition
/// says otherwise, verify name from the definition (agent-catalog-health 3). Failures are <see cref="DialException"/>s.
/// </summary>
internal sealed class TlsDialer(CheckSpec spec, CheckRunnerOptions options, TimeProvider time)
{
    public const string NotTls = "tls: first record does not look like a TLS handshake";

    /// <summary>Handshakes over a connected socket; takes ownership of it, also when it fails.</summary>
    public async Task<SslStream> HandshakeAsync(Socket socket, string host, SslApplicationProtocol? protocol, CancellationToken deadline)
    {
        var unnamed = options.AgentTls is not null ? options.AgentTlsName : host;
        var name = spec.TlsServerName.Length > 0 ? spec.TlsServerName : unnamed;
        string? refusal = null;
        var settings = ClientOptions(name, text => refusal = text);
        if (protocol is { } alpn)
            settings.ApplicationProtocols = [alpn];

        var tls = new SslStream(new NetworkStream(socket, ownsSocket: true));
        try
        {
            await tls.AuthenticateAsClientAsync(settings, deadline).ConfigureAwait(false);
            return tls;
        }
        catch (Exception error) when (error is AuthenticationException or IOException or OperationCanceledException or SocketException)
        {
            var text = refusal ?? Describe(error, socket);
            await tls.DisposeAsync().ConfigureAwait(false);
            throw new DialException(text);
        }
    }

    /// <summary>Settings for one handshake; <paramref name="onRefused"/> learns why a certificate was not accepted.</summary>
    public SslClientAuthenticationOptions ClientOptions(string name, Action<string> onRefused)
    {
        var settings = new SslClientAuthenticationOptions
        {
            TargetHost = name,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
            {
                if (errors == SslPolicyErrors.None || spec.TlsSkipVerify)
                    return true;
                onRefused(CertificateErrors.Describe(errors, certificate as X509Certificate2, name, time.GetUtcNow()));
                return false;
            },
        };
        var agent = options.AgentTls?.Invoke();
        if (agent?.Certificate is { } certificate)
            settings.ClientCertificateContext = certificate;
        if (agent?.Roots is { Count: > 0 } roots)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.AddRange(roots);
            settings.CertificateChainPolicy = policy;
        }

        return settings;
    }

    private static string Describe(Exception error, Socket socket)
    {
        if (error is OperationCanceledException)
            return SocketErrors.DeadlineExceeded;
        if (SocketErrors.Find(error) is { } socketError)
            return SocketErrors.Io("read", "tcp", EndPointOf(socket, local: true), EndPointOf(socket, local: false), socketError);
        if (error is IOException)
            return "EOF";
        // A frame that is no TLS record fails in SslStream itself; a handshake that the other side refuses carries the library's error.
        return error.InnerException is { } inner ? DescribeAlert(inner.GetBaseException().Message) : NotTls;
    }

    /// <summary>From "error:0A000410:SSL routines::sslv3 alert handshake failure" the last part.</summary>
    private static string DescribeAlert(string libraryError)
    {
        const string Marker = " alert ";
        var alert = libraryError.LastIndexOf(Marker, StringComparison.Ordinal);
        if (alert >= 0)
            return $"remote error: tls: {libraryError[(alert + Marker.Length)..]}";
        return libraryError.Contains("wrong version number", StringComparison.Ordinal) ? NotTls : $"tls: {libraryError}";
    }

    private static System.Net.EndPoint? EndPointOf(Socket socket, bool local)
    {
        try
        {
            return local ? socket.LocalEndPoint : socket.RemoteEndPoint;
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            return null;
        }
    }
}
