using System.Buffers;
using Praetor.Api.Dns.Answers;
using Praetor.Api.Dns.Lookups;
using Praetor.Api.Dns.Wire;
using Praetor.Core.Codec;

namespace Praetor.Api.Dns.Forwarding;

/// <summary>
/// A query on its way from an agent without state to a server: the agent's own DNS settings first, since they decide the answer's form, then who asks, then the packet. Pure.
/// </summary>
internal static class DnsQueryCodec
{
    private const byte Version = 3;

    /// <summary>The settings as bytes; equal settings give equal bytes.</summary>
    public static byte[] EncodeSettings(DnsServerOptions server, DnsOptions options)
    {
        var bytes = new ArrayBufferWriter<byte>(128);
        var writer = new FieldWriter(bytes);
        writer.Byte(Version);
        writer.Text(server.Domain);
        writer.Text(server.AltDomain);
        writer.Bool(options.Recurses);
        writer.Bool(options.AllowStale);
        writer.Int(options.MaxStale.Ticks);
        writer.Int(options.NodeTtl.Ticks);
        writer.UInt((ulong)options.ServiceTtl.Count + 1);
        foreach ((string name, TimeSpan ttl) in options.ServiceTtl.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            writer.Text(name);
            writer.Int(ttl.Ticks);
        }

        writer.Bool(options.EnableTruncate);
        writer.Bool(options.OnlyPassing);
        writer.Bool(options.DisableCompression);
        writer.Int(options.UdpAnswerLimit);
        writer.Int(options.ARecordLimit);
        writer.Bool(options.EnableAdditionalNodeMetaTxt);
        writer.UInt(options.Soa.RefreshS);
        writer.UInt(options.Soa.RetryS);
        writer.UInt(options.Soa.ExpireS);
        writer.UInt(options.Soa.MinTtlS);
        return bytes.WrittenSpan.ToArray();
    }

    /// <exception cref="InvalidDataException">Malformed.</exception>
    public static (string Domain, string AltDomain, DnsOptions Options) DecodeSettings(ReadOnlySpan<byte> settings)
    {
        var reader = new FieldReader(settings);
        if (reader.Byte() != Version)
            throw new InvalidDataException("DNS settings of another version");
        string domain = reader.Text();
        string altDomain = reader.Text();
        bool recurses = reader.Bool();
        bool allowStale = reader.Bool();
        var maxStale = new TimeSpan(reader.Int());
        var nodeTtl = new TimeSpan(reader.Int());
        int count = Math.Max(0, reader.OptionalCount(2));
        var serviceTtl = new Dictionary<string, TimeSpan>(count, StringComparer.Ordinal);
        for (int i = 0; i < count; i++)
        {
            string name = reader.Text();
            serviceTtl[name] = new TimeSpan(reader.Int());
        }

        return (domain, altDomain, new DnsOptions
        {
            Recurses = recurses,
            AllowStale = allowStale,
            MaxStale = maxStale,
            NodeTtl = nodeTtl,
            ServiceTtl = serviceTtl,
            EnableTruncate = reader.Bool(),
            OnlyPassing = reader.Bool(),
            DisableCompression = reader.Bool(),
            UdpAnswerLimit = reader.Int32(),
            ARecordLimit = reader.Int32(),
            EnableAdditionalNodeMetaTxt = reader.Bool(),
            Soa = new SoaOptions { RefreshS = (uint)reader.UInt(), RetryS = (uint)reader.UInt(), ExpireS = (uint)reader.UInt(), MinTtlS = (uint)reader.UInt() },
        });
    }

