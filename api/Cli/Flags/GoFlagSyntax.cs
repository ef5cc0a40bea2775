using Praetor.Core.Codec;

namespace Praetor.Api.Cli.Flags;

/// <summary>What became of a command's words: tokens for System.CommandLine, or the message Go's flag package would print.</summary>
/// <param name="Tokens">Flags as <c>--name=value</c>, then <c>--</c>, then the positional arguments.</param>
/// <param name="Error">Parse error, or null.</param>
public readonly record struct NormalisedFlags(string[] Tokens, string? Error);

/// <summary>
/// Rewrites words in Go's flag syntax into the one spelling that System.CommandLine reads without ambiguity.
/// Needed because that library cannot express Go's rules: one or two dashes for every flag, booleans that never take the next word,
/// a value that may look like a flag, and an end of parsing at the first positional word (cli 2). Pure.
/// </summary>
public static class GoFlagSyntax
{
    /// <summary>Reads <paramref name="words"/> left to right and stops at the first error, as Go does.</summary>
    public static NormalisedFlags Normalise(IReadOnlyList<string> words, IReadOnlyDictionary<string, CliFlag> flags)
    {
        var tokens = new List<string>(words.Count + 1);
        var next = 0;
        while (next < words.Count)
        {
            var word = words[next];
            if (word.Length < 2 || word[0] != '-')
                break;
            next++;
            if (word == "--")
                break;
            if (TakeFlag(word, words, ref next, flags, tokens) is { } error)
                return new NormalisedFlags([], error);
        }

        tokens.Add("--");
        while (next < words.Count)
            tokens.Add(words[next++]);
        return new NormalisedFlags([.. tokens], null);
    }

    private static string? TakeFlag(
        string word, IReadOnlyList<string> words, ref int next, IReadOnlyDictionary<string, CliFlag> flags, List<string> tokens)
    {
        var name = word[(word[1] == '-' ? 2 : 1)..];
        if (name.Length == 0 || name[0] is '-' or '=')
            return $"bad flag syntax: {word}";
        string? value = null;
        if (name.IndexOf('=', StringComparison.Ordinal) is > 0 and var equals)
        {
            value = name[(equals + 1)..];
            name = name[..equals];
        }

        if (!flags.TryGetValue(name, out var flag))
            return $"flag provided but not defined: -{name}";
        if (flag.IsBoolean)
            return TakeBoolean(flag, value ?? "true", tokens);
        if (value is null && next < words.Count)
            value = words[next++];
        if (value is null)
            return $"flag needs an argument: -{name}";
        if (flag.Check(value) is { } error)
            return $"invalid value {GoQuote.Quote(value)} for flag -{name}: {error}";
        Emit(flag, value, tokens);
        return null;
    }

    private static string? TakeBoolean(CliFlag flag, string value, List<string> tokens)
    {
        if (flag.Check(value) is { } error)
            return $"invalid boolean value {GoQuote.Quote(value)} for -{flag.Name}: {error}";
        Emit(flag, value, tokens);
        return null;
    }

    /// <summary>An empty value needs a token of its own; any other is safest glued to its flag, where even <c>--</c> is only a value.</summary>
    private static void Emit(CliFlag flag, string value, List<string> tokens)
    {
        if (value.Length == 0)
        {
            tokens.Add("--" + flag.Name);
            tokens.Add("");
        }
        else
        {
            tokens.Add($"--{flag.Name}={value}");
        }
    }
}
