using Praetor.Api.Config;
using Praetor.Runtime.Agent.Checks;

namespace Praetor.Tests.Config;

/// <summary>Built-in defaults, those of -dev, and definitions (config 5, cli 7).</summary>
public class DefaultsTests
{
    [Fact]
    public void A_client_agent_has_the_known_defaults()
    {
        var config = ConfigHarness.Good("{}");

        Assert.Equal(("dc1", "dc1", "host1", "consul.", false), (config.Datacenter, config.PrimaryDatacenter, config.NodeName, config.Dns.Domain, config.Server));
        Assert.Equal((8600, 8500, -1, -1, 8300, 8301, 8302), (config.Ports.Dns, config.Ports.Http, config.Ports.Https, config.Ports.Grpc, config.Ports.Server, config.Ports.SerfLan, config.Ports.SerfWan));
        Assert.Equal((true, false), (config.LeaveOnTerminate, config.SkipLeaveOnInterrupt));
        Assert.Equal((5, TimeSpan.FromSeconds(5), 524288L, 200), (config.Raft.Multiplier, config.Raft.ElectionTimeout, config.Limits.KvMaxValueSizeBytes, config.Limits.HttpMaxConnsPerClient));
        Assert.Equal(("INFO", "allow", "/ui/", 3), (config.Log.Level, config.Acl.DefaultPolicy, config.Http.UiContentPath, config.Dns.UdpAnswerLimit));
    }

    [Fact]
    public void Servers_stop_without_leaving() =>
        Assert.Equal((false, true), ConfigHarness.Good("""{"server":true}""") is var config ? (config.LeaveOnTerminate, config.SkipLeaveOnInterrupt) : default);

    [Fact]
    public void Dev_mode_changes_the_defaults_and_only_them()
    {
        var config = ConfigHarness.Good("""{"log_level":"warn"}""", dev: true);

        Assert.Equal((true, "127.0.0.1", "warn", true, 8502, 8503), (config.Server, config.Addresses.Bind.ToString(), config.Log.Level, config.Http.UiEnabled, config.Ports.Grpc, config.Ports.GrpcTls));
        Assert.Equal((TimeSpan.FromMilliseconds(100), 3, TimeSpan.FromMilliseconds(52)), (config.Cluster.Lan.ProbeInterval, config.Cluster.Wan.SuspicionMult, config.Raft.ElectionTimeout));
    }

    [Fact]
    public void Expecting_one_server_is_bootstrapping() =>
        Assert.Equal((true, 0), ConfigHarness.Good("""{"server":true,"bootstrap_expect":1}""") is var config ? (config.Bootstrap, config.BootstrapExpect) : default);

    [Fact]
    public void A_service_is_read_whole()
    {
        var service = ConfigHarness.Good("""
            {"service":{"id":"web1","name":"web","tags":["a","b"],"address":"10.0.0.9","port":80,"meta":{"k":"v"},"enable_tag_override":true,"token":"t",
              "tagged_addresses":{"wan":{"address":"1.2.3.4","port":81}},"weights":{"passing":5},"kind":"odd",
              "check":{"name":"c","http":"http://x","interval":"10s","header":{"A":["1","2"]},"failures_before_critical":3,"serviceid":"x"},
              "checks":[{"ttl":"1m"}],"connect":{"sidecar_service":{"port":90}},
              "proxy":{"config":{"b":1,"a":"x"},"upstreams":[{"destination_name":"db","local_bind_port":1}]}}}
            """).Registrations.Services[0];

        Assert.Equal(("web1", "web", "a b", "10.0.0.9", 80, true, "t", ""), (service.Service.Id, service.Service.Name, string.Join(' ', service.Service.Tags!),
            service.Service.Address, service.Service.Port, service.Service.EnableTagOverride, service.Token, service.Service.Kind));
        Assert.Equal((5, 1, "1.2.3.4", 81, "v"), (service.Service.Weights.Passing, service.Service.Weights.Warning,
            service.Service.TaggedAddresses!["wan"].Address, service.Service.TaggedAddresses["wan"].Port, service.Service.Meta!["k"]));
        Assert.Equal(("""{"a":"x","b":1}""", "service"), (service.Service.Proxy!.ConfigJson, service.Service.Proxy.Upstreams![0].DestinationType));
        Assert.Equal(90, service.Sidecar!.Service.Port);
        Assert.Equal([CheckKind.Http, CheckKind.Ttl], service.Checks.Select(CheckRules.KindThatRuns));
        Assert.Equal((3, 3, "1,2", "x"), (service.Checks[0].FailuresBeforeWarning, service.Checks[0].FailuresBeforeCritical, string.Join(',', service.Checks[0].Header!["A"]), service.Checks[0].ServiceId));
    }

    [Fact]
    public void Scripts_from_files_follow_scripts_from_anywhere() =>
        Assert.True(ConfigHarness.Good("""{"enable_script_checks":true}""").Checks.ScriptsFromFiles);

    [Fact]
    public void Tls_interfaces_inherit_the_defaults()
    {
        var tls = ConfigHarness.Good("""{"tls":{"defaults":{"ca_file":"d","verify_outgoing":true,"verify_server_hostname":true},"https":{"ca_file":"h","verify_incoming":true}}}""").Tls;

        Assert.Equal(("d", "h", "d"), (tls.InternalRpc.CaFile, tls.Https.CaFile, tls.Grpc.CaFile));
        Assert.Equal((true, true, false, true), (tls.InternalRpc.VerifyOutgoing, tls.Https.VerifyIncoming, tls.Grpc.VerifyOutgoing, tls.VerifyServerHostname));
    }
}
