namespace Praetor.Api.Cli.Commands.Catalog;

/// <summary>What the catalog commands share.</summary>
internal static class CatalogGroup
{
    /// <summary>The group's help.</summary>
    public static GroupCommand Group() => new("catalog <subcommand> [options] [args]", """
        Asks the catalog what it knows of datacenters, nodes and services.

        List the datacenters:

            $ consul catalog datacenters

        List the nodes:

            $ consul catalog nodes

        List the services:

            $ consul catalog services

        Every sub-command explains itself with -h.
        """);
}
