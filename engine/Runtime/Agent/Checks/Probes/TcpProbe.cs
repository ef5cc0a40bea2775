using System.Net.Sockets;
using Praetor.Runtime.Agent.Checks.Dialing;

namespace Praetor.Runtime.Agent.Checks.Probes;

/// <summary>Passing when a TCP connection (and the TLS handshake, if asked for) succeeds.</summary>
internal sealed class TcpProbe(CheckSpec spec, Dialer dialer, TlsDialer tls) : ICheckProbe
{
    public TimeSpan Timeout { get; } = ProbeTimeout.Of(spec, ProbeTimeout.Network);

    public async ValueTask<CheckResult> RunAsync(CancellationToken deadline)
    {
        try
        {
            var socket = await dialer.ConnectAsync(spec.Tcp, deadline).ConfigureAwait(false);
            if (!spec.TcpUseTls)
            {
                socket.Dispose();
                return CheckResult.Passing($"TCP connect {spec.Tcp}: Success");
            }

            var host = HostPort.Parse("tcp", spec.Tcp).Host;
            await using var stream = await tls.HandshakeAsync(socket, host, protocol: null, deadline).ConfigureAwait(false);
            return CheckResult.Passing($"TCP+TLS connect {spec.Tcp}: Success");
        }
        catch (DialException error)
        {
            return CheckResult.Critical(error.Message);
        }
    }

    public void Dispose()
    {
    }
}
