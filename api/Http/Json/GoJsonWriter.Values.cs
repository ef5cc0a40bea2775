using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Praetor.Api.Http.Json;

public sealed partial class GoJsonWriter
{
    private const int MaxNumberBytes = 32;
    private const int MaxEscapeBytes = 6;

    /// <summary>Characters that stand for themselves in one byte.</summary>
    private const string Plain = " !#$%'()*+,-./0123456789:;=?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~\u007f";

    private static readonly SearchValues<char> PlainChars = SearchValues.Create(Plain);

    private static readonly SearchValues<byte> PlainBytes = SearchValues.Create(Encoding.ASCII.GetBytes(Plain));

    /// <summary>A string; a lone surrogate becomes <c>\ufffd</c>.</summary>
    public void String(string value)
    {
        BeforeItem();
        WriteQuoted(value);
        _before = Before.Value;
    }

    /// <summary>A string, or null.</summary>
    public void NullableString(string? value)
    {
        if (value is null)
            Null();
        else
            String(value);
    }

    /// <summary>A string from UTF-8 bytes; every byte that is not part of a character becomes <c>\ufffd</c>.</summary>
    public void Utf8String(ReadOnlySpan<byte> value)
    {
        BeforeItem();
        WriteByte((byte)'"');
        while (true)
        {
            var run = value.IndexOfAnyExcept(PlainBytes);
            WriteBytes(run < 0 ? value : value[..run]);
            if (run < 0)
                break;
            value = value[run..];
            var status = Rune.DecodeFromUtf8(value, out var rune, out var consumed);
            WriteRune(rune, status != OperationStatus.Done);
            value = value[(status == OperationStatus.Done ? consumed : 1)..];
        }
        WriteByte((byte)'"');
        _before = Before.Value;
    }

    /// <summary>A signed integer.</summary>
    public void Number(long value)
    {
        BeforeItem();
        Ensure(MaxNumberBytes);
        Utf8Formatter.TryFormat(value, _buffer.AsSpan(_position, MaxNumberBytes), out var length);
        _position += length;
        _before = Before.Value;
    }

    /// <summary>An unsigned integer, plain digits.</summary>
    public void Number(ulong value)
    {
        BeforeItem();
        Ensure(MaxNumberBytes);
        Utf8Formatter.TryFormat(value, _buffer.AsSpan(_position, MaxNumberBytes), out var length);
        _position += length;
        _before = Before.Value;
    }

    /// <summary>A finite double, shortest digits that read back the same.</summary>
    public void Number(double value)
    {
        BeforeItem();
        Ensure(MaxNumberBytes);
        _position += GoFloat.Format(value, _buffer.AsSpan(_position, MaxNumberBytes));
        _before = Before.Value;
    }

    /// <summary>A finite single-precision number, shortest digits that read back the same.</summary>
    public void Number(float value)
    {
        BeforeItem();
        Ensure(MaxNumberBytes);
        _position += GoFloat.Format(value, _buffer.AsSpan(_position, MaxNumberBytes));
        _before = Before.Value;
    }

    /// <summary>true or false.</summary>
    public void Bool(bool value) => Word(value ? "true"u8 : "false"u8);

    /// <summary>null.</summary>
    public void Null() => Word("null"u8);

    /// <summary>Bytes in standard padded base64 ("" when empty: callers that must show null decide so themselves).</summary>
    public void Base64(ReadOnlySpan<byte> value)
    {
        BeforeItem();
        WriteByte((byte)'"');
        while (!value.IsEmpty)
        {
            if (_end - _position < 4)
                Grow(Math.Min(MinChunkBytes, (value.Length + 2) / 3 * 4));
            var groups = Math.Min((_end - _position) / 4, (value.Length + 2) / 3);
            var part = value[..Math.Min(groups * 3, value.Length)];
            System.Buffers.Text.Base64.EncodeToUtf8(part, _buffer.AsSpan(_position, groups * 4), out _, out var written);
            _position += written;
            value = value[part.Length..];
        }
        WriteByte((byte)'"');
        _before = Before.Value;
    }

    private void Word(ReadOnlySpan<byte> word)
    {
        BeforeItem();
        Ensure(word.Length);
        word.CopyTo(_buffer.AsSpan(_position));
        _position += word.Length;
        _before = Before.Value;
    }

    private void WriteQuoted(ReadOnlySpan<char> value)
    {
        Ensure(2);
        _buffer[_position++] = (byte)'"';
        while (true)
        {
            var run = value.IndexOfAnyExcept(PlainChars);
            WriteAscii(run < 0 ? value : value[..run]);
            if (run < 0)
                break;
            value = value[run..];
            var status = Rune.DecodeFromUtf16(value, out var rune, out var consumed);
            WriteRune(rune, status != OperationStatus.Done);
            value = value[consumed..];
        }
        WriteByte((byte)'"');
    }

    private void WriteAscii(ReadOnlySpan<char> ascii)
    {
        while (true)
        {
            var length = Math.Min(ascii.Length, _end - _position);
            Ascii.FromUtf16(ascii[..length], _buffer.AsSpan(_position), out _);
            _position += length;
            ascii = ascii[length..];
            if (ascii.IsEmpty)
                return;
            Grow(Math.Min(ascii.Length, MinChunkBytes));
        }
    }

    private void WriteRune(Rune rune, bool broken)
    {
        Ensure(MaxEscapeBytes);
        var target = _buffer.AsSpan(_position);
        if (broken)
        {
            "\\ufffd"u8.CopyTo(target);
            _position += MaxEscapeBytes;
            return;
        }
        if (rune.Value > 0x7f && rune.Value is not (0x2028 or 0x2029))
        {
            _position += rune.EncodeToUtf8(target);
            return;
        }
        var letter = rune.Value switch
        {
            '"' => '"',
            '\\' => '\\',
            '\b' => 'b',
            '\f' => 'f',
            '\n' => 'n',
            '\r' => 'r',
            '\t' => 't',
            _ => '\0',
        };
        target[0] = (byte)'\\';
        if (letter != '\0')
        {
            target[1] = (byte)letter;
            _position += 2;
            return;
        }
        target[1] = (byte)'u';
        rune.Value.TryFormat(target[2..], out _, "x4", CultureInfo.InvariantCulture);
        _position += MaxEscapeBytes;
    }

    private void WriteByte(byte value)
    {
        Ensure(1);
        _buffer[_position++] = value;
    }
}
