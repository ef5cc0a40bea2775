using Praetor.Api.Dns.Answers;
using Praetor.Api.Dns.Names;
using Praetor.Api.Dns.Wire;

namespace Praetor.Api.Dns.Lookups;

/// <summary><c>.addr</c> names: the address is spelled in the name (dns 2, 3). Needs no state.</summary>
public sealed class AddressLookup
{
    // The client's own question needs its bytes only until the reply is written, so they can live in scratch memory.
    private readonly byte[] _ipv4 = new byte[4];
    private readonly byte[] _ipv6 = new byte[16];

    /// <summary>Adds the address: as an answer if the type fits, else as an additional record.</summary>
    public LookupOutcome Answer(LookupScope scope, Question question, RecordList answers, RecordList additional, int depth)
    {
        LabelRun subject = question.Parts.Subject;
        ReadOnlySpan<byte> hex = question.LowerName[(subject.Start + 1)..subject.End];
        byte[]? data = hex.Length switch { 8 => _ipv4, 32 => _ipv6, _ => null };
        if (data is null)
            return LookupOutcome.Invalid;
        if (depth > 0)
            data = new byte[data.Length];
        if (!TryParseHex(hex, data))
            return LookupOutcome.Invalid;

        RecordType type = data.Length == 4 ? RecordType.A : RecordType.Aaaa;
        RecordList section = question.Type == type || question.Type == RecordType.Any ? answers : additional;
        section.Add(new AnswerRecord { Type = type, Owner = question.LowerOwner, Data = data, TtlS = scope.Settings.NodeTtlS });
        return LookupOutcome.Answered;
    }

    private static bool TryParseHex(ReadOnlySpan<byte> hex, Span<byte> destination)
    {
        for (int i = 0; i < destination.Length; i++)
        {
            int high = HexDigit(hex[2 * i]), low = HexDigit(hex[2 * i + 1]);
            if ((high | low) < 0)
                return false;
            destination[i] = (byte)(high << 4 | low);
        }
        return true;
    }

    private static int HexDigit(byte digit) => digit switch
    {
        >= (byte)'0' and <= (byte)'9' => digit - '0',
        >= (byte)'a' and <= (byte)'f' => digit - 'a' + 10,
        _ => -1,
    };
}
