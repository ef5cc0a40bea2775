using System.Diagnostics.CodeAnalysis;
using Branch = Praetor.Core.Mvcc.TreeNode<Praetor.Core.Mvcc.TreeNode>;

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
    public bool Remove(ReadOnlySpan<byte> key) => RemoveRange(key, key);

    /// <summary>Removes the keys from <paramref name="first"/> to <paramref name="last"/>, both included, whole nodes at a time; false if there were none (nothing is copied then).</summary>
    public bool RemoveRange(ReadOnlySpan<byte> first, ReadOnlySpan<byte> last)
    {
        int before = _count;
        _root = Delete(_root, first, last);
        while (_root is Branch { Count: 1 } single)
            _root = single.Items[0];
        if (_root is Branch { Count: 0 })
            _root = TreeNode<T>.Empty(_owner);
        return _count != before;
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
        if (node is TreeNode<T> leaf)
            return PutInLeaf(leaf.OwnedBy(_owner), key, value, out right);

        Branch branch = ((Branch)node).OwnedBy(_owner);
        int at = branch.ChildFor(key);
        branch.Items[at] = Put(branch.Items[at], key, value, out TreeNode? split);
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

    private TreeNode<T> PutInLeaf(TreeNode<T> leaf, ReadOnlySpan<byte> key, T value, out TreeNode? right)
    {
        right = null;
        int at = leaf.Keys.LowerBound(key);
        if (at < leaf.Count && leaf.Keys[at].SequenceEqual(key))
        {
            leaf.Items[at] = value;
            return leaf;
        }

        _count++;
        if (!leaf.IsFullFor(1, key.Length))
        {
            leaf.Insert(at, key, value);
            return leaf;
        }

        TreeNode<T> upper = leaf.SplitOff(SplitPoint(leaf, at));
        if (at <= leaf.Count)
            leaf.Insert(at, key, value);
        else
            upper.Insert(at - leaf.Count, key, value);
        right = upper;
        return leaf;
    }

    // Keys often arrive in order (restores, counters): splitting at the end keeps such nodes full.
    private static int SplitPoint(TreeNode node, int insertAt) => insertAt >= node.Count ? node.Count - 1 : node.Count / 2;

    // What has none of these keys stays as it is, and shared.
    private TreeNode Delete(TreeNode node, ReadOnlySpan<byte> first, ReadOnlySpan<byte> last)
    {
        if (node is TreeNode<T> leaf)
        {
            int from = leaf.Keys.LowerBound(first);
            int to = leaf.Keys.UpperBound(last, from);
            if (from == to)
                return leaf;
            TreeNode<T> owned = leaf.OwnedBy(_owner);
            owned.Remove(from, to);
            _count -= to - from;
            return owned;
        }

        var branch = (Branch)node;
        int left = branch.ChildFor(first);
        int right = branch.ChildFor(last);
        int before = _count;
        TreeNode newLeft = Delete(branch.Items[left], first, last);
        TreeNode newRight = right > left ? Delete(branch.Items[right], first, last) : newLeft;
        for (int between = left + 1; between < right; between++)
            _count -= CountOf(branch.Items[between]);
        if (_count == before)
            return branch;

        branch = branch.OwnedBy(_owner);
        branch.Items[left] = newLeft;
        branch.Items[right] = newRight;
        if (right > left)
        {
            branch.Remove(left + 1, right);
            DropOrMerge(branch, left + 1);
        }

        DropOrMerge(branch, left);
        return branch;
    }

    private static void DropOrMerge(Branch parent, int at)
    {
        int count = parent.Items[at].Count;
        if (count == 0)
            parent.Remove(at, at + 1);
        else if (count < TreeNode.MergeBelow && parent.Count > 1)
            Merge(parent, at > 0 ? at - 1 : at);
    }

    private static void Merge(Branch parent, int leftAt)
    {
        TreeNode left = parent.Items[leftAt];
        TreeNode right = parent.Items[leftAt + 1];
        if (left.IsFullFor(right.Count, right.Keys.KeyBytes))
            return;
        if (left is TreeNode<T> leaf)
        {
            TreeNode<T> merged = leaf.OwnedBy(parent.Owner!);
            merged.AppendAll((TreeNode<T>)right, right.Keys);
            parent.Items[leftAt] = merged;
        }
        else
        {
            Branch merged = ((Branch)left).OwnedBy(parent.Owner!);
            merged.AppendAll((Branch)right, right.Keys.Replace(0, parent.Keys[leftAt + 1]));
            parent.Items[leftAt] = merged;
        }

        parent.Remove(leftAt + 1, leftAt + 2);
    }

    private static int CountOf(TreeNode node)
    {
        if (node is not Branch branch)
            return node.Count;
        int count = 0;
        for (int i = 0; i < branch.Count; i++)
            count += CountOf(branch.Items[i]);
        return count;
    }

    private static ReadOnlySpan<byte> FirstKey(TreeNode node)
    {
        while (node is Branch branch)
            node = branch.Items[0];
        return node.Keys[0];
    }
}
