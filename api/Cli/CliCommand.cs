using System.CommandLine;
using Praetor.Api.Cli.Flags;

namespace Praetor.Api.Cli;

/// <summary>What a running command was given.</summary>
/// <param name="Flags">Parsed flags; read them with <see cref="CliFlag{T}.Get"/>.</param>
/// <param name="Arguments">Positional words.</param>
/// <param name="Io">Streams and environment.</param>
public sealed record CliCall(ParseResult Flags, IReadOnlyList<string> Arguments, CliIo Io)
{
    /// <summary>Says what is wrong and, after an empty line, how the command is meant; returns the exit code.</summary>
    public int FailWithHelp(CliCommand command, string message)
    {
        Io.Fail(message);
        Io.Error.WriteLine();
        Io.Error.Write(HelpText.Of(command));
        return ExitCode.Failure;
    }

    /// <summary>Writes the refusal of surplus words; null if there are at most <paramref name="expected"/>.</summary>
    /// <param name="expected">How many words the command takes.</param>
    /// <param name="prefix">Put before the text, such as <c>"Error! "</c>.</param>
    public string? TooMany(int expected, string prefix = "") =>
        Arguments.Count > expected ? $"{prefix}Too many arguments (expected {expected}, got {Arguments.Count})" : null;
}

/// <summary>One command: its flags, its help and what it does. An instance serves one call.</summary>
public abstract class CliCommand
{
    private readonly List<CliFlag> _flags = [];

    /// <summary>First line of the help after <c>Usage: </c>.</summary>
    public abstract string Usage { get; }

    /// <summary>Help paragraphs, already broken into lines and without indentation.</summary>
    public abstract string Description { get; }

    /// <summary>The flags in order of declaration.</summary>
    public IReadOnlyList<CliFlag> Flags => _flags;

    /// <summary>Text some commands add after a flag error; null for nothing.</summary>
    public virtual string? FlagErrorTrailer(string error) => null;

    /// <summary>Runs the command and returns the exit code.</summary>
    public abstract Task<int> RunAsync(CliCall call, CancellationToken cancellation);

    /// <summary>Declares a flag; used by the constructors of commands.</summary>
    protected T Declare<T>(T flag) where T : CliFlag
    {
        _flags.Add(flag);
        return flag;
    }
}
