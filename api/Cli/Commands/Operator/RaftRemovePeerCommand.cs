using Praetor.Api.Cli.Client;
using Praetor.Api.Cli.Flags;

namespace Praetor.Api.Cli.Commands.Operator;

/// <summary>operator raft remove-peer (cli 8).</summary>
internal sealed class RaftRemovePeerCommand : RaftCommand
{
    private readonly StringFlag _address;
    private readonly StringFlag _id;

    /// <summary>Declares the flags.</summary>
    public RaftRemovePeerCommand()
    {
        _address = Declare(new StringFlag("address", "Address, as IP:port, of the server to remove."));
        _id = Declare(new StringFlag("id", "ID of the server to remove."));
    }

    /// <inheritdoc/>
    public override string Usage => "operator raft remove-peer [options]";

    /// <inheritdoc/>
    public override string Description => """
        Removes a server from Raft. For servers that are gone for good and were not cleaned up; a server that lives should leave.
        """;

    /// <inheritdoc/>
    public override async Task<int> RunAsync(CliCall call, CancellationToken cancellation)
    {
        var (address, id) = (_address.Get(call.Flags), _id.Get(call.Flags));
        if (address.Length == 0 && id.Length == 0)
            return call.Io.Fail("Error removing peer: an address or id is required for the peer to remove");
        if (address.Length > 0 && id.Length > 0)
            return call.Io.Fail("Error removing peer: cannot give both an address and id");
        using var client = Connect(call);
        if (client is null)
            return ExitCode.Failure;
        var query = new ApiQuery("/v1/operator/raft/peer").WithOptional("address", address).WithOptional("id", id);
        var answer = await client.DeleteAsync(query, cancellation).ConfigureAwait(false);
        if (answer.Error is { } error)
            return call.Io.Fail($"Error removing peer: {error}");
        call.Io.Out.WriteLine(address.Length > 0 ? $"Removed peer with address \"{address}\"" : $"Removed peer with id \"{id}\"");
        return ExitCode.Success;
    }
}
