using System.Diagnostics.CodeAnalysis;

namespace Praetor.Core.Mvcc;

/// <summary>
/// Builds the next version of an <see cref="OrderedIndex{T}"/>. The batch owns the nodes it has copied, so many writes copy a
/// path once. It sees its own writes. Not thread-safe; use it from the apply loop only.
/// </summary>
public sealed class OrderedIndexBatch<T>
{
    private readonly OrderedIndex<T> _base;
    private object _owner = new();
    private TreeNode _root;
    private int _count;

    internal OrderedIndexBatch(OrderedIndex<T> index)
    {
        _base = index;
        _root = index.Root;
        _count = index.Count;
    }

    /// <summary>Number of keys as of now.</summary>
    public int Count => _count;

    /// <summary>Finds a key, own writes included.</summary>
    public bool TryGet(ReadOnlySpan<byte> key, [MaybeNullWhen(false)] out T value) => OrderedIndex<T>.TryGet(_root, key, out value);

    /// <summary>Entries under a prefix as of now. Writing ends the walk: collect first, then write; keys that were met stay good.</summary>
    public OrderedIndexScan<T> Scan(byte[] prefix) => new(_root, prefix, prefix);

    /// <summary>Adds or replaces. The key is copied.</summary>
    public void Set(ReadOnlySpan<byte> key, T value)
    {
        TreeNode left = Put(_root, key, value, out TreeNode? right);
        if (right is null)
        {
            _root = left;
            return;
        }

        Branch root = Branch.Empty(_owner);
        root.Insert(0, FirstKey(left), left);
        root.Insert(1, FirstKey(right), right);
        _root = root;
    }

    /// <summary>Removes a key; false if it was not there (nothing is copied then).</summary>
    public bool Remove(ReadOnlySpan<byte> key)
    {
        if (!TryGet(key, out _))
            return false;
        _root = Delete(_root, key);
        while (_root is Branch { Count: 1 } single)
            _root = single.Children[0];
        if (_root is Branch { Count: 0 })
            _root = Leaf<T>.Empty(_owner);
        _count--;
        return true;
    }

    /// <summary>The finished version. The batch may go on afterwards; what it has handed out is immutable.</summary>
    public OrderedIndex<T> Commit()
    {
        if (ReferenceEquals(_root, _base.Root))
            return _base;
        _owner = new object();
        return new OrderedIndex<T>(_root, _count);
    }

    private TreeNode Put(TreeNode node, ReadOnlySpan<byte> key, T value, out TreeNode? right)
    {
        right = null;
        if (node is Leaf<T> leaf)
            return PutInLeaf(leaf.OwnedBy(_owner), key, value, out right);

        Branch branch = ((Branch)node).OwnedBy(_owner);
        int at = branch.ChildFor(key);
        branch.Children[at] = Put(branch.Children[at], key, value, out TreeNode? split);
        if (split is null)
            return branch;
        ReadOnlySpan<byte> bound = FirstKey(split);
        if (!branch.IsFullFor(1, bound.Length))
        {
            branch.Insert(at + 1, bound, split);
            return branch;
        }

        Branch upper = branch.SplitOff(SplitPoint(branch, at + 1));
        if (at + 1 <= branch.Count)
            branch.Insert(at + 1, bound, split);
        else
            upper.Insert(at + 1 - branch.Count, bound, split);
        right = upper;
        return branch;
    }

    private Leaf<T> PutInLeaf(Leaf<T> leaf, ReadOnlySpan<byte> key, T value, out TreeNode? right)
    {
        right = null;
        int at = leaf.Keys.LowerBound(key);
        if (at < leaf.Count && leaf.Keys[at].SequenceEqual(key))
        {
            leaf.Values[at] = value;
            return leaf;
        }

        _count++;
        if (!leaf.IsFullFor(1, key.Length))
        {
            leaf.Insert(at, key, value);
            return leaf;
        }

        Leaf<T> upper = leaf.SplitOff(SplitPoint(leaf, at));
        if (at <= leaf.Count)
            leaf.Insert(at, key, value);
        else
            upper.Insert(at - leaf.Count, key, value);
        right = upper;
        return leaf;
    }

    // Keys often arrive in order (restores, counters): splitting at the end keeps such nodes full.
    private static int SplitPoint(TreeNode node, int insertAt) => insertAt >= node.Count ? node.Count - 1 : node.Count / 2;

    private TreeNode Delete(TreeNode node, ReadOnlySpan<byte> key)
    {
        if (node is Leaf<T> leaf)
        {
            Leaf<T> owned = leaf.OwnedBy(_owner);
            owned.RemoveAt(owned.Keys.LowerBound(key));
            return owned;
        }

        Branch branch = ((Branch)node).OwnedBy(_owner);
        int at = branch.ChildFor(key);
        TreeNode child = Delete(branch.Children[at], key);
        branch.Children[at] = child;
        if (child.Count == 0)
            branch.RemoveAt(at);
        else if (child.Count < TreeNode.MergeBelow && branch.Count > 1)
            Merge(branch, at > 0 ? at - 1 : at);
        return branch;
    }

    private void Merge(Branch parent, int leftAt)
    {
        TreeNode left = parent.Children[leftAt];
        TreeNode right = parent.Children[leftAt + 1];
        if (left.IsFullFor(right.Count, right.Keys.KeyBytes))
            return;
        if (left is Leaf<T> leftLeaf)
        {
            Leaf<T> merged = leftLeaf.OwnedBy(_owner);
            merged.AppendAll((Leaf<T>)right);
            parent.Children[leftAt] = merged;
        }
        else
        {
            Branch merged = ((Branch)left).OwnedBy(_owner);
            merged.AppendAll((Branch)right, parent.Keys[leftAt + 1]);
            parent.Children[leftAt] = merged;
        }

        parent.RemoveAt(leftAt + 1);
    }

    private static ReadOnlySpan<byte> FirstKey(TreeNode node)
    {
        while (node is Branch branch)
            node = branch.Children[0];
        return node.Keys[0];
    }
}
