namespace Praetor.Transport.Gossip;

/// <summary>Why a datagram or an exchange was dropped.</summary>
public enum PacketDrop
{
    /// <summary>Too short to be anything.</summary>
    TooShort,

    /// <summary>First byte unknown.</summary>
    UnknownKind,

    /// <summary>The checksum is wrong.</summary>
    Checksum,

    /// <summary>Not encrypted, where it must be.</summary>
    NotEncrypted,

    /// <summary>Encrypted, and there is no key here.</summary>
    NoKey,

    /// <summary>Encrypted with none of the installed keys, for another pool, or changed on its way.</summary>
    Undecryptable,

    /// <summary>Opened, and then not understood by the receiver.</summary>
    Malformed,

    /// <summary>To be sent, and longer than a datagram may be.</summary>
    TooLong,

    /// <summary>The network did not take it.</summary>
    NotSent,

    /// <summary>An exchange beyond the number that may run at once.</summary>
    TooManyExchanges,

    /// <summary>An exchange that says it is longer than allowed, or more than all exchanges together may hold.</summary>
    ExchangeTooLong,

    /// <summary>An exchange that took too long or broke.</summary>
    ExchangeBroken,
}

/// <summary>Counts what was dropped, by reason. Thread-safe.</summary>
public sealed class PacketDrops
{
    private readonly long[] _counts = new long[(int)PacketDrop.ExchangeBroken + 1];

    /// <summary>How often since the start.</summary>
    public long this[PacketDrop reason] => Volatile.Read(ref _counts[(int)reason]);

    /// <summary>Counts one more; returns how many that makes.</summary>
    internal long Count(PacketDrop reason) => Interlocked.Increment(ref _counts[(int)reason]);
}
