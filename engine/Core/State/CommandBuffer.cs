using System.Buffers;

namespace Praetor.Core.State;

/// <summary>
/// A framed command in a pooled buffer: the bytes written here are the ones that go to the log. A KV value is the tail of the
/// command, so a request body can be read straight into it. Handing the buffer to the runtime hands over ownership; whoever owns
/// it disposes it once. Not thread-safe.
/// </summary>
public sealed class CommandBuffer : IBufferWriter<byte>, IDisposable
{
    private byte[] _bytes;

    /// <summary>An empty buffer with room for at least <paramref name="capacity"/> bytes.</summary>
    public CommandBuffer(int capacity = 256) => _bytes = ArrayPool<byte>.Shared.Rent(capacity);

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>The command so far.</summary>
    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, Length);

    /// <summary>The command so far.</summary>
    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    /// <inheritdoc/>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(_bytes.Length - Length));
        Length += count;
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        EnsureFree(sizeHint);
        return _bytes.AsMemory(Length);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        EnsureFree(sizeHint);
        return _bytes.AsSpan(Length);
    }

    /// <summary>Forgets what was written and keeps the memory.</summary>
    public void Clear() => Length = 0;

    /// <summary>Returns the memory to the pool.</summary>
    public void Dispose()
    {
        byte[] bytes = Interlocked.Exchange(ref _bytes, []);
        Length = 0;
        if (bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(bytes);
    }

    private void EnsureFree(int sizeHint)
    {
        int need = Math.Max(sizeHint, 1);
        if (_bytes.Length - Length >= need)
            return;
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(_bytes.Length * 2, Length + need));
        _bytes.AsSpan(0, Length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
