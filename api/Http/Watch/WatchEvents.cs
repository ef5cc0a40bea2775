using System.Buffers;
using System.Globalization;
using System.Text;
using Praetor.Api.Http.Json;

namespace Praetor.Api.Http.Watch;

/// <summary>Server-sent events (HTML, 9.2) on their way to one client: one is made at a time, at the client's pace. Not thread-safe; dispose it.</summary>
internal sealed class WatchEvents(ApiRequest request) : IDisposable
{
    private readonly EventStream _stream = new(request, "text/event-stream");
    private readonly ArrayBufferWriter<byte> _data = new(1024);
    private readonly ArrayBufferWriter<byte> _event = new(1024);
    private readonly GoJsonWriter _json = new();

    /// <summary>The request that is answered.</summary>
    public ApiRequest Request => request;

    /// <summary>The client has gone.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Begins the data of an event: write one JSON value.</summary>
    public GoJsonWriter BeginData()
    {
        _data.ResetWrittenCount();
        _json.Reset(_data, pretty: false);
        return _json;
    }

    /// <summary>The same with data that are rendered already.</summary>
    public void SetData(ReadOnlySpan<byte> rendered)
    {
        BeginData();
        _data.Write(rendered.IsEmpty ? "null"u8 : rendered);
    }

    /// <summary>Sends 200 and how long a browser waits before it connects again.</summary>
    public async ValueTask StartAsync()
    {
        request.SetHeader("Cache-Control", "no-cache");
        await _stream.StartAsync().ConfigureAwait(false);
        await WriteAsync("retry: 1000\n\n"u8.ToArray()).ConfigureAwait(false);
    }

    /// <summary>Sends the event whose data were written.</summary>
    public ValueTask SendAsync(long index, string kind)
    {
        _json.Flush();
        _event.ResetWrittenCount();
        Append($"id: {index.ToString(CultureInfo.InvariantCulture)}\nevent: {kind}\n");
        ReadOnlySpan<byte> data = _data.WrittenSpan;
        foreach (Range line in data.Split((byte)'\n'))
        {
            _event.Write("data: "u8);
            _event.Write(data[line]);
            _event.Write("\n"u8);
        }

        _event.Write("\n"u8);
        return WriteAsync(_event.WrittenMemory);
    }

    /// <summary>Sends a line that means nothing.</summary>
    public ValueTask SendCommentAsync() => WriteAsync(": nothing new\n\n"u8.ToArray());

    public void Dispose() => _stream.Dispose();

    private void Append(string text) => Encoding.UTF8.GetBytes(text, _event);

    private async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes) => HasEnded |= !await _stream.WriteAsync(bytes).ConfigureAwait(false);
}
