using System.Diagnostics.CodeAnalysis;
using Branch = Praetor.Core.Mvcc.TreeNode<Praetor.Core.Mvcc.TreeNode>;

namespace Praetor.Core.Mvcc;

/// <summary>
/// An immutable ordered map from key bytes to a small value: a B+tree whose versions share nodes. Readers hold a version as long
/// as they like; a writer makes the next one with <see cref="Begin"/>.
/// </summary>
/// <typeparam name="T">What is kept per key: a struct that scans need, or a reference to an immutable record.</typeparam>
public sealed class OrderedIndex<T>
{
    /// <summary>No keys.</summary>
    public static readonly OrderedIndex<T> Empty = new(TreeNode<T>.Empty(null), 0);

    internal OrderedIndex(TreeNode root, int count)
    {
        Root = root;
        Count = count;
    }

    internal TreeNode Root { get; }

    /// <summary>Number of keys.</summary>
    public int Count { get; }

    /// <summary>Starts the next version. One batch at a time is the writer's rule; readers are never disturbed.</summary>
    public OrderedIndexBatch<T> Begin() => new(this);

    /// <summary>Finds a key. O(log n), no allocation.</summary>
    public bool TryGet(ReadOnlySpan<byte> key, [MaybeNullWhen(false)] out T value) => TryGet(Root, key, out value);

    /// <summary>Entries whose key starts with <paramref name="prefix"/>, in byte order; all of them for an empty prefix.</summary>
    public OrderedIndexScan<T> Scan(byte[] prefix) => new(Root, prefix, prefix);

    /// <summary>Entries under <paramref name="prefix"/> whose key is at or after <paramref name="from"/>.</summary>
    public OrderedIndexScan<T> ScanFrom(byte[] prefix, byte[] from) =>
        new(Root, prefix, from.AsSpan().SequenceCompareTo(prefix) > 0 ? from : prefix);

    internal static bool TryGet(TreeNode node, ReadOnlySpan<byte> key, [MaybeNullWhen(false)] out T value)
    {
        while (node is Branch branch)
            node = branch.Items[branch.ChildFor(key)];
        var leaf = (TreeNode<T>)node;
        int at = leaf.Keys.LowerBound(key);
        if (at < leaf.Count && leaf.Keys[at].SequenceEqual(key))
        {
            value = leaf.Items[at];
            return true;
        }

        value = default;
        return false;
    }
}
