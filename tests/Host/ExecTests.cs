using Praetor.Tests.Cli;

namespace Praetor.Tests.Host;

/// <summary>exec and what agents make of it (cli 9).</summary>
public sealed class ExecTests
{
    private const string Allowed = """{"disable_remote_exec": false}""";

    [Fact]
    public async Task A_command_runs_on_every_node_and_what_it_prints_comes_back()
    {
        await using AgentCluster cluster = await AgentCluster.StartAsync(servers: 1, clients: 1, Allowed);
        HostedAgent agent = cluster.Agents[1];
        await agent.UntilAsync(async () => await agent.CountAsync("alive") == 2, "both members");

        (int code, string output, string error) = await agent.RunAsync("exec", "-verbose", "echo one; echo two >&2");

        Assert.True(code == 0, error + output);
        foreach (string node in new[] { "s1", "c1" })
        {
            Assert.Contains($"==> {node}: acknowledged\n", output, StringComparison.Ordinal);
            Assert.Contains($"    {node}: one\n    {node}: two\n    {node}:\n", output, StringComparison.Ordinal);
            Assert.Contains($"==> {node}: finished with exit code 0\n", output, StringComparison.Ordinal);
        }

        Assert.Contains("\n2 / 2 node(s) completed / acknowledged\nCompleted in ", output, StringComparison.Ordinal);
        Assert.Equal(404, (await agent.GetAsync("/v1/kv/_rexec?recurse")).Status);
        Assert.Equal("[]", (await agent.GetAsync("/v1/session/list")).Body);
        Assert.Equal("[]", (await agent.GetAsync("/v1/event/list")).Body);
    }

    [Fact]
    public async Task A_failure_on_one_node_is_told_and_only_nodes_that_match_run_it()
    {
        await using AgentCluster cluster = await AgentCluster.StartAsync(servers: 1, clients: 1, Allowed);
        HostedAgent agent = cluster.Agents[0];
        await agent.UntilAsync(async () => await agent.CountAsync("alive") == 2, "both members");

        Assert.Equal((2, "==> c1: finished with exit code 3\n1 / 1 node(s) completed / acknowledged\n", ""), await agent.RunAsync("exec", "-node=^c", "exit 3"));
        Assert.Equal((2, "    c1: exec: \"nothing-of-that-name\": executable file not found in $PATH\n==> c1: finished with exit code 255\n1 / 1 node(s) completed / acknowledged\n", ""),
            await agent.RunAsync("exec", "-node=^c", "-shell=false", "nothing-of-that-name"));
    }

    [Fact]
    public async Task A_script_comes_from_standard_input()
    {
        await using AgentCluster cluster = await AgentCluster.StartAsync(servers: 1, clients: 0, Allowed);
        var console = new TestConsole(("CONSUL_HTTP_ADDR", $"{cluster.Agents[0].Address}:8500")) { Input = "#!/bin/sh\nfor i in 1 2 3; do echo $i; done\n" };

        Assert.Equal(0, await console.RunAsync("exec", "-"));
        Assert.Equal("    s1: 1\n    s1: 2\n    s1: 3\n    s1:\n==> s1: finished with exit code 0\n1 / 1 node(s) completed / acknowledged\n", console.Output);
    }

    [Fact]
    public async Task Agents_obey_only_if_they_are_told_so()
    {
        await using AgentCluster cluster = await AgentCluster.StartAsync(servers: 1);

        Assert.Equal((0, "0 / 0 node(s) completed / acknowledged\n", ""), await cluster.Agents[0].RunAsync("exec", "-wait=300ms", "echo x"));
    }

    [Theory]
    [InlineData("Cannot configure -shell=false when reading from stdin\n", "-shell=false", "-")]
    [InlineData("Cannot provide tag filter without service filter.\n", "-tag=x", "echo")]
    public async Task What_cannot_be_done_is_told(string error, params string[] words)
    {
        var console = new TestConsole(("CONSUL_HTTP_ADDR", "127.0.0.1:1"));
        Assert.Equal(1, await console.RunAsync(["exec", .. words]));
        Assert.Equal(error, console.Error);
    }
}
