using System.Buffers.Binary;
using Praetor.Api.Dns.Names;
using Praetor.Api.Dns.Wire;

namespace Praetor.Api.Dns.Answers;

/// <summary>
/// Turns a <see cref="Reply"/> into a message: header rules of dns 1, size rules of dns 7. Owns the scratch memory that this takes;
/// one per answering loop, not thread-safe.
/// </summary>
public sealed class ReplyEncoder
{
    private const ushort FlagResponse = 0x8000;
    private const ushort FlagAuthoritative = 0x0400;
    private const ushort FlagTruncated = 0x0200;
    private const ushort FlagRecursionDesired = 0x0100;
    private const ushort FlagRecursionAvailable = 0x0080;
    private const ushort FlagCheckingDisabled = 0x0010;
    private const ushort OpCodeMask = 0x7800;
    private const int Unmeasured = int.MaxValue / 2; // longer than any message, and safe to add to

    private readonly NameTable _names = new();
    private int[] _ends = new int[64]; // position behind answer i
    private int[] _trimmed = new int[64]; // message length with i answers and the additional section rebuilt
    private bool[] _repeats = new bool[64]; // the target of answer i already stands in an earlier one

    /// <summary>Answers in the message encoded last.</summary>
    public int Kept { get; private set; }

    /// <summary>Header-only reply: FORMERR, NOTIMP, REFUSED of dns 1. Returns its length.</summary>
    public static int WriteHeaderOnly(scoped in DnsRequest request, ResponseCode code, Span<byte> buffer)
    {
        // NOTIMP echoes opcode and flags; the others answer as a QUERY with RD alone.
        int kept = code == ResponseCode.NotImplemented ? OpCodeMask | FlagRecursionDesired | 0x0020 | FlagCheckingDisabled : FlagRecursionDesired;
        buffer[..DnsLimits.HeaderBytes].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(buffer, request.Id);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[2..], (ushort)(FlagResponse | (request.Flags & kept) | (int)code));
        return DnsLimits.HeaderBytes;
    }

    /// <summary>Writes the reply and returns its length.</summary>
    /// <param name="reply">What to say.</param>
    /// <param name="request">What was asked.</param>
    /// <param name="query">The question name taken apart.</param>
    /// <param name="zone">Domains served.</param>
    /// <param name="options">Compression, truncation, limits.</param>
    /// <param name="transport">How it goes out.</param>
    /// <param name="buffer">At least <see cref="DnsLimits.MessageBytes"/>.</param>
    public int Encode(Reply reply, scoped in DnsRequest request, in QueryName query, DnsZone zone, DnsOptions options,
        DnsTransport transport, Span<byte> buffer)
    {
        DnsWriter writer = new(buffer, _names, !options.DisableCompression);
        writer.WriteQuestion(request, query.Zone == ZoneKind.Catalog ? query.DomainOffset : -1);
        if (query.Domain is not null)
            writer.NoteQuestionNames(zone, query.Domain);

        SoaFields soa = reply.Soa;
        Trimming trimming = Trimming.For(transport, request, options.UdpAnswerLimit);
        Counts counts = reply.IsTrimmable
            ? WriteTrimmed(reply, request, soa, trimming, ref writer)
            : WriteWhole(reply, request, soa, ref writer);

        Kept = counts.Answers;
        int flags = FlagResponse | (int)reply.Code | (request.Flags & OpCodeMask);
        if ((request.Flags & OpCodeMask) == 0)
            flags |= request.Flags & (FlagRecursionDesired | FlagCheckingDisabled);
        if (reply.IsAuthoritative)
            flags |= FlagAuthoritative;
        if (options.Recurses)
            flags |= FlagRecursionAvailable;
        if (counts.IsCut && options.EnableTruncate)
            flags |= FlagTruncated;
        BinaryPrimitives.WriteUInt16BigEndian(buffer, request.Id);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[2..], (ushort)flags);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[4..], 1);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[6..], (ushort)counts.Answers);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[8..], (ushort)counts.Authority);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[10..], (ushort)counts.Additional);
        return writer.Position;
    }

    private readonly record struct Counts(int Answers, int Authority, int Additional, bool IsCut = false);

    private static Counts WriteWhole(Reply reply, scoped in DnsRequest request, in SoaFields soa, ref DnsWriter writer)
    {
        int answers = WriteSection(reply.Answers, soa, ref writer);
        return WriteRest(reply, request, soa, answers, ref writer);
    }

    /// <summary>Authority, additional, OPT. What does not fit into 64 KiB is left out, OPT last.</summary>
    private static Counts WriteRest(Reply reply, scoped in DnsRequest request, in SoaFields soa, int answers, ref DnsWriter writer)
    {
        int authority = WriteSection(reply.Authority, soa, ref writer);
        int additional = WriteSection(reply.Additional, soa, ref writer);
        if (reply.EchoesEdns && request.Edns.Present && writer.TryWriteOpt(request.Edns, reply.HasSubnetScope && reply.Code == ResponseCode.NoError))
            additional++;
        return new Counts(answers, authority, additional);
    }

    private static int WriteSection(RecordList section, in SoaFields soa, ref DnsWriter writer)
    {
        int written = 0;
        foreach (ref readonly AnswerRecord record in section.Records)
        {
            if (writer.TryWrite(record, soa))
                written++;
        }
        return written;
    }

    private Counts WriteTrimmed(Reply reply, scoped in DnsRequest request, in SoaFields soa, Trimming trimming, ref DnsWriter writer)
    {
        int total = reply.Answers.Count;
        int kept = Math.Min(total, trimming.MaxAnswers);
        int start = writer.Position;
        int written = WriteAnswers(reply, kept, trimming, soa, ref writer);
        bool isTooMany = kept < total;
        if (!isTooMany)
        {
            Counts whole = WriteRest(reply, request, soa, written, ref writer);
            bool isWhole = written == total && whole.Authority == reply.Authority.Count && whole.Additional >= reply.Additional.Count;
            int length = isWhole ? writer.Position : Unmeasured;
            if (!trimming.Exceeds(kept, length))
                return whole;
            Measure(reply, kept, written, start, isFull: false, soa, ref writer);
            kept = trimming.Keep(kept, length, _trimmed.AsSpan(0, kept + 1));
        }
        else
        {
            Measure(reply, kept, written, start, isFull: trimming.IsPlainUdp, soa, ref writer);
            kept = trimming.Keep(kept, _trimmed[kept], _trimmed.AsSpan(0, kept + 1));
        }

        writer.CutAt(kept == 0 ? start : _ends[kept - 1]);
        int additional = WriteGlue(reply, kept, soa, ref writer);
        bool isCut = kept < (isTooMany && !trimming.IsPlainUdp ? trimming.MaxAnswers : total);
        return new Counts(kept, 0, additional, isCut);
    }

    /// <summary>Writes answers until so many are written, or the message is so long that the rest can only be cut.</summary>
    private int WriteAnswers(Reply reply, int count, Trimming trimming, in SoaFields soa, ref DnsWriter writer)
    {
        if (_ends.Length <= count)
        {
            int capacity = Math.Max(count + 1, _ends.Length * 2);
            _ends = new int[capacity];
            _trimmed = new int[capacity];
            _repeats = new bool[capacity];
        }
        int hopeless = trimming.MaxBytes + Trimming.SearchThresholdBytes;
        for (int i = 0; i < count; i++)
        {
            ref AnswerRecord record = ref reply.Answers[i];
            _repeats[i] = record.Target is not null && writer.Holds(record.Target);
            if ((writer.Position > hopeless && i > 0) || !writer.TryWrite(record, soa))
                return i;
            _ends[i] = writer.Position;
        }
        return count;
    }

    /// <summary>Fills <see cref="_trimmed"/> for 0 to <paramref name="count"/> answers.</summary>
    private void Measure(Reply reply, int count, int written, int start, bool isFull, in SoaFields soa, ref DnsWriter writer)
    {
        int fullAnswers = start, glue = 0;
        _trimmed[0] = start;
        for (int i = 0; i < count; i++)
        {
            if (i >= written)
            {
                _trimmed[i + 1] = Unmeasured;
                continue;
            }
            ref AnswerRecord answer = ref reply.Answers[i];
            fullAnswers += isFull ? writer.FullSize(answer, soa) : 0;
            for (int g = FirstGlue(answer, i); g >= 0; g = NextGlue(reply, g))
                glue += isFull ? writer.FullSize(reply.Additional[g], soa) : writer.Size(reply.Additional[g], soa);
            _trimmed[i + 1] = (isFull ? fullAnswers : _ends[i]) + glue;
        }
    }

    private int WriteGlue(Reply reply, int count, in SoaFields soa, ref DnsWriter writer)
    {
        int written = 0;
        for (int i = 0; i < count; i++)
        {
            for (int g = FirstGlue(reply.Answers[i], i); g >= 0; g = NextGlue(reply, g))
            {
                if (writer.TryWrite(reply.Additional[g], soa))
                    written++;
            }
        }
        return written;
    }

    private int FirstGlue(in AnswerRecord answer, int index) =>
        answer.Type == RecordType.Srv && !_repeats[index] ? answer.Glue : -1;

    /// <summary>The record a kept CNAME leads to, or -1.</summary>
    private static int NextGlue(Reply reply, int glue)
    {
        WireName? target = reply.Additional[glue].Type == RecordType.Cname ? reply.Additional[glue].Target : null;
        for (int i = glue + 1; target is not null && i < reply.Additional.Count; i++)
        {
            if (ReferenceEquals(reply.Additional[i].Owner, target))
                return i;
        }
        return -1;
    }
}
