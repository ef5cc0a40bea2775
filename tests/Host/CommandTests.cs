using Praetor.Tests.Storage;

namespace Praetor.Tests.Host;

/// <summary>Commands against whole agents: snapshot, maint, usage, watch, lock (cli 8, 10 to 12).</summary>
public sealed class CommandTests : IDisposable
{
    private readonly TemporaryDirectory _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task A_snapshot_is_saved_looked_into_and_restored()
    {
        await using AgentCluster cluster = await AgentCluster.StartAsync(servers: 1, clients: 1);
        HostedAgent agent = cluster.Agents[1];
        await agent.SendAsync("PUT", "/v1/kv/app/color", "blue");
        string file = Path.Combine(_files.Path, "backup.snap");

        (int code, string output, string error) = await agent.RunAsync("snapshot", "save", file);
        Assert.True(code == 0, error);
        Assert.Matches("^Saved and verified snapshot to index [0-9]+\n$", output);
        Assert.False(File.Exists(file + ".unverified"));
        (_, string named, _) = await agent.RunAsync("snapshot", "save", "-append-filename=version,dc", file);
        Assert.StartsWith("Saved", named, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(_files.Path, "backup-1.21.4-dc1.snap")));
        (_, string pretty, _) = await agent.RunAsync("snapshot", "inspect", "-kvdetails", file);
        Assert.Contains(" KVS ", pretty, StringComparison.Ordinal);
        Assert.Contains(" app/color      1 ", pretty, StringComparison.Ordinal);
        (_, string json, _) = await agent.RunAsync("snapshot", "inspect", "-format=json", file);
        Assert.StartsWith("{\n   \"Meta\": {\n      \"ID\": \"", json, StringComparison.Ordinal);
        Assert.Equal((1, "", "Error outputting enhanced snapshot data: Unknown format: x\n"), await agent.RunAsync("snapshot", "inspect", "-format=x", file));
        (_, string lines, _) = await agent.RunAsync("snapshot", "decode", file);
        Assert.Contains("\"Key\":\"app/color\",\"Flags\":0,\"Value\":\"Ymx1ZQ==\"", lines, StringComparison.Ordinal);

