using System.Text;
using Praetor.Api.Http.Json;

namespace Praetor.Tests.Http.Json;

public class GoJsonReaderTests
{
    [Theory]
    [InlineData("", "EOF")]
    [InlineData(" \t\r\n", "EOF")]
    [InlineData("{", "unexpected EOF")]
    [InlineData("{\"a\"", "unexpected EOF")]
    [InlineData("{\"a\":", "unexpected EOF")]
    [InlineData("{\"a\":1", "unexpected EOF")]
    [InlineData("{\"a\":1,", "unexpected EOF")]
    [InlineData("\"abc", "unexpected EOF")]
    [InlineData("\"abc\\", "unexpected EOF")]
    [InlineData("\"\\u00", "unexpected EOF")]
    [InlineData("tru", "unexpected EOF")]
    [InlineData("-", "unexpected EOF")]
    [InlineData("1.", "unexpected EOF")]
    [InlineData("1e", "unexpected EOF")]
    [InlineData("[1,2", "unexpected EOF")]
    [InlineData("x", "invalid character 'x' looking for beginning of value")]
    [InlineData("}", "invalid character '}' looking for beginning of value")]
    [InlineData("'a'", "invalid character '\\'' looking for beginning of value")]
    [InlineData("[1,]", "invalid character ']' looking for beginning of value")]
    [InlineData("[,1]", "invalid character ',' looking for beginning of value")]
    [InlineData("{a:1}", "invalid character 'a' looking for beginning of object key string")]
    [InlineData("{\"a\":1,}", "invalid character '}' looking for beginning of object key string")]
    [InlineData("{,", "invalid character ',' looking for beginning of object key string")]
    [InlineData("{\"a\" 1}", "invalid character '1' after object key")]
    [InlineData("{\"a\":1 \"b\"}", "invalid character '\"' after object key:value pair")]
    [InlineData("{\"a\":01}", "invalid character '1' after object key:value pair")]
    [InlineData("{\"a\":1]", "invalid character ']' after object key:value pair")]
    [InlineData("[1 2]", "invalid character '2' after array element")]
    [InlineData("[1}", "invalid character '}' after array element")]
    [InlineData("[1;2]", "invalid character ';' after array element")]
    [InlineData("\"a\nb\"", "invalid character '\\n' in string literal")]
    [InlineData("\"a\0b\"", "invalid character '\\x00' in string literal")]
    [InlineData("\"\\x\"", "invalid character 'x' in string escape code")]
    [InlineData("\"\\u12G4\"", "invalid character 'G' in \\u hexadecimal character escape")]
    [InlineData("-a", "invalid character 'a' in numeric literal")]
    [InlineData("1.x", "invalid character 'x' after decimal point in numeric literal")]
    [InlineData("1e+x", "invalid character 'x' in exponent of numeric literal")]
    [InlineData("tRue", "invalid character 'R' in literal true (expecting 'r')")]
    [InlineData("[falze]", "invalid character 'z' in literal false (expecting 's')")]
    [InlineData("nul1", "invalid character '1' in literal null (expecting 'l')")]
    public void What_is_not_json_is_refused_with_the_known_text(string body, string expected) =>
        Assert.Equal(expected, Refusal(body, static (ref _) => { }));

    [Fact]
    public void A_byte_outside_ascii_is_shown_as_a_character()
    {
        var error = Assert.Throws<GoJsonException>(static () => new GoJsonReader([0xff]).SkipValue());
        Assert.Equal("invalid character '\u00ff' looking for beginning of value", error.Message);
    }

    [Theory]
    [InlineData("{\"a\":1}garbage")]
    [InlineData("{\"a\":1}{\"a\":2}")]
    [InlineData("\n {\"a\" : 1 } ]")]
    public void What_follows_the_first_value_is_ignored(string body) =>
        Assert.Equal(1, ReadFields(body)["a"]);

    [Theory]
    [InlineData("12x", 12)]
    [InlineData("12 13", 12)]
    [InlineData("0123", 0)]
    public void A_bare_number_ends_where_it_ends(string body, int expected) =>
        Assert.Equal(expected, new GoJsonReader(Encoding.UTF8.GetBytes(body)).ReadInt());

