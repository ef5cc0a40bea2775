using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Praetor.Api.Http.Json;

/// <summary>
/// Writes JSON byte for byte as clients of Consul see it (http-core 1.5): compact without newline, or indented by four spaces; <c>&lt;</c>,
/// <c>&gt;</c>, <c>&amp;</c>, U+2028 and U+2029 escaped. Writes into large spans of the output and allocates nothing in steady state.
/// Keep one per request or pool it: <see cref="Reset"/>, write, <see cref="Flush"/>. Not thread-safe. The caller writes names and
/// values in a sensible order; nesting is not checked in release builds.
/// </summary>
public sealed partial class GoJsonWriter
{
    private const int MinChunkBytes = 2048;
    private const int IndentBytes = 4;

    private IBufferWriter<byte>? _output;
    private byte[] _buffer = [];
    private byte[]? _scratch;
    private int _start;
    private int _position;
    private int _end;
    private int _depth;
    private bool _pretty;
    private Before _before;

    /// <summary>What stands before the next value or name.</summary>
    private enum Before : byte
    {
        Nothing,
        Opening,
        Name,
        Value,
    }

    /// <summary>Starts a document on an output; what was not flushed before is forgotten.</summary>
    public void Reset(IBufferWriter<byte> output, bool pretty)
    {
        ArgumentNullException.ThrowIfNull(output);
        _output = output;
        _buffer = [];
        _start = _position = _end = _depth = 0;
        _pretty = pretty;
        _before = Before.Nothing;
    }

    /// <summary>Hands everything written so far to the output. Call it after the last value, and as often as wanted before.</summary>
    public void Flush()
    {
        Commit();
        _buffer = [];
        _start = _position = _end = 0;
    }

    /// <summary>Opens an object.</summary>
    public void BeginObject() => Open((byte)'{');

    /// <summary>Closes an object.</summary>
    public void EndObject() => Close((byte)'}');

    /// <summary>Opens an array.</summary>
    public void BeginArray() => Open((byte)'[');

    /// <summary>Closes an array.</summary>
    public void EndArray() => Close((byte)']');

    /// <summary>Name of a member, from a literal that needs no escapes.</summary>
    public void Name(ReadOnlySpan<byte> utf8Literal)
    {
        BeforeItem();
        Ensure(utf8Literal.Length + 4);
        var target = _buffer.AsSpan(_position);
        target[0] = (byte)'"';
        utf8Literal.CopyTo(target[1..]);
        target[utf8Literal.Length + 1] = (byte)'"';
        _position += utf8Literal.Length + 2;
        EndName();
    }

    /// <summary>Name of a member, escaped as needed.</summary>
    public void Name(string name)
    {
        BeforeItem();
        WriteQuoted(name);
        Ensure(2);
        EndName();
    }

    /// <summary>Compact JSON text that this writer (or <see cref="GoJsonReader.ReadRawCompact"/>) made; indented when pretty.</summary>
    public void Raw(ReadOnlySpan<byte> compactJson)
    {
        BeforeItem();
        if (_pretty)
            WriteIndented(compactJson);
        else
            WriteBytes(compactJson);
        _before = Before.Value;
    }

    /// <summary>A value of <see cref="GoJsonReader.ReadAny"/>.</summary>
    public void Any(object? value)
    {
        switch (value)
        {
            case null:
                Null();
                break;
            case bool truth:
                Bool(truth);
                break;
            case double number:
                Number(number);
                break;
            case string text:
                String(text);
                break;
            case List<object?> list:
                BeginArray();
                foreach (var item in list)
                    Any(item);
                EndArray();
                break;
            case SortedList<string, object?> map:
                BeginObject();
                for (var i = 0; i < map.Count; i++)
                {
                    Name(map.GetKeyAtIndex(i));
                    Any(map.GetValueAtIndex(i));
                }
                EndObject();
                break;
            default:
                throw new ArgumentException($"Not a JSON value: {value.GetType()}", nameof(value));
        }
    }

