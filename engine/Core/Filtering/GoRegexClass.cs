using System.Globalization;
using System.Text;

namespace Praetor.Core.Filtering;

/// <summary>
/// A set of characters that is written as a .NET pattern matching exactly one character: one UTF-16 unit, or a surrogate pair. Single halves of pairs are
/// never matched. Characters outside the basic plane belong to no category.
/// </summary>
internal sealed class GoRegexClass
{
    private const int MaxRune = 0x10ffff;
    private const int FirstAstral = 0x10000;
    private const string Surrogates = @"\ud800-\udfff";

    private readonly List<(int Low, int High)> _ranges = [];
    private readonly StringBuilder _categories = new();
    private bool _hasNegatedCategory;

    /// <summary>Adds the characters from low to high.</summary>
    internal void Add(int low, int high) => _ranges.Add((low, high));

    /// <summary>Adds ranges, or all characters outside them.</summary>
    internal void Add((int Low, int High)[] ranges, bool negated) =>
        _ranges.AddRange(negated ? Complement(Clean(ranges), 0, MaxRune) : ranges);

    /// <summary>Adds a general category, or all characters outside it.</summary>
    internal void AddCategory(string name, bool negated)
    {
        _categories.Append(negated ? @"\P{" : @"\p{").Append(name).Append('}');
        _hasNegatedCategory |= negated;
    }

    /// <summary>The pattern of one character in the set, or of one outside it.</summary>
    internal string ToPattern(bool negated, bool foldCase)
    {
        var clean = Clean(_ranges);
        var basic = BasicPattern(clean, negated);
        var astral = clean.FindAll(static r => r.High >= FirstAstral).ConvertAll(static r => (Math.Max(r.Low, FirstAstral), r.High));
        if (_hasNegatedCategory)
            astral = [(FirstAstral, MaxRune)];
        if (negated)
            astral = Complement(astral, FirstAstral, MaxRune);
        var pattern = new StringBuilder(foldCase ? "(?i:" : "(?:").Append(basic);
        foreach (var (low, high) in astral)
            AppendPairs(pattern, low, high);
        return pattern.Append(')').ToString();
    }

    /// <summary>The pattern of one given character.</summary>
    internal static string OneRune(int rune, bool foldCase)
    {
        if (rune < FirstAstral)
            return char.IsAsciiLetterOrDigit((char)rune) && !foldCase ? ((char)rune).ToString() : (foldCase ? "(?i:" : "(?:") + Unit(rune) + ")";
        return "(?:" + Unit(HighHalf(rune)) + Unit(LowHalf(rune)) + ")";
    }

    private string BasicPattern(List<(int Low, int High)> clean, bool negated)
    {
        var body = new StringBuilder();
        foreach (var (low, high) in clean)
        {
            if (low < FirstAstral)
                body.Append(Unit(low)).Append('-').Append(Unit(Math.Min(high, FirstAstral - 1)));
        }
        body.Append(_categories);
        if (negated)
            return $"[^{body}{Surrogates}]";
        if (body.Length == 0)
            return @"[^\u0000-\uffff]";
        var mayHoldSurrogates = _categories.Length > 0 || clean.Exists(static r => r.Low <= 0xdfff && r.High >= 0xd800);
        return mayHoldSurrogates ? $"[{body}-[{Surrogates}]]" : $"[{body}]";
    }

    /// <summary>Surrogate pairs from low to high: a part of the first high half's pairs, all of those between, a part of the last one's.</summary>
    private static void AppendPairs(StringBuilder pattern, int low, int high)
    {
        while (low <= high)
        {
            var wholeRows = (low & 0x3ff) == 0 && high - low >= 0x3ff;
            var end = wholeRows ? ((high + 1) & ~0x3ff) - 1 : Math.Min(high, low | 0x3ff);
            pattern.Append("|[").Append(Unit(HighHalf(low))).Append('-').Append(Unit(HighHalf(end)))
                .Append("][").Append(Unit(LowHalf(low))).Append('-').Append(Unit(LowHalf(end))).Append(']');
            low = end + 1;
        }
    }

    private static List<(int Low, int High)> Clean(IEnumerable<(int Low, int High)> ranges)
    {
        var clean = new List<(int Low, int High)>();
        foreach (var (low, high) in ranges.Order())
        {
            if (clean.Count > 0 && low <= clean[^1].High + 1)
                clean[^1] = (clean[^1].Low, Math.Max(high, clean[^1].High));
            else
                clean.Add((low, high));
        }
        return clean;
    }

    private static List<(int Low, int High)> Complement(List<(int Low, int High)> clean, int first, int last)
    {
        var complement = new List<(int, int)>();
        foreach (var (low, high) in clean)
        {
            if (low > first)
                complement.Add((first, low - 1));
            first = high + 1;
        }
        if (first <= last)
            complement.Add((first, last));
        return complement;
    }

    private static int HighHalf(int rune) => 0xd800 + (rune - FirstAstral >> 10);

    private static int LowHalf(int rune) => 0xdc00 + (rune - FirstAstral & 0x3ff);

    private static string Unit(int unit) => "\\u" + unit.ToString("x4", CultureInfo.InvariantCulture);
}
