using System.Text.Json;
using Praetor.Tests.Support;

namespace Praetor.Tests.Executable;

/// <summary>What happens to clusters at night, to three real servers and two agents under load: nothing that was acknowledged is lost, and all that clients were told fits together.</summary>
[Collection(Alone.Name)]
public sealed class ClusterTests
{
    [Fact]
    public async Task A_leader_that_is_killed_is_replaced_and_comes_back()
    {
        await using ClusterOfProcesses cluster = await ClusterOfProcesses.StartAsync();
        await using var history = new ClusterHistory(cluster);
        history.Start();
        await history.UntilAcknowledgedAsync(50);

        int leader = await cluster.LeaderAsync();
        cluster.Agents[leader].Kill();
        await history.UntilAcknowledgedAsync(50);
        cluster.Start(leader);
        await cluster.WaitUntilWholeAsync();

        await history.VerifyAsync();
    }

    [Fact]
    public async Task A_follower_that_stands_still_for_a_while_holds_nobody_up_and_catches_up()
    {
        await using ClusterOfProcesses cluster = await ClusterOfProcesses.StartAsync();
        await using var history = new ClusterHistory(cluster);
        history.Start();
        int follower = (await cluster.LeaderAsync() + 1) % 3;

        cluster.Agents[follower].Pause();
        try
        {
            await history.UntilAcknowledgedAsync(100);
        }
        finally
        {
            cluster.Agents[follower].Resume();
        }

        await cluster.WaitUntilWholeAsync();
        await history.VerifyAsync();
    }

    [Fact]
    public async Task A_leader_that_stands_still_is_replaced_and_steps_down_when_it_wakes()
    {
        await using ClusterOfProcesses cluster = await ClusterOfProcesses.StartAsync();
        await using var history = new ClusterHistory(cluster);
        history.Start();
        int leader = await cluster.LeaderAsync();

        cluster.Agents[leader].Pause();
        try
        {
            await history.UntilAcknowledgedAsync(50);
        }
        finally
        {
            cluster.Agents[leader].Resume();
        }

        await cluster.WaitUntilWholeAsync();
        await history.VerifyAsync();
    }

    [Fact]
    public async Task A_leader_that_is_cut_off_is_replaced_acknowledges_nothing_and_follows_when_the_network_heals()
    {
        await using ClusterOfProcesses cluster = await ClusterOfProcesses.StartAsync(splittable: true);
        await using var history = new ClusterHistory(cluster);
        history.Start();
        await history.UntilAcknowledgedAsync(50);
        int leader = await cluster.LeaderAsync();

        cluster.Network!.CutOff(leader);
        await history.UntilAcknowledgedAsync(50);
        using HttpResponseMessage alone = await cluster.Agents[leader].Http.GetAsync("/v1/kv/alone?consistent");
        Assert.Equal(System.Net.HttpStatusCode.InternalServerError, alone.StatusCode);
        cluster.Network.Heal();

        await cluster.WaitUntilWholeAsync();
        await history.VerifyAsync();
    }

    [Fact]
    public async Task A_follower_that_is_cut_off_with_an_agent_unseats_nobody_when_the_network_heals()
    {
        await using ClusterOfProcesses cluster = await ClusterOfProcesses.StartAsync(splittable: true);
        await using var history = new ClusterHistory(cluster);
        history.Start();
        int leader = await cluster.LeaderAsync();

        cluster.Network!.CutOff((leader + 1) % 3, 4);
        await history.UntilAcknowledgedAsync(200);
        await cluster.Agents[leader].WaitAsync(async () => await ClusterOfProcesses.AliveAsync(cluster.Agents[leader]) == 3, "two members declared failed");
        cluster.Network.Heal();

        await cluster.WaitUntilWholeAsync();
        Assert.Equal(leader, await cluster.LeaderAsync());
        await history.VerifyAsync();
    }

    [Fact]
    public async Task Servers_and_agents_are_restarted_one_after_the_other_while_clients_go_on()
    {
        await using ClusterOfProcesses cluster = await ClusterOfProcesses.StartAsync();
        await using var history = new ClusterHistory(cluster);
        history.Start();

        for (int number = 0; number < cluster.Agents.Length; number++)
        {
            await cluster.Agents[number].TerminateAsync();
            await history.UntilAcknowledgedAsync(10);
            cluster.Start(number);
            await cluster.WaitUntilWholeAsync();
        }

        await history.VerifyAsync();
    }

