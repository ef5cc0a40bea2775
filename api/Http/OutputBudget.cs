namespace Praetor.Api.Http;

/// <summary>
/// Bytes of long answers that lie in output buffers. Kestrel's buffers never go back to the operating system, so that without a bound a thousand
/// watchers who are answered at once would leave a thousand whole answers in memory for good. Thread-safe, lock-free.
/// </summary>
internal sealed class OutputBudget(long limitBytes)
{
    private long _reserved;

    /// <summary>Bytes reserved now.</summary>
    public long ReservedBytes => Interlocked.Read(ref _reserved);

    /// <summary>Reserves room; returns how much: all that was asked for, or 0. To be returned.</summary>
    public int Reserve(int bytes)
    {
        if (Interlocked.Add(ref _reserved, bytes) <= limitBytes)
            return bytes;
        Interlocked.Add(ref _reserved, -bytes);
        return 0;
    }

    /// <summary>Gives back what <see cref="Reserve"/> returned.</summary>
    public void Return(int reserved)
    {
        if (reserved > 0)
            Interlocked.Add(ref _reserved, -reserved);
    }
}
