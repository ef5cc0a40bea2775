namespace Praetor.Core.Gossip;

/// <summary>
/// The user events of the last 512 logical times: what was seen is not delivered again, and what was missed is learned from it in an exchange
/// (gossip-raft 3).
/// </summary>
internal sealed class SeenEvents
{
    public const int Slots = 512;

    // A slot beyond this many events of one time is a forgery or a fault of some sender; more are dropped.
    private const int MaxPerSlot = 64;

    private readonly (ulong Time, List<(byte[] Name, byte[] Payload)> Events)[] _slots = new (ulong, List<(byte[], byte[])>)[Slots];

    /// <summary>Events before this time are not delivered: they are older than this node's joining.</summary>
    public ulong MinTime { get; set; }

    /// <summary>Remembers an event; false if it was seen, is too old or there is no room.</summary>
    public bool TryAdd(ulong time, ulong clock, ReadOnlySpan<byte> name, ReadOnlySpan<byte> payload)
    {
        if (time < MinTime || time + Slots < clock)
            return false;
        ref (ulong Time, List<(byte[] Name, byte[] Payload)> Events) slot = ref _slots[time % Slots];
        if (slot.Events is null || slot.Time != time)
        {
            if (slot.Events is not null && slot.Time > time)
                return false;
            slot = (time, slot.Events ?? []);
            slot.Events.Clear();
        }

        foreach ((byte[] Name, byte[] Payload) seen in slot.Events)
        {
            if (name.SequenceEqual(seen.Name) && payload.SequenceEqual(seen.Payload))
                return false;
        }

        if (slot.Events.Count == MaxPerSlot)
            return false;
        slot.Events.Add((name.ToArray(), payload.ToArray()));
        return true;
    }

    /// <summary>All that is remembered.</summary>
    public IEnumerable<(ulong Time, byte[] Name, byte[] Payload)> All()
    {
        foreach ((ulong time, List<(byte[] Name, byte[] Payload)> events) in _slots)
        {
            if (events is null)
                continue;
            foreach ((byte[] name, byte[] payload) in events)
                yield return (time, name, payload);
        }
    }
}