    [Fact]
    public async Task A_server_whose_disk_was_wiped_comes_back_as_a_new_one_under_its_name()
    {
        await using ClusterOfProcesses cluster = await ClusterOfProcesses.StartAsync();
        await using var history = new ClusterHistory(cluster);
        history.Start();
        await history.UntilAcknowledgedAsync(20);
        int server = (await cluster.LeaderAsync() + 1) % 3;

        cluster.Agents[server].Kill();
        Directory.Delete(cluster.DataOf(server), recursive: true);
        cluster.Start(server);
        await cluster.WaitUntilWholeAsync();

        await history.VerifyAsync();
        Assert.Equal(5, await CountNodesAsync(cluster));
    }

    [Fact]
    public async Task All_are_killed_and_start_at_other_addresses_and_find_each_other()
    {
        await using ClusterOfProcesses cluster = await ClusterOfProcesses.StartAsync();
        await using var history = new ClusterHistory(cluster);
        history.Start();
        await history.UntilAcknowledgedAsync(50);

        foreach (AgentProcess agent in cluster.Agents)
            agent.Kill();
        cluster.MoveAway();
        for (int number = 0; number < cluster.Agents.Length; number++)
            cluster.Start(number);
        await cluster.WaitUntilWholeAsync();

        await history.UntilAcknowledgedAsync(20);
        await history.VerifyAsync();
    }

    [Fact]
    public async Task Without_a_majority_nothing_is_acknowledged_and_stale_reads_say_how_stale()
    {
        await using ClusterOfProcesses cluster = await ClusterOfProcesses.StartAsync();
        Assert.True(await cluster.Agents[0].PutAsync("/v1/kv/kept", "v"));
        int leader = await cluster.LeaderAsync();
        AgentProcess last = cluster.Agents[(leader + 1) % 3];
        await last.WaitAsync(async () => (await last.Http.GetAsync("/v1/kv/kept?stale")).IsSuccessStatusCode, "the key everywhere");

        cluster.Agents[leader].Kill();
        cluster.Agents[(leader + 2) % 3].Kill();
        await last.WaitAsync(async () => await last.Http.GetStringAsync("/v1/status/leader") == "\"\"", "the loss of the leader");

        using HttpResponseMessage write = await last.Http.PutAsync("/v1/kv/lost", new StringContent("v"));
        Assert.Equal("500 No cluster leader", $"{(int)write.StatusCode} {await write.Content.ReadAsStringAsync()}");
        using HttpResponseMessage read = await last.Http.GetAsync("/v1/kv/kept");
        Assert.Equal("500 No cluster leader", $"{(int)read.StatusCode} {await read.Content.ReadAsStringAsync()}");
        using HttpResponseMessage stale = await last.Http.GetAsync("/v1/kv/kept?stale");
        Assert.True(stale.IsSuccessStatusCode);
        Assert.Equal("false", stale.Headers.GetValues("X-Consul-KnownLeader").Single());
        Assert.True(int.Parse(stale.Headers.GetValues("X-Consul-LastContact").Single(), System.Globalization.CultureInfo.InvariantCulture) > 7000);
    }

    [Fact]
    public async Task A_lone_survivor_goes_on_when_an_operator_names_it()
    {
        await using ClusterOfProcesses cluster = await ClusterOfProcesses.StartAsync();
        await using var history = new ClusterHistory(cluster);
        history.Start();
        await history.UntilAcknowledgedAsync(50);
        await history.StopAsync();
        // What was acknowledged is on a majority, and then on all: the survivor has it.
        foreach (AgentProcess agent in cluster.Agents.Take(3))
            await agent.WaitAsync(async () => (await agent.Http.GetAsync("/v1/kv/history?keys&consistent")).IsSuccessStatusCode, "the last entry");
        for (int number = 0; number < 3; number++)
            cluster.Agents[number].Kill();

        string id = await File.ReadAllTextAsync(Path.Combine(cluster.DataOf(0), "node-id"));
        string peers = Path.Combine(cluster.DataOf(0), "raft", "peers.json");
        await File.WriteAllTextAsync(peers, $$"""[{"id": "{{id}}", "address": "{{cluster.Prefix}}.1:8300", "non_voter": false}]""");
        cluster.Start(0);
        AgentProcess survivor = cluster.Agents[0];
        await survivor.WaitAsync(() => survivor.PutAsync("/v1/kv/alone", "yes"), "an accepted write");

        Assert.False(File.Exists(peers));
        // The others begin anew, as servers of the survivor's cluster.
        for (int number = 1; number < 3; number++)
        {
            Directory.Delete(cluster.DataOf(number), recursive: true);
            cluster.Start(number);
        }

        await cluster.WaitUntilWholeAsync();
        await history.VerifyAsync();
    }

