using Praetor.Api.Cli.Client;
using Praetor.Api.Cli.Flags;

namespace Praetor.Api.Cli.Commands.Cluster;

/// <summary>join (cli 8).</summary>
internal sealed class JoinCommand : ClientCommand
{
    private readonly BoolFlag _wan;

    /// <summary>Declares the flags.</summary>
    public JoinCommand()
        : base(ClientFlagGroups.Partition)
        => _wan = Declare(new BoolFlag("wan", "Joins a server to another server in the WAN pool."));

    /// <inheritdoc/>
    public override string Usage => "join [options] address ...";

    /// <inheritdoc/>
    public override string Description => """
        Tells a running agent to join the cluster of at least one other agent.
        """;

    /// <inheritdoc/>
    public override async Task<int> RunAsync(CliCall call, CancellationToken cancellation)
    {
        if (call.Arguments.Count == 0)
            return call.FailWithHelp(this, "At least one address to join must be specified.");
        using var client = Connect(call);
        if (client is null)
            return ExitCode.Failure;
        int joined = 0;
        foreach (var address in call.Arguments)
        {
            var query = new ApiQuery("/v1/agent/join/" + ApiQuery.EscapePath(address)).WithOptional("wan", _wan.Get(call.Flags) ? "1" : null);
            if ((await client.PutAsync(query, null, cancellation).ConfigureAwait(false)).Error is { } error)
                call.Io.Error.WriteLine($"Error joining address '{address}': {error}");
            else
                joined++;
        }

        if (joined == 0)
            return call.Io.Fail("Failed to join any nodes.");
        call.Io.Out.WriteLine($"Successfully joined cluster by contacting {joined} nodes.");
        return ExitCode.Success;
    }
}