    /// <summary>A whole request.</summary>
    /// <param name="settings">As <see cref="EncodeSettings"/> gives them.</param>
    /// <param name="asker">Who asks, and how.</param>
    /// <param name="packet">The request as it came.</param>
    /// <param name="resolved">What recursors told of hosts; null while they were not asked.</param>
    public static byte[] EncodeQuery(byte[] settings, in Asker asker, ReadOnlySpan<byte> packet, ResolvedHosts? resolved)
    {
        var bytes = new ArrayBufferWriter<byte>(settings.Length + packet.Length + 64);
        var writer = new FieldWriter(bytes);
        writer.Bytes(settings);
        writer.Byte((byte)asker.Transport);
        writer.Text(asker.Agent ?? "");
        writer.Bytes(asker.Address);
        writer.Bytes(packet);
        EncodeHosts(ref writer, resolved);
        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>Reads the hosts at the end of a request.</summary>
    /// <exception cref="InvalidDataException">Malformed.</exception>
    public static ResolvedHosts? DecodeHosts(ref FieldReader reader)
    {
        int count = reader.OptionalCount(2);
        if (count < 0)
            return null;
        var hosts = new ResolvedHosts();
        for (; count > 0; count--)
        {
            byte[] host = Name(ref reader);
            var records = new List<HostRecord>();
            for (int rest = Math.Max(0, reader.OptionalCount(4)); rest > 0; rest--)
            {
                byte[] owner = Name(ref reader);
                var type = (RecordType)reader.UInt();
                ReadOnlySpan<byte> data = reader.Bytes();
                bool isSound = type switch
                {
                    RecordType.A => data.Length == 4,
                    RecordType.Aaaa => data.Length == 16,
                    RecordType.Cname => IsName(data),
                    _ => false,
                };
                if (!isSound)
                    throw new InvalidDataException("no address and no alias");
                records.Add(new HostRecord(owner, type, data.ToArray(), (uint)reader.UInt()));
            }

            hosts.Add(host, records);
        }

        return hosts;
    }

    /// <summary>What the server sends back: the reply behind a byte that says that it is one, or what it takes to get one.</summary>
    /// <param name="length">As <see cref="Responder.Answer"/> returns it.</param>
    /// <param name="reply">Holds the reply.</param>
    /// <param name="wanted">Hosts to resolve if that is what it takes.</param>
    public static byte[] EncodeAnswer(int length, ReadOnlySpan<byte> reply, IReadOnlyList<byte[]> wanted)
    {
        if (length >= 0)
            return [(byte)AnswerKind.Reply, .. reply[..length]];
        if (length == Responder.Recurse)
            return [(byte)AnswerKind.Recurse];
        var bytes = new ArrayBufferWriter<byte>(256);
        var writer = new FieldWriter(bytes);
        writer.Byte((byte)AnswerKind.Wanted);
        writer.UInt((ulong)wanted.Count + 1);
        foreach (byte[] host in wanted)
            writer.Bytes(host);
        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>The answer of <see cref="EncodeAnswer"/>.</summary>
    /// <param name="answer">What the server sent.</param>
    /// <param name="offset">Bytes to leave free in front of the reply.</param>
    /// <exception cref="InvalidDataException">Malformed.</exception>
    public static PooledReply DecodeAnswer(ReadOnlySpan<byte> answer, int offset)
    {
        var reader = new FieldReader(answer);
        switch ((AnswerKind)reader.Byte())
        {
            case AnswerKind.Reply when answer.Length == 1:
                return new PooledReply(null, 0, []);
            case AnswerKind.Reply when answer.Length - 1 <= DnsLimits.MessageBytes:
                byte[] reply = ArrayPool<byte>.Shared.Rent(offset + answer.Length - 1);
                answer[1..].CopyTo(reply.AsSpan(offset));
                return new PooledReply(reply, answer.Length - 1, []);
            case AnswerKind.Recurse:
                return new PooledReply(null, Responder.Recurse, []);
            case AnswerKind.Wanted:
                var wanted = new List<byte[]>();
                for (int count = reader.OptionalCount(1); count > 0; count--)
                    wanted.Add(Name(ref reader));
                return new PooledReply(null, Responder.NeedsHosts, wanted);
            default:
                throw new InvalidDataException("no answer to a DNS query");
        }
    }

    private static void EncodeHosts(ref FieldWriter writer, ResolvedHosts? resolved)
    {
        writer.UInt(resolved is null ? 0 : (ulong)resolved.All.Count + 1);
        foreach ((byte[] host, IReadOnlyList<HostRecord> records) in resolved?.All ?? [])
        {
            writer.Bytes(host);
            writer.UInt((ulong)records.Count + 1);
            foreach (HostRecord record in records)
            {
                writer.Bytes(record.Owner);
                writer.UInt((ulong)record.Type);
                writer.Bytes(record.Data);
                writer.UInt(record.TtlS);
            }
        }
    }

    private static byte[] Name(ref FieldReader reader)
    {
        ReadOnlySpan<byte> name = reader.Bytes();
        return IsName(name) ? name.ToArray() : throw new InvalidDataException("no name");
    }

    private static bool IsName(ReadOnlySpan<byte> name) => name.Length <= DnsLimits.NameBytes && WireReader.PlainNameLength(name) == name.Length;

    private enum AnswerKind : byte
    {
        Reply,
        Recurse,
        Wanted,
    }
}
