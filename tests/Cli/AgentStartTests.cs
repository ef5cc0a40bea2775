using System.Runtime.InteropServices;
using Praetor.Api.Cli.Agent;
using Praetor.Tests.Config;

namespace Praetor.Tests.Cli;

/// <summary>The agent command up to the start: banner, refusals, signal rules (cli 7).</summary>
public class AgentStartTests
{
    [Fact]
    public void The_banner_is_the_known_one()
    {
        var config = ConfigHarness.Good("""{"node_name":"n1","node_id":"7D4F"}""", dev: true);

        Assert.Equal("""
            ==> Starting Consul agent...
                           Version: '1.21.4'
                        Build Date: 'DATE'
                           Node ID: '7d4f'
                         Node name: 'n1'
                        Datacenter: 'dc1' (Segment: '<all>')
                            Server: true (Bootstrap: false)
                       Client Addr: [127.0.0.1] (HTTP: 8500, HTTPS: -1, gRPC: 8502, gRPC-TLS: 8503, DNS: 8600)
                      Cluster Addr: 127.0.0.1 (LAN: 8301, WAN: 8302)
                 Gossip Encryption: false
                  Auto-Encrypt-TLS: false
                       ACL Enabled: false
                 Reporting Enabled: false
                ACL Default Policy: allow
                         HTTPS TLS: Verify Incoming: false, Verify Outgoing: false, Min Version: TLSv1_2
                          gRPC TLS: Verify Incoming: false, Min Version: TLSv1_2
                  Internal RPC TLS: Verify Incoming: false, Verify Outgoing: false (Verify Hostname: false), Min Version: TLSv1_2

            ==> Log data will now stream in as it occurs:


            """, System.Text.RegularExpressions.Regex.Replace(StartupBanner.Render(config), @"Build Date: '\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0000 UTC'", "Build Date: 'DATE'"));
    }

    [Fact]
    public void Clients_have_no_segment_and_no_reporting()
    {
        var banner = StartupBanner.Render(ConfigHarness.Good("""{"client_addr":"127.0.0.1 ::1"}"""));

        Assert.Contains("Datacenter: 'dc1' (Segment: '')\n", banner, StringComparison.Ordinal);
        Assert.Contains("Client Addr: [127.0.0.1 ::1] (", banner, StringComparison.Ordinal);
        Assert.DoesNotContain("Reporting Enabled", banner, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("agent a b", "==> Unexpected extra arguments: [a b]")]
    [InlineData("agent -bind=127.0.0.1", "==> data_dir cannot be empty")]
    [InlineData("agent -dev -log-level=loud", "==> Invalid log level: loud. Valid log levels are: [TRACE DEBUG INFO WARN ERR ERROR]")]
    [InlineData("agent -dev -node-id=x", "==> failed to setup node ID: specified NodeID is invalid: uuid string is wrong length")]
    [InlineData("agent -dev -config-format=x", "==> config: -config-format must be either 'hcl' or 'json'")]
    [InlineData("agent -dev -hcl {\"x\":1}", "==> failed to parse flags-0.hcl: 1 error occurred:\n\t* invalid config key x\n\n")]
    [InlineData("agent -data-dir=/nowhere -bind=127.0.0.1 -segment=x", "==> Network segments are not supported in this version of Consul")]
    public async Task What_prevents_a_start_is_told_on_standard_error(string words, string error)
    {
        var console = new TestConsole();

        Assert.Equal(1, await console.RunAsync(words.Split(' ')));
        Assert.Equal(error + "\n", console.Error);
        Assert.Empty(console.Output);
    }

    [Theory]
    [InlineData(PosixSignal.SIGHUP, true, SignalOrder.Reload)]
    [InlineData(PosixSignal.SIGINT, true, SignalOrder.Stop)]
    [InlineData(PosixSignal.SIGTERM, true, SignalOrder.Stop)]
    [InlineData(PosixSignal.SIGINT, false, SignalOrder.Leave)]
    [InlineData(PosixSignal.SIGTERM, false, SignalOrder.Leave)]
    internal void Signals_mean_what_the_kind_of_agent_makes_of_them(PosixSignal signal, bool server, SignalOrder order) =>
        Assert.Equal(order, ShutdownRules.Decide(signal, ConfigHarness.Good(server ? """{"server":true}""" : "{}")));

    [Fact]
    public void A_pid_file_holds_the_number_alone_and_goes_with_the_agent()
    {
        using var directory = new Storage.TemporaryDirectory();
        var path = Path.Combine(directory.Path, "pid");

        Assert.Null(PidFile.Write(path, 4711, out var file));
        Assert.Equal("4711", File.ReadAllText(path));
        file!.Dispose();
        Assert.False(File.Exists(path));
    }
}
