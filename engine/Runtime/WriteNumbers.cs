namespace Praetor.Runtime;

/// <summary>
/// Numbers the writes that this process sends to a leader, so that one that is sent again is known for what it is. Also knows of which all answers have come: those the
/// state need not remember. Thread-safe.
/// </summary>
internal sealed class WriteNumbers
{
    private readonly byte[] _origin = Guid.NewGuid().ToByteArray();
    private readonly Lock _gate = new();
    private readonly SortedSet<long> _open = [];
    private long _last;

    /// <summary>Id of this process, never used again by another.</summary>
    public ReadOnlySpan<byte> Origin => _origin;

    /// <summary>The next number, and the number below which all are answered. <see cref="End"/> it when its fate is known.</summary>
    public (long Number, long Settled) Begin()
    {
        lock (_gate)
        {
            _open.Add(++_last);
            return (_last, _open.Min);
        }
    }

    /// <summary>Nobody will send this number again.</summary>
    public void End(long number)
    {
        lock (_gate)
            _open.Remove(number);
    }
}
