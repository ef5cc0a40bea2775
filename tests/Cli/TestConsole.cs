using System.Text;
using Praetor.Api.Cli;

namespace Praetor.Tests.Cli;

/// <summary>Runs command lines in this process and keeps what they print.</summary>
internal sealed class TestConsole(params (string Name, string Value)[] environment)
{
    private readonly MemoryStream _output = new();
    private readonly MemoryStream _error = new();

    /// <summary>What standard input holds.</summary>
    public string Input { get; init; } = "";

    /// <summary>How the program was called.</summary>
    public string Program { get; init; } = "consul";

    /// <summary>Where files are.</summary>
    public string Directory { get; init; } = "";

    /// <summary>The clock that commands see.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Ends what goes on until it is told to stop.</summary>
    public CancellationToken Cancellation { get; init; } = TestContext.Current.CancellationToken;

    public string Output => Encoding.UTF8.GetString(_output.ToArray());

    public string Error => Encoding.UTF8.GetString(_error.ToArray());

    public async Task<int> RunAsync(params string[] words)
    {
        var io = new CliIo(_output, _error, () => new MemoryStream(Encoding.UTF8.GetBytes(Input)),
            name => environment.FirstOrDefault(variable => variable.Name == name).Value, Directory)
        { Program = Program, Time = Time };
        return await CliApp.RunAsync(words, ConsulCommands.Tree(), io, Cancellation);
    }
}
