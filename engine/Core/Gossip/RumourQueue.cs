namespace Praetor.Core.Gossip;

/// <summary>
/// What is to be told to others: each rumour a limited number of times, the least told first (SWIM, section 4.1). A newer rumour about the
/// same subject takes the place of the older one.
/// </summary>
internal sealed class RumourQueue
{
    private const int MinBound = 4096;

    // One list per number of times told; a rumour that was replaced stays where it is, marked, until it is met.
    private readonly List<List<Rumour>> _tiers = [];
    private readonly Dictionary<(RumourSubject Kind, string Name), Rumour> _bySubject = [];
    private readonly List<Rumour> _moved = [];

    public int Count { get; private set; }

    public bool IsEmpty => Count == 0;

    /// <summary>Adds a rumour. With a name it replaces what was said of the same subject.</summary>
    public Rumour Add(RumourSubject kind, string name, byte[] message, int members)
    {
        var rumour = new Rumour(kind, name, message);
        if (kind != RumourSubject.Event)
        {
            if (_bySubject.TryGetValue((kind, name), out Rumour? older))
                Drop(older);
            _bySubject[(kind, name)] = rumour;
        }

        Place(rumour);
        Count++;
        if (Count > Math.Max(MinBound, 2 * members))
            DropMostTold();
        return rumour;
    }

    /// <summary>Copies rumours that fit into <paramref name="packet"/> and counts them as told; returns the bytes written.</summary>
    public int Fill(Span<byte> packet, int limit)
    {
        int used = 0;
        for (int times = 0; times < _tiers.Count && Count > 0; times++)
        {
            List<Rumour> tier = _tiers[times];
            for (int i = tier.Count - 1; i >= 0; i--)
            {
                Rumour rumour = tier[i];
                if (!rumour.IsDone && rumour.Message.Length > packet.Length - used)
                    continue;
                tier.RemoveAt(i);
                if (rumour.IsDone)
                    continue;
                rumour.Message.CopyTo(packet[used..]);
                used += rumour.Message.Length;
                _moved.Add(rumour);
            }
        }

        foreach (Rumour rumour in _moved)
        {
            if (++rumour.Told >= limit)
                Drop(rumour);
            else
                Place(rumour);
        }

        _moved.Clear();
        return used;
    }

    private void Place(Rumour rumour)
    {
        while (_tiers.Count <= rumour.Told)
            _tiers.Add([]);
        _tiers[rumour.Told].Add(rumour);
    }

    private void Drop(Rumour rumour)
    {
        if (rumour.IsDone)
            return;
        rumour.IsDone = true;
        Count--;
        if (_bySubject.TryGetValue((rumour.Kind, rumour.Name), out Rumour? current) && current == rumour)
            _bySubject.Remove((rumour.Kind, rumour.Name));
    }

    private void DropMostTold()
    {
        for (int times = _tiers.Count - 1; times >= 0; times--)
        {
            List<Rumour> tier = _tiers[times];
            while (tier.Count > 0)
            {
                Rumour oldest = tier[0];
                tier.RemoveAt(0);
                if (oldest.IsDone)
                    continue;
                Drop(oldest);
                return;
            }
        }
    }
}

/// <summary>What a rumour is about.</summary>
internal enum RumourSubject : byte
{
    Member,
    Intent,
    Event,
}

/// <summary>Something to tell.</summary>
internal sealed class Rumour(RumourSubject kind, string name, byte[] message)
{
    public RumourSubject Kind { get; } = kind;

    public string Name { get; } = name;

    public byte[] Message { get; } = message;

    public int Told { get; set; }

    /// <summary>Told often enough, replaced or dropped.</summary>
    public bool IsDone { get; set; }
}
