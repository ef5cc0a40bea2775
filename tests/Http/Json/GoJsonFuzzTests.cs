using System.Text;
using System.Text.Json;
using Praetor.Api.Http.Json;

namespace Praetor.Tests.Http.Json;

public class GoJsonFuzzTests
{
    private const int Rounds = 20_000;

    [Fact]
    public void Random_bytes_are_read_or_refused()
    {
        var random = new Random(11);
        for (var i = 0; i < Rounds; i++)
        {
            var body = new byte[random.Next(40)];
            random.NextBytes(body);
            ReadOrRefuse(body);
        }
    }

    [Fact]
    public void Json_with_random_damage_is_read_or_refused()
    {
        var random = new Random(12);
        for (var i = 0; i < Rounds; i++)
        {
            var body = Encoding.UTF8.GetBytes(GoJsonWriterTests.Write(json => json.Any(RandomValue(random, 3, halves: true)), random.Next(2) == 0));
            for (var damage = random.Next(4); damage > 0; damage--)
                body[random.Next(body.Length)] = random.Next(3) == 0 ? (byte)random.Next(256) : "{}[],:\"\\0tnfeu-. "u8[random.Next(17)];
            ReadOrRefuse(body.AsSpan(0, random.Next(body.Length + 1)));
        }
    }

    [Fact]
    public void What_is_written_reads_back_the_same()
    {
        var random = new Random(13);
        for (var i = 0; i < Rounds; i++)
        {
            var value = RandomValue(random, 4);
            var compact = GoJsonWriterTests.Write(json => json.Any(value));
            var pretty = GoJsonWriterTests.Write(json => json.Any(value), pretty: true);
            Assert.Equal(compact, new GoJsonReader(Encoding.UTF8.GetBytes(pretty)).ReadRawCompact());
            Assert.Equal(pretty, GoJsonWriterTests.Write(json => json.Raw(Encoding.UTF8.GetBytes(compact)), pretty: true));
            Assert.Equal(compact, GoJsonWriterTests.Write(json => json.Any(new GoJsonReader(Encoding.UTF8.GetBytes(compact)).ReadAny())));
        }
    }

    [Fact]
    public void Another_parser_reads_the_same_strings_and_numbers()
    {
        var random = new Random(14);
        for (var i = 0; i < Rounds; i++)
        {
            var text = RandomString(random, halves: false);
            var number = RandomDouble(random);
            var body = GoJsonWriterTests.Write(json => json.Any(new List<object?> { text, number }));
            using var document = JsonDocument.Parse(body);
            Assert.Equal(text, document.RootElement[0].GetString());
            Assert.Equal(number, document.RootElement[1].GetDouble());
        }
    }

    private static void ReadOrRefuse(ReadOnlySpan<byte> body)
    {
        try
        {
            new GoJsonReader(body).ReadRawCompact();
            var json = new GoJsonReader(body);
            json.SkipValue();
        }
        catch (GoJsonException refused)
        {
            Assert.NotEqual("", refused.Message);
        }
    }

    private static object? RandomValue(Random random, int depth, bool halves = false) => random.Next(depth > 0 ? 7 : 5) switch
    {
        0 => null,
        1 => random.Next(2) == 0,
        2 => RandomDouble(random),
        3 or 4 => RandomString(random, halves),
        5 => Enumerable.Range(0, random.Next(4)).Select(_ => RandomValue(random, depth - 1, halves)).ToList(),
        _ => new SortedList<string, object?>(
            Enumerable.Range(0, random.Next(4)).Select(_ => RandomString(random, halves: false)).Distinct()
                .ToDictionary(static key => key, _ => RandomValue(random, depth - 1, halves)),
            StringComparer.Ordinal),
    };

    private static double RandomDouble(Random random)
    {
        var value = random.Next(2) == 0
            ? BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue))
            : random.Next(-1000, 1000) / 8.0;
        return double.IsFinite(value) ? value : 0;
    }

    private static string RandomString(Random random, bool halves)
    {
        var text = new StringBuilder();
        for (var length = random.Next(20); length > 0; length--)
        {
            switch (random.Next(6))
            {
                case 0:
                    text.Append("\"\\<>&\u2028\u2029\n\0\u001f"[random.Next(10)]);
                    break;
                case 1:
                    text.Append((char)random.Next(0x80, 0xd800));
                    break;
                case 2:
                    text.Append("\ud83d\ude00");
                    break;
                case 3 when halves:
                    text.Append((char)random.Next(0xd800, 0xe000)).Append('.');
                    break;
                default:
                    text.Append((char)random.Next(0x20, 0x7f));
                    break;
            }
        }
        return text.ToString();
    }
}
