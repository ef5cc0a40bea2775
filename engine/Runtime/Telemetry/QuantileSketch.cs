namespace Praetor.Runtime.Telemetry;

/// <summary>
/// Quantiles of positive numbers within 3 %: counts in buckets whose bounds grow by a constant factor, of the window under way and the one before it. Owned by its series.
/// </summary>
internal sealed class QuantileSketch
{
    /// <summary>Buckets per doubling: neighbours are 4.4 % apart.</summary>
    private const int PerDoubling = 16;

    /// <summary>Least number told from 0, as a power of two: about a microsecond in milliseconds.</summary>
    private const int LeastPower = -10;

    private const int Buckets = (34 - LeastPower) * PerDoubling;

    private int[] _now = new int[Buckets];
    private int[] _before = new int[Buckets];

    public void Add(double value)
    {
        double place = value > 0 ? (Math.Log2(value) - LeastPower) * PerDoubling : 0;
        _now[(int)Math.Clamp(place, 0, Buckets - 1)]++;
    }

    /// <summary>The window under way becomes the one before.</summary>
    public void Age()
    {
        (_now, _before) = (_before, _now);
        Array.Clear(_now);
    }

    public double Quantile(double share)
    {
        long total = 0;
        for (int i = 0; i < Buckets; i++)
            total += _now[i] + _before[i];
        if (total == 0)
            return double.NaN;
        long wanted = (long)Math.Ceiling(share * total);
        long seen = 0;
        for (int i = 0; i < Buckets; i++)
        {
            seen += _now[i] + _before[i];
            if (seen >= wanted && seen > 0)
                return i == 0 ? 0 : Math.Pow(2, LeastPower + ((i + 0.5) / PerDoubling));
        }

        return double.NaN;
    }
}
