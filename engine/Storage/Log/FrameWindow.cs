using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Praetor.Storage.Log;

/// <summary>A part of a segment in memory, for who walks over its batches from front to back: many small ones cost one call of the system. Not thread-safe.</summary>
internal sealed class FrameWindow(SafeFileHandle file) : IDisposable
{
    private const int WindowBytes = 1024 * 1024;

    private readonly long _length = RandomAccess.GetLength(file);
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(WindowBytes);
    private long _from;
    private int _held;

    /// <summary>That many bytes from an offset on, fewer where the file ends. Valid until the next call.</summary>
    public ReadOnlyMemory<byte> At(long offset, int count)
    {
        if (offset < _from || offset + count > _from + _held)
            Fill(offset, count);
        int start = (int)(offset - _from);
        return _bytes.AsMemory(start, Math.Min(count, _held - start));
    }

    /// <summary>The batch at an offset, its checksum not looked at; false if none can stand there.</summary>
    public bool TryFrameAt(long offset, out BatchFrame.Header header, out ReadOnlyMemory<byte> frame)
    {
        frame = default;
        if (!BatchFrame.TryReadHeader(At(offset, BatchFrame.HeaderBytes).Span, out header) || header.FrameBytes > _length - offset)
            return false;
        frame = At(offset, header.FrameBytes);
        return frame.Length == header.FrameBytes;
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_bytes);

    private void Fill(long offset, int count)
    {
        if (count > _bytes.Length)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = ArrayPool<byte>.Shared.Rent(count);
        }

        _from = offset;
        _held = RandomAccess.Read(file, _bytes, offset);
    }
}
