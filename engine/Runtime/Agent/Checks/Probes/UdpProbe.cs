using System.Net;
using System.Net.Sockets;
using Praetor.Runtime.Agent.Checks.Dialing;

namespace Praetor.Runtime.Agent.Checks.Probes;

/// <summary>
/// Sends an empty datagram and waits for one byte. Silence until the timeout is passing, for most UDP services answer nothing to
/// nothing; an ICMP refusal is critical.
/// </summary>
internal sealed class UdpProbe(CheckSpec spec) : ICheckProbe
{
    public TimeSpan Timeout { get; } = ProbeTimeout.Of(spec, ProbeTimeout.Network);

    public async ValueTask<CheckResult> RunAsync(CancellationToken deadline)
    {
        try
        {
            var target = HostPort.Parse("udp", spec.Udp);
            var addresses = await Dialer.ResolveAsync("udp", target.Host, deadline).ConfigureAwait(false);
            return await AskAsync(new IPEndPoint(addresses[0], target.Port), deadline).ConfigureAwait(false);
        }
        catch (DialException error)
        {
            return CheckResult.Critical(error.Message);
        }
    }

    public void Dispose()
    {
    }

    private async Task<CheckResult> AskAsync(IPEndPoint target, CancellationToken deadline)
    {
        using var socket = new Socket(target.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        var operation = "dial";
        try
        {
            await socket.ConnectAsync(target, deadline).ConfigureAwait(false);
            operation = "write";
            await socket.SendAsync(ReadOnlyMemory<byte>.Empty, deadline).ConfigureAwait(false);
            operation = "read";
            await socket.ReceiveAsync(new byte[1], deadline).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Silence.
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.MessageSize)
        {
            // An answer longer than the one byte asked for.
        }
        catch (SocketException error)
        {
            return CheckResult.Critical(operation == "dial"
                ? SocketErrors.Dial("udp", target.ToString(), error)
                : SocketErrors.Io(operation, "udp", socket.LocalEndPoint, target, error));
        }

        return CheckResult.Passing($"UDP connect {spec.Udp}: Success");
    }
}
