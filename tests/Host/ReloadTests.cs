using System.Net.Sockets;
using System.Text.Json;
using Praetor.Tests.Executable;
using Praetor.Tests.Storage;
using Praetor.Tests.Support;

namespace Praetor.Tests.Host;

/// <summary>What a reload changes (config 4), asked for or by itself.</summary>
public sealed class ReloadTests : IDisposable
{
    private readonly TemporaryDirectory _files = new();
    private readonly string _address = AgentProcess.FreshAddress();

    public void Dispose() => _files.Dispose();

    private string ConfigPath => Path.Combine(_files.Path, "agent.hcl");

    [Fact]
    public async Task Snapshots_are_taken_by_the_new_threshold()
    {
        await using HostedAgent agent = await StartAsync("");
        string snapshots = Path.Combine(_files.Path, "data", "raft", "snapshots");
        await WriteKeysAsync(agent);
        Assert.Empty(Directory.GetFileSystemEntries(snapshots));

        await ReloadAsync(agent, "raft_snapshot_threshold = 5, raft_snapshot_interval = \"1ms\"");
        await WriteKeysAsync(agent);

        await agent.UntilAsync(() => Task.FromResult(Directory.GetFileSystemEntries(snapshots).Length > 0), "a snapshot");
    }

    [Fact]
    public async Task Node_meta_metric_filters_and_debug_level_settings_are_in_force()
    {
        await using HostedAgent agent = await StartAsync("node_meta { a = \"1\" }");
        await agent.UntilAsync(async () => await MetaAsync(agent) == "1", "the first meta");

        await ReloadAsync(agent, """node_meta { a = "2" }, telemetry { prefix_filter = ["-consul.kvs"] }""");
        await agent.UntilAsync(async () => await MetaAsync(agent) == "2", "the new meta");
        long before = await CountOfAsync(agent);
        await WriteKeysAsync(agent);
        Assert.Equal(before, await CountOfAsync(agent));

        await ReloadAsync(agent, """node_meta { a = "2" }""");
        await WriteKeysAsync(agent);
        Assert.True(await CountOfAsync(agent) > before, "kvs.apply is measured again");
    }

    [Fact]
    public async Task The_bound_of_connections_is_the_new_one()
    {
        await using HostedAgent agent = await StartAsync("");
        await ReloadAsync(agent, "limits { http_max_conns_per_client = 1 }");

        using var first = new TcpClient();
        await first.ConnectAsync(_address, 8500, TestContext.Current.CancellationToken);
        using var second = new TcpClient();
        await second.ConnectAsync(_address, 8500, TestContext.Current.CancellationToken);
        using var reader = new StreamReader(second.GetStream());
        Assert.Equal("HTTP/1.1 429 Too Many Requests", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Consensus_goes_on_with_other_times()
    {
        await using HostedAgent agent = await StartAsync("performance { raft_multiplier = 1 }");
        await ReloadAsync(agent, "performance { raft_multiplier = 10 }");
        await WriteKeysAsync(agent);
        Assert.Equal(200, (await agent.GetAsync("/v1/kv/k0?consistent")).Status);
    }

    [Fact]
    public async Task A_changed_file_is_loaded_by_itself_and_a_bad_one_changes_nothing()
    {
        await using HostedAgent agent = await StartAsync("auto_reload_config = true");
        await WriteAsync("auto_reload_config = true, service { name = \"web\" }");
        await agent.UntilAsync(async () => await HasServiceAsync(agent, "web"), "the service");

        await WriteAsync("service {");
        await Task.Delay(3000, TestContext.Current.CancellationToken);
        Assert.True(await HasServiceAsync(agent, "web"));

        await WriteAsync("service { name = \"db\" }");
        await agent.UntilAsync(async () => await HasServiceAsync(agent, "db") && !await HasServiceAsync(agent, "web"), "the other service");
    }

    private async Task<HostedAgent> StartAsync(string settings)
    {
        await WriteAsync(settings);
        HostedAgent agent = await HostedAgent.StartAsync("alone", _address, isServer: true, [$$"""
            node_name = "alone", bind_addr = "{{_address}}", client_addr = "{{_address}}", server = true, bootstrap = true, data_dir = "{{Path.Combine(_files.Path, "data")}}"
            """], ConfigPath);
        await agent.UntilAsync(async () => (await agent.SendAsync("PUT", "/v1/kv/ready", "x")).Status == 200, "leader");
        return agent;
    }

    private Task WriteAsync(string settings) => File.WriteAllTextAsync(ConfigPath, settings, TestContext.Current.CancellationToken);

    private async Task ReloadAsync(HostedAgent agent, string settings)
    {
        await WriteAsync(settings);
        Reply answer = await agent.SendAsync("PUT", "/v1/agent/reload", "");
        Assert.Equal((200, ""), (answer.Status, answer.Body));
    }

    private static async Task WriteKeysAsync(HostedAgent agent)
    {
        for (int i = 0; i < 20; i++)
            Assert.Equal(200, (await agent.SendAsync("PUT", $"/v1/kv/k{i}", "x")).Status);
    }

    private static async Task<string?> MetaAsync(HostedAgent agent) =>
        (await agent.JsonAsync("/v1/catalog/nodes"))[0].GetProperty("Meta").TryGetProperty("a", out JsonElement value) ? value.GetString() : null;

    private static async Task<bool> HasServiceAsync(HostedAgent agent, string name) => (await agent.JsonAsync("/v1/agent/services")).TryGetProperty(name, out _);

    /// <summary>How often writing a key was measured since the start.</summary>
    private static Task<long> CountOfAsync(HostedAgent agent) =>
        Task.FromResult(agent.Host.Metrics.Accumulated().Where(static series => series.Name == "kvs.apply").Sum(static series => series.Total.Count));
}
