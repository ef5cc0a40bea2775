using System.Buffers;
using System.Globalization;
using System.Text;
using Praetor.Api.Http.Json;

namespace Praetor.Tests.Http.Json;

public class GoJsonWriterTests
{
    [Theory]
    [InlineData("", "\"\"")]
    [InlineData("plain text 123 ~\u007f", "\"plain text 123 ~\u007f\"")]
    [InlineData("<a href='x'>&</a>", "\"\\u003ca href='x'\\u003e\\u0026\\u003c/a\\u003e\"")]
    [InlineData("\u2028\u2029\u2027", "\"\\u2028\\u2029\u2027\"")]
    [InlineData("\b\f\n\r\t\"\\/", "\"\\b\\f\\n\\r\\t\\\"\\\\/\"")]
    [InlineData("\0\u0001\u001f", "\"\\u0000\\u0001\\u001f\"")]
    [InlineData("\u00e9\u4e16\u754c \ud83d\ude00", "\"\u00e9\u4e16\u754c \ud83d\ude00\"")]
    [InlineData("\ufffd", "\"\ufffd\"")]
    public void Strings_are_escaped_as_clients_know_them(string value, string expected)
    {
        Assert.Equal(expected, Write(json => json.String(value)));
        Assert.Equal(expected, Write(json => json.Utf8String(Encoding.UTF8.GetBytes(value))));
    }

    [Fact]
    public void Half_a_surrogate_pair_is_replaced() =>
        Assert.Equal("\"a\\ufffdb\\ufffd\"", Write(static json => json.String("a\ud800b\udc00")));

    [Theory]
    [InlineData("61ff62", "\"a\\ufffdb\"")]
    [InlineData("e282", "\"\\ufffd\\ufffd\"")]
    [InlineData("eda080", "\"\\ufffd\\ufffd\\ufffd\"")]
    [InlineData("f09f9880", "\"\ud83d\ude00\"")]
    public void Every_byte_outside_a_character_is_replaced(string hex, string expected) =>
        Assert.Equal(expected, Write(json => json.Utf8String(Convert.FromHexString(hex))));

    [Theory]
    [InlineData(0, "0")]
    [InlineData(-0.0, "-0")]
    [InlineData(1, "1")]
    [InlineData(-1.5, "-1.5")]
    [InlineData(0.1, "0.1")]
    [InlineData(100, "100")]
    [InlineData(1e-5, "0.00001")]
    [InlineData(0.000001, "0.000001")]
    [InlineData(1e-7, "1e-7")]
    [InlineData(1.25e-9, "1.25e-9")]
    [InlineData(1e-10, "1e-10")]
    [InlineData(123456789.125, "123456789.125")]
    [InlineData(1e20, "100000000000000000000")]
    [InlineData(123456789012345680000.0, "123456789012345680000")]
    [InlineData(1e21, "1e+21")]
    [InlineData(-1.5e300, "-1.5e+300")]
    [InlineData(double.MaxValue, "1.7976931348623157e+308")]
    [InlineData(double.Epsilon, "5e-324")]
    [InlineData(1.2345678901234567e-6, "0.0000012345678901234567")]
    public void Doubles_use_the_shortest_digits(double value, string expected) =>
        Assert.Equal(expected, Write(json => json.Number(value)));

    [Theory]
    [InlineData(0.1f, "0.1")]
    [InlineData(16777216f, "16777216")]
    [InlineData(1e-7f, "1e-7")]
    [InlineData(3.4028235e38f, "3.4028235e+38")]
    public void Single_precision_numbers_use_their_own_shortest_digits(float value, string expected) =>
        Assert.Equal(expected, Write(json => json.Number(value)));

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void What_json_cannot_say_is_a_fault(double value) =>
        Assert.Throws<ArgumentException>(() => Write(json => json.Number(value)));

    [Fact]
    public void Whole_numbers_are_plain_digits()
    {
        Assert.Equal("18446744073709551615", Write(json => json.Number(ulong.MaxValue)));
        Assert.Equal("-9223372036854775808", Write(json => json.Number(long.MinValue)));
    }

