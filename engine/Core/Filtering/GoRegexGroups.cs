using System.Collections.Frozen;

namespace Praetor.Core.Filtering;

/// <summary>The named sets of characters that expressions know.</summary>
internal static class GoRegexGroups
{
    private static readonly FrozenDictionary<string, (int Low, int High)[]> Posix = new Dictionary<string, (int, int)[]>
    {
        ["alnum"] = [('0', '9'), ('A', 'Z'), ('a', 'z')],
        ["alpha"] = [('A', 'Z'), ('a', 'z')],
        ["ascii"] = [(0, 0x7f)],
        ["blank"] = [('\t', '\t'), (' ', ' ')],
        ["cntrl"] = [(0, 0x1f), (0x7f, 0x7f)],
        ["digit"] = [('0', '9')],
        ["graph"] = [('!', '~')],
        ["lower"] = [('a', 'z')],
        ["print"] = [(' ', '~')],
        ["punct"] = [('!', '/'), (':', '@'), ('[', '`'), ('{', '~')],
        ["space"] = [('\t', '\r'), (' ', ' ')],
        ["upper"] = [('A', 'Z')],
        ["word"] = [('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')],
        ["xdigit"] = [('0', '9'), ('A', 'F'), ('a', 'f')],
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly (int Low, int High)[] PerlSpace = [('\t', '\n'), ('\f', '\r'), (' ', ' ')];

    private static readonly FrozenSet<string> Categories = FrozenSet.ToFrozenSet(
        "C Cc Cf Co Cs L Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No P Pc Pd Pe Pf Pi Po Ps S Sc Sk Sm So Z Zl Zp Zs".Split(' '),
        StringComparer.Ordinal);

    /// <summary>The characters of <c>[:name:]</c>, or null.</summary>
    internal static (int Low, int High)[]? FindPosix(string name) => Posix.GetValueOrDefault(name);

    /// <summary>The characters of <c>\d</c>, <c>\s</c>, <c>\w</c>, or null.</summary>
    internal static (int Low, int High)[]? FindPerl(char letter) => letter switch
    {
        'd' => Posix["digit"],
        's' => PerlSpace,
        'w' => Posix["word"],
        _ => null,
    };

    /// <summary>True for the general categories of Unicode.</summary>
    internal static bool IsCategory(string name) => Categories.Contains(name);

    /// <summary>The set with the other case of its ASCII letters, and the two letters outside ASCII that fold into it.</summary>
    internal static (int Low, int High)[] Fold((int Low, int High)[] ranges)
    {
        var folded = new List<(int, int)>(ranges);
        for (var upper = 'A'; upper <= 'Z'; upper++)
        {
            var lower = upper | 0x20;
            if (!Array.Exists(ranges, r => r.Low <= upper && upper <= r.High || r.Low <= lower && lower <= r.High))
                continue;
            folded.Add((upper, upper));
            folded.Add((lower, lower));
            if (upper is 'K')
                folded.Add((0x212a, 0x212a));
            if (upper is 'S')
                folded.Add((0x17f, 0x17f));
        }
        return [.. folded];
    }
}
