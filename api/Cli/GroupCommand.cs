namespace Praetor.Api.Cli;

/// <summary>A word that only groups commands; calling it shows its help.</summary>
public sealed class GroupCommand(string usage, string description) : CliCommand
{
    /// <inheritdoc/>
    public override string Usage { get; } = usage;

    /// <inheritdoc/>
    public override string Description { get; } = description;

    /// <inheritdoc/>
    public override Task<int> RunAsync(CliCall call, CancellationToken cancellation) => Task.FromResult(ExitCode.Failure);
}
