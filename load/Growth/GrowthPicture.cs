using System.Globalization;
using System.Text;

namespace Praetor.Load.Growth;

/// <summary>Draws latency against size, both logarithmic: a cost that does not grow is a level line. Pure.</summary>
public static class GrowthPicture
{
    private const int Width = 720, Height = 360, Left = 70, Right = 190, Top = 30, Bottom = 50;
    private const double LeastMs = 0.1, MostMs = 100;

    private static readonly string[] s_colours = ["#1b6ca8", "#c8553d", "#3d8361", "#7a4b9d"];

    /// <summary>An SVG document: p50 as full, p99 as dashed lines.</summary>
    public static string Draw(string unit, IReadOnlyList<Curve> curves)
    {
        ArgumentNullException.ThrowIfNull(curves);
        int least = curves.Min(static curve => curve.Points[0].Size), most = curves.Max(static curve => curve.Points[^1].Size);
        var svg = new StringBuilder();
        svg.AppendLine(CultureInfo.InvariantCulture, $"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" font-family="sans-serif" font-size="12">""");
        svg.AppendLine("""<rect width="100%" height="100%" fill="white"/>""");
        svg.AppendLine(CultureInfo.InvariantCulture, $"""<text x="{Left}" y="18" font-weight="bold">Latency in ms by number of {unit} (64 connections; full line p50, dashed p99)</text>""");
        for (double ms = LeastMs; ms <= MostMs * 1.001; ms *= 10)
        {
            svg.AppendLine(CultureInfo.InvariantCulture, $"""<line x1="{Left}" x2="{Width - Right}" y1="{Y(ms)}" y2="{Y(ms)}" stroke="#ddd"/>""");
            svg.AppendLine(CultureInfo.InvariantCulture, $"""<text x="{Left - 8}" y="{Y(ms) + 4}" text-anchor="end">{ms:0.#}</text>""");
        }

        foreach (int size in curves[0].Points.Select(static point => point.Size))
        {
            svg.AppendLine(CultureInfo.InvariantCulture, $"""<line x1="{X(size)}" x2="{X(size)}" y1="{Top}" y2="{Height - Bottom}" stroke="#eee"/>""");
            svg.AppendLine(CultureInfo.InvariantCulture, $"""<text x="{X(size)}" y="{Height - Bottom + 18}" text-anchor="middle">{size:N0}</text>""");
        }

        for (int i = 0; i < curves.Count; i++)
        {
            string colour = s_colours[i % s_colours.Length];
            svg.AppendLine(Line(curves[i], static point => point.P50Ms, colour, ""));
            svg.AppendLine(Line(curves[i], static point => point.P99Ms, colour, " stroke-dasharray=\"5 4\""));
            svg.AppendLine(CultureInfo.InvariantCulture, $"""<rect x="{Width - Right + 20}" y="{Top + (i * 20)}" width="12" height="12" fill="{colour}"/>""");
            svg.AppendLine(CultureInfo.InvariantCulture, $"""<text x="{Width - Right + 38}" y="{Top + 10 + (i * 20)}">{curves[i].Name}</text>""");
        }

        return svg.AppendLine("</svg>").ToString();

        string Line(Curve curve, Func<GrowthPoint, double> value, string colour, string dashes) => string.Create(CultureInfo.InvariantCulture,
            $"""<polyline fill="none" stroke="{colour}" stroke-width="2"{dashes} points="{string.Join(' ', curve.Points.Select(point => string.Create(CultureInfo.InvariantCulture, $"{X(point.Size)},{Y(value(point))}")))}"/>""");

        int X(int size) => Left + (int)((Width - Left - Right) * (Math.Log10(size) - Math.Log10(least)) / Math.Max(Math.Log10(most) - Math.Log10(least), 1e-9));

        static int Y(double ms) => Height - Bottom - (int)((Height - Top - Bottom) * (Math.Log10(Math.Clamp(ms, LeastMs, MostMs)) - Math.Log10(LeastMs)) / (Math.Log10(MostMs) - Math.Log10(LeastMs)));
    }
}
