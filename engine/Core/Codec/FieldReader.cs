using System.Buffers.Binary;
using System.Text;

namespace Praetor.Core.Codec;

/// <summary>
/// Reads what <see cref="FieldWriter"/> wrote. Every length is checked against what is left, so hostile bytes end in
/// <see cref="InvalidDataException"/> and never allocate more than the input's own size.
/// </summary>
public ref struct FieldReader(ReadOnlySpan<byte> input)
{
    private ReadOnlySpan<byte> _rest = input;

    /// <summary>What has not been read yet.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    /// <summary>True when everything was read.</summary>
    public readonly bool AtEnd => _rest.IsEmpty;

    /// <summary>One byte.</summary>
    public byte Byte() => Take(1)[0];

    /// <summary>0 or 1; anything else is malformed.</summary>
    public bool Bool() => Byte() switch
    {
        0 => false,
        1 => true,
        _ => throw Malformed(),
    };

    /// <summary>An unsigned number.</summary>
    public ulong UInt()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte next = Byte();
            if (shift == 63 && next > 1)
                break;
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
                return value;
        }

        throw Malformed();
    }

    /// <summary>A signed number.</summary>
    public long Int()
    {
        ulong value = UInt();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    /// <summary>A signed number that must fit 32 bits.</summary>
    public int Int32()
    {
        long value = Int();
        return value is >= int.MinValue and <= int.MaxValue ? (int)value : throw Malformed();
    }

    /// <summary>A 64-bit float.</summary>
    public double Double() => BinaryPrimitives.ReadDoubleLittleEndian(Take(8));

    /// <summary>Bytes, borrowed from the input.</summary>
    public ReadOnlySpan<byte> Bytes()
    {
        ulong length = UInt();
        return length <= (ulong)_rest.Length ? Take((int)length) : throw Malformed();
    }

    /// <summary>Text.</summary>
    public string Text() => Encoding.UTF8.GetString(Bytes());

    /// <summary>Text that may be missing.</summary>
    public string? OptionalText() => Bool() ? Text() : null;

    /// <summary>A list length; each item takes at least <paramref name="minimumItemBytes"/>. -1 = missing.</summary>
    public int OptionalCount(int minimumItemBytes)
    {
        ulong count = UInt();
        if (count == 0)
            return -1;
        return count - 1 <= (ulong)(_rest.Length / minimumItemBytes) ? (int)(count - 1) : throw Malformed();
    }

    /// <summary>A list of texts that may be missing.</summary>
    public string[]? TextList()
    {
        int count = OptionalCount(1);
        if (count < 0)
            return null;
        string[] values = new string[count];
        for (int i = 0; i < count; i++)
            values[i] = Text();
        return values;
    }

    /// <summary>A map of texts that may be missing, sorted by key.</summary>
    public SortedList<string, string>? TextMap()
    {
        int count = OptionalCount(2);
        if (count < 0)
            return null;
        var map = new SortedList<string, string>(count, StringComparer.Ordinal);
        for (int i = 0; i < count; i++)
        {
            string key = Text();
            map[key] = Text();
        }

        return map;
    }

    /// <summary>That many bytes, borrowed from the input.</summary>
    public ReadOnlySpan<byte> Take(int count)
    {
        if (count > _rest.Length)
            throw Malformed();
        ReadOnlySpan<byte> taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    private static InvalidDataException Malformed() => new("malformed binary record");
}
