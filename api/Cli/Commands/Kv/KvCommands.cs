namespace Praetor.Api.Cli.Commands.Kv;

/// <summary>What the kv commands share.</summary>
internal static class KvCommands
{
    /// <summary>The group's help.</summary>
    public static GroupCommand Group() => new("kv <subcommand> [options] [args]", """
        Reads and writes the key-value store from scripts and by hand.

        Store a value:

            $ consul kv put redis/config/connections 5

        Read it back:

            $ consul kv get redis/config/connections

        Delete it:

            $ consul kv delete redis/config/connections

        Every sub-command explains itself with -h.
        """);

    /// <summary>Path of a key: slashes stay, the rest is escaped.</summary>
    public static string PathOf(string key) => "/v1/kv/" + Client.ApiQuery.EscapePath(key);

    /// <summary>A single leading slash is a slip of the hand and is dropped.</summary>
    public static string WithoutLeadingSlash(string key) => key.StartsWith('/') ? key[1..] : key;
}
