using Praetor.Api.Cli.Client;

namespace Praetor.Api.Cli.Commands;

/// <summary>leave (cli 8).</summary>
internal sealed class LeaveCommand() : ClientCommand(ClientFlagGroups.Client)
{
    /// <inheritdoc/>
    public override string Usage => "leave [options]";

    /// <inheritdoc/>
    public override string Description => """
        Makes the agent leave the cluster gracefully and shut down.
        """;

    /// <inheritdoc/>
    public override async Task<int> RunAsync(CliCall call, CancellationToken cancellation)
    {
        if (call.Arguments.Count > 0)
        {
            call.Io.Error.WriteLine($"Error found unexpected args: [{string.Join(' ', call.Arguments)}]");
            call.Io.Out.Write(HelpText.Of(this));
            return ExitCode.Failure;
        }

        using var client = Connect(call);
        if (client is null)
            return ExitCode.Failure;
        var answer = await client.PutAsync(new ApiQuery("/v1/agent/leave"), null, cancellation).ConfigureAwait(false);
        if (answer.Error is { } error)
            return call.Io.Fail($"Error leaving: {error}");
        call.Io.Out.WriteLine("Graceful leave complete");
        return ExitCode.Success;
    }
}
