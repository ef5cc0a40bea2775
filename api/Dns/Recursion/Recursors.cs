using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Praetor.Api.Dns.Answers;
using Praetor.Api.Dns.Lookups;
using Praetor.Api.Dns.Names;
using Praetor.Api.Dns.Wire;

namespace Praetor.Api.Dns.Recursion;

/// <summary>
/// Asks the configured recursors on behalf of clients (dns 9): one after the other, each for as long as it may take, over the transport that the client uses. Keeps nothing. Thread-safe.
/// </summary>
/// <param name="options">Recursors, their order and time-out, as they are now.</param>
/// <param name="time">Clock of the time-outs.</param>
/// <param name="log">Log.</param>
internal sealed class Recursors(Func<DnsOptions> options, TimeProvider time, ILogger log)
{
    private const int DefaultPort = 53;
    private const int MaxHostRecords = 64;

    /// <summary>Questions under way; what is beyond is answered SERVFAIL at once instead of holding sockets.</summary>
    private const int MaxUnderWay = 1024;

    private int _underWay;

    /// <summary>Passes a request on, unchanged, and gives the reply of the first recursor that knows; null if none does.</summary>
    public async ValueTask<byte[]?> ForwardAsync(ReadOnlyMemory<byte> request, DnsTransport transport, CancellationToken cancellation)
    {
        if (!TryEnter())
            return null;
        try
        {
            foreach (string recursor in InOrder())
            {
                byte[]? reply = await AskAsync(recursor, request, transport, cancellation).ConfigureAwait(false);
                // NXDOMAIN is knowledge, too; any other code is this recursor's own trouble.
                if (reply is not null && CodeOf(reply) is ResponseCode.NoError or ResponseCode.NameError)
                    return reply;
            }

            if (DnsRequestParser.Parse(request.Span, out DnsRequest question) == RequestVerdict.Question)
                DnsLog.AllRecursorsFailed(log, NameText.ToText(question.Name), (ushort)question.Type);
            return null;
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }

    /// <summary>The addresses of a host outside of the served domains, with the aliases that lead to them (dns 5, hostname resolution); none if nobody knows.</summary>
    /// <param name="host">Name in wire form.</param>
    /// <param name="cancellation">Ends the asking.</param>
    public async ValueTask<IReadOnlyList<HostRecord>> ResolveAsync(byte[] host, CancellationToken cancellation)
    {
        byte[] request = Question(host);
        if (!TryEnter())
            return [];
        try
        {
            foreach (string recursor in InOrder())
            {
                // The first that answers at all counts, whatever it says.
                if (await AskAsync(recursor, request, DnsTransport.Udp, cancellation).ConfigureAwait(false) is { } reply)
                    return HostRecord.Read(reply, MaxHostRecords);
            }

            return [];
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }

    private bool TryEnter()
    {
        if (Interlocked.Increment(ref _underWay) <= MaxUnderWay)
            return true;
        Interlocked.Decrement(ref _underWay);
        return false;
    }

    private string[] InOrder()
    {
        DnsOptions now = options();
        string[] recursors = [.. now.Recursors];
        if (now.RecursorStrategy == "random")
            Random.Shared.Shuffle(recursors);
        return recursors;
    }

    private static ResponseCode CodeOf(byte[] reply) => (ResponseCode)(reply[3] & 0xf);

    /// <summary>One recursor's reply; null if it gives none in time.</summary>
    private async ValueTask<byte[]?> AskAsync(string recursor, ReadOnlyMemory<byte> request, DnsTransport transport, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(options().RecursorTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        try
        {
            IPEndPoint target = await ResolveAsync(recursor, either.Token).ConfigureAwait(false);
            return transport == DnsTransport.Udp
                ? await AskByUdpAsync(target, request, either.Token).ConfigureAwait(false)
                : await AskByTcpAsync(target, request, either.Token).ConfigureAwait(false);
        }
        catch (Exception failed) when (failed is SocketException or FormatException || (failed is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            DnsLog.RecursorFailed(log, recursor, failed is OperationCanceledException ? "i/o timeout" : failed.Message);
            return null;
        }
    }

    /// <summary>Takes host or host:port apart.</summary>
    /// <exception cref="FormatException">It is neither; the message says why.</exception>
    public static (string Host, int Port) Parse(string recursor)
    {
        if (!recursor.StartsWith('[') && IPAddress.TryParse(recursor, out _)) // which would take the port behind brackets and forget it
            return (recursor, DefaultPort);
        int colon = recursor.EndsWith(']') ? -1 : recursor.LastIndexOf(':');
        string host = colon < 0 ? recursor : recursor[..colon];
        bool isBracketed = host.StartsWith('[') && host.EndsWith(']');
        if (host.Contains(':') && !isBracketed)
            throw new FormatException($"address {recursor}: too many colons in address");
        int port = DefaultPort;
        if (colon >= 0 && (!int.TryParse(recursor.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) || port > ushort.MaxValue))
            throw new FormatException($"address {recursor[(colon + 1)..]}: invalid port");
        host = isBracketed ? host[1..^1] : host;
        return host.Length > 0 ? (host, port) : throw new FormatException($"address {recursor}: missing host in address");
    }

    /// <summary>A name is asked of the system, each time: it may move.</summary>
    private static async ValueTask<IPEndPoint> ResolveAsync(string recursor, CancellationToken cancellation)
    {
        (string host, int port) = Parse(recursor);
        if (!IPAddress.TryParse(host, out IPAddress? address))
            address = (await System.Net.Dns.GetHostAddressesAsync(host, cancellation).ConfigureAwait(false)) is [var first, ..] ? first : throw new FormatException($"{host} has no address");
        return new IPEndPoint(address, port);
    }

    /// <summary>From a port of its own that the system draws, connected: nobody else can put an answer in.</summary>
    private static async ValueTask<byte[]> AskByUdpAsync(IPEndPoint target, ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        using var socket = new Socket(target.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(target, cancellation).ConfigureAwait(false);
        await socket.SendAsync(request, SocketFlags.None, cancellation).ConfigureAwait(false);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(DnsLimits.MessageBytes);
        try
        {
            while (true)
            {
                int length = await socket.ReceiveAsync(buffer, SocketFlags.None, cancellation).ConfigureAwait(false);
                if (IsReplyTo(request.Span, buffer.AsSpan(0, length)))
                    return buffer[..length];
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async ValueTask<byte[]> AskByTcpAsync(IPEndPoint target, ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        using var socket = new Socket(target.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(target, cancellation).ConfigureAwait(false);
        byte[] frame = new byte[2 + request.Length];
        BinaryPrimitives.WriteUInt16BigEndian(frame, (ushort)request.Length);
        request.CopyTo(frame.AsMemory(2));
        for (ReadOnlyMemory<byte> rest = frame; !rest.IsEmpty;)
            rest = rest[await socket.SendAsync(rest, SocketFlags.None, cancellation).ConfigureAwait(false)..];
        await FillAsync(socket, frame.AsMemory(0, 2), cancellation).ConfigureAwait(false);
        byte[] reply = new byte[BinaryPrimitives.ReadUInt16BigEndian(frame)];
        await FillAsync(socket, reply, cancellation).ConfigureAwait(false);
        return IsReplyTo(request.Span, reply) ? reply : throw new FormatException("what came back is no reply");
    }

    private static async ValueTask FillAsync(Socket socket, Memory<byte> buffer, CancellationToken cancellation)
    {
        while (!buffer.IsEmpty)
        {
            int received = await socket.ReceiveAsync(buffer, SocketFlags.None, cancellation).ConfigureAwait(false);
            if (received == 0)
                throw new SocketException((int)SocketError.ConnectionReset);
            buffer = buffer[received..];
        }
    }

    /// <summary>The same id, a response, and the question if it has one.</summary>
    private static bool IsReplyTo(ReadOnlySpan<byte> request, ReadOnlySpan<byte> reply)
    {
        if (reply.Length < DnsLimits.HeaderBytes || !reply[..2].SequenceEqual(request[..2]) || (reply[2] & 0x80) == 0)
            return false;
        if (BinaryPrimitives.ReadUInt16BigEndian(reply[4..]) == 0)
            return true;
        int length = WireReader.PlainNameLength(request[DnsLimits.HeaderBytes..]);
        if (length < 0 || reply.Length < DnsLimits.HeaderBytes + length + 4)
            return false;
        Span<byte> asked = stackalloc byte[DnsLimits.NameBytes];
        Span<byte> answered = stackalloc byte[DnsLimits.NameBytes];
        NameText.ToLower(request.Slice(DnsLimits.HeaderBytes, length), asked[..length]);
        NameText.ToLower(reply.Slice(DnsLimits.HeaderBytes, length), answered[..length]);
        return asked[..length].SequenceEqual(answered[..length]);
    }

    /// <summary>A question for the addresses of a host, recursion desired.</summary>
    private static byte[] Question(byte[] host)
    {
        byte[] request = new byte[DnsLimits.HeaderBytes + host.Length + 4];
        RandomNumberGenerator.Fill(request.AsSpan(0, 2));
        request[2] = 1;
        request[5] = 1;
        host.CopyTo(request, DnsLimits.HeaderBytes);
        BinaryPrimitives.WriteUInt16BigEndian(request.AsSpan(DnsLimits.HeaderBytes + host.Length), (ushort)RecordType.A);
        BinaryPrimitives.WriteUInt16BigEndian(request.AsSpan(DnsLimits.HeaderBytes + host.Length + 2), 1);
        return request;
    }
}
