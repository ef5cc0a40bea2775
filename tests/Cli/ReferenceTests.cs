using Praetor.Api.Cli;

namespace Praetor.Tests.Cli;

/// <summary>Every command of the command line reference with every flag of its own (cli 1, 7 to 13). C, S, N, P stand for the groups of cli 4.</summary>
public sealed class ReferenceTests
{
    private const string Client = "ca-file ca-path client-cert client-key http-addr tls-server-name token token-file";
    private const string Server = "datacenter stale";

    /// <summary>Commands of access control and mesh, of cluster peering, and of the catalogue of version 2: they come with their features (README).</summary>
    private static readonly string[] s_later =
        ["acl", "config", "connect", "intention", "login", "logout", "peering", "resource", "services export", "services exported-services", "troubleshoot proxy", "troubleshoot upstreams"];

    /// <summary>Command | groups of flags | flags of its own.</summary>
    public static TheoryData<string, string, string> Commands { get; } = new()
    {
        {
            "agent", "", "advertise advertise-wan allow-write-http-from alt-domain auto-reload-config bind bootstrap bootstrap-expect check_output_max_size client config-dir config-file config-format data-dir "
            + "datacenter default-query-time dev disable-host-node-id disable-keyring-file dns-port domain enable-local-script-checks enable-script-checks encrypt grpc-port grpc-tls-port hcl http-port https-port "
            + "join join-wan log-file log-json log-level log-rotate-bytes log-rotate-duration log-rotate-max-files max-query-time node node-id node-meta non-voting-server pid-file primary-gateway protocol "
            + "raft-protocol read-replica recursor rejoin retry-interval retry-interval-wan retry-join retry-join-wan retry-max retry-max-wan segment serf-lan-allowed-cidrs serf-lan-bind serf-lan-port "
            + "serf-wan-allowed-cidrs serf-wan-bind serf-wan-port server server-port syslog ui ui-content-path ui-dir"
        },
        { "catalog", "group", "" },
        { "catalog datacenters", "C S", "" },
        { "catalog nodes", "C S P", "detailed filter near node-meta service" },
        { "catalog services", "C S N", "node node-meta tags" },
        { "debug", "C", "archive capture duration interval output since" },
        { "event", "C S", "name node service tag" },
        { "exec", "C S", "node prefix service shell tag verbose wait wait-repl" },
        { "force-leave", "C P", "prune wan" },
        { "info", "C", "" },
        { "join", "C P", "wan" },
        { "keygen", "", "" },
        { "keyring", "C", "install list list-primary local-only relay-factor remove use" },
        { "kv", "group", "" },
        { "kv delete", "C S N", "cas modify-index recurse" },
        { "kv export", "C S N", "" },
        { "kv get", "C S N", "base64 detailed keys recurse separator" },
        { "kv import", "C S N", "prefix" },
        { "kv put", "C S N", "acquire base64 cas flags modify-index release session" },
        { "leave", "C", "" },
        { "lock", "C S", "child-exit-code monitor-retry n name pass-stdin shell timeout try verbose" },
        { "maint", "C", "disable enable reason service" },
        { "members", "C P", "detailed filter segment status wan" },
        { "monitor", "C", "log-json log-level" },
        { "operator", "group", "" },
        { "operator autopilot", "group", "" },
        { "operator autopilot get-config", "C S", "" },
        {
            "operator autopilot set-config", "C S",
            "cleanup-dead-servers disable-upgrade-migration last-contact-threshold max-trailing-logs min-quorum redundancy-zone-tag server-stabilization-time upgrade-version-tag"
        },
        { "operator autopilot state", "C S", "format" },
        { "operator raft", "group", "" },
        { "operator raft list-peers", "C S", "" },
        { "operator raft remove-peer", "C S", "address id" },
        { "operator raft transfer-leader", "C S", "id" },
        { "operator usage", "group", "" },
        { "operator usage instances", "C S", "all-datacenters billable connect" },
        { "reload", "C", "" },
        { "rtt", "C", "wan" },
        { "services", "group", "" },
        { "services deregister", "C S N", "id" },
        { "services register", "C S N", "address id kind meta name port socket tag tagged-address" },
        { "snapshot", "group", "" },
        { "snapshot decode", "", "" },
        { "snapshot inspect", "", "format kvdepth kvdetails kvfilter" },
        { "snapshot restore", "C S", "" },
        { "snapshot save", "C S", "append-filename" },
        { "tls", "group", "" },
        { "tls ca", "group", "" },
        { "tls ca create", "", "additional-name-constraint cluster-id common-name days domain name-constraint" },
        { "tls cert", "group", "" },
        { "tls cert create", "", "additional-dnsname additional-ipaddress ca cli client days dc domain key node server" },
        { "troubleshoot", "group", "" },
        { "troubleshoot ports", "", "host ports" },
        { "validate", "", "config-format quiet" },
        { "version", "", "format" },
        { "watch", "C S", "filter key name passingonly prefix service shell state tag type" },
    };

