using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using Praetor.Api.Dns.Answers;
using Praetor.Api.Dns.Lookups;
using Praetor.Api.Dns.Wire;

namespace Praetor.Api.Dns.Sockets;

/// <summary>Where the answers of a connection come from. Thread-safe.</summary>
internal interface IDnsAnswers
{
    /// <summary>
    /// The reply to a query over TCP with its 2-byte length in front, in an array of the shared pool that belongs to the caller, so that a client that reads
    /// slowly holds no more than its own reply. Null: say nothing. The packet is borrowed until the task completes. The client is null if its address is not known.
    /// </summary>
    ValueTask<(byte[]? Frame, int Length)> FrameAsync(ReadOnlyMemory<byte> packet, IPAddress? client, CancellationToken cancellation);
}

/// <summary>Responders with a reply buffer, lent for the time of one answer: as many as answers are made at the same instant.</summary>
internal sealed class ResponderPool(DnsBackend backend, ulong seed) : IDnsAnswers
{
    private const int LengthBytes = 2;

    private readonly ConcurrentBag<Lent> _idle = [];
    private int _created;

    /// <inheritdoc/>
    public ValueTask<(byte[]? Frame, int Length)> FrameAsync(ReadOnlyMemory<byte> packet, IPAddress? client, CancellationToken cancellation)
    {
        byte[]? frame = Answer(packet.Span, new Asker(DnsTransport.Tcp, client is null ? [] : client.GetAddressBytes()), LengthBytes, out int length);
        if (frame is null)
            return ValueTask.FromResult<(byte[]?, int)>((null, 0));
        BinaryPrimitives.WriteUInt16BigEndian(frame, (ushort)length);
        return ValueTask.FromResult<(byte[]?, int)>((frame, LengthBytes + length));
    }

    /// <summary>The reply from <paramref name="offset"/> on in an array of the shared pool; null: say nothing.</summary>
    public byte[]? Answer(ReadOnlySpan<byte> packet, in Asker asker, int offset, out int length)
    {
        if (!_idle.TryTake(out Lent? lent))
            lent = new Lent(new Responder(backend, seed + (ulong)Interlocked.Increment(ref _created)), new byte[DnsLimits.MessageBytes]);
        try
        {
            length = lent.Responder.Answer(packet, asker, lent.Reply);
            if (length == 0)
                return null;
            byte[] answer = ArrayPool<byte>.Shared.Rent(offset + length);
            lent.Reply.AsSpan(0, length).CopyTo(answer.AsSpan(offset));
            return answer;
        }
        finally
        {
            _idle.Add(lent);
        }
    }

    /// <summary>A responder and the buffer it writes to.</summary>
    private sealed record Lent(Responder Responder, byte[] Reply);
}
