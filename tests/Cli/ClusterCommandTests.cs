namespace Praetor.Tests.Cli;

/// <summary>join, force-leave, reload, keygen, keyring, event, rtt and operator autopilot (cli 8): what they ask, what they say, how they end. Over whole clusters: tests/Host.</summary>
public sealed class ClusterCommandTests
{
    [Theory]
    [InlineData("At least one address to join must be specified.\n\nUsage: consul join [options] address ...\n", "join")]
    [InlineData("A single node name must be specified to force leave.\n\nUsage: consul force-leave [options] name\n", "force-leave")]
    [InlineData("A single node name must be specified to force leave.\n\nUsage: consul force-leave [options] name\n", "force-leave", "a", "b")]
    [InlineData("Event name must be specified\n\nUsage: consul event [options] [payload]\n", "event")]
    [InlineData("Too many command line arguments.\n\nUsage: consul event [options] [payload]\n", "event", "-name=x", "a", "b")]
    [InlineData("One or two node names must be specified\n\nUsage: consul rtt [options] node1 [node2]\n", "rtt")]
    [InlineData("One or two node names must be specified\n\nUsage: consul rtt [options] node1 [node2]\n", "rtt", "a", "b", "c")]
    public async Task Wrong_arguments_are_answered_with_the_help(string beginning, params string[] words)
    {
        await using var agent = new FakeAgent();
        var console = new TestConsole(("CONSUL_HTTP_ADDR", agent.Address));

        Assert.Equal(1, await console.RunAsync(words));
        Assert.StartsWith(beginning, console.Error, StringComparison.Ordinal);
        Assert.Empty(agent.Requests);
    }

    [Theory]
    [InlineData("Failed to compile node filter regexp: error parsing regexp: missing closing ): `(`\n", "event", "-name=x", "-node=(")]
    [InlineData("Failed to compile service filter regexp: error parsing regexp: missing closing ): `(`\n", "event", "-name=x", "-service=(")]
    [InlineData("Failed to compile tag filter regexp: error parsing regexp: missing closing ): `(`\n", "event", "-name=x", "-service=s", "-tag=(")]
    [InlineData("Cannot provide tag filter without service filter.\n", "event", "-name=x", "-tag=t")]
    [InlineData("Only a single action is allowed\n", "keyring", "-list", "-list-primary")]
    [InlineData("Only a single action is allowed\n", "keyring", "-install=a", "-use=b")]
    [InlineData("Error parsing relay factor: Relay factor must be in range: [0, 5]\n", "keyring", "-list", "-relay-factor=6")]
    [InlineData("Error validating local-only: local-only can only be set for list requests\n", "keyring", "-use=a", "-local-only")]
    [InlineData("Error validating local-only: local-only can only be set for list requests\n", "keyring", "-list-primary", "-local-only")]
    [InlineData("Node names must be specified as <node name>.<datacenter> with -wan\n", "rtt", "-wan", "a", "b.dc1")]
    public async Task What_makes_no_sense_is_refused_before_anybody_is_asked(string error, params string[] words)
    {
        await using var agent = new FakeAgent();
        var console = new TestConsole(("CONSUL_HTTP_ADDR", agent.Address));

        Assert.Equal((1, error), (await console.RunAsync(words), console.Error));
        Assert.Empty(agent.Requests);
    }

