using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Praetor.Api.Dns.Sockets;

namespace Praetor.Tests.Dns;

/// <summary>A DNS server of the world outside, which answers as a test says; on a port of its own, over UDP and TCP.</summary>
internal sealed class Upstream : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly Socket _udp;
    private readonly Socket _tcp;
    private readonly Func<byte[], byte[]?> _answer;
    private readonly Task _serving;

    /// <param name="answer">The reply to a request; null: silence.</param>
    public Upstream(Func<byte[], byte[]?> answer)
    {
        _answer = answer;
        (_udp, _tcp) = BoundSockets.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _serving = Task.WhenAll(ServeUdpAsync(), ServeTcpAsync());
    }

    /// <summary>host:port.</summary>
    public string Address => _udp.LocalEndPoint!.ToString()!;

    /// <summary>Requests as they came, with the transport.</summary>
    public ConcurrentQueue<(string Transport, byte[] Request)> Requests { get; } = new();

    /// <summary>Gives a code and no records.</summary>
    public static Upstream Failing(int code) => new(request => Reply(request, code));

    /// <summary>Gives one address, whatever is asked.</summary>
    public static Upstream Knowing(params byte[] address) => new(request => Reply(request, 0, (null, 1, address)));

    /// <summary>Says nothing.</summary>
    public static Upstream Silent() => new(static _ => null);

    /// <summary>A reply with RA set, as a resolver gives it; owner null is the name that was asked.</summary>
    public static byte[] Reply(byte[] request, int code, params (string? Owner, ushort Type, byte[] Data)[] answers)
    {
        int question = 12;
        while (request[question] != 0)
            question += 1 + request[question];
        List<byte> reply = [.. request[..(question + 5)]];
        reply[2] = (byte)(0x80 | (request[2] & 1));
        reply[3] = (byte)(0x80 | code);
        reply[7] = (byte)answers.Length;
        reply[10] = reply[11] = 0;
        foreach ((string? owner, ushort type, byte[] data) in answers)
        {
            reply.AddRange(owner is null ? [0xC0, 12] : DnsQuery.WireName(owner));
            reply.AddRange([0, (byte)type, 0, 1, 0, 0, 1, 44, (byte)(data.Length >> 8), (byte)data.Length]);
            reply.AddRange(data);
        }

        return [.. reply];
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _udp.Dispose();
        _tcp.Dispose();
        await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private async Task ServeUdpAsync()
    {
        byte[] buffer = new byte[65_536];
        while (true)
        {
            SocketReceiveFromResult received = await _udp.ReceiveFromAsync(buffer, SocketFlags.None, new IPEndPoint(IPAddress.Any, 0), _stopping.Token);
            byte[] request = buffer[..received.ReceivedBytes];
            Requests.Enqueue(("udp", request));
            if (_answer(request) is { } reply)
                await _udp.SendToAsync(reply, SocketFlags.None, received.RemoteEndPoint, _stopping.Token);
        }
    }

    private async Task ServeTcpAsync()
    {
        while (true)
        {
            using Socket client = await _tcp.AcceptAsync(_stopping.Token);
            await using var stream = new NetworkStream(client);
            try
            {
                await AnswerAsync(stream);
            }
            catch (IOException)
            {
                // It went away.
            }
        }
    }

    private async Task AnswerAsync(NetworkStream stream)
    {
        byte[] length = new byte[2];
        await stream.ReadExactlyAsync(length, _stopping.Token);
        byte[] request = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
        await stream.ReadExactlyAsync(request, _stopping.Token);
        Requests.Enqueue(("tcp", request));
        if (_answer(request) is not { } reply)
            return;
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)reply.Length);
        await stream.WriteAsync((byte[])[.. length, .. reply], _stopping.Token);
    }
}
