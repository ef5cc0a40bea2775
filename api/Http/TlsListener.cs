using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Logging;
using Praetor.Transport.Rpc;
using Praetor.Transport.Tls;

namespace Praetor.Api.Http;

/// <summary>
/// TLS in front of the HTTP API, with HTTP/2 by ALPN (http-core 1.1). Kestrel's own needs a service container; this is a connection middleware. Certificates that are loaded again serve new
/// connections. Thread-safe.
/// </summary>
internal sealed class TlsListener(TlsContext tls, TimeSpan handshakeTimeout, TimeProvider time, ILogger log)
{
    private static readonly List<SslApplicationProtocol> s_protocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11];

    /// <summary>Connection middleware.</summary>
    public ConnectionDelegate Wrap(ConnectionDelegate next) => connection => SecureAsync(connection, next);

    private async Task SecureAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        if (!tls.HasCertificate)
        {
            HttpLog.HandshakeFailed(log, connection.RemoteEndPoint?.ToString() ?? "", "no certificate is configured");
            return;
        }

        var raw = new PipeStream(connection.Transport);
        var secured = new SslStream(raw, leaveInnerStreamOpen: true);
        await using (secured.ConfigureAwait(false))
        {
            SslServerAuthenticationOptions options = tls.ServerOptions();
            options.ApplicationProtocols = s_protocols;
            using (var limit = new CancellationTokenSource(handshakeTimeout, time))
            {
                try
                {
                    await secured.AuthenticateAsServerAsync(options, limit.Token).ConfigureAwait(false);
                }
                catch (Exception refused) when (refused is AuthenticationException or IOException or OperationCanceledException)
                {
                    HttpLog.HandshakeFailed(log, connection.RemoteEndPoint?.ToString() ?? "", refused.Message);
                    return;
                }
            }

            var features = new TlsFeatures(secured);
            connection.Features.Set<ITlsConnectionFeature>(features);
            connection.Features.Set<ITlsApplicationProtocolFeature>(features);
            IDuplexPipe plain = connection.Transport;
            var input = PipeReader.Create(secured, new StreamPipeReaderOptions(leaveOpen: true));
            var output = PipeWriter.Create(secured, new StreamPipeWriterOptions(leaveOpen: true));
            connection.Transport = new SecuredPipe(input, output);
            try
            {
                await next(connection).ConfigureAwait(false);
            }
            finally
            {
                await input.CompleteAsync().ConfigureAwait(false);
                await output.CompleteAsync().ConfigureAwait(false);
                connection.Transport = plain;
            }
        }
    }

    private sealed record SecuredPipe(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    /// <summary>What Kestrel asks of a connection under TLS.</summary>
    private sealed class TlsFeatures(SslStream stream) : ITlsConnectionFeature, ITlsApplicationProtocolFeature
    {
        public X509Certificate2? ClientCertificate { get; set; } = stream.RemoteCertificate as X509Certificate2;

        public ReadOnlyMemory<byte> ApplicationProtocol { get; } = stream.NegotiatedApplicationProtocol.Protocol;

        public Task<X509Certificate2?> GetClientCertificateAsync(CancellationToken cancellationToken) => Task.FromResult(ClientCertificate);
    }
}
