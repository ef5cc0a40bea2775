using System.Numerics;

namespace Praetor.Load.Measuring;

/// <summary>
/// Counts latencies in log-linear buckets: each power of two is split into 1,024 parts, so any value is known to three digits (within
/// 0.1 %). Fixed memory (about 270 KB), no allocation while recording. Not thread-safe; merge the histograms of several threads afterwards.
/// </summary>
public sealed class LatencyHistogram
{
    /// <summary>Longer latencies are counted as this one: about 73 minutes.</summary>
    public const long MaxNanoseconds = (1L << 42) - 1;

    private const int PartBits = 10;
    private const int Parts = 1 << PartBits;

    // Values below 1,024 have a bucket each; every power of two from 2^10 to 2^41 has 1,024.
    private readonly long[] _counts = new long[Parts * (42 - PartBits + 1)];
    private double _sumNanoseconds;

    /// <summary>Values recorded.</summary>
    public long Count { get; private set; }

    /// <summary>Smallest value; 0 if there is none.</summary>
    public long MinNanoseconds { get; private set; }

    /// <summary>Largest value, exact.</summary>
    public long MaxRecordedNanoseconds { get; private set; }

    /// <summary>Mean; 0 if there is none.</summary>
    public double MeanNanoseconds => Count == 0 ? 0 : _sumNanoseconds / Count;

    /// <summary>Counts one latency. Negative ones count as 0.</summary>
    public void Record(long nanoseconds)
    {
        nanoseconds = Math.Clamp(nanoseconds, 0, MaxNanoseconds);
        _counts[BucketOf(nanoseconds)]++;
        MinNanoseconds = Count == 0 ? nanoseconds : Math.Min(MinNanoseconds, nanoseconds);
        MaxRecordedNanoseconds = Math.Max(MaxRecordedNanoseconds, nanoseconds);
        _sumNanoseconds += nanoseconds;
        Count++;
    }

    /// <summary>The value that <paramref name="percent"/> (0-100) of all values do not exceed, within the resolution; 0 if there is none.</summary>
    public long PercentileNanoseconds(double percent)
    {
        if (Count == 0)
            return 0;
        var rank = Math.Clamp((long)Math.Ceiling(percent / 100 * Count), 1, Count);
        var bucket = 0;
        for (long seen = _counts[0]; seen < rank; seen += _counts[bucket])
            bucket++;
        return Math.Clamp(HighestOf(bucket), MinNanoseconds, MaxRecordedNanoseconds);
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        Array.Clear(_counts);
        (Count, MinNanoseconds, MaxRecordedNanoseconds, _sumNanoseconds) = (0, 0, 0, 0);
    }

    /// <summary>Adds everything that the other has counted.</summary>
    public void Merge(LatencyHistogram other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.Count == 0)
            return;
        for (var i = 0; i < _counts.Length; i++)
            _counts[i] += other._counts[i];
        MinNanoseconds = Count == 0 ? other.MinNanoseconds : Math.Min(MinNanoseconds, other.MinNanoseconds);
        MaxRecordedNanoseconds = Math.Max(MaxRecordedNanoseconds, other.MaxRecordedNanoseconds);
        _sumNanoseconds += other._sumNanoseconds;
        Count += other.Count;
    }

    private static int BucketOf(long value)
    {
        if (value < Parts)
            return (int)value;
        var shift = BitOperations.Log2((ulong)value) - PartBits;
        return ((shift + 1) << PartBits) + (int)((value >> shift) - Parts);
    }

    private static long HighestOf(int bucket)
    {
        if (bucket < Parts)
            return bucket;
        var shift = (bucket >> PartBits) - 1;
        return ((((long)bucket & (Parts - 1)) + Parts + 1) << shift) - 1;
    }
}
