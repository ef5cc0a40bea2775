using System.Buffers.Binary;
using Praetor.Api.Dns.Names;
using Praetor.Api.Dns.Wire;

namespace Praetor.Api.Dns.Lookups;

/// <summary>An address or alias that a recursor told of a host. Immutable.</summary>
/// <param name="Owner">Whose it is: wire form, lower case.</param>
/// <param name="Type">A, AAAA or CNAME.</param>
/// <param name="Data">The address, or the name that the alias leads to in wire form.</param>
/// <param name="TtlS">Seconds.</param>
public sealed record HostRecord(byte[] Owner, RecordType Type, byte[] Data, uint TtlS)
{
    /// <summary>Addresses and aliases in the answer section of a reply; what is malformed ends the reading.</summary>
    /// <param name="reply">Any bytes with a header.</param>
    /// <param name="most">Records read at most.</param>
    internal static IReadOnlyList<HostRecord> Read(ReadOnlySpan<byte> reply, int most)
    {
        var records = new List<HostRecord>();
        int offset = DnsLimits.HeaderBytes;
        for (int questions = BinaryPrimitives.ReadUInt16BigEndian(reply[4..]); questions > 0; questions--)
        {
            if (!WireReader.TrySkipName(reply, ref offset) || (offset += 4) > reply.Length)
                return records;
        }

        for (int answers = BinaryPrimitives.ReadUInt16BigEndian(reply[6..]); answers > 0 && records.Count < most; answers--)
        {
            int start = offset;
            if (!WireReader.TryReadRecord(reply, ref offset, out RecordType type, out ushort classWord, out ReadOnlySpan<byte> data))
                return records;
            if (classWord != 1)
                continue;
            byte[]? value = type switch
            {
                RecordType.A when data.Length == 4 => data.ToArray(),
                RecordType.Aaaa when data.Length == 16 => data.ToArray(),
                RecordType.Cname => WireReader.ReadName(reply, offset - data.Length),
                _ => null,
            };
            if (value is null || WireReader.ReadName(reply, start) is not { } owner)
                continue;
            NameText.ToLower(owner, owner);
            records.Add(new HostRecord(owner, type, value, BinaryPrimitives.ReadUInt32BigEndian(reply[(offset - data.Length - 6)..])));
        }

        return records;
    }
}
