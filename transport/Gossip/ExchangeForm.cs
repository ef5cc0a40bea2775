using System.Buffers;
using System.Buffers.Binary;
using Praetor.Core.Ports;
using Praetor.Transport.Framing;

namespace Praetor.Transport.Gossip;

/// <summary>What the first byte inside an exchange's message says of the rest. On the wire: values are frozen, new ones are only added.</summary>
internal enum ExchangeContent : byte
{
    Bytes = 0,
    Compressed = 1,
    Error = 2,
}

/// <summary>
/// A message of an exchange on its stream, little-endian: <c>| length of the form | form |</c>, the form being that of
/// <see cref="PacketSeal"/> around <c>| content | bytes |</c>.
/// </summary>
internal static class ExchangeForm
{
    private const int LengthBytes = sizeof(int);
    private const int ContentBytes = 1;
    private const int FirstReadBytes = 64 * 1024;

    /// <summary>Longest form.</summary>
    public const int MaxFormBytes = IPackets.MaxExchangeBytes + ContentBytes + PacketSeal.MaxOverheadBytes;

    /// <summary>Sends a message.</summary>
    public static async ValueTask WriteAsync(Stream to, PacketSeal seal, SealKind kind, ExchangeContent content, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        byte[] message = ArrayPool<byte>.Shared.Rent(ContentBytes + CompressedBody.MaxCompressedBytes(bytes.Length));
        byte[] form = ArrayPool<byte>.Shared.Rent(LengthBytes + ContentBytes + PacketSeal.MaxOverheadBytes + CompressedBody.MaxCompressedBytes(bytes.Length));
        try
        {
            int size = Fill(message, content, bytes.Span);
            int sealedSize = seal.Seal(kind, message.AsSpan(0, size), form.AsSpan(LengthBytes));
            BinaryPrimitives.WriteInt32LittleEndian(form, sealedSize);
            await to.WriteAsync(form.AsMemory(0, LengthBytes + sealedSize), cancellation).ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(message);
            ArrayPool<byte>.Shared.Return(form);
        }
    }

    /// <summary>Receives a message. A form that is refused ends as <see cref="ExchangeRefusedException"/>. Memory grows with what has arrived, whatever the length says.</summary>
    public static async ValueTask<(ExchangeContent Content, byte[] Bytes)> ReadAsync(Stream from, PacketSeal seal, SealKind kind, ByteBudget budget, CancellationToken cancellation)
    {
        byte[] head = new byte[LengthBytes];
        await from.ReadExactlyAsync(head, cancellation).ConfigureAwait(false);
        int length = BinaryPrimitives.ReadInt32LittleEndian(head);
        if (length is < 0 or > MaxFormBytes)
            throw new ExchangeRefusedException(PacketDrop.ExchangeTooLong);
        byte[] form = ArrayPool<byte>.Shared.Rent(Math.Min(length, FirstReadBytes));
        long taken = 0;
        try
        {
            int have = 0;
            while (have < length)
            {
                int next = Math.Min(length, Math.Max(FirstReadBytes, have * 2));
                if (!budget.TryTake(next - taken))
                    throw new ExchangeRefusedException(PacketDrop.ExchangeTooLong);
                taken = next;
                form = Grown(form, have, next);
                await from.ReadExactlyAsync(form.AsMemory(have, next - have), cancellation).ConfigureAwait(false);
                have = next;
            }

            return Open(seal, kind, form.AsSpan(0, length));
        }
        finally
        {
            budget.Return(taken);
            ArrayPool<byte>.Shared.Return(form);
        }
    }

    private static int Fill(Span<byte> message, ExchangeContent content, ReadOnlySpan<byte> bytes)
    {
        if (content == ExchangeContent.Bytes && bytes.Length >= CompressedBody.MinBodyBytes && CompressedBody.TryCompress(bytes, message[ContentBytes..]) is > 0 and int size)
        {
            message[0] = (byte)ExchangeContent.Compressed;
            return ContentBytes + size;
        }

        message[0] = (byte)content;
        bytes.CopyTo(message[ContentBytes..]);
        return ContentBytes + bytes.Length;
    }

    private static byte[] Grown(byte[] form, int have, int need)
    {
        if (form.Length >= need)
            return form;
        byte[] larger = ArrayPool<byte>.Shared.Rent(need);
        form.AsSpan(0, have).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(form);
        return larger;
    }

    private static (ExchangeContent Content, byte[] Bytes) Open(PacketSeal seal, SealKind kind, ReadOnlySpan<byte> form)
    {
        byte[] scratch = ArrayPool<byte>.Shared.Rent(form.Length);
        try
        {
            if (seal.TryOpen(kind, form, scratch, out ReadOnlySpan<byte> message) is { } drop)
                throw new ExchangeRefusedException(drop);
            if (message.IsEmpty)
                throw new ExchangeRefusedException(PacketDrop.TooShort);
            var content = (ExchangeContent)message[0];
            byte[]? bytes = content switch
            {
                ExchangeContent.Bytes or ExchangeContent.Error => message[ContentBytes..].ToArray(),
                ExchangeContent.Compressed => CompressedBody.TryDecompress(message[ContentBytes..], IPackets.MaxExchangeBytes),
                _ => null,
            };
            return bytes is null ? throw new ExchangeRefusedException(PacketDrop.Malformed) : (content, bytes);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(scratch);
        }
    }
}

/// <summary>A message of an exchange was not taken.</summary>
internal sealed class ExchangeRefusedException(PacketDrop drop) : Exception(PacketSeal.Text(drop))
{
    /// <summary>Why.</summary>
    public PacketDrop Drop { get; } = drop;
}

/// <summary>Bytes that may be held in all. Thread-safe.</summary>
internal sealed class ByteBudget(long bytes)
{
    private long _left = bytes;

    /// <summary>Takes so many, or none.</summary>
    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _left, -bytes) >= 0)
            return true;
        Interlocked.Add(ref _left, bytes);
        return false;
    }

    /// <summary>Gives back what was taken.</summary>
    public void Return(long bytes) => Interlocked.Add(ref _left, bytes);
}
