using System.Buffers.Binary;
using System.Net.Security;
using System.Net.Sockets;
using Praetor.Runtime.Agent.Checks.Dialing;

namespace Praetor.Runtime.Agent.Checks.Probes;

/// <summary>
/// Opens an HTTP/2 connection (TLS with ALPN h2, or prior knowledge), sends one PING and waits for its acknowledgement. Speaks just
/// enough of RFC 9113 for that: preface, SETTINGS both ways, PING.
/// </summary>
internal sealed class H2PingProbe(CheckSpec spec, Dialer dialer, TlsDialer tls) : ICheckProbe
{
    private const int FrameHeaderBytes = 9;
    private const int PingBytes = 8;
    private const int MaxFrameBytes = 16 * 1024;
    private const byte Settings = 4;
    private const byte Ping = 6;
    private const byte GoAway = 7;
    private const byte Ack = 1;

    /// <summary>Preface, empty SETTINGS, PING: all in one write.</summary>
    private static readonly byte[] Opening =
    [
        .. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8,
        0, 0, 0, Settings, 0, 0, 0, 0, 0,
        0, 0, PingBytes, Ping, 0, 0, 0, 0, 0,
        .. "praetor "u8,
    ];

    private static readonly byte[] SettingsAck = [0, 0, 0, Settings, Ack, 0, 0, 0, 0];

    public TimeSpan Timeout { get; } = ProbeTimeout.Of(spec, ProbeTimeout.Network);

    public async ValueTask<CheckResult> RunAsync(CancellationToken deadline)
    {
        Stream connection;
        try
        {
            connection = await ConnectAsync(deadline).ConfigureAwait(false);
        }
        catch (DialException error)
        {
            return CheckResult.Critical($"Failed to dial to {spec.H2Ping}: {error.Message}");
        }

        await using (connection.ConfigureAwait(false))
        {
            try
            {
                await connection.WriteAsync(Opening, deadline).ConfigureAwait(false);
                return await AwaitAckAsync(connection, deadline).ConfigureAwait(false) is { } failure
                    ? CheckResult.Critical($"HTTP2 ping failed: {failure}")
                    : CheckResult.Passing("HTTP2 ping was successful");
            }
            catch (OperationCanceledException)
            {
                return CheckResult.Critical($"HTTP2 ping failed: {SocketErrors.DeadlineExceeded}");
            }
            catch (EndOfStreamException)
            {
                return CheckResult.Critical("HTTP2 ping failed: EOF");
            }
            catch (IOException error)
            {
                var reason = SocketErrors.Find(error) is { } socketError ? SocketErrors.Reason(socketError) : error.Message;
                return CheckResult.Critical($"HTTP2 ping failed: {reason}");
            }
        }
    }

    public void Dispose()
    {
    }

    private async Task<Stream> ConnectAsync(CancellationToken deadline)
    {
        var target = HostPort.Parse("tcp", spec.H2Ping);
        var socket = await dialer.ConnectAsync(target, deadline).ConfigureAwait(false);
        if (!spec.H2PingUseTls)
            return new NetworkStream(socket, ownsSocket: true);
        var stream = await tls.HandshakeAsync(socket, target.Host, SslApplicationProtocol.Http2, deadline).ConfigureAwait(false);
        if (stream.NegotiatedApplicationProtocol == SslApplicationProtocol.Http2)
            return stream;
        await stream.DisposeAsync().ConfigureAwait(false);
        throw new DialException("http2: unexpected ALPN protocol; want \"h2\"");
    }

    /// <summary>Reads frames until the PING comes back; null on success, else what went wrong.</summary>
    private static async Task<string?> AwaitAckAsync(Stream connection, CancellationToken deadline)
    {
        var frame = new byte[FrameHeaderBytes + MaxFrameBytes];
        while (true)
        {
            await connection.ReadExactlyAsync(frame.AsMemory(0, FrameHeaderBytes), deadline).ConfigureAwait(false);
            var length = (int)(BinaryPrimitives.ReadUInt32BigEndian(frame) >> 8);
            var (type, flags) = (frame[3], frame[4]);
            // A server of an older protocol answers with text; its first bytes are no plausible frame.
            if (length > MaxFrameBytes)
                return "http2: frame too large";
            await connection.ReadExactlyAsync(frame.AsMemory(FrameHeaderBytes, length), deadline).ConfigureAwait(false);
            if (type == Ping && (flags & Ack) != 0 && length == PingBytes)
                return frame.AsSpan(FrameHeaderBytes, PingBytes).SequenceEqual(Opening.AsSpan(Opening.Length - PingBytes)) ? null : "http2: wrong ping data";
            if (type == Settings && (flags & Ack) == 0)
                await connection.WriteAsync(SettingsAck, deadline).ConfigureAwait(false);
            else if (type == GoAway)
                return "http2: server sent GOAWAY and closed the connection";
        }
    }
}
