namespace Praetor.Core.Gossip;

/// <summary>A logical clock (Lamport 1978). Mutable struct: keep it in a field.</summary>
internal struct LamportClock
{
    /// <summary>The time now.</summary>
    public ulong Time { get; private set; }

    /// <summary>A new time for something that is sent.</summary>
    public ulong Increment() => ++Time;

    /// <summary>Something of that time was seen: what is sent from now on comes after it.</summary>
    public void Witness(ulong time)
    {
        // A forged time near the end of the range must not wrap the clock.
        if (time >= Time && time < ulong.MaxValue / 2)
            Time = time + 1;
    }
}