    [Theory]
    [MemberData(nameof(Commands))]
    public void A_command_has_the_flags_of_the_reference(string path, string groups, string own)
    {
        CommandEntry? entry = ConsulCommands.Tree().Find(path);
        Assert.NotNull(entry);
        CliCommand command = entry.Create();
        Assert.Equal(groups == "group", command is GroupCommand);

        IEnumerable<string> expected = groups.Split(' ').SelectMany(static group => group switch { "C" => Client, "S" => Server, "N" => "namespace partition", "P" => "partition", _ => "" } is { Length: > 0 } flags
            ? flags.Split(' ')
            : []).Concat(own.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(expected.Order(StringComparer.Ordinal), command.Flags.Select(static flag => flag.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_table_knows_every_command_that_there_is()
    {
        IEnumerable<string> known = Commands.Select(static row => row.Data.Item1);
        Assert.Equal(All("").Order(StringComparer.Ordinal), known.Order(StringComparer.Ordinal));
        Assert.All(s_later, static path => Assert.Null(ConsulCommands.Tree().Find(path)));
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Each_command_explains_itself_and_its_flags(string path, string groups, string own)
    {
        var console = new TestConsole();
        Assert.Equal(0, await console.RunAsync([.. path.Split(' '), "-h"]));
        Assert.StartsWith($"Usage: consul {path}", console.Output, StringComparison.Ordinal);
        Assert.All(own.Split(' ', StringSplitOptions.RemoveEmptyEntries), flag => Assert.Matches($"\n  -{flag}(=<[a-z]+>)?\n     [A-Za-z]", console.Output));
        Assert.Equal(groups == "group", console.Output.Contains("\nSubcommands:\n", StringComparison.Ordinal));
    }

    public static TheoryData<string, string> CommandsThatRun { get; } = [.. Commands.Where(static row => row.Data.Item2 != "group").Select(static row => (row.Data.Item1, row.Data.Item3))];

    [Theory]
    [MemberData(nameof(CommandsThatRun))]
    public async Task A_flag_that_a_command_does_not_have_is_told_with_exit_1(string path, string own)
    {
        var console = new TestConsole();
        Assert.Equal(1, await console.RunAsync([.. path.Split(' '), "-no-such-flag"]));
        Assert.StartsWith("flag provided but not defined: -no-such-flag\nUsage:\n", console.Error, StringComparison.Ordinal);
        Assert.All(own.Split(' ', StringSplitOptions.RemoveEmptyEntries), flag => Assert.Matches($"\n  -{flag}( [a-z]+)?\n", console.Error));
    }

    private static IEnumerable<string> All(string path) => ConsulCommands.Tree().Below(path).SelectMany(below => All(below.Entry.Path).Prepend(below.Entry.Path));
}
