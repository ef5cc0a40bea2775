using System.Buffers;
using System.Text;

namespace Praetor.Api.Http.Json;

/// <summary>
/// Field names in lower case without allocating for those seen before: a fixed table of recent names, overwritten freely (a race
/// costs one more string, nothing else). Thread-safe; bounded by the table and by the length of a name worth keeping.
/// </summary>
internal static class GoJsonNames
{
    private const int SlotCount = 1024;
    private const int LongestKeptName = 48;

    /// <summary>What ends a number, true, false or null.</summary>
    internal static readonly SearchValues<byte> BareWordEnds = SearchValues.Create(",:]} \t\r\n\"{["u8);

    private static readonly string?[] Slots = new string?[SlotCount];

    /// <summary>The name in lower case.</summary>
    internal static string Fold(ReadOnlySpan<byte> name)
    {
        if (name.Length > LongestKeptName || !Ascii.IsValid(name))
            return GoJsonReader.FoldName(GoJsonStrings.Decode(name));
        Span<char> lower = stackalloc char[LongestKeptName];
        Ascii.ToLower(name, lower, out var length);
        lower = lower[..length];
        ref var slot = ref Slots[Hash(lower) % SlotCount];
        var known = slot;
        if (known is not null && lower.SequenceEqual(known))
            return known;
        return slot = lower.ToString();
    }

    private static uint Hash(ReadOnlySpan<char> text)
    {
        var hash = 2166136261u;
        foreach (var c in text)
            hash = (hash ^ c) * 16777619u;
        return hash ^ hash >> 15;
    }
}
