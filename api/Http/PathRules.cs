using System.Buffers;
using System.Globalization;
using System.Text;

namespace Praetor.Api.Http;

/// <summary>What happens to a path before it is routed (http-core 1.2, steps 1 and 2). No state.</summary>
internal static class PathRules
{
    private static readonly SearchValues<char> PlainChars =
        SearchValues.Create("!\"#$&'()*+,-./0123456789:;<=>@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~");

    /// <summary>How the path reads.</summary>
    public enum Verdict
    {
        /// <summary>Printable throughout.</summary>
        Printable,

        /// <summary>Holds a rune that is not printable.</summary>
        Unprintable,

        /// <summary>A broken escape.</summary>
        Malformed,
    }

    /// <summary>Judges a still-encoded path by its decoded runes; bytes that are no UTF-8 count as U+FFFD, which is printable.</summary>
    public static Verdict Judge(ReadOnlySpan<char> encodedPath)
    {
        if (encodedPath.IndexOfAnyExcept(PlainChars) < 0)
            return Verdict.Printable;
        byte[] bytes = ArrayPool<byte>.Shared.Rent(encodedPath.Length);
        try
        {
            return PercentCoding.TryDecode(encodedPath, bytes, plusIsSpace: false, out int length)
                ? Judge(bytes.AsSpan(0, length))
                : Verdict.Malformed;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    /// <summary>True if the path holds empty, "." or ".." segments.</summary>
    public static bool NeedsCleaning(ReadOnlySpan<char> encodedPath)
    {
        if (encodedPath.IsEmpty || encodedPath[0] != '/')
            return true;
        while (true)
        {
            int slash = encodedPath.IndexOf("/.");
            int doubled = encodedPath.IndexOf("//");
            if (doubled >= 0)
                return true;
            if (slash < 0)
                return false;
            encodedPath = encodedPath[(slash + 2)..];
            if (encodedPath.StartsWith('.'))
                encodedPath = encodedPath[1..];
            if (encodedPath.IsEmpty || encodedPath[0] == '/')
                return true;
        }
    }

    /// <summary>The path without empty, "." and ".." segments; a final slash stays.</summary>
    public static string Clean(ReadOnlySpan<char> encodedPath)
    {
        List<string> kept = [];
        bool endsInSlash = true;
        foreach (Range range in encodedPath.Split('/'))
        {
            ReadOnlySpan<char> segment = encodedPath[range];
            endsInSlash = segment.IsEmpty;
            if (segment is "..")
            {
                if (kept.Count > 0)
                    kept.RemoveAt(kept.Count - 1);
            }
            else if (segment is not ("" or "."))
            {
                kept.Add(segment.ToString());
            }
        }
        string path = "/" + string.Join('/', kept);
        return endsInSlash && kept.Count > 0 ? path + "/" : path;
    }

    private static Verdict Judge(ReadOnlySpan<byte> path)
    {
        while (!path.IsEmpty)
        {
            OperationStatus status = Rune.DecodeFromUtf8(path, out Rune rune, out int consumed);
            if (status != OperationStatus.Done)
                consumed = 1;
            else if (!IsPrintable(rune))
                return Verdict.Unprintable;
            path = path[consumed..];
        }
        return Verdict.Printable;
    }

    /// <summary>Letters, marks, numbers, punctuation, symbols and the ASCII space.</summary>
    private static bool IsPrintable(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.SpaceSeparator => rune.Value == ' ',
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            or UnicodeCategory.PrivateUse or UnicodeCategory.Surrogate or UnicodeCategory.OtherNotAssigned => false,
        _ => true,
    };
}
