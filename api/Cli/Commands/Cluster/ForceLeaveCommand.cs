using Praetor.Api.Cli.Client;
using Praetor.Api.Cli.Flags;

namespace Praetor.Api.Cli.Commands.Cluster;

/// <summary>force-leave (cli 8).</summary>
internal sealed class ForceLeaveCommand : ClientCommand
{
    private readonly BoolFlag _prune;
    private readonly BoolFlag _wan;

    /// <summary>Declares the flags.</summary>
    public ForceLeaveCommand()
        : base(ClientFlagGroups.Partition)
    {
        _prune = Declare(new BoolFlag("prune", "Removes the member from the list of members altogether."));
        _wan = Declare(new BoolFlag("wan", "Only in the WAN pool."));
    }

    /// <inheritdoc/>
    public override string Usage => "force-leave [options] name";

    /// <inheritdoc/>
    public override string Description => """
        Says of a failed member that it has left. A member that lives says otherwise and stays.
        """;

    /// <inheritdoc/>
    public override async Task<int> RunAsync(CliCall call, CancellationToken cancellation)
    {
        if (call.Arguments.Count != 1)
            return call.FailWithHelp(this, "A single node name must be specified to force leave.");
        using var client = Connect(call);
        if (client is null)
            return ExitCode.Failure;
        var query = new ApiQuery("/v1/agent/force-leave/" + ApiQuery.EscapePath(call.Arguments[0]))
            .WithFlag("prune", _prune.Get(call.Flags)).WithFlag("wan", _wan.Get(call.Flags));
        var answer = await client.PutAsync(query, null, cancellation).ConfigureAwait(false);
        return answer.Error is { } error ? call.Io.Fail($"Error force leaving: {error}") : ExitCode.Success;
    }
}
