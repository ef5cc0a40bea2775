using System.Buffers.Binary;
using System.Net;
using System.Text;

namespace Praetor.Tests.Dns;

/// <summary>A record as text: <c>owner ttl TYPE data</c>.</summary>
internal sealed record DnsRecord(string Owner, uint Ttl, string Type, string Data)
{
    public override string ToString() => $"{Owner} {Ttl} {Type} {Data}";
}

/// <summary>
/// A reply, decoded by code that shares nothing with the server's. Throws <see cref="FormatException"/> at anything a strict client
/// would reject: bytes left over, pointers forward, lengths that disagree.
/// </summary>
internal sealed class DnsMessage
{
    private readonly byte[] _bytes;
    private int _at = 12;

    private DnsMessage(byte[] bytes) => _bytes = bytes;

    public int Length => _bytes.Length;
    public ushort Id => Word(0);
    public ushort Flags => Word(2);
    public bool IsResponse => (Flags & 0x8000) != 0;
    public int OpCode => (Flags >> 11) & 0xF;
    public bool AA => (Flags & 0x0400) != 0;
    public bool TC => (Flags & 0x0200) != 0;
    public bool RD => (Flags & 0x0100) != 0;
    public bool RA => (Flags & 0x0080) != 0;
    public string Code => (Flags & 0xF) switch { 0 => "NOERROR", 1 => "FORMERR", 2 => "SERVFAIL", 3 => "NXDOMAIN", 4 => "NOTIMP", 5 => "REFUSED", var c => $"{c}" };
    public int QuestionCount => Word(4);
    public string Question { get; private set; } = "";
    public List<DnsRecord> Answers { get; } = [];
    public List<DnsRecord> Authority { get; } = [];

    /// <summary>Additional section without OPT.</summary>
    public List<DnsRecord> Additional { get; } = [];

    public ushort? EdnsSize { get; private set; }
    public uint EdnsFlags { get; private set; }

    /// <summary>family address/source/scope of the echoed client subnet.</summary>
    public string? Subnet { get; private set; }

    public IEnumerable<string> AnswerData => Answers.Select(a => a.Data);

    public static DnsMessage Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 12)
            throw new FormatException("short header");
        DnsMessage message = new(bytes.ToArray());
        try
        {
            message.ReadAll();
        }
        catch (Exception e) when (e is IndexOutOfRangeException or ArgumentOutOfRangeException or ArgumentException)
        {
            throw new FormatException("cut short", e);
        }
        return message;
    }

    private void ReadAll()
    {
        if (QuestionCount > 0)
        {
            Question = $"{ReadName()} {TypeName(ReadWord())} {ReadWord()}";
        }
        ReadSection(Answers, Word(6));
        ReadSection(Authority, Word(8));
        ReadSection(Additional, Word(10));
        if (_at != _bytes.Length)
            throw new FormatException($"{_bytes.Length - _at} bytes left over");
    }

    private void ReadSection(List<DnsRecord> section, int count)
    {
        for (int i = 0; i < count; i++)
        {
            string owner = ReadName();
            ushort type = ReadWord(), @class = ReadWord();
            uint ttl = (uint)(ReadWord() << 16 | ReadWord());
            int end = ReadWord() + _at;
            if (end > _bytes.Length)
                throw new FormatException("data beyond the end");
            if (type == 41)
            {
                ReadOpt(section, owner, @class, ttl, end);
            }
            else
            {
                if (@class != 1)
                    throw new FormatException($"class {@class}");
                section.Add(new DnsRecord(owner, ttl, TypeName(type), ReadData(type, end)));
            }
            if (_at != end)
                throw new FormatException("data length disagrees");
        }
    }

    private void ReadOpt(List<DnsRecord> section, string owner, ushort size, uint flags, int end)
    {
        if (!ReferenceEquals(section, Additional) || owner != "." || EdnsSize is not null)
            throw new FormatException("misplaced OPT");
        EdnsSize = size;
        EdnsFlags = flags;
        while (_at < end)
        {
            ushort code = ReadWord();
            int optionEnd = ReadWord() + _at;
            if (code != 8)
                throw new FormatException($"option {code}");
            ushort family = ReadWord();
            int source = _bytes[_at++], scope = _bytes[_at++];
            byte[] address = new byte[family == 2 ? 16 : 4];
            _bytes.AsSpan(_at, optionEnd - _at).CopyTo(address);
            Subnet = $"{family} {new IPAddress(address)}/{source}/{scope}";
            _at = optionEnd;
        }
    }

    private string ReadData(ushort type, int end)
    {
        switch (type)
        {
            case 1 or 28:
                string address = new IPAddress(_bytes.AsSpan(_at, end - _at)).ToString();
                _at = end;
                return address;
            case 2 or 5 or 12:
                return ReadName();
            case 33:
                return $"{ReadWord()} {ReadWord()} {ReadWord()} {ReadName(mayPoint: false)}";
            case 6:
                return $"{ReadName()} {ReadName()} {Read32()} {Read32()} {Read32()} {Read32()} {Read32()}";
            case 16:
                List<string> strings = [];
                while (_at < end)
                {
                    int length = _bytes[_at++];
                    strings.Add($"\"{Encoding.UTF8.GetString(_bytes, _at, length)}\"");
                    _at += length;
                }
                return string.Join(' ', strings);
            default:
                throw new FormatException($"type {type}");
        }
    }

    private string ReadName(bool mayPoint = true)
    {
        StringBuilder name = new();
        int at = _at, lowest = at;
        bool jumped = false;
        while (_bytes[at] != 0)
        {
            if ((_bytes[at] & 0xC0) == 0xC0)
            {
                int target = (_bytes[at] & 0x3F) << 8 | _bytes[at + 1];
                if (!mayPoint || target >= lowest || target < 12)
                    throw new FormatException("bad pointer");
                if (!jumped)
                    _at = at + 2;
                (jumped, at, lowest) = (true, target, target);
                continue;
            }
            if (_bytes[at] > 63)
                throw new FormatException("long label");
            name.Append(Encoding.UTF8.GetString(_bytes, at + 1, _bytes[at])).Append('.');
            at += 1 + _bytes[at];
        }
        if (!jumped)
            _at = at + 1;
        return name.Length == 0 ? "." : name.ToString();
    }

    private static string TypeName(ushort type) => DnsQuery.Types.FirstOrDefault(t => t.Value == type).Key ?? $"TYPE{type}";

    private ushort Word(int at) => BinaryPrimitives.ReadUInt16BigEndian(_bytes.AsSpan(at));

    private ushort ReadWord()
    {
        _at += 2;
        return Word(_at - 2);
    }

    private uint Read32()
    {
        _at += 4;
        return BinaryPrimitives.ReadUInt32BigEndian(_bytes.AsSpan(_at - 4));
    }
}