    [Fact]
    public void Field_names_match_in_any_case_and_the_last_duplicate_wins()
    {
        var fields = ReadFields("""{"TTL":1,"ttl":2,"\u0054Tl":3,"\u212aEY":4,"K\u212a":5}""");
        Assert.Equal(3, fields["ttl"]);
        Assert.Equal(4, fields["key"]);
        Assert.Equal(5, fields["kk"]);
    }

    [Theory]
    [InlineData("{\"Bogus\":1}", "json: unknown field \"Bogus\"")]
    [InlineData("{\"a\\\"\\n\":1}", "json: unknown field \"a\\\"\\n\"")]
    [InlineData("{\"\":1}", "json: unknown field \"\"")]
    public void An_unknown_field_is_named_as_written(string body, string expected) =>
        Assert.Equal(expected, Refusal(body, static (ref json) =>
        {
            json.BeginObject();
            json.NextField(out _);
            json.UnknownField();
        }));

    [Fact]
    public void A_syntax_error_anywhere_wins_over_an_unknown_field() =>
        Assert.Equal("unexpected EOF", Refusal("{\"Bogus\":1,", static (ref json) =>
        {
            json.BeginObject();
            json.NextField(out _);
            json.UnknownField();
        }));

    [Theory]
    [InlineData("\"x\"", "json: cannot unmarshal string into Go struct field .Port of type int")]
    [InlineData("true", "json: cannot unmarshal bool into Go struct field .Port of type int")]
    [InlineData("{}", "json: cannot unmarshal object into Go struct field .Port of type int")]
    [InlineData("[1]", "json: cannot unmarshal array into Go struct field .Port of type int")]
    [InlineData("1.5", "json: cannot unmarshal number 1.5 into Go struct field .Port of type int")]
    [InlineData("1e3", "json: cannot unmarshal number 1e3 into Go struct field .Port of type int")]
    [InlineData("99999999999999999999", "json: cannot unmarshal number 99999999999999999999 into Go struct field .Port of type int")]
    public void A_value_of_the_wrong_type_is_refused_by_field_and_type(string value, string expected) =>
        Assert.Equal(expected, Refusal($"{{\"Port\":{value}}}", static (ref json) =>
        {
            json.BeginObject();
            json.NextField(out _);
            json.ReadInt();
        }));

    public static TheoryData<string, string, ReadAction> WrongTypes => new()
    {
        { "1", "json: cannot unmarshal number into Go value of type string", static (ref json) => json.ReadString() },
        { "[]", "json: cannot unmarshal array into Go value of type string", static (ref json) => json.ReadString() },
        { "\"true\"", "json: cannot unmarshal string into Go value of type bool", static (ref json) => json.ReadBool() },
        { "-1", "json: cannot unmarshal number -1 into Go value of type uint64", static (ref json) => json.ReadULong() },
        { "-0", "json: cannot unmarshal number -0 into Go value of type uint64", static (ref json) => json.ReadULong() },
        { "9223372036854775808", "json: cannot unmarshal number 9223372036854775808 into Go value of type int64", static (ref json) => json.ReadLong() },
        { "1e999", "json: cannot unmarshal number 1e999 into Go value of type float64", static (ref json) => json.ReadDouble() },
        { "\"1\"", "json: cannot unmarshal string into Go value of type float64", static (ref json) => json.ReadDouble() },
        { "\"a\"", "json: cannot unmarshal string into Go value of type structs.RegisterRequest", static (ref json) => json.BeginObject("structs.RegisterRequest") },
        { "{}", "json: cannot unmarshal object into Go value of type []string", static (ref json) => json.ReadStringList() },
        { "[1]", "json: cannot unmarshal number into Go value of type string", static (ref json) => json.ReadStringList() },
        { "[]", "json: cannot unmarshal array into Go value of type map[string]string", static (ref json) => json.ReadStringMap() },
        { "\"x\"", "json: cannot unmarshal string into Go value of type map[string][]string", static (ref json) => json.ReadStringListMap() },
        { "1", "json: cannot unmarshal number into Go value of type []uint8", static (ref json) => json.ReadBytesBase64() },
    };

    [Theory]
    [MemberData(nameof(WrongTypes), DisableDiscoveryEnumeration = true)]
    public void Each_reading_method_names_the_type_it_wanted(string body, string expected, ReadAction read) =>
        Assert.Equal(expected, Refusal(body, read));

