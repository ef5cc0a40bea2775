using System.Buffers.Text;
using System.Globalization;

namespace Praetor.Load.Wire;

/// <summary>
/// Finds the end of HTTP/1.1 answers in a stream of bytes and remembers only their status, X-Consul-Index and
/// length. Understands Content-Length and chunks, which is all that agents send on connections that stay open.
/// </summary>
public sealed class HttpAnswerParser
{
    private const int MaxHeadBytes = 64 * 1024;

    private byte[] _head = new byte[1024];
    private int _headLength;
    private State _state;
    private long _left;

    private enum State : byte
    {
        Head,
        Body,
        ChunkSize,
        Chunk,
        ChunkEnd,
        Trailer,
    }

    /// <summary>Status of the last whole answer.</summary>
    public int Status { get; private set; }

    /// <summary>X-Consul-Index of the last whole answer; 0 if it had none.</summary>
    public long Index { get; private set; }

    /// <summary>Bytes of the last whole answer's body.</summary>
    public long BodyBytes { get; private set; }

    /// <summary>True between answers: the connection may be used for the next request.</summary>
    public bool IsIdle => _state == State.Head && _headLength == 0;

    /// <summary>Takes bytes up to the end of one answer; true when it is whole. Throws <see cref="FormatException"/> on what is no HTTP.</summary>
    public bool Feed(ReadOnlySpan<byte> bytes, out int consumed)
    {
        consumed = 0;
        while (true)
        {
            var rest = bytes[consumed..];
            switch (_state)
            {
                case State.Head or State.ChunkSize or State.ChunkEnd or State.Trailer:
                    if (!TakeLine(rest, ref consumed))
                        return false;
                    if (EndLine())
                        return true;
                    break;
                default:
                    var take = (int)Math.Min(_left, rest.Length);
                    consumed += take;
                    _left -= take;
                    if (_left > 0)
                        return false;
                    if (_state == State.Body)
                    {
                        _state = State.Head;
                        return true;
                    }

                    _state = State.ChunkEnd;
                    break;
            }
        }
    }

    /// <summary>Collects bytes into the head: to the empty line for headers, to the end of line otherwise.</summary>
    private bool TakeLine(ReadOnlySpan<byte> bytes, ref int consumed)
    {
        while (true)
        {
            var end = bytes.IndexOf((byte)'\n');
            var take = end < 0 ? bytes.Length : end + 1;
            if (_headLength + take > MaxHeadBytes)
                throw new FormatException("headers without end");
            if (_headLength + take > _head.Length)
                Array.Resize(ref _head, Math.Max(_head.Length * 2, _headLength + take));
            bytes[..take].CopyTo(_head.AsSpan(_headLength));
            _headLength += take;
            consumed += take;
            if (end < 0)
                return false;
            if (_state != State.Head || _head.AsSpan(0, _headLength).EndsWith("\r\n\r\n"u8))
                return true;
            bytes = bytes[take..];
        }
    }

    /// <summary>True if the line ended the answer.</summary>
    private bool EndLine()
    {
        var line = _head.AsSpan(0, _headLength);
        _headLength = 0;
        switch (_state)
        {
            case State.Head:
                return EndHead(line);
            case State.ChunkSize:
                if (!Utf8Parser.TryParse(line, out long size, out _, 'x') || size < 0)
                    throw new FormatException("no chunk size");
                BodyBytes += size;
                _left = size;
                _state = size == 0 ? State.Trailer : State.Chunk;
                return false;
            case State.ChunkEnd:
                if (line.Length > 2)
                    throw new FormatException("a chunk longer than its size");
                _state = State.ChunkSize;
                return false;
            default:
                var isLast = line.Length <= 2;
                _state = isLast ? State.Head : State.Trailer;
                return isLast;
        }
    }

    private bool EndHead(ReadOnlySpan<byte> head)
    {
        if (!head.StartsWith("HTTP/1."u8) || !Utf8Parser.TryParse(head[9..], out int status, out _))
            throw new FormatException("no HTTP answer");
        Status = status;
        Index = Header(head, "\r\nX-Consul-Index: "u8, out var index) ? index : 0;
        BodyBytes = 0;
        if (head.IndexOf("\r\nTransfer-Encoding: chunked\r\n"u8) >= 0)
        {
            _state = State.ChunkSize;
            return false;
        }

        if (!Header(head, "\r\nContent-Length: "u8, out _left) || _left < 0)
            throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"an answer {status} without length"));
        BodyBytes = _left;
        _state = _left == 0 ? State.Head : State.Body;
        return _left == 0;
    }

    private static bool Header(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name, out long value)
    {
        value = 0;
        var at = head.IndexOf(name);
        return at >= 0 && Utf8Parser.TryParse(head[(at + name.Length)..], out value, out _);
    }
}