    [Theory]
    [InlineData(0, "\"\"")]
    [InlineData(1, "\"AQ==\"")]
    [InlineData(2, "\"AQI=\"")]
    [InlineData(3, "\"AQID\"")]
    [InlineData(4, "\"AQIDBA==\"")]
    public void Bytes_are_padded_base64(int count, string expected) =>
        Assert.Equal(expected, Write(json => json.Base64([.. Enumerable.Range(1, count).Select(static i => (byte)i)])));

    [Fact]
    public void Compact_output_has_no_white_space() =>
        Assert.Equal(Sample, Write(WriteSample));

    [Fact]
    public void Pretty_output_is_indented_by_four_spaces_and_empty_containers_stay_tight() =>
        Assert.Equal(PrettySample, Write(WriteSample, pretty: true));

    [Fact]
    public void Raw_text_is_indented_to_its_place()
    {
        Assert.Equal("[" + Sample + "," + Sample + "]", Write(WriteRawTwice));
        var indented = PrettySample.Replace("\n", "\n    ", StringComparison.Ordinal);
        Assert.Equal("[\n    " + indented + ",\n    " + indented + "\n]", Write(WriteRawTwice, pretty: true));

        static void WriteRawTwice(GoJsonWriter json)
        {
            json.BeginArray();
            json.Raw(Encoding.UTF8.GetBytes(Sample));
            json.Raw(Encoding.UTF8.GetBytes(Sample));
            json.EndArray();
        }
    }

    [Fact]
    public void Map_keys_are_sorted_by_code_and_escaped()
    {
        var unsorted = new Dictionary<string, string> { ["b"] = "1", ["B"] = "2", ["<"] = "3", ["a-x"] = "4", ["a/b"] = "5" };
        const string Expected = """{"\u003c":"3","B":"2","a-x":"4","a/b":"5","b":"1"}""";
        Assert.Equal(Expected, Write(json => json.StringMap(unsorted)));
        Assert.Equal(Expected, Write(json => json.StringMap(new SortedList<string, string>(unsorted, StringComparer.Ordinal))));
    }

    [Fact]
    public void Null_collections_are_shown_as_the_caller_chooses()
    {
        Assert.Equal("null", Write(json => json.StringMap(null)));
        Assert.Equal("{}", Write(json => json.StringMapOrEmpty(null)));
        Assert.Equal("null", Write(json => json.StringList(null)));
        Assert.Equal("[]", Write(json => json.StringListOrEmpty(null)));
        Assert.Equal("[\"a\",\"\"]", Write(json => json.StringList(["a", ""])));
        Assert.Equal("null", Write(json => json.NullableString(null)));
    }

