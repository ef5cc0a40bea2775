using Praetor.Runtime.Agent.Checks;

namespace Praetor.Tests.Agent.Checks;

public class CheckRulesTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private const string NeedsInterval = "Interval must be > 0 for Script, HTTP, H2PING, TCP, UDP or OSService checks";

    public static TheoryData<string?, CheckSpec> Definitions => new()
    {
        { "Interval and TTL cannot both be specified", new() { Interval = Second, Ttl = Second } },
        { "Interval and TTL cannot both be specified", new() { Http = "http://x", Interval = Second, Ttl = Second } },
        { NeedsInterval, new() { Args = ["true"] } },
        { NeedsInterval, new() { Http = "http://x" } },
        { NeedsInterval, new() { Tcp = "x:1" } },
        { NeedsInterval, new() { Udp = "x:1" } },
        { NeedsInterval, new() { Grpc = "x:1" } },
        { NeedsInterval, new() { H2Ping = "x:1" } },
        { NeedsInterval, new() { OsService = "x" } },
        { NeedsInterval, new() { DockerContainerId = "c", Args = ["true"] } },
        { NeedsInterval, new() { Http = "http://x", Interval = -Second } },
        { NeedsInterval, new() { Http = "http://x", Ttl = Second } },
        { "Interval cannot be set for Alias checks", new() { Http = "http://x", Interval = Second, AliasService = "s" } },
        { "Interval cannot be set for Alias checks", new() { Tcp = "x:1", Interval = Second, AliasNode = "n" } },
        { "TTL must be not be set for Alias checks", new() { AliasService = "s", Ttl = Second } },
        { "TTL must be > 0 for TTL checks", new() },
        { "TTL must be > 0 for TTL checks", new() { Interval = Second } },
        { "TTL must be > 0 for TTL checks", new() { DockerContainerId = "c", Interval = Second } },
        { "MaxOutputMaxSize must be positive", new() { Ttl = Second, OutputMaxSize = -1 } },
        { "FailuresBeforeWarning can't be higher than FailuresBeforeCritical", new() { Ttl = Second, FailuresBeforeWarning = 2, FailuresBeforeCritical = 1 } },
        { null, new() { Ttl = Second } },
        { null, new() { AliasNode = "n" } },
        { null, new() { AliasService = "s", Interval = Second } },
        { null, new() { Http = "http://x", Interval = Second, FailuresBeforeWarning = 2, FailuresBeforeCritical = 2 } },
        { null, new() { Grpc = "x:1", Http = "http://x", Interval = TimeSpan.FromTicks(1) } },
    };

    [Theory]
    [MemberData(nameof(Definitions))]
    public void A_definition_is_refused_with_the_first_rule_it_breaks(string? expected, CheckSpec spec) =>
        Assert.Equal(expected, CheckRules.Validate(spec));

    public static TheoryData<string, CheckKind, CheckSpec> Types => new()
    {
        { "ttl", CheckKind.Ttl, new() { Ttl = Second } },
        { "http", CheckKind.Http, new() { Http = "http://x", Interval = Second } },
        { "tcp", CheckKind.Tcp, new() { Tcp = "x:1", Interval = Second } },
        { "udp", CheckKind.Udp, new() { Udp = "x:1", Interval = Second } },
        { "grpc", CheckKind.Grpc, new() { Grpc = "x:1", Interval = Second } },
        { "docker", CheckKind.Docker, new() { DockerContainerId = "c", Args = ["true"], Interval = Second } },
        { "script", CheckKind.Script, new() { Args = ["true"], Interval = Second } },
        { "h2ping", CheckKind.H2Ping, new() { H2Ping = "x:1", Interval = Second } },
        { "os_service", CheckKind.OsService, new() { OsService = "x", Interval = Second } },
        { "alias", CheckKind.Alias, new() { AliasService = "s" } },
        { "grpc", CheckKind.Http, new() { Grpc = "x:1", Http = "http://x", Interval = Second } },
        { "grpc", CheckKind.Tcp, new() { Grpc = "x:1", Tcp = "x:1", Interval = Second } },
        { "tcp", CheckKind.Tcp, new() { Tcp = "x:1", Udp = "x:1", Interval = Second } },
        { "script", CheckKind.OsService, new() { Args = ["true"], OsService = "x", Interval = Second } },
        { "docker", CheckKind.Docker, new() { DockerContainerId = "c", Args = ["true"], OsService = "x", Interval = Second } },
        { "script", CheckKind.Script, new() { Args = ["true"], H2Ping = "x:1", Interval = Second } },
        { "h2ping", CheckKind.OsService, new() { OsService = "x", H2Ping = "x:1", Interval = Second } },
        { "", CheckKind.None, new() { Http = "http://x" } },
    };

    [Theory]
    [MemberData(nameof(Types))]
    public void Of_several_types_one_is_shown_and_one_runs(string shown, CheckKind runs, CheckSpec spec)
    {
        Assert.Equal(shown, CheckRules.ShownType(spec));
        Assert.Equal(runs, CheckRules.KindThatRuns(spec));
    }

    [Theory]
    [InlineData(true, false, false, "Scripts are disabled on this agent from remote calls; to enable, configure 'enable_script_checks' to true")]
    [InlineData(true, false, true, "Scripts are disabled on this agent from remote calls; to enable, configure 'enable_script_checks' to true")]
    [InlineData(true, true, true, null)]
    [InlineData(false, false, true, null)]
    [InlineData(false, false, false, "Scripts are disabled on this agent; to enable, configure 'enable_script_checks' or 'enable_local_script_checks' to true")]
    public void Scripts_run_only_where_they_were_allowed_to_come_from(bool fromRemote, bool remoteAllowed, bool filesAllowed, string? expected)
    {
        var options = new CheckRunnerOptions { ScriptsFromRemote = remoteAllowed, ScriptsFromFiles = filesAllowed };
        Assert.Equal(expected, CheckRules.RefuseToRun(new CheckSpec { Args = ["true"], Interval = Second }, options, fromRemote));
    }

    [Fact]
    public void A_windows_service_is_not_implemented() =>
        Assert.Equal("not implemented", CheckRules.RefuseToRun(new CheckSpec { OsService = "x", Interval = Second }, new CheckRunnerOptions(), fromRemote: true));

    [Fact]
    public void A_docker_host_must_be_an_address()
    {
        var options = new CheckRunnerOptions { DockerHost = "nowhere", ScriptsFromRemote = true };
        var spec = new CheckSpec { DockerContainerId = "c", Args = ["true"], Interval = Second };
        Assert.Equal("unable to parse docker host `nowhere`", CheckRules.RefuseToRun(spec, options, fromRemote: true));
    }
}
