using System.Buffers;
using System.Globalization;
using System.Text;
using Praetor.Core.Codec;

namespace Praetor.Api.Http.Json;

public ref partial struct GoJsonReader
{
    /// <summary>A string; <paramref name="current"/> if the value is null.</summary>
    public string ReadString(string current = "")
    {
        if (TryReadNull())
            return current;
        if (Peek() != '"')
            throw WrongType("string");
        var body = TakeStringBody(out var escaped);
        return escaped ? GoJsonStrings.Unescape(body) : GoJsonStrings.Decode(body);
    }

    /// <summary>A boolean; <paramref name="current"/> if the value is null.</summary>
    public bool ReadBool(bool current = false)
    {
        if (TryReadNull())
            return current;
        if (Peek() is not ((byte)'t' or (byte)'f'))
            throw WrongType("bool");
        return TakeBareWord()[0] == 't';
    }

    /// <summary>An integer without fraction or exponent; <paramref name="current"/> if the value is null.</summary>
    public int ReadInt(int current = 0) => ReadInteger(current, "int");

    /// <summary>An integer without fraction or exponent; <paramref name="current"/> if the value is null.</summary>
    public long ReadLong(long current = 0) => ReadInteger(current, "int64");

    /// <summary>An unsigned integer without fraction or exponent; <paramref name="current"/> if the value is null.</summary>
    public ulong ReadULong(ulong current = 0) => ReadInteger(current, "uint64");

    /// <summary>Any finite number; <paramref name="current"/> if the value is null.</summary>
    public double ReadDouble(double current = 0)
    {
        if (TryReadNull())
            return current;
        if (NextKind() != GoJsonKind.Number)
            throw WrongType("float64");
        var start = _position;
        var value = double.Parse(TakeBareWord(), NumberStyles.Float, CultureInfo.InvariantCulture);
        if (double.IsFinite(value))
            return value;
        _position = start;
        throw WrongType("float64", nameNumber: true);
    }

    /// <summary>
    /// Nanoseconds, written as a duration ("10s") or as a number of nanoseconds; <paramref name="currentNs"/> if the value is null.
    /// Values of other types are ignored, as in Consul (http-agent 1.3).
    /// </summary>
    public long ReadDurationNs(long currentNs = 0)
    {
        switch (NextKind())
        {
            case GoJsonKind.String:
                return GoDuration.TryParse(ReadString(), out var nanoseconds, out var error)
                    ? nanoseconds
                    : throw new GoJsonException(error);
            case GoJsonKind.Number:
                // The conversion saturates: no number is refused here.
                return (long)ReadDouble();
            default:
                SkipValue();
                return currentNs;
        }
    }

    /// <summary>Bytes in standard padded base64; <paramref name="current"/> if the value is null.</summary>
    public byte[]? ReadBytesBase64(byte[]? current = null)
    {
        if (TryReadNull())
            return current;
        if (Peek() != '"')
            throw WrongType("[]uint8");
        var body = TakeStringBody(out var escaped);
        return GoBase64.Decode(escaped ? Encoding.UTF8.GetBytes(GoJsonStrings.Unescape(body)) : body);
    }

    private T ReadInteger<T>(T current, string goType) where T : struct, IUtf8SpanParsable<T>, System.Numerics.IBinaryInteger<T>
    {
        if (TryReadNull())
            return current;
        if (NextKind() != GoJsonKind.Number)
            throw WrongType(goType);
        var start = _position;
        if (T.TryParse(TakeBareWord(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            && !(T.IsZero(value) && default(T) is ulong && _json[start] == '-'))
            return value;
        _position = start;
        throw WrongType(goType, nameNumber: true);
    }
}
