using System.Buffers.Text;
using System.Text;

namespace Praetor.Load.Wire;

/// <summary>A reused buffer in which one request is written.</summary>
public sealed class RequestWriter
{
    private byte[] _buffer = new byte[1024];
    private int _length;

    /// <summary>What was written since <see cref="Clear"/>.</summary>
    public Span<byte> Written => _buffer.AsSpan(0, _length);

    /// <summary>Begins anew.</summary>
    public void Clear() => _length = 0;

    /// <summary>Appends bytes.</summary>
    public RequestWriter Add(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        _length += bytes.Length;
        return this;
    }

    /// <summary>Appends ASCII text.</summary>
    public RequestWriter Add(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        _length += Encoding.ASCII.GetBytes(text, Room(text.Length));
        return this;
    }

    /// <summary>Appends a number in decimal.</summary>
    public RequestWriter Add(long number)
    {
        Utf8Formatter.TryFormat(number, Room(20), out var written);
        _length += written;
        return this;
    }

    /// <summary>A whole GET request.</summary>
    public void Get(string path, long number = -1, string rest = "")
    {
        Add("GET "u8).Add(path);
        if (number >= 0)
            Add(number);
        Add(rest).Add(" HTTP/1.1\r\nHost: load\r\n\r\n"u8);
    }

    /// <summary>A whole PUT request.</summary>
    public void Put(string path, long number, ReadOnlySpan<byte> body)
    {
        Add("PUT "u8).Add(path);
        if (number >= 0)
            Add(number);
        Add(" HTTP/1.1\r\nHost: load\r\nContent-Length: "u8).Add(body.Length).Add("\r\n\r\n"u8).Add(body);
    }

    /// <summary>A whole POST request.</summary>
    public void Post(string path, ReadOnlySpan<byte> body) =>
        Add("POST "u8).Add(path).Add(" HTTP/1.1\r\nHost: load\r\nContent-Length: "u8).Add(body.Length).Add("\r\n\r\n"u8).Add(body);

    private Span<byte> Room(int size)
    {
        if (_buffer.Length - _length < size)
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + size));
        return _buffer.AsSpan(_length);
    }
}
