using Praetor.Api.Cli.Client;

namespace Praetor.Api.Cli.Commands.Cluster;

/// <summary>reload (cli 8).</summary>
internal sealed class ReloadCommand() : ClientCommand(ClientFlagGroups.Client)
{
    /// <inheritdoc/>
    public override string Usage => "reload";

    /// <inheritdoc/>
    public override string Description => """
        Makes the agent read its configuration again. Not everything can be changed that way.
        """;

    /// <inheritdoc/>
    public override async Task<int> RunAsync(CliCall call, CancellationToken cancellation)
    {
        using var client = Connect(call);
        if (client is null)
            return ExitCode.Failure;
        var answer = await client.PutAsync(new ApiQuery("/v1/agent/reload"), null, cancellation).ConfigureAwait(false);
        if (answer.Error is { } error)
            return call.Io.Fail($"Error reloading: {error}");
        call.Io.Out.WriteLine("Configuration reload triggered");
        return ExitCode.Success;
    }
}
