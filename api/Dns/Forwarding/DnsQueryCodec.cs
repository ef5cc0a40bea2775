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
    private const byte Version = 2;

    /// <summary>The settings as bytes; equal settings give equal bytes.</summary>
    public static byte[] EncodeSettings(DnsServerOptions server, DnsOptions options)
    {
        var bytes = new ArrayBufferWriter<byte>(128);
        var writer = new FieldWriter(bytes);
        writer.Byte(Version);
        writer.Text(server.Domain);
        writer.Text(server.AltDomain);
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
    public static byte[] EncodeQuery(byte[] settings, in Asker asker, ReadOnlySpan<byte> packet)
    {
        var bytes = new ArrayBufferWriter<byte>(settings.Length + packet.Length + 64);
        var writer = new FieldWriter(bytes);
        writer.Bytes(settings);
        writer.Byte((byte)asker.Transport);
        writer.Text(asker.Agent ?? "");
        writer.Bytes(asker.Address);
        writer.Bytes(packet);
        return bytes.WrittenSpan.ToArray();
    }
}
