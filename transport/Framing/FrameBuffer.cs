using System.Buffers;

namespace Praetor.Transport.Framing;

/// <summary>Frames on their way out, one after the other in pooled memory. Bodies are copied in. Not thread-safe.</summary>
public sealed class FrameBuffer
{
    private const int FirstSizeBytes = 4 * 1024;

    // What a burst made larger is not kept for the quiet time after it.
    private const int KeptBytes = 256 * 1024;

    private byte[] _bytes = [];

    /// <summary>Bytes in the buffer.</summary>
    public int Length { get; private set; }

    /// <summary>What was appended; valid until the next call.</summary>
    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, Length);

    /// <summary>Appends a frame whose body is <paramref name="body"/>.</summary>
    public void Append(FrameType type, FrameFlags flags, byte method, uint streamId, ReadOnlySpan<byte> body)
    {
        int size = FrameHeader.SizeBytes + body.Length;
        EnsureFree(size);
        Span<byte> frame = _bytes.AsSpan(Length, size);
        new FrameHeader(body.Length, type, flags, method, streamId).Write(frame);
        body.CopyTo(frame[FrameHeader.SizeBytes..]);
        Length += size;
    }

    /// <summary>Appends bytes that are no frame.</summary>
    public void AppendRaw(ReadOnlySpan<byte> bytes)
    {
        EnsureFree(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
    }

    /// <summary>Forgets what was appended.</summary>
    public void Clear()
    {
        Length = 0;
        if (_bytes.Length > KeptBytes)
            Release();
    }

    /// <summary>Gives the memory back; the buffer is empty and usable.</summary>
    public void Release()
    {
        byte[] bytes = _bytes;
        _bytes = [];
        Length = 0;
        if (bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(bytes);
    }

    private void EnsureFree(int sizeBytes)
    {
        if (_bytes.Length - Length >= sizeBytes)
            return;
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(FirstSizeBytes, Math.Max(checked(_bytes.Length * 2), Length + sizeBytes)));
        _bytes.AsSpan(0, Length).CopyTo(larger);
        if (_bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
