using Praetor.Api.Cli.Client;

namespace Praetor.Api.Cli.Commands.Operator;

/// <summary>What the operator autopilot commands share (cli 8).</summary>
internal abstract class AutopilotCommand() : ClientCommand(ClientFlagGroups.Client | ClientFlagGroups.Server)
{
    /// <summary>Help of the group operator autopilot.</summary>
    public static GroupCommand Group() => new("operator autopilot <subcommand> [options]", """
        Looks at the autopilot, which takes care of the servers, and changes its settings.

            $ consul operator autopilot get-config

        Every sub-command explains itself with -h.
        """);

    /// <inheritdoc/>
    public override string? FlagErrorTrailer(string error) => $"Failed to parse args: {error}";

    /// <inheritdoc/>
    protected override string ConnectErrorPrefix => "Error initializing client: ";
}
