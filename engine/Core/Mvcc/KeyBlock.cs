using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Praetor.Core.Mvcc;

/// <summary>
/// The keys of a tree node, in order, in one array: [count + 1 offsets of four bytes | the keys]. One object for the garbage collector and
/// a few cache lines for a search, where an array of keys would be an object and a miss per key. Immutable: versions
/// of a node that differ in values only share it, and slices of it stay good.
/// </summary>
internal readonly struct KeyBlock
{
    public static readonly KeyBlock Empty = Build(0, 0, out _);

    private readonly byte[] _data;

    private KeyBlock(byte[] data) => _data = data;

    public int Count => (Offset(0) / sizeof(int)) - 1;

    /// <summary>Bytes of all keys.</summary>
    public int KeyBytes => _data.Length - Offset(0);

    public ReadOnlySpan<byte> this[int at] => _data.AsSpan(Offset(at), Offset(at + 1) - Offset(at));

    public ReadOnlyMemory<byte> Memory(int at) => _data.AsMemory(Offset(at), Offset(at + 1) - Offset(at));

    /// <summary>First position from <paramref name="low"/> on whose key is >= <paramref name="key"/>.</summary>
    public int LowerBound(ReadOnlySpan<byte> key, int low = 0)
    {
        int high = Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (this[middle].SequenceCompareTo(key) < 0)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    /// <summary>First position from <paramref name="low"/> on whose key is > <paramref name="key"/>.</summary>
    public int UpperBound(ReadOnlySpan<byte> key, int low = 0)
    {
        int at = LowerBound(key, low);
        return at < Count && this[at].SequenceEqual(key) ? at + 1 : at;
    }

    public KeyBlock Insert(int at, ReadOnlySpan<byte> key)
    {
        int count = Count;
        KeyBlock larger = Build(count + 1, KeyBytes + key.Length, out Span<int> offsets);
        int next = CopyKeys(0, at, larger, offsets, 0);
        key.CopyTo(larger._data.AsSpan(next));
        offsets[at + 1] = next + key.Length;
        CopyKeys(at, count, larger, offsets, at + 1);
        return larger;
    }

    /// <summary>Without the keys from one position up to another.</summary>
    public KeyBlock Remove(int from, int to)
    {
        int count = Count;
        KeyBlock smaller = Build(count - (to - from), KeyBytes - (Offset(to) - Offset(from)), out Span<int> offsets);
        CopyKeys(0, from, smaller, offsets, 0);
        CopyKeys(to, count, smaller, offsets, from);
        return smaller;
    }

    /// <summary>The keys from one position up to another.</summary>
    public KeyBlock Slice(int from, int to)
    {
        KeyBlock part = Build(to - from, Offset(to) - Offset(from), out Span<int> offsets);
        CopyKeys(from, to, part, offsets, 0);
        return part;
    }

    /// <summary>These keys and those of a right neighbour behind them.</summary>
    public KeyBlock Append(KeyBlock right)
    {
        int count = Count;
        KeyBlock both = Build(count + right.Count, KeyBytes + right.KeyBytes, out Span<int> offsets);
        CopyKeys(0, count, both, offsets, 0);
        right.CopyKeys(0, right.Count, both, offsets, count);
        return both;
    }

    /// <summary>The same keys but for one.</summary>
    public KeyBlock Replace(int at, ReadOnlySpan<byte> key) => Remove(at, at + 1).Insert(at, key);

    private static KeyBlock Build(int count, int keyBytes, out Span<int> offsets)
    {
        int first = (count + 1) * sizeof(int);
        byte[] data = GC.AllocateUninitializedArray<byte>(first + keyBytes);
        offsets = MemoryMarshal.Cast<byte, int>(data.AsSpan(0, first));
        offsets[0] = first;
        return new KeyBlock(data);
    }

    /// <summary>Copies keys behind those that the target has before position <paramref name="at"/>; returns where they end.</summary>
    private int CopyKeys(int from, int to, KeyBlock target, Span<int> offsets, int at)
    {
        int shift = offsets[at] - Offset(from);
        _data.AsSpan(Offset(from), Offset(to) - Offset(from)).CopyTo(target._data.AsSpan(offsets[at]));
        for (int i = from; i < to; i++)
            offsets[++at] = Offset(i + 1) + shift;
        return offsets[at];
    }

    // Positions are the tree's own; a bounds check here would be a third of a search.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Offset(int at) => Unsafe.ReadUnaligned<int>(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_data), at * sizeof(int)));
}
