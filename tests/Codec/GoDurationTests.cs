using Praetor.Core.Codec;

namespace Praetor.Tests.Codec;

public class GoDurationTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("-0", 0)]
    [InlineData("0s", 0)]
    [InlineData("5s", 5_000_000_000)]
    [InlineData("+5s", 5_000_000_000)]
    [InlineData("-5s", -5_000_000_000)]
    [InlineData("1478s", 1_478_000_000_000)]
    [InlineData("5.s", 5_000_000_000)]
    [InlineData(".5s", 500_000_000)]
    [InlineData("1.004s", 1_004_000_000)]
    [InlineData("100.00100s", 100_001_000_000)]
    [InlineData("10ns", 10)]
    [InlineData("11us", 11_000)]
    [InlineData("12\u00b5s", 12_000)]
    [InlineData("12\u03bcs", 12_000)]
    [InlineData("13ms", 13_000_000)]
    [InlineData("1h30m", 5_400_000_000_000)]
    [InlineData("15.0s", 15_000_000_000)]
    [InlineData("9.87s", 9_870_000_000)]
    [InlineData("120000ms", 120_000_000_000)]
    [InlineData("39h9m14.425s", 140_954_425_000_000)]
    [InlineData("10.5s4m", 250_500_000_000)]
    [InlineData("52763797000ns", 52_763_797_000)]
    [InlineData("0.3333333333333333333h", 1_200_000_000_000)]
    [InlineData("0.100000000000000000000h", 360_000_000_000)]
    [InlineData("0.830103483285477580700h", 2_988_372_539_827)]
    [InlineData("9223372036854775807ns", long.MaxValue)]
    [InlineData("-9223372036854775808ns", long.MinValue)]
    [InlineData("9223372036.854775807s", long.MaxValue)]
    public void Durations_are_read_as_nanoseconds(string text, long expectedNs) =>
        Assert.Equal(expectedNs, GoDuration.Parse(text));

    [Theory]
    [InlineData("", "time: invalid duration \"\"")]
    [InlineData("abc", "time: invalid duration \"abc\"")]
    [InlineData("-", "time: invalid duration \"-\"")]
    [InlineData(".", "time: invalid duration \".\"")]
    [InlineData(".s", "time: invalid duration \".s\"")]
    [InlineData("1s ", "time: unknown unit \"s \" in duration \"1s \"")]
    [InlineData("10", "time: missing unit in duration \"10\"")]
    [InlineData("1.5", "time: missing unit in duration \"1.5\"")]
    [InlineData("00", "time: missing unit in duration \"00\"")]
    [InlineData("1x", "time: unknown unit \"x\" in duration \"1x\"")]
    [InlineData("1d", "time: unknown unit \"d\" in duration \"1d\"")]
    [InlineData("1\u00e9", "time: unknown unit \"\\xc3\\xa9\" in duration \"1\\xc3\\xa9\"")]
    [InlineData("a\"\\\n", "time: invalid duration \"a\\\"\\\\\\x0a\"")]
    [InlineData("9223372036854775808ns", "time: invalid duration \"9223372036854775808ns\"")]
    [InlineData("9223372036854775810ns", "time: invalid duration \"9223372036854775810ns\"")]
    [InlineData("-9223372036854775809ns", "time: invalid duration \"-9223372036854775809ns\"")]
    [InlineData("3000000h", "time: invalid duration \"3000000h\"")]
    [InlineData("9223372036854ms775us808ns", "time: invalid duration \"9223372036854ms775us808ns\"")]
    public void What_is_no_duration_is_refused_with_the_known_text(string text, string expected)
    {
        Assert.False(GoDuration.TryParse(text, out _, out var error));
        Assert.Equal(expected, error);
        Assert.Equal(expected, Assert.Throws<FormatException>(() => GoDuration.Parse(text)).Message);
    }

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(1, "1ns")]
    [InlineData(1_100, "1.1\u00b5s")]
    [InlineData(2_200_000, "2.2ms")]
    [InlineData(100_000_000, "100ms")]
    [InlineData(1_500_000_000, "1.5s")]
    [InlineData(10_000_000_000, "10s")]
    [InlineData(60_000_000_000, "1m0s")]
    [InlineData(245_000_000_000, "4m5s")]
    [InlineData(245_001_000_000, "4m5.001s")]
    [InlineData(5_400_000_000_000, "1h30m0s")]
    [InlineData(18_367_001_000_000, "5h6m7.001s")]
    [InlineData(480_000_000_001, "8m0.000000001s")]
    [InlineData(-1_500_000_000, "-1.5s")]
    [InlineData(long.MaxValue, "2562047h47m16.854775807s")]
    [InlineData(long.MinValue, "-2562047h47m16.854775808s")]
    public void Durations_have_one_spelling(long nanoseconds, string expected) =>
        Assert.Equal(expected, GoDuration.Format(nanoseconds));

    [Fact]
    public void What_is_formatted_reads_back_the_same()
    {
        var random = new Random(7);
        for (var i = 0; i < 20_000; i++)
        {
            var nanoseconds = random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(63);
            Assert.Equal(nanoseconds, GoDuration.Parse(GoDuration.Format(nanoseconds)));
        }
    }

    [Fact]
    public void Any_text_is_either_a_duration_or_refused()
    {
        var random = new Random(8);
        const string Alphabet = "0123456789.+-nu\u00b5msh \0\ud800";
        for (var i = 0; i < 50_000; i++)
        {
            var text = new string(random.GetItems<char>(Alphabet, random.Next(12)));
            Assert.Equal(GoDuration.TryParse(text, out _, out var error), error is null);
        }
    }

    [Theory]
    [InlineData(1_500_000_000, 15_000_000)]
    [InlineData(199, 1)]
    [InlineData(-199, -1)]
    public void A_time_span_counts_hundreds_of_nanoseconds(long nanoseconds, long expectedTicks) =>
        Assert.Equal(expectedTicks, GoDuration.ToTimeSpan(nanoseconds).Ticks);

    [Fact]
    public void A_time_span_too_long_for_nanoseconds_is_held_at_the_limit()
    {
        Assert.Equal(long.MaxValue, GoDuration.FromTimeSpan(TimeSpan.MaxValue));
        Assert.Equal(long.MinValue, GoDuration.FromTimeSpan(TimeSpan.MinValue));
        Assert.Equal(90_000_000_000, GoDuration.FromTimeSpan(TimeSpan.FromSeconds(90)));
    }
}
