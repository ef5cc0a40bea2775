using Praetor.Api.Cli.Flags;

namespace Praetor.Tests.Cli;

/// <summary>Go's flag rules (cli 2).</summary>
public class GoFlagSyntaxTests
{
    private static readonly Dictionary<string, CliFlag> s_flags = new CliFlag[]
    {
        new StringFlag("name", ""),
        new BoolFlag("cas", ""),
        new BoolFlag("stale", "", longError: true),
        new UintFlag("flags", ""),
        new DecimalFlag("http-port", ""),
        new ListFlag("hcl", ""),
        new MapFlag("meta", ""),
    }.ToDictionary(flag => flag.Name);

    private static NormalisedFlags Normalise(params string[] words) => GoFlagSyntax.Normalise(words, s_flags);

    [Theory]
    [InlineData("-name=v", "--name=v --")]
    [InlineData("--name=v", "--name=v --")]
    [InlineData("-name v", "--name=v --")]
    [InlineData("--name v", "--name=v --")]
    [InlineData("-name a=b", "--name=a=b --")]
    [InlineData("-name -cas", "--name=-cas --")]
    [InlineData("-name --", "--name=-- --")]
    [InlineData("-cas", "--cas=true --")]
    [InlineData("--cas=false", "--cas=false --")]
    [InlineData("-cas v", "--cas=true -- v")]
    [InlineData("a -cas", "-- a -cas")]
    [InlineData("- -cas", "-- - -cas")]
    [InlineData("-cas -- -name x", "--cas=true -- -name x")]
    [InlineData("-hcl a -hcl=b", "--hcl=a --hcl=b --")]
    public void Spellings_of_Go_become_one_spelling(string words, string tokens) =>
        Assert.Equal(tokens, string.Join(' ', Normalise(words.Split(' ')).Tokens));

    [Fact]
    public void An_empty_value_gets_a_token_of_its_own() => Assert.Equal(["--name", "", "--"], Normalise("-name=").Tokens);

    [Fact]
    public void An_empty_word_ends_the_flags() => Assert.Equal(["--", "", "-cas"], Normalise("", "-cas").Tokens);

    [Theory]
    [InlineData("-bogus", "flag provided but not defined: -bogus")]
    [InlineData("-bogus=1", "flag provided but not defined: -bogus")]
    [InlineData("-name", "flag needs an argument: -name")]
    [InlineData("---name", "bad flag syntax: ---name")]
    [InlineData("-=x", "bad flag syntax: -=x")]
    [InlineData("--=x", "bad flag syntax: --=x")]
    [InlineData("-cas=maybe", "invalid boolean value \"maybe\" for -cas: parse error")]
    [InlineData("-cas=", "invalid boolean value \"\" for -cas: parse error")]
    [InlineData("-stale=maybe", "invalid boolean value \"maybe\" for -stale: strconv.ParseBool: parsing \"maybe\": invalid syntax")]
    [InlineData("-flags=x", "invalid value \"x\" for flag -flags: parse error")]
    [InlineData("-flags=-1", "invalid value \"-1\" for flag -flags: parse error")]
    [InlineData("-flags 18446744073709551616", "invalid value \"18446744073709551616\" for flag -flags: value out of range")]
    [InlineData("-http-port=0x10", "invalid value \"0x10\" for flag -http-port: strconv.Atoi: parsing \"0x10\": invalid syntax")]
    [InlineData("-http-port=9223372036854775808", "invalid value \"9223372036854775808\" for flag -http-port: strconv.Atoi: parsing \"9223372036854775808\": value out of range")]
    [InlineData("-meta=a", "invalid value \"a\" for flag -meta: Missing \"=\" value in argument: a")]
    [InlineData("-cas -bogus -name", "flag provided but not defined: -bogus")]
    public void The_first_error_is_told_in_the_words_of_Go(string words, string error) => Assert.Equal(error, Normalise(words.Split(' ')).Error);

    [Theory]
    [InlineData("1")]
    [InlineData("t")]
    [InlineData("T")]
    [InlineData("TRUE")]
    [InlineData("True")]
    [InlineData("0")]
    [InlineData("F")]
    [InlineData("FALSE")]
    public void Booleans_take_the_spellings_of_strconv(string value) => Assert.Null(Normalise("-cas=" + value).Error);

    [Theory]
    [InlineData("0x10")]
    [InlineData("0b11")]
    [InlineData("0o17")]
    [InlineData("017")]
    [InlineData("1_000")]
    public void Integers_of_ordinary_commands_take_prefixes(string value) => Assert.Null(Normalise("-flags=" + value).Error);
}
