namespace Praetor.Api.Cli;

/// <summary>
/// Breaks a paragraph into lines of the most even length: the sum of squared gaps is smallest, the last line counts nothing. Pure.
/// </summary>
public static class BalancedWrap
{
    /// <summary>Cost of a line that holds one word longer than the limit; larger than any sum of gaps.</summary>
    private const long OverlongPenalty = 100_000;

    /// <summary>Lines of at most <paramref name="width"/> characters; a longer word gets a line of its own.</summary>
    public static IReadOnlyList<string> Wrap(string paragraph, int width)
    {
        var words = paragraph.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        var cost = new long[words.Length + 1];
        var breakBefore = new int[words.Length + 1];
        for (var first = words.Length - 1; first >= 0; first--)
            ChooseBreak(words, first, width, cost, breakBefore);
        var lines = new List<string>();
        for (var first = 0; first < words.Length; first = breakBefore[first])
            lines.Add(string.Join(' ', words[first..breakBefore[first]]));
        return lines;
    }

    /// <summary>Finds the best end of the line that starts at a word, given the best ends for all later words.</summary>
    private static void ChooseBreak(string[] words, int first, int width, long[] cost, int[] breakBefore)
    {
        cost[first] = long.MaxValue;
        var length = -1;
        for (var next = first + 1; next <= words.Length; next++)
        {
            length += 1 + words[next - 1].Length;
            var gap = width - length;
            var lineCost = next == words.Length && gap >= 0 ? 0 : ((long)gap * gap) + (gap < 0 ? OverlongPenalty : 0) + cost[next];
            if (lineCost < cost[first])
            {
                cost[first] = lineCost;
                breakBefore[first] = next;
            }

            if (gap < 0)
                break;
        }
    }
}
