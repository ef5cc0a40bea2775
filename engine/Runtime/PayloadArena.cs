namespace Praetor.Runtime;

/// <summary>
/// Copies payloads into chunks that live as long as anybody refers to them: log writer, apply loop and followers need an entry's bytes for different times, and none
/// of them has to tell the others. Not thread-safe.
/// </summary>
internal sealed class PayloadArena
{
    /// <summary>Below the size at which objects are no longer collected young.</summary>
    private const int ChunkBytes = 64 * 1024;

    private byte[] _chunk = [];
    private int _used;

    /// <summary>A copy of the bytes.</summary>
    public ReadOnlyMemory<byte> Copy(ReadOnlySpan<byte> payload)
    {
        if (payload.Length > ChunkBytes / 4)
            return payload.ToArray();
        if (payload.Length > _chunk.Length - _used)
        {
            _chunk = GC.AllocateUninitializedArray<byte>(ChunkBytes);
            _used = 0;
        }

        Memory<byte> copy = _chunk.AsMemory(_used, payload.Length);
        payload.CopyTo(copy.Span);
        _used += payload.Length;
        return copy;
    }
}