    [Fact]
    public void Optional_members_vanish_when_empty() =>
        Assert.Equal("""{"a":"x","b":1,"c":true}""", Write(static json =>
        {
            json.BeginObject();
            json.MemberIfNotEmpty("a"u8, "x");
            json.MemberIfNotEmpty("z"u8, "");
            json.MemberIfNotZero("b"u8, 1);
            json.MemberIfNotZero("z"u8, 0);
            json.MemberIfTrue("c"u8, true);
            json.MemberIfTrue("z"u8, false);
            json.EndObject();
        }));

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(2047)]
    [InlineData(100_000)]
    public void Values_longer_than_a_chunk_are_written_whole(int length)
    {
        var text = string.Concat(Enumerable.Range(0, length).Select(static i => (i % 50) switch { 0 => "\u00e9", 1 => "<", _ => "x" }));
        var bytes = Encoding.UTF8.GetBytes(text);
        var expectedText = text.Replace("<", "\\u003c", StringComparison.Ordinal);
        Assert.Equal($"[\"{expectedText}\",\"{expectedText}\",\"{Convert.ToBase64String(bytes)}\"]", Write(json =>
        {
            json.BeginArray();
            json.String(text);
            json.Utf8String(bytes);
            json.Base64(bytes);
            json.EndArray();
        }));
    }

    [Fact]
    public void Output_memory_that_is_no_array_serves_too()
    {
        using var output = new UnmanagedOutput();
        var json = new GoJsonWriter();
        json.Reset(output, pretty: false);
        WriteSample(json);
        json.Flush();
        Assert.Equal(Sample, Encoding.UTF8.GetString(output.Written));
    }

    [Fact]
    public void A_reset_writer_starts_afresh()
    {
        var json = new GoJsonWriter();
        var first = new ArrayBufferWriter<byte>();
        json.Reset(first, pretty: true);
        json.BeginObject();
        json.Name("left open"u8);
        var second = new ArrayBufferWriter<byte>();
        json.Reset(second, pretty: false);
        WriteSample(json);
        json.Flush();
        Assert.Equal(0, first.WrittenCount);
        Assert.Equal(Sample, Encoding.UTF8.GetString(second.WrittenSpan));
    }

    [Fact]
    public void Writing_allocates_nothing_in_steady_state()
    {
        var json = new GoJsonWriter();
        var output = new ArrayBufferWriter<byte>(1 << 16);
        var map = new SortedList<string, string>(StringComparer.Ordinal) { ["a"] = "1", ["b"] = "\u00e9<" };
        string[] list = ["x", "y"];
        Round();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Round();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Round()
        {
            output.ResetWrittenCount();
            json.Reset(output, pretty: true);
            for (var i = 0; i < 100; i++)
                WriteSample(json);
            json.StringMap(map);
            json.StringList(list);
            json.Number(1.5e-9);
            json.Flush();
        }
    }

    internal static string Write(Action<GoJsonWriter> write, bool pretty = false)
    {
        var output = new ArrayBufferWriter<byte>(1);
        var json = new GoJsonWriter();
        json.Reset(output, pretty);
        write(json);
        json.Flush();
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private const string Sample = """{"Node":"n1","Port":80,"Flags":42,"Ok":true,"Half":0.5,"Tags":["a, {b}:","c"],"None":[],"Meta":{},"Proxy":{"x":null},"k\u003c":"\"q\"\\"}""";

    private const string PrettySample = """
        {
            "Node": "n1",
            "Port": 80,
            "Flags": 42,
            "Ok": true,
            "Half": 0.5,
            "Tags": [
                "a, {b}:",
                "c"
            ],
            "None": [],
            "Meta": {},
            "Proxy": {
                "x": null
            },
            "k\u003c": "\"q\"\\"
        }
        """;

    private static void WriteSample(GoJsonWriter json)
    {
        json.BeginObject();
        json.Member("Node"u8, "n1");
        json.Member("Port"u8, 80);
        json.Member("Flags"u8, 42UL);
        json.Member("Ok"u8, true);
        json.Member("Half"u8, 0.5);
        json.Name("Tags"u8);
        json.BeginArray();
        json.Utf8String("a, {b}:"u8);
        json.String("c");
        json.EndArray();
        json.Name("None"u8);
        json.StringListOrEmpty(null);
        json.Name("Meta"u8);
        json.StringMapOrEmpty(null);
        json.Name("Proxy"u8);
        json.Raw("{\"x\":null}"u8);
        json.Name("k<");
        json.String("\"q\"\\");
        json.EndObject();
    }

    /// <summary>An output over memory that no array backs.</summary>
    private sealed class UnmanagedOutput : IBufferWriter<byte>, IDisposable
    {
        private readonly NativeMemoryManager _memory = new();
        private readonly MemoryStream _written = new();

        public byte[] Written => _written.ToArray();

        public void Advance(int count) => _written.Write(_memory.GetSpan()[..count]);

        public Memory<byte> GetMemory(int sizeHint = 0) => _memory.Memory;

        public Span<byte> GetSpan(int sizeHint = 0) => _memory.GetSpan();

        public void Dispose()
        {
            ((IDisposable)_memory).Dispose();
            _written.Dispose();
        }
    }

    private sealed unsafe class NativeMemoryManager : MemoryManager<byte>
    {
        private const int SizeBytes = 1 << 16;
        private readonly byte* _block = (byte*)System.Runtime.InteropServices.NativeMemory.Alloc(SizeBytes);

        public override Span<byte> GetSpan() => new(_block, SizeBytes);

        public override MemoryHandle Pin(int elementIndex = 0) => new(_block + elementIndex);

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing) => System.Runtime.InteropServices.NativeMemory.Free(_block);
    }
}