        await agent.SendAsync("PUT", "/v1/kv/app/color", "red");
        Assert.Equal((0, "Restored snapshot\n", ""), await agent.RunAsync("snapshot", "restore", file));
        Assert.Equal("blue", (await agent.GetAsync("/v1/kv/app/color?raw")).Body);
    }

    [Fact]
    public async Task What_is_no_snapshot_is_told()
    {
        await using AgentCluster cluster = await AgentCluster.StartAsync(servers: 1);
        HostedAgent agent = cluster.Agents[0];
        string file = Path.Combine(_files.Path, "no.snap");
        await File.WriteAllTextAsync(file, "nothing of that kind", TestContext.Current.CancellationToken);

        Assert.Equal((1, "", "Missing FILE argument\n"), await agent.RunAsync("snapshot", "save"));
        Assert.Equal((1, "", "Error opening snapshot file: open /nowhere: no such file or directory\n"), await agent.RunAsync("snapshot", "restore", "/nowhere"));
        Assert.StartsWith("Error restoring snapshot: Unexpected response code: 500 (failed to decompress snapshot: gzip: invalid header", (await agent.RunAsync("snapshot", "restore", file)).Error, StringComparison.Ordinal);
        Assert.StartsWith("Error reading snapshot: ", (await agent.RunAsync("snapshot", "inspect", file)).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Maintenance_begins_is_shown_and_ends()
    {
        await using AgentCluster cluster = await AgentCluster.StartAsync(servers: 1);
        HostedAgent agent = cluster.Agents[0];
        await agent.SendAsync("PUT", "/v1/agent/service/register", """{"Name": "web"}""");

        Assert.Equal((0, "Node maintenance is now enabled\n", ""), await agent.RunAsync("maint", "-enable", "-reason=kernel"));
        Assert.Equal((0, "Service maintenance is now enabled for \"web\"\n", ""), await agent.RunAsync("maint", "-enable", "-service=web"));
        (_, string shown, _) = await agent.RunAsync("maint");
        Assert.Contains($"Node:\n  Name:   {agent.Name}\n  Reason: kernel\n\n", shown, StringComparison.Ordinal);
        Assert.Contains("Service:\n  ID:     web\n  Reason: ", shown, StringComparison.Ordinal);
        Assert.Equal((0, "Node maintenance is now disabled\n", ""), await agent.RunAsync("maint", "-disable"));
        Assert.Equal((1, "", "Only one of -enable or -disable may be provided\n"), await agent.RunAsync("maint", "-enable", "-disable"));
        Assert.Equal((1, "", "Reason may only be provided with -enable\n"), await agent.RunAsync("maint", "-reason=x"));
        Assert.Equal((1, "", "Service requires either -enable or -disable\n"), await agent.RunAsync("maint", "-service=x"));
    }

    [Fact]
    public async Task Usage_is_counted()
    {
        await using AgentCluster cluster = await AgentCluster.StartAsync(servers: 1);
        (int code, string output, _) = await cluster.Agents[0].RunAsync("operator", "usage", "instances");

        Assert.Equal(0, code);
        Assert.StartsWith("Billable Service Instances Total: 0\ndc1 Billable Service Instances: 0\n\nBillable Services\nServices      Service instances\n1             0\n\n\nNodes\nDatacenter      Count\ndc1             1\n", output, StringComparison.Ordinal);
        Assert.EndsWith("terminating-gateway      0\n", output, StringComparison.Ordinal);
        Assert.Equal((1, "", "Cannot specify both -billable and -connect flags\n"), await cluster.Agents[0].RunAsync("operator", "usage", "instances", "-billable", "-connect"));
    }

    [Theory]
    [InlineData("Unsupported watch type: x", "-type=x")]
    [InlineData("Must specify a single key to watch", "-type=key")]
    [InlineData("Must specify a single prefix to watch", "-type=keyprefix")]
    [InlineData("Must specify a single service to watch", "-type=service")]
    [InlineData("Cannot specify service and state", "-type=checks", "-service=a", "-state=b")]
    [InlineData("Invalid parameters: [key]", "-type=nodes", "-key=a")]
    [InlineData("Failed to parse passingonly flag: strconv.ParseBool: parsing \"x\": invalid syntax", "-type=service", "-service=a", "-passingonly=x")]
    [InlineData("Type connect_roots is not supported in the CLI tool", "-type=connect_roots")]
    public async Task What_cannot_be_watched_is_told(string error, params string[] flags)
    {
        var console = new Cli.TestConsole(("CONSUL_HTTP_ADDR", "127.0.0.1:1"));
        Assert.Equal(1, await console.RunAsync(["watch", .. flags]));
        Assert.Equal(error + "\n", console.Error);
    }

    [Fact]
    public async Task A_watch_without_a_handler_shows_what_is_there()
    {
        await using AgentCluster cluster = await AgentCluster.StartAsync(servers: 1);
        HostedAgent agent = cluster.Agents[0];
        await agent.SendAsync("PUT", "/v1/kv/a", "<x>");
        await agent.SendAsync("PUT", "/v1/event/fire/deploy", "v1");

        Assert.Equal((0, "null\n", ""), await agent.RunAsync("watch", "-type=key", "-key=none"));
        (_, string key, _) = await agent.RunAsync("watch", "-type=key", "-key=a");
        Assert.Matches("^{\n    \"Key\": \"a\",\n    \"CreateIndex\": [0-9]+,\n    \"ModifyIndex\": [0-9]+,\n    \"LockIndex\": 0,\n    \"Flags\": 0,\n    \"Value\": \"PHg\\+\",\n    \"Session\": \"\"\n}\n$", key);
        Assert.Equal((0, "{\n    \"consul\": []\n}\n", ""), await agent.RunAsync("watch", "-type=services"));
        Assert.Contains("\"Name\": \"deploy\",\n        \"Payload\": \"djE=\"", (await agent.RunAsync("watch", "-type=event", "-name=deploy")).Output, StringComparison.Ordinal);
        Assert.Contains("\"CheckID\": \"serfHealth\"", (await agent.RunAsync("watch", "-type=checks", "-state=passing")).Output, StringComparison.Ordinal);
        Assert.Contains("\"ServiceName\"", (await agent.RunAsync("watch", "-type=service", "-service=consul", "-passingonly=true")).Output.Replace("\"Service\": \"consul\"", "\"ServiceName\"", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains($"\"Node\": \"{agent.Name}\"", (await agent.RunAsync("watch", "-type=nodes")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_handler_that_fails_ends_the_watch()
    {
        await using AgentCluster cluster = await AgentCluster.StartAsync(servers: 1);

        Assert.Equal((1, "", "Error executing handler: exit status 3\n"), await cluster.Agents[0].RunAsync("watch", "-type=nodes", "exit 3"));
        Assert.Equal((1, "", "Error starting handler: exec: \"nothing-of-that-name\": executable file not found in $PATH\n"), await cluster.Agents[0].RunAsync("watch", "-type=nodes", "-shell=false", "nothing-of-that-name"));
    }

    [Fact]
    public async Task A_watch_goes_on_when_the_leader_has_gone()
    {
        await using AgentCluster cluster = await AgentCluster.StartAsync(servers: 3, clients: 1);
        HostedAgent agent = cluster.Agents[3];
        string seen = Path.Combine(_files.Path, "seen");
        using var stop = new CancellationTokenSource();
        Task<(int Code, string Output, string Error)> watch = agent.RunUntilAsync(stop.Token, "watch", "-type=key", "-key=w", $"cat >> {seen}; echo $CONSUL_INDEX >> {seen}.index");
        await agent.UntilAsync(() => Task.FromResult(File.Exists(seen)), "the first run");

        await (await cluster.LeaderAsync()).StopAsync();
        await agent.UntilAsync(async () => (await agent.SendAsync("PUT", "/v1/kv/w", "after")).Status == 200, "a write");
        await agent.UntilAsync(async () => (await File.ReadAllTextAsync(seen)).Contains("\"Value\":\"YWZ0ZXI=\"", StringComparison.Ordinal), "the change");
        await stop.CancelAsync();

        Assert.Equal(0, (await watch).Code);
        Assert.StartsWith("null\n", await File.ReadAllTextAsync(seen, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Lock holder limit must be positive", "lock", "-n=0", "a", "b")]
    [InlineData("Key prefix and child command must be specified", "lock", "a")]
    [InlineData("Timeout must be positive", "lock", "-timeout=-1s", "a", "b")]
    [InlineData("Number for 'monitor-retry' must be >= 0", "lock", "-monitor-retry=-1", "a", "b")]
    public async Task What_a_lock_needs_is_told(string error, params string[] words)
    {
        var console = new Cli.TestConsole(("CONSUL_HTTP_ADDR", "127.0.0.1:1"));
        Assert.Equal(1, await console.RunAsync(words));
        Assert.Equal(error + "\n", console.Error);
    }

    [Fact]
    public async Task A_child_runs_with_the_lock_and_the_key_is_gone_afterwards()
    {
        await using AgentCluster cluster = await AgentCluster.StartAsync(servers: 1);
        HostedAgent agent = cluster.Agents[0];
        string seen = Path.Combine(_files.Path, "seen");

        Assert.Equal((0, "Setting up lock at path: app/.lock\nAttempting lock acquisition\nStarting handler\nChild terminated, releasing lock\nCleanup succeeded\n", ""),
            await agent.RunAsync("lock", "-verbose", "/app", $"echo $CONSUL_LOCK_HELD > {seen}"));
        Assert.Equal("true\n", await File.ReadAllTextAsync(seen, TestContext.Current.CancellationToken));
        Assert.Equal(404, (await agent.GetAsync("/v1/kv/?recurse")).Status == 404 ? 404 : (await agent.GetAsync("/v1/kv/app/.lock")).Status);
        Assert.Equal("[]", (await agent.GetAsync("/v1/session/list")).Body);
    }

    [Fact]
    public async Task A_child_that_fails_counts_only_if_it_is_asked_for()
    {
        await using AgentCluster cluster = await AgentCluster.StartAsync(servers: 1);

        Assert.Equal((0, "", "Error running handler: exit status 7\n"), await cluster.Agents[0].RunAsync("lock", "app", "exit 7"));
        Assert.Equal((2, "", "Error running handler: exit status 7\n"), await cluster.Agents[0].RunAsync("lock", "-child-exit-code", "app", "exit 7"));
    }

    [Fact]
    public async Task Who_finds_it_held_waits_for_its_time()
    {
        await using AgentCluster cluster = await AgentCluster.StartAsync(servers: 1);
        HostedAgent agent = cluster.Agents[0];
        string end = Path.Combine(_files.Path, "end");
        Task<(int Code, string, string)> first = agent.RunAsync("lock", "app", $"while [ ! -e {end} ]; do sleep 0.05; done");
        await agent.UntilAsync(async () => (await agent.GetAsync("/v1/kv/app/.lock")).Body.Contains("Session", StringComparison.Ordinal), "the lock");

        Assert.Equal((1, "", "Shutdown triggered or timeout during lock acquisition\n"), await agent.RunAsync("lock", "-timeout=300ms", "app", "true"));
        Assert.Equal((1, "", "Lock acquisition failed: Existing key does not match semaphore use\n"), await agent.RunAsync("lock", "-n=2", "app", "true"));
        await File.WriteAllTextAsync(end, "", TestContext.Current.CancellationToken);

        Assert.Equal(0, (await first).Code);
    }

    [Fact]
    public async Task A_semaphore_lets_so_many_in()
    {
        await using AgentCluster cluster = await AgentCluster.StartAsync(servers: 1);
        HostedAgent agent = cluster.Agents[0];
        string end = Path.Combine(_files.Path, "end");
        string loop = $"while [ ! -e {end} ]; do sleep 0.05; done";
        Task<(int Code, string, string)>[] two = [agent.RunAsync("lock", "-n=2", "sem", loop), agent.RunAsync("lock", "-n=2", "sem", loop)];
        await agent.UntilAsync(async () => (await agent.GetAsync("/v1/kv/sem/.lock?raw")).Body is { Length: > 0 } state && System.Text.Json.JsonDocument.Parse(state).RootElement.GetProperty("Holders").EnumerateObject().Count() == 2, "two holders");

        Assert.Equal((1, "", "Shutdown triggered or timeout during lock acquisition\n"), await agent.RunAsync("lock", "-n=2", "-timeout=300ms", "sem", "true"));
        Assert.Equal((1, "", "Lock acquisition failed: semaphore limit conflict (lock: 2, local: 3)\n"), await agent.RunAsync("lock", "-n=3", "sem", "true"));
        await File.WriteAllTextAsync(end, "", TestContext.Current.CancellationToken);

        Assert.All(await Task.WhenAll(two), static each => Assert.Equal(0, each.Code));
    }

    [Fact]
    public async Task A_lock_is_kept_when_the_leader_has_gone()
    {
        await using AgentCluster cluster = await AgentCluster.StartAsync(servers: 3, clients: 1);
        HostedAgent agent = cluster.Agents[3];
        string end = Path.Combine(_files.Path, "end");
        Task<(int Code, string Output, string Error)> held = agent.RunAsync("lock", "-verbose", "app", $"while [ ! -e {end} ]; do sleep 0.05; done");
        await agent.UntilAsync(async () => (await agent.GetAsync("/v1/kv/app/.lock")).Body.Contains("Session", StringComparison.Ordinal), "the lock");
        string before = (await agent.GetAsync("/v1/kv/app/.lock")).Body;

        await (await cluster.LeaderAsync()).StopAsync();
        await agent.UntilAsync(async () => (await agent.SendAsync("PUT", "/v1/kv/w", "after")).Status == 200, "a write");

        Assert.Equal(before, (await agent.GetAsync("/v1/kv/app/.lock")).Body);
        Assert.False(held.IsCompleted);
        await File.WriteAllTextAsync(end, "", TestContext.Current.CancellationToken);
        (int code, string output, string error) = await held;
        Assert.True(code == 0, error);
        Assert.EndsWith("Child terminated, releasing lock\nCleanup succeeded\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_child_whose_lock_is_lost_is_stopped()
    {
        await using AgentCluster cluster = await AgentCluster.StartAsync(servers: 1);
        HostedAgent agent = cluster.Agents[0];
        Task<(int Code, string Output, string Error)> held = agent.RunAsync("lock", "-verbose", "app", "sleep 60");
        await agent.UntilAsync(async () => (await agent.GetAsync("/v1/kv/app/.lock")).Body.Contains("Session", StringComparison.Ordinal), "the lock");

        await agent.SendAsync("DELETE", "/v1/kv/app/.lock");

        (int code, string output, string error) = await held;
        Assert.True(code == 0, error);
        Assert.Contains("Lock lost, killing child\nTerminating child pid ", output, StringComparison.Ordinal);
        Assert.Contains("\nChild terminated\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_an_agent_tells_is_gathered_for_a_while()
    {
        await using AgentCluster cluster = await AgentCluster.StartAsync(servers: 1);
        string output = Path.Combine(_files.Path, "gathered");
        using var stop = new CancellationTokenSource();
        Task<(int Code, string Output, string Error)> debug = cluster.Agents[0].RunUntilAsync(stop.Token, "debug", "-duration=10s", "-interval=5s", "-archive=false", $"-output={output}");
        await cluster.Agents[0].UntilAsync(() => Task.FromResult(File.Exists(Path.Combine(output, "metrics.json"))), "the capture");
        await stop.CancelAsync();

        (int code, string told, string error) = await debug;
        Assert.True(code == 0, error);
        Assert.StartsWith("==> Starting debugger and capturing static information...\n", told, StringComparison.Ordinal);
        Assert.EndsWith($"    Saved debug archive: {output}\n", told, StringComparison.Ordinal);
        foreach (string file in new[] { "index.json", "agent.json", "host.json", "members.json", "listpeers.json", "metrics.json", "consul.log" })
            Assert.True(File.Exists(Path.Combine(output, file)), file);
    }

    [Theory]
    [InlineData("==> debug: Too many arguments provided, expected 0", "x")]
    [InlineData("==> Capture validation failed: duration must be longer than 10s", "-duration=1s")]
    [InlineData("==> Capture validation failed: interval must be longer than 10s", "-interval=1s")]
    [InlineData("==> Capture validation failed: duration (10s) must be longer than interval (30s)", "-duration=10s")]
    [InlineData("==> Capture validation failed: target not found: x", "-capture=x")]
    public async Task What_cannot_be_gathered_is_told(string error, params string[] flags)
    {
        await using AgentCluster cluster = await AgentCluster.StartAsync(servers: 1);
        Assert.Equal((1, "", error + "\n"), await cluster.Agents[0].RunAsync(["debug", .. flags]));
    }
}
