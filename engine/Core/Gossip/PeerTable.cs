using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Praetor.Core.Gossip;

/// <summary>The known members, by name, and in an order from which random ones can be drawn. Looking up by the bytes of a packet allocates nothing.</summary>
internal sealed class PeerTable
{
    private readonly Dictionary<byte[], Peer> _byName = new(NameComparer.Instance);
    private readonly Dictionary<byte[], Peer>.AlternateLookup<ReadOnlySpan<byte>> _byBytes;
    private readonly List<Peer> _all = [];

    public PeerTable() => _byBytes = _byName.GetAlternateLookup<ReadOnlySpan<byte>>();

    public IReadOnlyList<Peer> All => _all;

    public int Count => _all.Count;

    /// <summary>Alive and suspect members.</summary>
    public int UpCount { get; private set; }

    public Peer? Find(ReadOnlySpan<byte> name) => _byBytes.TryGetValue(name, out Peer? peer) ? peer : null;

    public bool TryFind(string name, [NotNullWhen(true)] out Peer? peer) => _byName.TryGetValue(System.Text.Encoding.UTF8.GetBytes(name), out peer);

    /// <summary>The member of that address that is dead; null if there is none. One that left is not meant: it said so itself.</summary>
    public Peer? FindDead(IPEndPoint endPoint)
    {
        // A walk, but only where somebody is gone, and for one probe a second (SWIM, section 3.1: each member is probed about once a period).
        for (int i = 0; i < _all.Count && UpCount < _all.Count; i++)
        {
            if (_all[i].State == SwimState.Dead && GossipFields.Same(_all[i].EndPoint, endPoint))
                return _all[i];
        }

        return null;
    }

    public void Add(Peer peer)
    {
        _byName.Add(peer.NameBytes, peer);
        _all.Add(peer);
        if (peer.IsUp)
            UpCount++;
    }

    public void Remove(Peer peer)
    {
        _byName.Remove(peer.NameBytes);
        _all.Remove(peer);
        if (peer.IsUp)
            UpCount--;
    }

    public void SetState(Peer peer, SwimState state, long nowUs)
    {
        bool wasUp = peer.IsUp;
        peer.State = state;
        peer.StateSinceUs = nowUs;
        UpCount += (peer.IsUp ? 1 : 0) - (wasUp ? 1 : 0);
    }

    /// <summary>Draws up to <paramref name="count"/> different members that satisfy <paramref name="wanted"/>, adding them to <paramref name="drawn"/>.</summary>
    public void Draw<TState>(Random random, int count, List<Peer> drawn, TState state, Func<Peer, TState, bool> wanted)
    {
        int end = drawn.Count + count;
        // In a large pool nearly every draw hits; in a small one the walk finds whoever is left.
        for (int attempt = 0; attempt < 3 * count && drawn.Count < end && _all.Count > 3 * count; attempt++)
        {
            Peer peer = _all[random.Next(_all.Count)];
            if (!drawn.Contains(peer) && wanted(peer, state))
                drawn.Add(peer);
        }

        int first = _all.Count > 0 ? random.Next(_all.Count) : 0;
        for (int i = 0; i < _all.Count && drawn.Count < end; i++)
        {
            Peer peer = _all[(first + i) % _all.Count];
            if (!drawn.Contains(peer) && wanted(peer, state))
                drawn.Add(peer);
        }
    }

    private sealed class NameComparer : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static readonly NameComparer Instance = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] obj) => GetHashCode(obj.AsSpan());

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public int GetHashCode(ReadOnlySpan<byte> alternate)
        {
            var hash = default(HashCode);
            hash.AddBytes(alternate);
            return hash.ToHashCode();
        }

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();
    }
}
