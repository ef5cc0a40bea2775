using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Praetor.Core.Codec;

/// <summary>
/// Writes the fields of commands, snapshots and wire messages: LEB128 variable-length integers, length-prefixed bytes, no field
/// tags (a record starts with its format version instead). Deterministic: equal values give equal bytes.
/// </summary>
public readonly ref struct FieldWriter(IBufferWriter<byte> output)
{
    private readonly IBufferWriter<byte> _output = output;

    /// <summary>One byte.</summary>
    public void Byte(byte value)
    {
        _output.GetSpan(1)[0] = value;
        _output.Advance(1);
    }

    /// <summary>0 or 1.</summary>
    public void Bool(bool value) => Byte(value ? (byte)1 : (byte)0);

    /// <summary>An unsigned number, 1 to 10 bytes.</summary>
    public void UInt(ulong value)
    {
        Span<byte> span = _output.GetSpan(10);
        int length = 0;
        while (value >= 0x80)
        {
            span[length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        span[length++] = (byte)value;
        _output.Advance(length);
    }

    /// <summary>A signed number, zigzag-coded.</summary>
    public void Int(long value) => UInt((ulong)((value << 1) ^ (value >> 63)));

    /// <summary>A 64-bit float, little-endian.</summary>
    public void Double(double value)
    {
        BinaryPrimitives.WriteDoubleLittleEndian(_output.GetSpan(8), value);
        _output.Advance(8);
    }

    /// <summary>Bytes with their length.</summary>
    public void Bytes(ReadOnlySpan<byte> value)
    {
        UInt((ulong)value.Length);
        _output.Write(value);
    }

    /// <summary>UTF-8 text with its length in bytes.</summary>
    public void Text(string value)
    {
        int size = Encoding.UTF8.GetByteCount(value);
        UInt((ulong)size);
        if (size == 0)
            return;
        Span<byte> span = _output.GetSpan(size);
        _output.Advance(Encoding.UTF8.GetBytes(value, span));
    }

    /// <summary>Text that may be missing.</summary>
    public void OptionalText(string? value)
    {
        Bool(value is not null);
        if (value is not null)
            Text(value);
    }

    /// <summary>A list of texts that may be missing.</summary>
    public void TextList(IReadOnlyList<string>? values)
    {
        UInt(values is null ? 0 : (ulong)values.Count + 1);
        if (values is null)
            return;
        foreach (string value in values)
            Text(value);
    }

    /// <summary>A map of texts that may be missing; written in ordinal key order so that equal maps give equal bytes.</summary>
    public void TextMap(IReadOnlyDictionary<string, string>? map)
    {
        UInt(map is null ? 0 : (ulong)map.Count + 1);
        if (map is null)
            return;
        foreach ((string key, string value) in map.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            Text(key);
            Text(value);
        }
    }
}
