using System.Text;

namespace Praetor.Core.State.Catalog;

/// <summary>
/// Index keys of the catalog: lower-case names joined so that byte order is (first name, second name, ...) order and no two
/// different tuples collide, whatever bytes the names hold: 0x00 inside a name is followed by U+00FF, the separator is 0x00 0x01.
/// </summary>
internal static class CatalogKey
{
    /// <summary>The form in which names are compared.</summary>
    public static string Lower(string name) => name.ToLowerInvariant();

    /// <summary>Key of one name, without a separator: for tables keyed by that name alone.</summary>
    public static byte[] Of(string name) => Join([name], separatorAtEnd: false);

    /// <summary>Key of a pair.</summary>
    public static byte[] Of(string first, string second) => Join([first, second], separatorAtEnd: false);

    /// <summary>Key of a triple.</summary>
    public static byte[] Of(string first, string second, string third) => Join([first, second, third], separatorAtEnd: false);

    /// <summary>What all keys that begin with this name start with.</summary>
    public static byte[] Below(string first) => Join([first], separatorAtEnd: true);

    /// <summary>What all keys that begin with these two names start with.</summary>
    public static byte[] Below(string first, string second) => Join([first, second], separatorAtEnd: true);

    private static byte[] Join(ReadOnlySpan<string> names, bool separatorAtEnd)
    {
        int length = 0;
        foreach (string name in names)
        {
            if (!Ascii.IsValid(name) || name.Contains('\0'))
                return JoinUnusual(names, separatorAtEnd);
            length += name.Length;
        }

        int separators = separatorAtEnd ? names.Length : names.Length - 1;
        byte[] key = new byte[length + (2 * separators)];
        int at = 0;
        for (int i = 0; i < names.Length; i++)
        {
            Ascii.ToLower(names[i], key.AsSpan(at), out int written);
            at += written;
            if (i < separators)
            {
                key[at++] = 0;
                key[at++] = 1;
            }
        }

        return key;
    }

    private static byte[] JoinUnusual(ReadOnlySpan<string> names, bool separatorAtEnd)
    {
        var builder = new StringBuilder();
        for (int i = 0; i < names.Length; i++)
        {
            builder.Append(Lower(names[i]).Replace("\0", "\0\u00ff", StringComparison.Ordinal));
            if (separatorAtEnd || i + 1 < names.Length)
                builder.Append("\0\u0001");
        }

        return Encoding.UTF8.GetBytes(builder.ToString());
    }
}