    [Fact]
    public void Null_leaves_what_was_there()
    {
        var json = new GoJsonReader("[null,null,null,null,null,null,null,null,null,null,null,null]"u8);
        Assert.True(json.BeginArray());
        var next = 0;
        Assert.Equal("old", Next(ref json).ReadString("old"));
        Assert.Equal(7, Next(ref json).ReadInt(7));
        Assert.Equal(8, Next(ref json).ReadLong(8));
        Assert.Equal(9UL, Next(ref json).ReadULong(9));
        Assert.True(Next(ref json).ReadBool(true));
        Assert.Equal(1.5, Next(ref json).ReadDouble(1.5));
        Assert.Equal(5, Next(ref json).ReadDurationNs(5));
        Assert.Null(Next(ref json).ReadStringMap());
        Assert.Null(Next(ref json).ReadStringList());
        Assert.Null(Next(ref json).ReadStringListMap());
        Assert.Null(Next(ref json).ReadBytesBase64());
        Assert.False(Next(ref json).BeginObject());
        Assert.False(json.NextElement());
        Assert.Equal(12, next);

        ref GoJsonReader Next(ref GoJsonReader reader)
        {
            Assert.True(reader.NextElement());
            next++;
            return ref reader;
        }
    }

    [Theory]
    [InlineData("\"10s\"", 10_000_000_000)]
    [InlineData("\"1h30m\"", 5_400_000_000_000)]
    [InlineData("100", 100)]
    [InlineData("1.9e9", 1_900_000_000)]
    [InlineData("1e300", long.MaxValue)]
    [InlineData("true", -1)]
    [InlineData("{\"a\":[1,{}]}", -1)]
    [InlineData("[\"1s\"]", -1)]
    public void Durations_are_text_or_nanoseconds_and_other_types_are_ignored(string body, long expected) =>
        Assert.Equal(expected, new GoJsonReader(Encoding.UTF8.GetBytes(body)).ReadDurationNs(-1));

    [Theory]
    [InlineData("\"abc\"", "time: invalid duration \"abc\"")]
    [InlineData("\"\"", "time: invalid duration \"\"")]
    [InlineData("\"10\"", "time: missing unit in duration \"10\"")]
    public void A_bad_duration_is_refused_with_its_own_text(string body, string expected) =>
        Assert.Equal(expected, Refusal(body, static (ref json) => json.ReadDurationNs()));

    [Theory]
    [InlineData("\"\"", "")]
    [InlineData("\"a\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "a\"\\/\b\f\n\r\t")]
    [InlineData("\"\\u00e9\\u4e16\"", "\u00e9\u4e16")]
    [InlineData("\"\\uD83D\\uDE00\"", "\ud83d\ude00")]
    [InlineData("\"\\ud800\"", "\ufffd")]
    [InlineData("\"\\ud800x\\n\"", "\ufffdx\n")]
    [InlineData("\"\\ud800\\u0041\"", "\ufffdA")]
    [InlineData("\"\\ud800\\ud83d\\ude00\"", "\ufffd\ud83d\ude00")]
    [InlineData("\"\\udc00\\ud800\"", "\ufffd\ufffd")]
    public void Escapes_in_strings_are_resolved(string body, string expected) =>
        Assert.Equal(expected, new GoJsonReader(Encoding.UTF8.GetBytes(body)).ReadString());

    [Theory]
    [InlineData("2261ff6222", "a\ufffdb")]
    [InlineData("22e28222", "\ufffd\ufffd")]
    [InlineData("22eda08022", "\ufffd\ufffd\ufffd")]
    [InlineData("22ff5c6e22", "\ufffd\n")]
    public void Every_byte_outside_a_character_is_replaced(string hex, string expected) =>
        Assert.Equal(expected, new GoJsonReader(Convert.FromHexString(hex)).ReadString());

    [Theory]
    [InlineData("\"\"", "")]
    [InlineData("\"AQID\"", "010203")]
    [InlineData("\"AQ==\"", "01")]
    [InlineData("\"AQI=\"", "0102")]
    [InlineData("\"AQ\\r\\n==\\n\"", "01")]
    [InlineData("\"A\\nQID\"", "010203")]
    [InlineData("\"AR==\"", "01")]
    public void Base64_is_decoded(string body, string expectedHex) =>
        Assert.Equal(expectedHex, Convert.ToHexString(new GoJsonReader(Encoding.UTF8.GetBytes(body)).ReadBytesBase64()!));

