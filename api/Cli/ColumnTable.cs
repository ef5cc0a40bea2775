using System.Text;

namespace Praetor.Api.Cli;

/// <summary>The two table shapes of the command line (cli 5). Pure.</summary>
public static class ColumnTable
{
    private const int ColumnGap = 2;
    private const int TabGap = 6;

    /// <summary>Cells trimmed, columns padded to their widest cell, two spaces between, the last one unpadded. Every line ends with a newline.</summary>
    public static string Format(IReadOnlyList<string[]> rows) =>
        Format([.. rows.Select(row => Array.ConvertAll(row, cell => cell.Trim()))], ColumnGap);

    /// <summary>Columns as wide as their longest cell and six spaces more, the last one unpadded.</summary>
    public static string FormatTabs(IReadOnlyList<string[]> rows) => Format(rows, TabGap);

    private static string Format(IReadOnlyList<string[]> rows, int gap)
    {
        var widths = new int[rows.Count == 0 ? 0 : rows.Max(row => row.Length)];
        foreach (var row in rows)
        {
            for (var column = 0; column < row.Length; column++)
                widths[column] = Math.Max(widths[column], WidthOf(row[column]));
        }

        var text = new StringBuilder();
        foreach (var row in rows)
        {
            for (var column = 0; column < row.Length - 1; column++)
                text.Append(row[column]).Append(' ', widths[column] - WidthOf(row[column]) + gap);
            text.Append(row[^1]).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>Width in code points.</summary>
    private static int WidthOf(string cell) => cell.EnumerateRunes().Count();
}
