namespace Praetor.Runtime;

/// <summary>So many things per second, and a burst after silence. Thread-safe; its rate may be changed at any time.</summary>
public sealed class TokenBucket
{
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private double _ratePerSecond;
    private double _burst;
    private double _tokens;
    private long _filledAt;

    /// <summary>A full bucket.</summary>
    /// <param name="ratePerSecond">Things per second; negative or infinite for no limit.</param>
    /// <param name="burst">Most things at once.</param>
    /// <param name="time">Clock.</param>
    public TokenBucket(double ratePerSecond, double burst, TimeProvider time)
    {
        _time = time;
        _filledAt = time.GetTimestamp();
        Configure(ratePerSecond, burst);
        _tokens = burst;
    }

    /// <summary>True if there is no limit.</summary>
    public bool IsUnlimited => Volatile.Read(ref _ratePerSecond) is < 0 or double.PositiveInfinity;

    /// <summary>Changes rate and burst; what was saved up is kept as far as it fits.</summary>
    public void Configure(double ratePerSecond, double burst)
    {
        lock (_gate)
        {
            _ratePerSecond = ratePerSecond;
            _burst = burst;
            _tokens = Math.Min(_tokens, burst);
        }
    }

    /// <summary>True if one more may pass now.</summary>
    public bool TryTake()
    {
        if (IsUnlimited)
            return true;
        lock (_gate)
        {
            long now = _time.GetTimestamp();
            _tokens = Math.Min(_burst, _tokens + (_time.GetElapsedTime(_filledAt, now).TotalSeconds * _ratePerSecond));
            _filledAt = now;
            if (_tokens < 1)
                return false;
            _tokens--;
            return true;
        }
    }
}