    [Fact]
    public async Task Keyring_without_an_action_prints_the_help()
    {
        var console = new TestConsole();

        Assert.Equal(1, await console.RunAsync("keyring"));
        Assert.StartsWith("Usage: consul keyring [options]\n", console.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PUT /v1/agent/force-leave/n1", "force-leave", "n1")]
    [InlineData("PUT /v1/agent/force-leave/n1?prune=", "force-leave", "-prune", "n1")]
    [InlineData("PUT /v1/agent/force-leave/n1?wan=", "force-leave", "-wan", "n1")]
    [InlineData("PUT /v1/agent/join/1.2.3.4?wan=1", "join", "-wan", "1.2.3.4")]
    [InlineData("GET /v1/operator/keyring?relay-factor=3&local-only=true", "keyring", "-list", "-relay-factor=3", "-local-only")]
    [InlineData("PUT /v1/agent/reload", "reload", "ignored")]
    public async Task Flags_become_parameters(string request, params string[] words)
    {
        await using var agent = new FakeAgent();
        agent.Answer(request.Split('?')[0], "[]");
        var console = new TestConsole(("CONSUL_HTTP_ADDR", agent.Address));

        Assert.Equal(0, await console.RunAsync(words));
        Assert.Equal(request.Replace("=&", "&", StringComparison.Ordinal).TrimEnd('='), Assert.Single(agent.Requests).Replace("=&", "&", StringComparison.Ordinal).TrimEnd('='));
    }

    [Fact]
    public async Task Join_counts_the_addresses_that_worked_and_names_the_others()
    {
        await using var agent = new FakeAgent();
        agent.Answer("PUT /v1/agent/join/a", "").Answer("PUT /v1/agent/join/b", "refused", 500).Answer("PUT /v1/agent/join/c", "");
        var console = new TestConsole(("CONSUL_HTTP_ADDR", agent.Address));

        Assert.Equal(0, await console.RunAsync("join", "a", "b", "c"));
        Assert.Equal(("Successfully joined cluster by contacting 2 nodes.\n", "Error joining address 'b': Unexpected response code: 500 (refused)\n"), (console.Output, console.Error));
    }

    [Theory]
    [InlineData("Error reloading: Unexpected response code: 500 (no)\n", "PUT /v1/agent/reload", "reload")]
    [InlineData("Error force leaving: Unexpected response code: 500 (no)\n", "PUT /v1/agent/force-leave/x", "force-leave", "x")]
    [InlineData("error: Unexpected response code: 500 (no)\n", "PUT /v1/operator/keyring", "keyring", "-use=abc")]
    [InlineData("Error querying Consul agent: Unexpected response code: 500 (no)\n", "GET /v1/agent/self", "event", "-name=x")]
    [InlineData("Unable to look up agent info: Unexpected response code: 500 (no)\n", "GET /v1/agent/self", "rtt", "a")]
    [InlineData("Error getting coordinates: Unexpected response code: 500 (no)\n", "GET /v1/coordinate/nodes", "rtt", "a", "b")]
    public async Task What_the_agent_refuses_is_said(string error, string request, params string[] words)
    {
        await using var agent = new FakeAgent();
        agent.Answer(request, "no", 500);
        var console = new TestConsole(("CONSUL_HTTP_ADDR", agent.Address));

        Assert.Equal((1, error), (await console.RunAsync(words), console.Error));
    }

    [Fact]
    public async Task Reload_says_that_it_was_asked_for()
    {
        await using var agent = new FakeAgent();
        agent.Answer("PUT /v1/agent/reload", "");
        var console = new TestConsole(("CONSUL_HTTP_ADDR", agent.Address));

        Assert.Equal((0, "Configuration reload triggered\n"), (await console.RunAsync("reload"), console.Output));
    }

    [Fact]
    public async Task Keygen_makes_a_key_of_32_bytes_and_never_the_same()
    {
        var keys = new HashSet<string>();
        for (int i = 0; i < 20; i++)
        {
            var console = new TestConsole();
            Assert.Equal(0, await console.RunAsync("keygen", "ignored"));
            Assert.Equal(32, Convert.FromBase64String(console.Output.TrimEnd('\n')).Length);
            Assert.True(keys.Add(console.Output));
        }
    }

    [Fact]
    public async Task Keyring_shows_the_pools_and_what_their_members_said()
    {
        await using var agent = new FakeAgent();
        agent.Answer("GET /v1/operator/keyring", """
            [{"WAN":true,"Datacenter":"dc1","Keys":{"aaa=":1},"PrimaryKeys":{"aaa=":1},"NumNodes":1},
             {"WAN":false,"Datacenter":"dc1","Messages":{"n2":"no answer"},"Keys":{"aaa=":1,"bbb=":2},"PrimaryKeys":{"bbb=":2},"NumNodes":2}]
            """);
        var console = new TestConsole(("CONSUL_HTTP_ADDR", agent.Address));

        Assert.Equal(0, await console.RunAsync("keyring", "-list-primary"));
        Assert.Equal("==> Gathering installed primary encryption keys...\n\nWAN:\n  aaa= [1/1]\n\ndc1 (LAN):\n  ===> n2: no answer\n  bbb= [2/2]\n", console.Output);
    }

    [Fact]
    public async Task Rtt_over_the_WAN_names_nodes_with_their_datacenter()
    {
        await using var agent = new FakeAgent();
        agent.Answer("GET /v1/coordinate/datacenters", """
            [{"Datacenter":"dc1","Coordinates":[{"Node":"a","Coord":{"Vec":[0.01,0,0,0,0,0,0,0],"Height":0.001}}]},
             {"Datacenter":"dc2","Coordinates":[{"Node":"a","Coord":{"Vec":[0,0,0,0,0,0,0,0],"Height":0.002}}]}]
            """);
        var console = new TestConsole(("CONSUL_HTTP_ADDR", agent.Address));

        Assert.Equal((0, "Estimated a.dc1 <-> a.dc2 rtt: 13.000 ms (using WAN coordinates)\n"), (await console.RunAsync("rtt", "-wan", "a.dc1", "a.dc2"), console.Output));
    }

    [Fact]
    public async Task Set_config_that_loses_a_race_says_so()
    {
        await using var agent = new FakeAgent();
        agent.Answer("GET /v1/operator/autopilot/configuration", """{"CleanupDeadServers":true,"LastContactThreshold":"200ms","MaxTrailingLogs":250,"ServerStabilizationTime":"10s","ModifyIndex":7}""")
            .Answer("PUT /v1/operator/autopilot/configuration", "false");
        var console = new TestConsole(("CONSUL_HTTP_ADDR", agent.Address));

        Assert.Equal((1, "Configuration could not be atomically updated, please try again\n"), (await console.RunAsync("operator", "autopilot", "set-config", "-max-trailing-logs=9"), console.Output));
        Assert.Equal("PUT /v1/operator/autopilot/configuration?cas=7", agent.Requests[^1]);
        Assert.Contains("\"MaxTrailingLogs\":9", agent.Bodies[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Autopilot_state_in_another_format_is_refused_after_the_request()
    {
        await using var agent = new FakeAgent();
        agent.Answer("GET /v1/operator/autopilot/state", "{}");
        var console = new TestConsole(("CONSUL_HTTP_ADDR", agent.Address));

        Assert.Equal((1, "Unknown format: x\n"), (await console.RunAsync("operator", "autopilot", "state", "-format=x"), console.Error));
        Assert.Single(agent.Requests);
    }
}
