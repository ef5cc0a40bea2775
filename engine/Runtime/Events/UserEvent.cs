using System.Buffers;
using System.Globalization;
using Praetor.Core.Codec;

namespace Praetor.Runtime.Events;

/// <summary>A user event (http-core 8.1).</summary>
public sealed record UserEvent
{
    /// <summary>What the pool calls events of users; names of its own begin differently (gossip-raft 3).</summary>
    public const string PoolPrefix = "consul:event:";

    private const byte Format = 1;

    /// <summary>UUID.</summary>
    public required string Id { get; init; }

    /// <summary>Name.</summary>
    public required string Name { get; init; }

    /// <summary>Bytes of the sender; empty if there are none.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Regular expression over node names; empty = all.</summary>
    public string NodeFilter { get; init; } = "";

    /// <summary>Regular expression over ids of services; empty = all.</summary>
    public string ServiceFilter { get; init; } = "";

    /// <summary>Regular expression over tags of such a service; empty = all.</summary>
    public string TagFilter { get; init; } = "";

    /// <summary>Logical time; 0 before it was sent.</summary>
    public ulong Time { get; init; }

    /// <summary>The index of blocking queries: both halves of the id, combined. Not monotonic.</summary>
    public ulong Index
    {
        get
        {
            string digits = Id.Replace("-", "", StringComparison.Ordinal);
            return digits.Length == 32
                && ulong.TryParse(digits.AsSpan(0, 16), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong upper)
                && ulong.TryParse(digits.AsSpan(16), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong lower)
                ? upper ^ lower
                : 1;
        }
    }

    /// <summary>What travels beside the name.</summary>
    public byte[] Encode()
    {
        var bytes = new ArrayBufferWriter<byte>(128 + Payload.Length);
        var writer = new FieldWriter(bytes);
        writer.Byte(Format);
        writer.Text(Id);
        writer.Text(Name);
        writer.Bytes(Payload.Span);
        writer.Text(NodeFilter);
        writer.Text(ServiceFilter);
        writer.Text(TagFilter);
        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>Reads what <see cref="Encode"/> wrote; null for anything else.</summary>
    public static UserEvent? TryDecode(ReadOnlySpan<byte> payload, ulong time)
    {
        try
        {
            var reader = new FieldReader(payload);
            if (reader.Byte() != Format)
                return null;
            return new UserEvent
            {
                Id = reader.Text(),
                Name = reader.Text(),
                Payload = reader.Bytes().ToArray(),
                NodeFilter = reader.Text(),
                ServiceFilter = reader.Text(),
                TagFilter = reader.Text(),
                Time = time,
            };
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }
}
