using System.Text;
using Praetor.Core.Codec;

namespace Praetor.Core.Gossip;

/// <summary>User events: told to everybody, delivered at most once each (gossip-raft 3).</summary>
public sealed partial class GossipPool
{
    // Time, name and payload lengths of the encoded form.
    private const int MaxEventFramingBytes = 10 + 2 + 2;

    private readonly SeenEvents _seen = new();
    private LamportClock _eventClock;

    /// <summary>Tells everybody, this node included. Null, or why not.</summary>
    public string? FireEvent(string name, ReadOnlySpan<byte> payload, GossipEffects effects)
    {
        int limit = _profile.MaxUserEventBytes;
        int size = Encoding.UTF8.GetByteCount(name) + payload.Length;
        if (size > limit)
            return $"user event exceeds configured limit of {limit} bytes before encoding";
        ulong time = _eventClock.Increment();
        Deliver(time, Encoding.UTF8.GetBytes(name), payload, isRumour: true, effects);
        return null;
    }

    private void OnUserEvent(ReadOnlySpan<byte> body, GossipEffects effects)
    {
        var reader = new FieldReader(body);
        ulong time = reader.UInt();
        ReadOnlySpan<byte> name = reader.Bytes();
        ReadOnlySpan<byte> payload = reader.Bytes();
        Deliver(time, name, payload, isRumour: true, effects);
    }

    private void Deliver(ulong time, ReadOnlySpan<byte> name, ReadOnlySpan<byte> payload, bool isRumour, GossipEffects effects)
    {
        if (name.Length + payload.Length > _profile.MaxUserEventBytes || time >= ulong.MaxValue / 2)
        {
            _drops[(int)GossipDrop.Malformed]++;
            return;
        }

        _eventClock.Witness(time);
        if (!_seen.TryAdd(time, _eventClock.Time, name, payload))
            return;
        string text = Encoding.UTF8.GetString(name);
        effects.Events.Add(new PoolEvent(time, text, payload.ToArray()));
        if (isRumour)
            Tell(RumourSubject.Event, text, EventRumour(time, name, payload));
    }

    private static byte[] EventRumour(ulong time, ReadOnlySpan<byte> name, ReadOnlySpan<byte> payload)
    {
        byte[] message = new byte[PacketWriter.HeaderBytes + MaxEventFramingBytes + name.Length + payload.Length + 1];
        var writer = new PacketWriter(message);
        writer.UserEvent(time, name, payload);
        // The packet's own first byte is not part of the rumour.
        return message[1..writer.Length];
    }
}
