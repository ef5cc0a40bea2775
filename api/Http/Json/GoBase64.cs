using System.Buffers;
using System.Buffers.Text;
using System.Globalization;

namespace Praetor.Api.Http.Json;

/// <summary>Standard padded base64, decoded and refused as clients know it. No state.</summary>
internal static class GoBase64
{
    /// <summary>The bytes; line breaks between the digits are ignored.</summary>
    /// <exception cref="GoJsonException"><c>illegal base64 data at input byte N</c>.</exception>
    internal static byte[] Decode(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty)
            return [];
        var decoded = new byte[text.Length / 4 * 3 + 3];
        var plain = !text.ContainsAny(" \t\r\n"u8);
        if (plain && Base64.DecodeFromUtf8(text, decoded, out _, out var length) == OperationStatus.Done)
            return decoded.AsSpan(0, length).ToArray();
        return decoded.AsSpan(0, DecodeDigits(text, decoded)).ToArray();
    }

    /// <summary>Digit by digit: the rare way, for text with line breaks and to find where broken text breaks.</summary>
    private static int DecodeDigits(ReadOnlySpan<byte> text, Span<byte> output)
    {
        var written = 0;
        var group = 0;
        var digits = 0;
        for (var position = 0; position < text.Length; position++)
        {
            var c = text[position];
            if (c is (byte)'\r' or (byte)'\n')
                continue;
            if (c == '=')
            {
                if (digits < 2)
                    throw Illegal(position);
                CheckPadding(text, position, digits);
                output[written++] = (byte)(digits == 2 ? group >> 4 : group >> 10);
                if (digits == 3)
                    output[written++] = (byte)(group >> 2);
                return written;
            }
            var value = DigitValue(c);
            if (value < 0)
                throw Illegal(position);
            group = group << 6 | value;
            if (++digits < 4)
                continue;
            output[written++] = (byte)(group >> 16);
            output[written++] = (byte)(group >> 8);
            output[written++] = (byte)group;
            group = digits = 0;
        }
        return digits == 0 ? written : throw Illegal(text.Length - digits);
    }

    /// <summary>Two digits need two signs of padding, three need one; nothing but line breaks may follow.</summary>
    private static void CheckPadding(ReadOnlySpan<byte> text, int position, int digits)
    {
        var next = SkipLineBreaks(text, position + 1);
        if (digits == 2)
        {
            if (next == text.Length)
                throw Illegal(text.Length);
            if (text[next] != '=')
                throw Illegal(next - 1);
            next = SkipLineBreaks(text, next + 1);
        }
        if (next < text.Length)
            throw Illegal(next);
    }

    private static int SkipLineBreaks(ReadOnlySpan<byte> text, int position)
    {
        while (position < text.Length && text[position] is (byte)'\r' or (byte)'\n')
            position++;
        return position;
    }

    private static int DigitValue(byte c) => c switch
    {
        >= (byte)'A' and <= (byte)'Z' => c - 'A',
        >= (byte)'a' and <= (byte)'z' => c - 'a' + 26,
        >= (byte)'0' and <= (byte)'9' => c - '0' + 52,
        (byte)'+' => 62,
        (byte)'/' => 63,
        _ => -1,
    };

    private static GoJsonException Illegal(int position) =>
        new($"illegal base64 data at input byte {position.ToString(CultureInfo.InvariantCulture)}");
}
