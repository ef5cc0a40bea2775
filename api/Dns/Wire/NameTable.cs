namespace Praetor.Api.Dns.Wire;

/// <summary>
/// Where the names of the message being written stand, by identity. Reused from message to message without being wiped.
/// Not thread-safe: one per answering loop.
/// </summary>
public sealed class NameTable
{
    private const int SlotCount = 4096; // power of two
    private const int MaxNames = SlotCount / 2; // beyond it, probing gets long; further names are written in full

    private struct Slot
    {
        public WireName? Name;
        public int Stamp;
        public int Offset;
    }

    private readonly Slot[] _slots = new Slot[SlotCount];
    private int _stamp; // of entries made since the last Clear or Cut
    private int _cutStamp; // entries with this stamp count only below _cutOffset
    private int _cutOffset;
    private int _count;

    /// <summary>Starts a new message.</summary>
    public void Clear()
    {
        // Two stamps per message: before and after a cut. On wrap-around old entries could look fresh, so wipe them.
        if (_stamp >= int.MaxValue - 2)
        {
            Array.Clear(_slots);
            _stamp = 0;
        }
        _cutStamp = 0;
        _cutOffset = 0;
        _stamp++;
        _count = 0;
    }

    /// <summary>Forgets the names at or behind an offset: the message was cut there. At most once per message.</summary>
    public void CutAt(int offset)
    {
        _cutStamp = _stamp++;
        _cutOffset = offset;
    }

    /// <summary>Offset at which the name stands in this message, or -1.</summary>
    public int Find(WireName name)
    {
        for (int i = name.Hash & (SlotCount - 1); ; i = (i + 1) & (SlotCount - 1))
        {
            ref Slot slot = ref _slots[i];
            if (!InUse(slot.Stamp))
                return -1;
            if (ReferenceEquals(slot.Name, name))
                return IsValid(slot) ? slot.Offset : -1;
        }
    }

    /// <summary>Notes where a name was written; the first place wins, and places that no pointer reaches are not noted.</summary>
    public void Add(WireName name, int offset)
    {
        if (offset > DnsLimits.PointerReach || _count >= MaxNames)
            return;
        for (int i = name.Hash & (SlotCount - 1); ; i = (i + 1) & (SlotCount - 1))
        {
            ref Slot slot = ref _slots[i];
            bool inUse = InUse(slot.Stamp);
            if (inUse && !ReferenceEquals(slot.Name, name))
                continue;
            if (inUse && IsValid(slot))
                return;
            if (!inUse)
                _count++;
            slot.Name = name;
            slot.Stamp = _stamp;
            slot.Offset = offset;
            return;
        }
    }

    private bool InUse(int stamp) => stamp == _stamp || (stamp == _cutStamp && _cutStamp != 0);

    private bool IsValid(in Slot slot) => slot.Stamp == _stamp || slot.Offset < _cutOffset;
}