    [Theory]
    [InlineData("AQI", 0)]
    [InlineData("AQIDB", 4)]
    [InlineData("A===", 1)]
    [InlineData("AQ=", 3)]
    [InlineData("AQ=x", 2)]
    [InlineData("AQ==x", 4)]
    [InlineData("A Q=", 1)]
    [InlineData("A-_=", 1)]
    [InlineData("!", 0)]
    [InlineData("=", 0)]
    public void Broken_base64_is_refused_by_position(string text, int position) =>
        Assert.Equal($"illegal base64 data at input byte {position}", Refusal($"\"{text}\"", static (ref json) => json.ReadBytesBase64()));

    [Fact]
    public void Collections_of_strings_are_read()
    {
        Assert.Equal(["a", "", "b"], new GoJsonReader("[\"a\",null,\"b\"]"u8).ReadStringList()!);
        Assert.Empty(new GoJsonReader("[]"u8).ReadStringList()!);
        var map = new GoJsonReader("""{"b":"1","B":"2","b":"3"}"""u8).ReadStringMap()!;
        Assert.Equal([new("B", "2"), new("b", "3")], map);
        var header = new GoJsonReader("""{"X":["1","2"],"A":null}"""u8).ReadStringListMap()!;
        Assert.Equal(["A", "X"], header.Keys);
        Assert.Empty(header["A"]);
        Assert.Equal(["1", "2"], header["X"]);
    }

    [Theory]
    [InlineData("null", "null")]
    [InlineData(" { } ", "{}")]
    [InlineData("""{ "b" : 1.0, "a" : [ true , null , "x\/\u003c" ], "b": 1e2 }""", """{"a":[true,null,"x/\u003c"],"b":100}""")]
    [InlineData("12345678901234567890", "12345678901234567000")]
    public void Opaque_values_are_kept_in_the_form_they_are_shown_again(string body, string expected)
    {
        Assert.Equal(expected, new GoJsonReader(Encoding.UTF8.GetBytes(body)).ReadRawCompact());
        Assert.Equal(expected, new GoJsonReader(Encoding.UTF8.GetBytes(expected)).ReadRawCompact());
    }

    [Theory]
    [InlineData("""{"a":{"b":[1,{"c":"}]"}],"d":{}},"e":-1.5e3,"z":7}""")]
    [InlineData("""{"a":[],"e":true,"z":7}""")]
    public void Values_can_be_passed_over(string body)
    {
        var json = new GoJsonReader(Encoding.UTF8.GetBytes(body));
        json.BeginObject();
        while (json.NextField(out var name))
        {
            if (name == "z")
                Assert.Equal(7, json.ReadInt());
            else
                json.SkipValue();
        }
    }

    [Fact]
    public void Nesting_is_bounded()
    {
        Assert.Equal(Nested(1000), new GoJsonReader(Encoding.UTF8.GetBytes(Nested(1000))).ReadRawCompact());
        Assert.Equal("exceeded max depth", Refusal(Nested(1001), static (ref _) => { }));
        Assert.Equal("exceeded max depth", Refusal(new string('[', 5_000_000), static (ref _) => { }));

        static string Nested(int depth) => new string('[', depth) + new string(']', depth);
    }

    [Fact]
    public void Known_field_names_and_numbers_allocate_nothing()
    {
        var body = """{"Port":80,"Weights":{"Passing":1,"Warning":2},"EnableTagOverride":true}"""u8.ToArray();
        Walk(body);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Walk(body);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        static void Walk(byte[] body)
        {
            var json = new GoJsonReader(body);
            Inner(ref json);
        }

        static void Inner(ref GoJsonReader json)
        {
            json.BeginObject();
            while (json.NextField(out var name))
            {
                if (name == "weights")
                    Inner(ref json);
                else if (name == "enabletagoverride")
                    json.ReadBool();
                else
                    json.ReadInt();
            }
        }
    }

    public delegate void ReadAction(ref GoJsonReader json);

    internal static string Refusal(string body, ReadAction read) => Assert.Throws<GoJsonException>(() =>
    {
        var json = new GoJsonReader(Encoding.UTF8.GetBytes(body));
        read(ref json);
    }).Message;

    private static Dictionary<string, int> ReadFields(string body)
    {
        var fields = new Dictionary<string, int>();
        var json = new GoJsonReader(Encoding.UTF8.GetBytes(body));
        Assert.True(json.BeginObject());
        while (json.NextField(out var name))
            fields[name] = json.ReadInt();
        return fields;
    }
}
