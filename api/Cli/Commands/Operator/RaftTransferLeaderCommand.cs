using Praetor.Api.Cli.Client;
using Praetor.Api.Cli.Flags;

namespace Praetor.Api.Cli.Commands.Operator;

/// <summary>operator raft transfer-leader (cli 8).</summary>
internal sealed class RaftTransferLeaderCommand : RaftCommand
{
    private readonly StringFlag _id;

    /// <summary>Declares the flag.</summary>
    public RaftTransferLeaderCommand() => _id = Declare(new StringFlag("id", "ID of the server that is to lead; without it the one whose log is furthest."));

    /// <inheritdoc/>
    public override string Usage => "operator raft transfer-leader [options]";

    /// <inheritdoc/>
    public override string Description => """
        Hands leadership over to another server.
        """;

    /// <inheritdoc/>
    public override async Task<int> RunAsync(CliCall call, CancellationToken cancellation)
    {
        using var client = Connect(call);
        if (client is null)
            return ExitCode.Failure;
        var query = new ApiQuery("/v1/operator/raft/transfer-leader").WithOptional("id", _id.Get(call.Flags)).WithFlag("stale", Client.IsStale(call.Flags));
        var answer = await client.PostAsync(query, cancellation).ConfigureAwait(false);
        if (answer.Error is { } error)
            return call.Io.Fail($"Error transfering leadership: Failed to transfer leadership: {error}");
        call.Io.Out.WriteLine("Success");
        return ExitCode.Success;
    }
}
