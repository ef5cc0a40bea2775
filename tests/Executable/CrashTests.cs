using System.Collections.Concurrent;
using System.Text.Json;
using Praetor.Tests.Storage;

namespace Praetor.Tests.Executable;

/// <summary>What operators do to a server at night: kill it under load, and start it on what is left.</summary>
public sealed class CrashTests : IDisposable
{
    private readonly TemporaryDirectory _data = new();

    public void Dispose() => _data.Dispose();

    private static string Registration(int i) => $$$"""
        {"Node":"node{{{i}}}","Address":"10.0.{{{i / 250}}}.{{{i % 250}}}",
         "Service":{"Service":"web","ID":"web{{{i}}}","Port":80},
         "Check":{"CheckID":"c{{{i}}}","Status":"passing","ServiceID":"web{{{i}}}"}}
        """;

    /// <summary>Writes until the server is gone; returns what was acknowledged.</summary>
    private static async Task<(ConcurrentBag<int> Keys, ConcurrentBag<int> Nodes)> WriteUntilDeadAsync(AgentProcess agent, int acknowledgedBeforeKill)
    {
        var keys = new ConcurrentBag<int>();
        var nodes = new ConcurrentBag<int>();
        int next = 0;
        async Task WriteAsync(int writer)
        {
            try
            {
                while (true)
                {
                    int i = Interlocked.Increment(ref next);
                    if (writer % 4 == 0)
                    {
                        if (await agent.PutAsync("/v1/catalog/register", Registration(i)))
                            nodes.Add(i);
                    }
                    else if (await agent.PutAsync($"/v1/kv/k/{i}", $"value {i}"))
                    {
                        keys.Add(i);
                    }
                }
            }
            catch (Exception gone) when (gone is HttpRequestException or IOException or TaskCanceledException)
            {
                // The server was killed: whatever was under way has an unknown fate.
            }
        }

        Task writers = Task.WhenAll(Enumerable.Range(0, 16).Select(WriteAsync));
        await agent.WaitAsync(() => Task.FromResult(keys.Count + nodes.Count >= acknowledgedBeforeKill), "enough acknowledged writes");
        agent.Kill();
        await writers;
        return (keys, nodes);
    }

    [Fact]
    public async Task After_kill_9_under_load_every_acknowledged_write_is_there_and_nothing_is_half_applied()
    {
        string address = AgentProcess.FreshAddress();
        var keys = new List<int>();
        var nodes = new List<int>();
        for (int round = 0; round < 2; round++)
        {
            using AgentProcess agent = await AgentProcess.StartAsync(_data.Path, address);
            (ConcurrentBag<int> ackedKeys, ConcurrentBag<int> ackedNodes) = await WriteUntilDeadAsync(agent, 1500);
            keys = [.. ackedKeys];
            nodes = [.. ackedNodes];
        }

        using AgentProcess again = await AgentProcess.StartAsync(_data.Path, address);
        using JsonDocument listed = JsonDocument.Parse(await again.Http.GetStringAsync("/v1/kv/k/?recurse"));
        Dictionary<string, string> held = listed.RootElement.EnumerateArray().ToDictionary(
            entry => entry.GetProperty("Key").GetString()!,
            entry => System.Text.Encoding.UTF8.GetString(entry.GetProperty("Value").GetBytesFromBase64()));
        Assert.All(keys, i => Assert.Equal($"value {i}", held.GetValueOrDefault($"k/{i}")));

        using JsonDocument instances = JsonDocument.Parse(await again.Http.GetStringAsync("/v1/health/service/web"));
        HashSet<string> registered = [.. instances.RootElement.EnumerateArray().Select(entry => entry.GetProperty("Node").GetProperty("Node").GetString()!)];
        Assert.All(nodes, i => Assert.Contains($"node{i}", registered));
        Assert.All(instances.RootElement.EnumerateArray(), entry => Assert.Single(entry.GetProperty("Checks").EnumerateArray()));
        using JsonDocument all = JsonDocument.Parse(await again.Http.GetStringAsync("/v1/catalog/nodes"));
        Assert.All(all.RootElement.EnumerateArray().Select(node => node.GetProperty("Node").GetString()!).Where(name => name.StartsWith("node", StringComparison.Ordinal)),
            name => Assert.Contains(name, registered));
    }

    private async Task<string> FilledAndKilledAsync(int keys)
    {
        using AgentProcess agent = await AgentProcess.StartAsync(_data.Path);
        for (int i = 0; i < keys; i++)
            Assert.True(await agent.PutAsync($"/v1/kv/k/{i}", $"value {i}"));
        agent.Kill();
        return Directory.GetFiles(Path.Combine(_data.Path, "raft", "wal"), "*.log").Single();
    }

    [Fact]
    public async Task A_torn_log_tail_is_cut_with_a_warning_and_the_rest_is_there()
    {
        string segment = await FilledAndKilledAsync(50);
        byte[] bytes = await File.ReadAllBytesAsync(segment);
        int end = bytes.AsSpan().LastIndexOfAnyExcept((byte)0);
        bytes.AsSpan(end - 4).Clear();
        await File.WriteAllBytesAsync(segment, bytes);

        using AgentProcess again = await AgentProcess.StartAsync(_data.Path);
        Assert.Contains("log tail cut at the last good batch", again.Output, StringComparison.Ordinal);
        Assert.Equal("value 10", await again.Http.GetStringAsync("/v1/kv/k/10?raw"));
    }

    [Fact]
    public async Task Damage_before_the_tail_stops_the_start_and_names_the_file()
    {
        string segment = await FilledAndKilledAsync(50);
        byte[] bytes = await File.ReadAllBytesAsync(segment);
        int end = bytes.AsSpan().LastIndexOfAnyExcept((byte)0);
        bytes[end / 2] ^= 0x40;
        await File.WriteAllBytesAsync(segment, bytes);

        using AgentProcess again = AgentProcess.Launch(_data.Path);
        Assert.Equal(1, await again.ExitAsync());
        Assert.Contains(segment, again.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_agent_on_the_same_data_directory_is_refused()
    {
        using AgentProcess first = await AgentProcess.StartAsync(_data.Path);
        using AgentProcess second = AgentProcess.Launch(_data.Path);
        Assert.Equal(1, await second.ExitAsync());
        Assert.True(await first.PutAsync("/v1/kv/still", "here"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Signals_end_a_server_cleanly_with_the_status_of_a_server(bool terminate)
    {
        using AgentProcess agent = await AgentProcess.StartAsync(_data.Path);
        Assert.Equal(1, terminate ? await agent.TerminateAsync() : await agent.InterruptAsync());
        Assert.Contains("Graceful shutdown disabled. Exiting", agent.Output, StringComparison.Ordinal);
        Assert.Contains("Exit code: code=1", agent.Output, StringComparison.Ordinal);
    }
}