    [Fact]
    public async Task A_restore_goes_on_when_the_leader_is_killed_and_is_the_same_on_every_server()
    {
        const int Keys = 400;
        await using ClusterOfProcesses cluster = await ClusterOfProcesses.StartAsync();
        int leader = await cluster.LeaderAsync();
        int follower = (leader + 1) % 3;
        byte[] value = new byte[50_000];
        new Random(1).NextBytes(value);
        string text = Convert.ToBase64String(value);
        for (int i = 0; i < Keys; i++)
            Assert.True(await cluster.Agents[follower].PutAsync($"/v1/kv/archived/{i}", text));
        byte[] archive = await cluster.Agents[follower].Http.GetByteArrayAsync("/v1/snapshot", TestContext.Current.CancellationToken);
        (await cluster.Agents[follower].Http.DeleteAsync("/v1/kv/archived/?recurse", TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
        Assert.True(await cluster.Agents[follower].PutAsync("/v1/kv/archived/since", "now"));

        Task<HttpResponseMessage> restoring = cluster.Agents[follower].Http.PutAsync("/v1/snapshot", new ByteArrayContent(archive), TestContext.Current.CancellationToken);
        await Task.Delay(150, TestContext.Current.CancellationToken);
        bool wasUnderWay = !restoring.IsCompleted;
        cluster.Agents[leader].Kill();
        bool isRestored = (await restoring).IsSuccessStatusCode;
        cluster.Start(leader);
        await cluster.WaitUntilWholeAsync();

        TestContext.Current.TestOutputHelper?.WriteLine($"under way: {wasUnderWay}, restored: {isRestored}");
        Assert.True(isRestored);
        foreach (AgentProcess agent in cluster.Agents)
        {
            using var keys = JsonDocument.Parse(await agent.Http.GetStringAsync("/v1/kv/archived/?keys", TestContext.Current.CancellationToken));
            Assert.Equal(Keys, keys.RootElement.GetArrayLength());
            Assert.Equal(text, await agent.Http.GetStringAsync($"/v1/kv/archived/{Keys - 1}?raw", TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task Whoever_waits_for_a_key_hears_of_it_whatever_happens_to_the_leader()
    {
        await using ClusterOfProcesses cluster = await ClusterOfProcesses.StartAsync();
        Assert.True(await cluster.Agents[0].PutAsync("/v1/kv/watched", "old"));
        int leader = await cluster.LeaderAsync();
        var watchers = new List<Task<string>>();
        foreach (AgentProcess agent in cluster.Agents.Where((_, number) => number != leader))
            watchers.Add(WatchAsync(agent));

        cluster.Agents[leader].Kill();
        AgentProcess survivor = cluster.Agents.First(agent => agent != cluster.Agents[leader]);
        await survivor.WaitAsync(() => survivor.PutAsync("/v1/kv/watched", "new"), "an accepted write");

        string[] seen = await Task.WhenAll(watchers).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.All(seen, static value => Assert.Equal("new", value));
    }

    /// <summary>As client libraries do it: wait, and ask again with the same index whenever the answer is an error or nothing new.</summary>
    private static async Task<string> WatchAsync(AgentProcess agent)
    {
        long index = 0;
        while (true)
        {
            try
            {
                using HttpResponseMessage answer = await agent.Http.GetAsync($"/v1/kv/watched?index={index}&wait=30s");
                if (!answer.IsSuccessStatusCode)
                    continue;
                using var body = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync());
                string value = System.Text.Encoding.UTF8.GetString(body.RootElement[0].GetProperty("Value").GetBytesFromBase64());
                if (value == "new")
                    return value;
                index = long.Parse(answer.Headers.GetValues("X-Consul-Index").Single(), System.Globalization.CultureInfo.InvariantCulture);
            }
            catch (HttpRequestException)
            {
                await Task.Delay(50);
            }
        }
    }

    private static async Task<int> CountNodesAsync(ClusterOfProcesses cluster)
    {
        int count = 0;
        await cluster.Agents[0].WaitAsync(
            async () =>
            {
                using var nodes = JsonDocument.Parse(await cluster.Agents[0].Http.GetStringAsync("/v1/catalog/nodes"));
                count = nodes.RootElement.GetArrayLength();
                return count == cluster.Agents.Length;
            },
            "five nodes");
        return count;
    }
}
