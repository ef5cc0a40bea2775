using Praetor.Api.Cli.Client;

namespace Praetor.Api.Cli.Commands.Operator;

/// <summary>What the operator raft commands share (cli 3, 6 and 8).</summary>
internal abstract class RaftCommand() : ClientCommand(ClientFlagGroups.Client | ClientFlagGroups.Server)
{
    /// <summary>Help of the group operator.</summary>
    public static GroupCommand OperatorGroup() => new("operator <subcommand> [options]", """
        Tools for those who run the servers: Raft, among others.

        Every sub-command explains itself with -h.
        """);

    /// <summary>Help of the group operator raft.</summary>
    public static GroupCommand RaftGroup() => new("operator raft <subcommand> [options]", """
        Looks at the servers of Raft and changes them.

            $ consul operator raft list-peers

        Every sub-command explains itself with -h.
        """);

    /// <inheritdoc/>
    public override string? FlagErrorTrailer(string error) => $"Failed to parse args: {error}";

    /// <inheritdoc/>
    protected override string ConnectErrorPrefix => "Error initializing client: ";
}