    private void Open(byte bracket)
    {
        BeforeItem();
        Ensure(1);
        _buffer[_position++] = bracket;
        _depth++;
        _before = Before.Opening;
    }

    private void Close(byte bracket)
    {
        Debug.Assert(_depth > 0 && _before != Before.Name, "Closing what is not open.");
        _depth--;
        if (_pretty && _before == Before.Value)
            WriteLineBreak();
        Ensure(1);
        _buffer[_position++] = bracket;
        _before = Before.Value;
    }

    /// <summary>Comma and line break, as the place asks for them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void BeforeItem()
    {
        if (_before == Before.Value)
        {
            Ensure(1);
            _buffer[_position++] = (byte)',';
        }
        if (_pretty && _before != Before.Name && _depth > 0)
            WriteLineBreak();
    }

    /// <summary>Colon; the caller has ensured room for it and a space.</summary>
    private void EndName()
    {
        _buffer[_position++] = (byte)':';
        if (_pretty)
            _buffer[_position++] = (byte)' ';
        _before = Before.Name;
    }

    private void WriteLineBreak()
    {
        var length = 1 + IndentBytes * _depth;
        Ensure(length);
        _buffer[_position] = (byte)'\n';
        _buffer.AsSpan(_position + 1, length - 1).Fill((byte)' ');
        _position += length;
    }

    private void WriteIndented(ReadOnlySpan<byte> compactJson)
    {
        var outerDepth = _depth;
        for (var i = 0; i < compactJson.Length; i++)
        {
            var token = compactJson[i];
            switch (token)
            {
                case (byte)'"':
                    var end = GoJsonScanner.SkipString(compactJson, i);
                    WriteBytes(compactJson[i..end]);
                    i = end - 1;
                    continue;
                case (byte)'{' or (byte)'[' when compactJson[i + 1] is (byte)'}' or (byte)']':
                    WriteBytes(compactJson.Slice(i++, 2));
                    continue;
                case (byte)'}' or (byte)']':
                    _depth--;
                    WriteLineBreak();
                    break;
            }
            Ensure(2);
            _buffer[_position++] = token;
            if (token == ':')
                _buffer[_position++] = (byte)' ';
            if (token is (byte)'{' or (byte)'[')
                _depth++;
            if (token is (byte)'{' or (byte)'[' or (byte)',')
                WriteLineBreak();
        }
        _depth = outerDepth;
    }

    private void WriteBytes(ReadOnlySpan<byte> bytes)
    {
        while (true)
        {
            var length = Math.Min(bytes.Length, _end - _position);
            bytes[..length].CopyTo(_buffer.AsSpan(_position));
            _position += length;
            bytes = bytes[length..];
            if (bytes.IsEmpty)
                return;
            Grow(Math.Min(bytes.Length, MinChunkBytes));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Ensure(int sizeBytes)
    {
        if (_end - _position < sizeBytes)
            Grow(sizeBytes);
    }

    /// <summary>Gives back what is written and takes the next chunk, in place where the output's memory is an array.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(int sizeBytes)
    {
        Commit();
        var output = _output ?? throw new InvalidOperationException("Reset was not called.");
        var wanted = Math.Max(sizeBytes, MinChunkBytes);
        var memory = output.GetMemory(wanted);
        if (MemoryMarshal.TryGetArray<byte>(memory, out var segment))
        {
            _buffer = segment.Array!;
            _start = _position = segment.Offset;
            _end = segment.Offset + segment.Count;
            return;
        }
        if (_scratch is null || _scratch.Length < wanted)
            _scratch = new byte[wanted];
        _buffer = _scratch;
        _start = _position = 0;
        _end = _scratch.Length;
    }

    private void Commit()
    {
        var written = _position - _start;
        if (written == 0)
            return;
        if (ReferenceEquals(_buffer, _scratch))
            _output!.Write(_buffer.AsSpan(_start, written));
        else
            _output!.Advance(written);
        _start = _position;
    }
}
