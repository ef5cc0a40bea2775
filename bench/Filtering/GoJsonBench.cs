using System.Buffers;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Praetor.Api.Http.Json;

namespace Praetor.Bench.Filtering;

/// <summary>One service instance written and read, beside the runtime's own writer. Budget: 0 B per write.</summary>
[MemoryDiagnoser]
[ShortRunJob]
public class GoJsonBench : IDisposable
{
    private static readonly SortedList<string, string> Meta = new(StringComparer.Ordinal) { ["env"] = "prod", ["version"] = "1.2.3" };
    private static readonly string[] Tags = ["prod", "v2", "urlprefix-/api"];

    private readonly ArrayBufferWriter<byte> _output = new(1 << 16);
    private readonly GoJsonWriter _json = new();
    private Utf8JsonWriter _runtime = null!;
    private byte[] _body = [];

    /// <summary>Makes the body that <see cref="Read"/> reads.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _runtime = new Utf8JsonWriter(_output, new JsonWriterOptions { SkipValidation = true });
        Write();
        _body = _output.WrittenSpan.ToArray();
    }

    /// <summary>The writer of every answer.</summary>
    [Benchmark]
    public int Write() => Write(pretty: false);

    /// <summary>Indented.</summary>
    [Benchmark]
    public int WritePretty() => Write(pretty: true);

    /// <summary>System.Text.Json, for comparison.</summary>
    [Benchmark(Baseline = true)]
    public int WriteWithRuntime()
    {
        _output.ResetWrittenCount();
        _runtime.Reset(_output);
        _runtime.WriteStartObject();
        _runtime.WriteString("ID"u8, "web-0123456789");
        _runtime.WriteString("Service"u8, "web");
        _runtime.WritePropertyName("Tags"u8);
        _runtime.WriteStartArray();
        foreach (var tag in Tags)
            _runtime.WriteStringValue(tag);
        _runtime.WriteEndArray();
        _runtime.WritePropertyName("Meta"u8);
        _runtime.WriteStartObject();
        foreach (var (key, value) in Meta)
            _runtime.WriteString(key, value);
        _runtime.WriteEndObject();
        _runtime.WriteNumber("Port"u8, 8080);
        _runtime.WriteString("Address"u8, "10.11.12.13");
        _runtime.WriteBoolean("EnableTagOverride"u8, false);
        _runtime.WriteNumber("CreateIndex"u8, 123456L);
        _runtime.WriteNumber("ModifyIndex"u8, 1234567L);
        _runtime.WriteEndObject();
        _runtime.Flush();
        return _output.WrittenCount;
    }

    /// <summary>The same object read field by field.</summary>
    [Benchmark]
    public long Read()
    {
        long sum = 0;
        var json = new GoJsonReader(_body);
        json.BeginObject();
        while (json.NextField(out var name))
        {
            switch (name)
            {
                case "port" or "createindex" or "modifyindex":
                    sum += json.ReadLong();
                    break;
                case "id" or "service" or "address":
                    sum += json.ReadString().Length;
                    break;
                default:
                    json.SkipValue();
                    break;
            }
        }
        return sum;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _runtime.Dispose();
        GC.SuppressFinalize(this);
    }

    private int Write(bool pretty)
    {
        _output.ResetWrittenCount();
        _json.Reset(_output, pretty);
        _json.BeginObject();
        _json.Member("ID"u8, "web-0123456789");
        _json.Member("Service"u8, "web");
        _json.Name("Tags"u8);
        _json.StringList(Tags);
        _json.Name("Meta"u8);
        _json.StringMap(Meta);
        _json.Member("Port"u8, 8080);
        _json.Member("Address"u8, "10.11.12.13");
        _json.Member("EnableTagOverride"u8, false);
        _json.Member("CreateIndex"u8, 123456L);
        _json.Member("ModifyIndex"u8, 1234567L);
        _json.EndObject();
        _json.Flush();
        return _output.WrittenCount;
    }
}
