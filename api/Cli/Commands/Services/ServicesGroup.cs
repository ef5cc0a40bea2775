namespace Praetor.Api.Cli.Commands.Services;

/// <summary>The group's help.</summary>
internal static class ServicesGroup
{
    /// <summary>services without a sub-command.</summary>
    public static GroupCommand Group() => new("services <subcommand> [options] [args]", """
        Registers and deregisters services with the local agent.

        Register a service that a file defines:

            $ consul services register web.json

        Deregister it:

            $ consul services deregister -id=web

        Every sub-command explains itself with -h.
        """);
}
