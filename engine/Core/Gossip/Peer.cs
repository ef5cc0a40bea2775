using System.Net;
using System.Text;
using Praetor.Core.Codec;
using Praetor.Core.Gossip.Coordinates;

namespace Praetor.Core.Gossip;

/// <summary>What the failure detector holds of a member (SWIM, section 4). On the wire: values are frozen.</summary>
internal enum SwimState : byte
{
    Alive = 0,
    Suspect = 1,
    Dead = 2,
    Left = 3,
}

/// <summary>What a member says of itself: everything an alive rumour carries beside the incarnation.</summary>
internal readonly record struct PeerFacts(IPEndPoint EndPoint, byte[] Meta);

/// <summary>A known member. Mutable; owned by its pool.</summary>
internal sealed class Peer(string name, PeerFacts facts)
{
    private Member? _member;
    private SortedList<string, string>? _tags;

    public string Name { get; } = name;

    public byte[] NameBytes { get; } = Encoding.UTF8.GetBytes(name);

    public PeerFacts Facts { get; private set; } = facts;

    public IPEndPoint EndPoint => Facts.EndPoint;

    public long Incarnation { get; set; }

    public SwimState State { get; set; } = SwimState.Dead;

    /// <summary>Since when <see cref="State"/> holds.</summary>
    public long StateSinceUs { get; set; }

    public Suspicion? Suspicion { get; set; }

    /// <summary>What operators see.</summary>
    public MemberStatus Status { get; private set; }

    /// <summary>Since when it is failed or left.</summary>
    public long GoneSinceUs { get; private set; }

    /// <summary>Logical time of the newest intent.</summary>
    public ulong IntentTime { get; set; }

    /// <summary>Where it said it lies when it was last probed from here.</summary>
    public Coordinate? Coordinate { get; set; }

    /// <summary>Is erased as soon as it is gone.</summary>
    public bool Prune { get; set; }

    public bool IsUp => State is SwimState.Alive or SwimState.Suspect;

    /// <summary>The tags; empty if they do not decode.</summary>
    public SortedList<string, string> Tags => _tags ??= TagCodec.Decode(Facts.Meta);

    /// <summary>As others see it; one object until something changes.</summary>
    public Member Snapshot() => _member ??= new Member
    {
        Name = Name,
        Addr = EndPoint.Address.ToString(),
        Port = EndPoint.Port,
        Tags = Tags,
        Status = Status,
    };

    public void SetFacts(in PeerFacts facts)
    {
        Facts = facts;
        _tags = null;
        _member = null;
    }

    public void SetStatus(MemberStatus status, long nowUs)
    {
        Status = status;
        GoneSinceUs = status is MemberStatus.Failed or MemberStatus.Left ? nowUs : 0;
        _member = null;
    }
}

/// <summary>Tags as a member's metadata: at most <see cref="MaxBytes"/> (gossip-raft 1.1).</summary>
internal static class TagCodec
{
    public const int MaxBytes = 512;

    private const byte Version = 1;

    public static byte[] Encode(IReadOnlyDictionary<string, string> tags)
    {
        var bytes = new System.Buffers.ArrayBufferWriter<byte>(MaxBytes);
        var writer = new FieldWriter(bytes);
        writer.Byte(Version);
        writer.TextMap(tags);
        return bytes.WrittenSpan.ToArray();
    }

    public static SortedList<string, string> Decode(ReadOnlySpan<byte> meta)
    {
        try
        {
            var reader = new FieldReader(meta);
            if (reader.Byte() == Version && reader.TextMap() is { } tags && reader.AtEnd)
                return tags;
        }
        catch (InvalidDataException)
        {
            // A member whose tags nobody understands is a member without tags.
        }

        return new SortedList<string, string>(StringComparer.Ordinal);
    }
}
