using System.Buffers;

namespace Praetor.Api.Http.Json;

public sealed partial class GoJsonWriter
{
    /// <summary>Name and string.</summary>
    public void Member(ReadOnlySpan<byte> utf8Literal, string value)
    {
        Name(utf8Literal);
        String(value);
    }

    /// <summary>Name and integer.</summary>
    public void Member(ReadOnlySpan<byte> utf8Literal, long value)
    {
        Name(utf8Literal);
        Number(value);
    }

    /// <summary>Name and unsigned integer.</summary>
    public void Member(ReadOnlySpan<byte> utf8Literal, ulong value)
    {
        Name(utf8Literal);
        Number(value);
    }

    /// <summary>Name and double.</summary>
    public void Member(ReadOnlySpan<byte> utf8Literal, double value)
    {
        Name(utf8Literal);
        Number(value);
    }

    /// <summary>Name and boolean.</summary>
    public void Member(ReadOnlySpan<byte> utf8Literal, bool value)
    {
        Name(utf8Literal);
        Bool(value);
    }

    /// <summary>Name and string, nothing at all if the string is empty (Go's omitempty).</summary>
    public void MemberIfNotEmpty(ReadOnlySpan<byte> utf8Literal, string value)
    {
        if (value.Length > 0)
            Member(utf8Literal, value);
    }

    /// <summary>Name and integer, nothing at all if it is 0 (Go's omitempty).</summary>
    public void MemberIfNotZero(ReadOnlySpan<byte> utf8Literal, long value)
    {
        if (value != 0)
            Member(utf8Literal, value);
    }

    /// <summary>Name and true, nothing at all if false (Go's omitempty).</summary>
    public void MemberIfTrue(ReadOnlySpan<byte> utf8Literal, bool value)
    {
        if (value)
            Member(utf8Literal, true);
    }

    /// <summary>A list of strings; null as null, empty as [].</summary>
    public void StringList(IReadOnlyList<string>? items)
    {
        if (items is null)
            Null();
        else
            StringListOrEmpty(items);
    }

    /// <summary>A list of strings; null and empty as [].</summary>
    public void StringListOrEmpty(IReadOnlyList<string>? items)
    {
        BeginArray();
        for (var i = 0; i < items?.Count; i++)
            String(items[i]);
        EndArray();
    }

    /// <summary>A map of strings by key (ordinal); null as null, empty as {}.</summary>
    public void StringMap(IReadOnlyDictionary<string, string>? map)
    {
        if (map is null)
            Null();
        else
            StringMapOrEmpty(map);
    }

    /// <summary>
    /// A map of strings by key (ordinal); null and empty as {}. A <see cref="SortedList{TKey, TValue}"/> in ordinal order (as records
    /// hold it) is written as it stands; any other map is sorted first.
    /// </summary>
    public void StringMapOrEmpty(IReadOnlyDictionary<string, string>? map)
    {
        BeginObject();
        if (map is SortedList<string, string> sorted && ReferenceEquals(sorted.Comparer, StringComparer.Ordinal))
        {
            for (var i = 0; i < sorted.Count; i++)
            {
                Name(sorted.GetKeyAtIndex(i));
                String(sorted.GetValueAtIndex(i));
            }
        }
        else if (map is { Count: > 0 })
        {
            WriteSorted(map);
        }
        EndObject();
    }

    private void WriteSorted(IReadOnlyDictionary<string, string> map)
    {
        var rented = ArrayPool<string>.Shared.Rent(map.Count);
        var keys = rented.AsSpan(0, map.Count);
        var filled = 0;
        foreach (var key in map.Keys)
            keys[filled++] = key;
        keys.Sort(StringComparer.Ordinal);
        foreach (var key in keys)
        {
            Name(key);
            String(map[key]);
        }
        ArrayPool<string>.Shared.Return(rented, clearArray: true);
    }
}
