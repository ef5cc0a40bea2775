namespace Praetor.Core.Mvcc;

/// <summary>
/// A B+tree node. It may be changed in place only by the batch that created it (<see cref="Owner"/>); once that batch is
/// committed nobody holds the token any more and the node is immutable for ever.
/// </summary>
internal abstract class TreeNode(object? owner, byte[][] keys, int count)
{
    /// <summary>Most keys of a leaf and most children of a branch: a copied leaf stays near 2 KB.</summary>
    public const int Capacity = 32;

    /// <summary>A node below this is merged into a neighbour when both fit.</summary>
    public const int MergeBelow = Capacity / 4;

    public readonly object? Owner = owner;

    /// <summary>Leaf: the keys. Branch: Keys[i] is a lower bound of everything under Children[i] (Keys[0] is never compared).</summary>
    public readonly byte[][] Keys = keys;

    public int Count = count;

    /// <summary>First position whose key is >= <paramref name="key"/>.</summary>
    public int LowerBound(ReadOnlySpan<byte> key)
    {
        int low = 0, high = Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (Keys[middle].AsSpan().SequenceCompareTo(key) < 0)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }
}

/// <summary>Keys with their values, in order.</summary>
internal sealed class Leaf<T>(object? owner, byte[][] keys, T[] values, int count) : TreeNode(owner, keys, count)
{
    public readonly T[] Values = values;

    public static Leaf<T> Empty(object? owner) => new(owner, new byte[Capacity][], new T[Capacity], 0);

    public Leaf<T> OwnedBy(object owner)
    {
        if (ReferenceEquals(Owner, owner))
            return this;
        Leaf<T> copy = Empty(owner);
        Keys.AsSpan(0, Count).CopyTo(copy.Keys);
        Values.AsSpan(0, Count).CopyTo(copy.Values);
        copy.Count = Count;
        return copy;
    }

    public void Insert(int at, byte[] key, T value)
    {
        Array.Copy(Keys, at, Keys, at + 1, Count - at);
        Array.Copy(Values, at, Values, at + 1, Count - at);
        Keys[at] = key;
        Values[at] = value;
        Count++;
    }

    public void RemoveAt(int at)
    {
        Count--;
        Array.Copy(Keys, at + 1, Keys, at, Count - at);
        Array.Copy(Values, at + 1, Values, at, Count - at);
        Keys[Count] = null!;
        Values[Count] = default!;
    }

    /// <summary>Moves everything from <paramref name="from"/> on into a new leaf of the same owner.</summary>
    public Leaf<T> SplitOff(int from)
    {
        Leaf<T> right = Empty(Owner);
        int moved = Count - from;
        Array.Copy(Keys, from, right.Keys, 0, moved);
        Array.Copy(Values, from, right.Values, 0, moved);
        Array.Clear(Keys, from, moved);
        Array.Clear(Values, from, moved);
        right.Count = moved;
        Count = from;
        return right;
    }

    public void AppendAll(Leaf<T> right)
    {
        Array.Copy(right.Keys, 0, Keys, Count, right.Count);
        Array.Copy(right.Values, 0, Values, Count, right.Count);
        Count += right.Count;
    }
}

/// <summary>Children with lower bounds of their keys, in order.</summary>
internal sealed class Branch(object? owner, byte[][] keys, TreeNode[] children, int count) : TreeNode(owner, keys, count)
{
    public readonly TreeNode[] Children = children;

    public static Branch Empty(object? owner) => new(owner, new byte[Capacity][], new TreeNode[Capacity], 0);

    public Branch OwnedBy(object owner)
    {
        if (ReferenceEquals(Owner, owner))
            return this;
        Branch copy = Empty(owner);
        Keys.AsSpan(0, Count).CopyTo(copy.Keys);
        Children.AsSpan(0, Count).CopyTo(copy.Children);
        copy.Count = Count;
        return copy;
    }

    /// <summary>The child that holds <paramref name="key"/> if anything does.</summary>
    public int ChildFor(ReadOnlySpan<byte> key)
    {
        int low = 1, high = Count;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (Keys[middle].AsSpan().SequenceCompareTo(key) <= 0)
                low = middle + 1;
            else
                high = middle;
        }

        return low - 1;
    }

    public void Insert(int at, byte[] key, TreeNode child)
    {
        Array.Copy(Keys, at, Keys, at + 1, Count - at);
        Array.Copy(Children, at, Children, at + 1, Count - at);
        Keys[at] = key;
        Children[at] = child;
        Count++;
    }

    public void RemoveAt(int at)
    {
        Count--;
        Array.Copy(Keys, at + 1, Keys, at, Count - at);
        Array.Copy(Children, at + 1, Children, at, Count - at);
        Keys[Count] = null!;
        Children[Count] = null!;
    }

    public Branch SplitOff(int from)
    {
        Branch right = Empty(Owner);
        int moved = Count - from;
        Array.Copy(Keys, from, right.Keys, 0, moved);
        Array.Copy(Children, from, right.Children, 0, moved);
        Array.Clear(Keys, from, moved);
        Array.Clear(Children, from, moved);
        right.Count = moved;
        Count = from;
        return right;
    }

    /// <summary>Appends a right neighbour; <paramref name="rightBound"/> is its lower bound in the parent (its own Keys[0] is not kept up to date).</summary>
    public void AppendAll(Branch right, byte[] rightBound)
    {
        Array.Copy(right.Keys, 0, Keys, Count, right.Count);
        Array.Copy(right.Children, 0, Children, Count, right.Count);
        Keys[Count] = rightBound;
        Count += right.Count;
    }
}
