namespace Praetor.Runtime.Children;

/// <summary>A command to run.</summary>
/// <param name="Args">Program and arguments.</param>
public sealed record ChildCommand(IReadOnlyList<string> Args)
{
    /// <summary>Variables beside those of this process.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Environment { get; init; } = [];

    /// <summary>What its standard input holds; null: nothing.</summary>
    public ReadOnlyMemory<byte>? Input { get; init; }

    /// <summary>Its standard input is that of this process.</summary>
    public bool InheritsInput { get; init; }

    /// <summary>It prints where this process does; else what it prints is read from <see cref="ChildProcess.Output"/>.</summary>
    public bool InheritsOutput { get; init; }

    /// <summary>The words, joined, as a line for the user's shell (cli 10).</summary>
    public static ChildCommand InShell(IEnumerable<string> words) =>
        new([System.Environment.GetEnvironmentVariable("SHELL") is { Length: > 0 } shell ? shell : "/bin/sh", "-c", string.Join(' ', words)]);
}
