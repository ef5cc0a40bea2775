namespace Praetor.Api.Cli;

/// <summary>What a command sees of its process: standard streams and the environment. Not thread-safe.</summary>
/// <param name="standardOutput">Takes results.</param>
/// <param name="standardError">Takes errors and warnings.</param>
/// <param name="standardInput">Opened only by commands that read it.</param>
/// <param name="environment">Looks up an environment variable; null if it is not set.</param>
/// <param name="directory">Where relative names of files begin; empty for the working directory.</param>
public sealed class CliIo(Stream standardOutput, Stream standardError, Func<Stream> standardInput, Func<string, string?> environment, string directory = "")
{
    /// <summary>Standard output, unbuffered.</summary>
    public Stream StandardOutput { get; } = standardOutput;

    /// <summary>Standard output.</summary>
    public CliOutput Out { get; } = new(standardOutput);

    /// <summary>Standard error.</summary>
    public CliOutput Error { get; } = new(standardError);

    /// <summary>The program as it was called: a name, or a path.</summary>
    public string Program { get; init; } = "consul";

    /// <summary>The clock that commands wait by and print.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Where a file is that is called so.</summary>
    public string PathOf(string name) => Path.Combine(directory, name);

    /// <summary>Opens standard input.</summary>
    public Stream OpenInput() => standardInput();

    /// <summary>The value of an environment variable; null if it is unset or empty.</summary>
    public string? Environment(string name) => environment(name) is { Length: > 0 } value ? value : null;

    /// <summary>Writes one error line and returns the exit code of a failed command.</summary>
    public int Fail(string message)
    {
        Error.WriteLine(message);
        return ExitCode.Failure;
    }

    /// <summary>The streams and environment of this process. Opens the raw handles: the Console class would cost start-up time.</summary>
    public static CliIo OfProcess() => new(
        Console.OpenStandardOutput(), Console.OpenStandardError(), Console.OpenStandardInput, System.Environment.GetEnvironmentVariable)
    {
        Program = System.Environment.GetCommandLineArgs()[0],
    };
}
