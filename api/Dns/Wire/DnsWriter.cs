using System.Buffers.Binary;
using Praetor.Api.Dns.Answers;
using Praetor.Api.Dns.Names;

namespace Praetor.Api.Dns.Wire;

/// <summary>
/// Writes one message straight into the send buffer. Names compress against what this message already holds; SRV targets are
/// written in full (RFC 2782), but others may point into them. Nothing is written beyond the buffer: a record that does not fit
/// is refused whole.
/// </summary>
public ref struct DnsWriter
{
    private const int QuestionOffset = DnsLimits.HeaderBytes;
    private const ushort PointerMark = 0xC000;
    private const ushort ClassIn = 1;
    private const ushort ClientSubnetOption = 8;
    private const int SoaNumbersBytes = 20;

    private readonly Span<byte> _buffer;
    private readonly NameTable _names;
    private readonly bool _compress;
    private int _questionNameBytes;
    private int _domainOffset;
    private int _domainBytes;

    /// <summary>Starts a message behind the header, which is written last.</summary>
    public DnsWriter(Span<byte> buffer, NameTable names, bool compress)
    {
        _buffer = buffer;
        _names = names;
        _compress = compress;
        names.Clear();
        Position = QuestionOffset;
    }

    /// <summary>Bytes written so far, header included.</summary>
    public int Position { get; private set; }

    /// <summary>Echoes the question. <paramref name="domainOffset"/> is where the domain begins in its name; -1 if it lies in none.</summary>
    public void WriteQuestion(scoped in DnsRequest request, int domainOffset)
    {
        request.Question.CopyTo(_buffer[Position..]);
        Position += request.Question.Length;
        _questionNameBytes = request.Name.Length;
        if (domainOffset >= 0)
        {
            _domainOffset = QuestionOffset + domainOffset;
            _domainBytes = request.Name.Length - domainOffset;
        }
    }

    /// <summary>
    /// Lets names point into the question: the domain if it is spelled in lower case, and the datacenter and kind labels
    /// in front of it.
    /// </summary>
    public readonly void NoteQuestionNames(DnsZone zone, DomainNames domain)
    {
        if (_buffer.Slice(_domainOffset, _domainBytes).SequenceEqual(domain.Wire))
            _names.Add(domain.Apex, _domainOffset);
        int at = _domainOffset - zone.DatacenterName.Labels.Length;
        if (!StandsAt(zone.DatacenterName.Labels, at))
            return;
        _names.Add(zone.DatacenterName, at);
        foreach (WireName kind in (ReadOnlySpan<WireName>)[zone.Nodes, zone.Addresses])
        {
            if (StandsAt(kind.Labels, at - kind.Labels.Length))
                _names.Add(kind, at - kind.Labels.Length);
        }
    }

    /// <summary>Writes a record; false if there is no room for it even in full.</summary>
    public bool TryWrite(in AnswerRecord record, in SoaFields soa)
    {
        if (FullSize(record, soa) > _buffer.Length - Position)
            return false;
        WriteName(record.Owner, mayPoint: true);
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[Position..], (ushort)record.Type);
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[(Position + 2)..], ClassIn);
        BinaryPrimitives.WriteUInt32BigEndian(_buffer[(Position + 4)..], record.TtlS);
        int lengthAt = Position + 8;
        Position += WireReader.RecordFixedBytes;
        WriteData(record, soa);
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[lengthAt..], (ushort)(Position - lengthAt - 2));
        return true;
    }

    /// <summary>Bytes the record would take now, given the names already written.</summary>
    public readonly int Size(in AnswerRecord record, in SoaFields soa)
    {
        if (!_compress)
            return FullSize(record, soa);
        return NameSize(record.Owner) + WireReader.RecordFixedBytes + record.Type switch
        {
            RecordType.Srv => 6 + FullNameSize(record.Target),
            RecordType.Cname or RecordType.Ns or RecordType.Ptr => NameSize(record.Target),
            RecordType.Soa => NameSize(soa.Domain!.NameServer) + NameSize(soa.Domain.Hostmaster) + SoaNumbersBytes,
            _ => record.Data!.Length,
        };
    }

    /// <summary>Bytes the record takes without any compression.</summary>
    public readonly int FullSize(in AnswerRecord record, in SoaFields soa) =>
        FullNameSize(record.Owner) + WireReader.RecordFixedBytes + record.Type switch
        {
            RecordType.Srv => 6 + FullNameSize(record.Target),
            RecordType.Cname or RecordType.Ns or RecordType.Ptr => FullNameSize(record.Target),
            RecordType.Soa => FullNameSize(soa.Domain!.NameServer) + FullNameSize(soa.Domain.Hostmaster) + SoaNumbersBytes,
            _ => record.Data!.Length,
        };

    /// <summary>True if the name, or one equal to it by identity, was written before.</summary>
    public readonly bool Holds(WireName name) => _names.Find(name) >= 0;

    /// <summary>Goes back to an earlier position, forgetting the names behind it. At most once per message.</summary>
    public void CutAt(int position)
    {
        Position = position;
        _names.CutAt(position);
    }

    /// <summary>Echoes EDNS0: the request's size and, if sent, its client subnet with its prefix or 0 as scope (dns 6). False if there is no room.</summary>
    public bool TryWriteOpt(scoped in EdnsRequest edns, bool hasSubnetScope)
    {
        int size = OptSize(edns);
        if (size > _buffer.Length - Position)
            return false;
        Span<byte> opt = _buffer.Slice(Position, size);
        opt.Clear(); // root owner, extended code, version and flags are all zero
        BinaryPrimitives.WriteUInt16BigEndian(opt[1..], (ushort)RecordType.Opt);
        BinaryPrimitives.WriteUInt16BigEndian(opt[3..], edns.UdpSizeBytes);
        BinaryPrimitives.WriteUInt16BigEndian(opt[9..], (ushort)(size - 11));
        if (edns.HasSubnet)
            WriteSubnet(edns, hasSubnetScope, opt[11..]);
        Position += size;
        return true;
    }

    /// <summary>Bytes of the OPT record that answers the request's.</summary>
    public static int OptSize(scoped in EdnsRequest edns) => 11 + (edns.HasSubnet ? 8 + (edns.SubnetPrefixBits + 7) / 8 : 0);

    private static void WriteSubnet(scoped in EdnsRequest edns, bool hasScope, Span<byte> option)
    {
        int addressBytes = (edns.SubnetPrefixBits + 7) / 8;
        BinaryPrimitives.WriteUInt16BigEndian(option, ClientSubnetOption);
        BinaryPrimitives.WriteUInt16BigEndian(option[2..], (ushort)(4 + addressBytes));
        BinaryPrimitives.WriteUInt16BigEndian(option[4..], edns.SubnetFamily);
        option[6] = edns.SubnetPrefixBits;
        option[7] = hasScope ? edns.SubnetPrefixBits : (byte)0;
        Span<byte> address = option.Slice(8, addressBytes);
        edns.SubnetAddress[..Math.Min(addressBytes, edns.SubnetAddress.Length)].CopyTo(address);
        int spareBits = addressBytes * 8 - edns.SubnetPrefixBits;
        if (spareBits > 0)
            address[^1] &= (byte)(0xFF << spareBits);
    }

    private void WriteData(in AnswerRecord record, in SoaFields soa)
    {
        switch (record.Type)
        {
            case RecordType.Srv:
                BinaryPrimitives.WriteUInt16BigEndian(_buffer[Position..], AnswerRecord.SrvPriority);
                BinaryPrimitives.WriteUInt16BigEndian(_buffer[(Position + 2)..], record.Weight);
                BinaryPrimitives.WriteUInt16BigEndian(_buffer[(Position + 4)..], record.Port);
                Position += 6;
                WriteName(record.Target, mayPoint: false);
                break;
            case RecordType.Cname or RecordType.Ns or RecordType.Ptr:
                WriteName(record.Target, mayPoint: true);
                break;
            case RecordType.Soa:
                WriteName(soa.Domain!.NameServer, mayPoint: true);
                WriteName(soa.Domain.Hostmaster, mayPoint: true);
                Span<byte> numbers = _buffer.Slice(Position, SoaNumbersBytes);
                BinaryPrimitives.WriteUInt32BigEndian(numbers, soa.Serial);
                BinaryPrimitives.WriteUInt32BigEndian(numbers[4..], soa.Options.RefreshS);
                BinaryPrimitives.WriteUInt32BigEndian(numbers[8..], soa.Options.RetryS);
                BinaryPrimitives.WriteUInt32BigEndian(numbers[12..], soa.Options.ExpireS);
                BinaryPrimitives.WriteUInt32BigEndian(numbers[16..], soa.Options.MinTtlS);
                Position += SoaNumbersBytes;
                break;
            default:
                record.Data.CopyTo(_buffer[Position..]);
                Position += record.Data!.Length;
                break;
        }
    }

    private void WriteName(WireName? name, bool mayPoint)
    {
        bool points = mayPoint && _compress;
        if (name is null)
        {
            if (points)
                WritePointer(QuestionOffset);
            else
                Copy(_buffer.Slice(QuestionOffset, _questionNameBytes));
            return;
        }
        for (WireName? piece = name; piece is not null; piece = piece.Tail)
        {
            if (piece.IsAskedDomain)
            {
                if (points)
                    WritePointer(_domainOffset);
                else
                    Copy(_buffer.Slice(_domainOffset, _domainBytes));
                return;
            }
            int known = _names.Find(piece);
            if (known >= 0 && points)
            {
                WritePointer(known);
                return;
            }
            if (known < 0)
                _names.Add(piece, Position);
            Copy(piece.Labels);
        }
        _buffer[Position++] = 0;
    }

    private readonly int NameSize(WireName? name)
    {
        if (name is null)
            return 2;
        int size = 0;
        for (WireName? piece = name; piece is not null; piece = piece.Tail)
        {
            if (piece.IsAskedDomain || _names.Find(piece) >= 0)
                return size + 2;
            size += piece.Labels.Length;
        }
        return size + 1;
    }

    private readonly int FullNameSize(WireName? name) =>
        name is null ? _questionNameBytes : name.LabelBytes + (name.EndsInAskedDomain ? _domainBytes : 1);

    private readonly bool StandsAt(ReadOnlySpan<byte> labels, int offset) =>
        offset >= QuestionOffset && _buffer.Slice(offset, labels.Length).SequenceEqual(labels);

    private void WritePointer(int offset)
    {
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[Position..], (ushort)(PointerMark | offset));
        Position += 2;
    }

    private void Copy(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_buffer[Position..]);
        Position += bytes.Length;
    }
}

/// <summary>What the SOA record of a reply says, whichever section it stands in.</summary>
public readonly struct SoaFields
{
    /// <summary>Domain it speaks for; null if the reply has no SOA.</summary>
    public DomainNames? Domain { get; init; }

    /// <summary>Numbers from configuration.</summary>
    public SoaOptions Options { get; init; }

    /// <summary>Unix seconds.</summary>
    public uint Serial { get; init; }
}
