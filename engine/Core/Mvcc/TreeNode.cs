namespace Praetor.Core.Mvcc;

/// <summary>
/// A B+tree node. It may be changed in place only by the batch that created it (<see cref="Owner"/>); once that batch is
/// committed nobody holds the token any more and the node is immutable for ever.
/// </summary>
internal abstract class TreeNode(object? owner, KeyBlock keys)
{
    /// <summary>Most keys of a leaf and most children of a branch: a copied leaf stays near 2 KB.</summary>
    public const int Capacity = 32;

    /// <summary>A node below this is merged into a neighbour when both fit.</summary>
    public const int MergeBelow = Capacity / 4;

    /// <summary>Bytes of keys that a node may have, unless it has but a few: a new key copies them.</summary>
    private const int MaxKeyBytes = 8192;

    /// <summary>A branch that is split leaves two children on either side.</summary>
    private const int FewKeys = 4;

    public readonly object? Owner = owner;

    /// <summary>Leaf: the keys. Branch: Keys[i] is a lower bound of everything under Children[i] (Keys[0] is never compared).</summary>
    public KeyBlock Keys = keys;

    public int Count => Keys.Count;

    /// <summary>True if so many keys of so many bytes are not to be added.</summary>
    public bool IsFullFor(int keys, int bytes) => Count + keys > Capacity || (Count >= FewKeys && Keys.KeyBytes + bytes > MaxKeyBytes);
}

/// <summary>Keys with their values, in order.</summary>
internal sealed class Leaf<T>(object? owner, KeyBlock keys, T[] values) : TreeNode(owner, keys)
{
    public readonly T[] Values = values;

    public static Leaf<T> Empty(object? owner) => new(owner, KeyBlock.Empty, new T[Capacity]);

    public Leaf<T> OwnedBy(object owner)
    {
        if (ReferenceEquals(Owner, owner))
            return this;
        var copy = new Leaf<T>(owner, Keys, new T[Capacity]);
        Values.AsSpan(0, Count).CopyTo(copy.Values);
        return copy;
    }

    public void Insert(int at, ReadOnlySpan<byte> key, T value)
    {
        Array.Copy(Values, at, Values, at + 1, Count - at);
        Values[at] = value;
        Keys = Keys.Insert(at, key);
    }

    public void RemoveAt(int at)
    {
        Array.Copy(Values, at + 1, Values, at, Count - at - 1);
        Values[Count - 1] = default!;
        Keys = Keys.RemoveAt(at);
    }

    /// <summary>Moves everything from <paramref name="from"/> on into a new leaf of the same owner.</summary>
    public Leaf<T> SplitOff(int from)
    {
        int count = Count;
        var right = new Leaf<T>(Owner, Keys.Slice(from, count), new T[Capacity]);
        Array.Copy(Values, from, right.Values, 0, count - from);
        Array.Clear(Values, from, count - from);
        Keys = Keys.Slice(0, from);
        return right;
    }

    public void AppendAll(Leaf<T> right)
    {
        Array.Copy(right.Values, 0, Values, Count, right.Count);
        Keys = Keys.Append(right.Keys);
    }
}

/// <summary>Children with lower bounds of their keys, in order.</summary>
internal sealed class Branch(object? owner, KeyBlock keys, TreeNode[] children) : TreeNode(owner, keys)
{
    public readonly TreeNode[] Children = children;

    public static Branch Empty(object? owner) => new(owner, KeyBlock.Empty, new TreeNode[Capacity]);

    public Branch OwnedBy(object owner)
    {
        if (ReferenceEquals(Owner, owner))
            return this;
        var copy = new Branch(owner, Keys, new TreeNode[Capacity]);
        Children.AsSpan(0, Count).CopyTo(copy.Children);
        return copy;
    }

    /// <summary>The child that holds <paramref name="key"/> if anything does.</summary>
    public int ChildFor(ReadOnlySpan<byte> key) => Keys.UpperBound(key, 1) - 1;

    public void Insert(int at, ReadOnlySpan<byte> key, TreeNode child)
    {
        Array.Copy(Children, at, Children, at + 1, Count - at);
        Children[at] = child;
        Keys = Keys.Insert(at, key);
    }

    public void RemoveAt(int at)
    {
        Array.Copy(Children, at + 1, Children, at, Count - at - 1);
        Children[Count - 1] = null!;
        Keys = Keys.RemoveAt(at);
    }

    public Branch SplitOff(int from)
    {
        int count = Count;
        var right = new Branch(Owner, Keys.Slice(from, count), new TreeNode[Capacity]);
        Array.Copy(Children, from, right.Children, 0, count - from);
        Array.Clear(Children, from, count - from);
        Keys = Keys.Slice(0, from);
        return right;
    }

    /// <summary>Appends a right neighbour; <paramref name="rightBound"/> is its lower bound in the parent (its own Keys[0] is not kept up to date).</summary>
    public void AppendAll(Branch right, ReadOnlySpan<byte> rightBound)
    {
        Array.Copy(right.Children, 0, Children, Count, right.Count);
        Keys = Keys.Append(right.Keys.Replace(0, rightBound));
    }
}
