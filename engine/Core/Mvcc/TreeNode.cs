namespace Praetor.Core.Mvcc;

/// <summary>
/// A B+tree node. It may be changed in place only by the batch that created it (<see cref="Owner"/>); once that batch is
/// committed nobody holds the token any more and the node is immutable for ever.
/// </summary>
internal abstract class TreeNode(object? owner, KeyBlock keys)
{
    /// <summary>Most keys of a leaf and most children of a branch: a write copies as many references, near 300 bytes a level.</summary>
    public const int Capacity = 32;

    /// <summary>A node below this is merged into a neighbour when both fit.</summary>
    public const int MergeBelow = Capacity / 4;

    /// <summary>Bytes of keys that a node may have, unless it has but a few: a new key copies them.</summary>
    private const int MaxKeyBytes = 8192;

    /// <summary>A branch that is split leaves two children on either side.</summary>
    private const int FewKeys = 4;

    public readonly object? Owner = owner;

    /// <summary>Leaf: the keys. Branch: Keys[i] is a lower bound of everything under Items[i] (Keys[0] is never compared).</summary>
    public KeyBlock Keys = keys;

    public int Count => Keys.Count;

    /// <summary>True if so many keys of so many bytes are not to be added.</summary>
    public bool IsFullFor(int keys, int bytes) => Count + keys > Capacity || (Count >= FewKeys && Keys.KeyBytes + bytes > MaxKeyBytes);

    /// <summary>Of a branch: the child that holds <paramref name="key"/> if anything does.</summary>
    public int ChildFor(ReadOnlySpan<byte> key) => Keys.UpperBound(key, 1) - 1;
}

/// <summary>Keys with what belongs to each, in order: a leaf with its values, or a branch with its children.</summary>
internal sealed class TreeNode<TItem>(object? owner, KeyBlock keys, TItem[] items) : TreeNode(owner, keys)
{
    public readonly TItem[] Items = items;

    public static TreeNode<TItem> Empty(object? owner) => new(owner, KeyBlock.Empty, new TItem[Capacity]);

    public TreeNode<TItem> OwnedBy(object owner)
    {
        if (ReferenceEquals(Owner, owner))
            return this;
        var copy = new TreeNode<TItem>(owner, Keys, new TItem[Capacity]);
        Items.AsSpan(0, Count).CopyTo(copy.Items);
        return copy;
    }

    public void Insert(int at, ReadOnlySpan<byte> key, TItem item)
    {
        Array.Copy(Items, at, Items, at + 1, Count - at);
        Items[at] = item;
        Keys = Keys.Insert(at, key);
    }

    /// <summary>Removes from one position up to another.</summary>
    public void Remove(int from, int to)
    {
        int count = Count;
        Array.Copy(Items, to, Items, from, count - to);
        Array.Clear(Items, count - (to - from), to - from);
        Keys = Keys.Remove(from, to);
    }

    /// <summary>Moves everything from <paramref name="from"/> on into a new node of the same owner.</summary>
    public TreeNode<TItem> SplitOff(int from)
    {
        int count = Count;
        var right = new TreeNode<TItem>(Owner, Keys.Slice(from, count), new TItem[Capacity]);
        Array.Copy(Items, from, right.Items, 0, count - from);
        Array.Clear(Items, from, count - from);
        Keys = Keys.Slice(0, from);
        return right;
    }

    /// <summary>Appends a right neighbour, whose keys are <paramref name="rightKeys"/> (a branch does not keep its own Keys[0] up to date).</summary>
    public void AppendAll(TreeNode<TItem> right, KeyBlock rightKeys)
    {
        Array.Copy(right.Items, 0, Items, Count, right.Count);
        Keys = Keys.Append(rightKeys);
    }
}
