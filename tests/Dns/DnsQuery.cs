using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Praetor.Tests.Dns;

/// <summary>A request as a client would build it. Every odd thing a test needs is one property.</summary>
internal sealed record DnsQuery(string Name, string Type = "A")
{
    public static readonly Dictionary<string, ushort> Types = new()
    {
        ["A"] = 1,
        ["NS"] = 2,
        ["CNAME"] = 5,
        ["SOA"] = 6,
        ["PTR"] = 12,
        ["MX"] = 15,
        ["TXT"] = 16,
        ["AAAA"] = 28,
        ["SRV"] = 33,
        ["DS"] = 43,
        ["IXFR"] = 251,
        ["AXFR"] = 252,
        ["ANY"] = 255,
        ["CAA"] = 257,
        ["HTTPS"] = 65,
        ["OPT"] = 41,
    };

    public ushort Id { get; init; } = 0x1234;

    /// <summary>Second header word; default: RD.</summary>
    public ushort Flags { get; init; } = 0x0100;

    public ushort Class { get; init; } = 1;

    /// <summary>UDP size of an OPT record; null = none.</summary>
    public ushort? EdnsSize { get; init; }

    /// <summary>Client subnet as address/prefix.</summary>
    public string? Subnet { get; init; }

    /// <summary>An unrelated option, code 10 (cookie).</summary>
    public bool HasCookie { get; init; }

    public byte[] ToBytes()
    {
        List<byte> message = [];
        Add16(message, Id);
        Add16(message, Flags);
        Add16(message, 1);
        Add16(message, 0);
        Add16(message, 0);
        Add16(message, (ushort)(EdnsSize is null ? 0 : 1));
        message.AddRange(WireName(Name));
        Add16(message, Types[Type]);
        Add16(message, Class);
        if (EdnsSize is { } size)
            AddOpt(message, size);
        return [.. message];
    }

    /// <summary>Dotted text to wire form; <c>\DDD</c> and <c>\x</c> escapes as in zone files.</summary>
    public static byte[] WireName(string name)
    {
        List<byte> wire = [], label = [];
        string text = name.EndsWith('.') ? name : name + ".";
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '.')
            {
                if (label.Count > 0)
                {
                    wire.Add((byte)label.Count);
                    wire.AddRange(label);
                }
                label.Clear();
            }
            else if (text[i] == '\\' && char.IsAsciiDigit(text[i + 1]))
            {
                label.Add(byte.Parse(text.AsSpan(i + 1, 3)));
                i += 3;
            }
            else
            {
                label.AddRange(Encoding.UTF8.GetBytes(text[text[i] == '\\' ? ++i : i].ToString()));
            }
        }
        wire.Add(0);
        return [.. wire];
    }

    private void AddOpt(List<byte> message, ushort size)
    {
        List<byte> options = [];
        if (HasCookie)
        {
            Add16(options, 10);
            Add16(options, 8);
            options.AddRange(new byte[8]);
        }
        if (Subnet is not null)
        {
            string[] parts = Subnet.Split('/');
            IPAddress address = IPAddress.Parse(parts[0]);
            byte[] bytes = address.GetAddressBytes();
            int prefix = int.Parse(parts[1]);
            Add16(options, 8);
            Add16(options, (ushort)(4 + (prefix + 7) / 8));
            Add16(options, (ushort)(bytes.Length == 4 ? 1 : 2));
            options.Add((byte)prefix);
            options.Add(0);
            options.AddRange(bytes.Take((prefix + 7) / 8));
        }
        message.Add(0);
        Add16(message, 41);
        Add16(message, size);
        Add16(message, 0);
        Add16(message, 0x8000); // DO, to be cleared
        Add16(message, (ushort)options.Count);
        message.AddRange(options);
    }

    private static void Add16(List<byte> bytes, ushort value)
    {
        Span<byte> two = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(two, value);
        bytes.AddRange(two);
    }
}
