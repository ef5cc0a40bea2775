using System.CommandLine;

namespace Praetor.Api.Cli.Flags;

/// <summary>
/// One flag of a command: its name, how help shows it, and the check Go's flag package makes of each value.
/// The value itself travels as a System.CommandLine option named <c>--name</c>.
/// </summary>
public abstract class CliFlag
{
    private protected CliFlag(string name, string typeWord, string help, string? defaultText)
    {
        Name = name;
        TypeWord = typeWord;
        Help = help;
        DefaultText = defaultText;
    }

    /// <summary>Name without dashes.</summary>
    public string Name { get; }

    /// <summary>Word shown after the name (string, int, uint, value); empty for booleans (cli 2).</summary>
    public string TypeWord { get; }

    /// <summary>Help sentence.</summary>
    public string Help { get; }

    /// <summary>Default as the usage text shows it after <c>(default </c>; null for the zero value.</summary>
    public string? DefaultText { get; }

    /// <summary>True if the flag never takes the next word as its value.</summary>
    public bool IsBoolean => TypeWord.Length == 0;

    /// <summary>True if the flag was given at least once.</summary>
    public bool IsSet(ParseResult result) => result.GetResult(Option) is { Implicit: false };

    /// <summary>The option that carries the values through System.CommandLine.</summary>
    internal abstract Option Option { get; }

    /// <summary>Checks one value; null if it is good, else the error text that follows <c>invalid value "v" for flag -x: </c>.</summary>
    internal abstract string? Check(string value);
}

/// <summary>A flag with a typed value.</summary>
/// <typeparam name="T">What the command reads.</typeparam>
public abstract class CliFlag<T> : CliFlag
{
    private readonly Option<T> _option;

    private protected CliFlag(string name, string typeWord, string help, T unset, string? defaultText = null)
        : base(name, typeWord, help, defaultText)
    {
        Unset = unset;
        _option = new Option<T>("--" + name)
        {
            // Every occurrence brings one value; what several mean (last wins, accumulate) is the flag's own business.
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = false,
            CustomParser = result => Combine([.. result.Tokens.Select(token => token.Value)]),
        };
    }

    /// <summary>Value when the flag is not given.</summary>
    public T Unset { get; }

    internal override Option Option => _option;

    /// <summary>The value the command line gave, or <see cref="Unset"/>.</summary>
    public T Get(ParseResult result) => IsSet(result) ? result.GetValue(_option)! : Unset;

    /// <summary>Makes the value of all occurrences; every one has passed <see cref="CliFlag.Check"/>.</summary>
    private protected abstract T Combine(string[] values);
}
