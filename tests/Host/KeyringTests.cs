using System.Text.Json;
using Praetor.Tests.Support;

namespace Praetor.Tests.Host;

/// <summary>Keys of the pools are rotated while they are in use (http-core 10.1, cli 8 'keyring', gossip-raft 12.7).</summary>
public sealed class KeyringTests
{
    private const string Old = "pUqJrVyVRj5jsiYEkM/tFQYfWyJIv4s3XkvDwy7Cu5s=";
    private const string New = "HvY8ubRZMgafUOWvrOadwOckVa1wN3QWAo46FVKbVN8=";
    private const string Path = "/v1/operator/keyring";

    [Fact]
    public async Task A_key_is_installed_used_and_the_old_one_removed_while_members_talk()
    {
        await using AgentCluster cluster = await AgentCluster.StartAsync(servers: 3, clients: 1, settings: Encrypted(Old));
        HostedAgent agent = cluster.Agents[^1];

        Assert.Equal((0, "==> Installing new gossip encryption key...\n", ""), await agent.RunAsync("keyring", "-install", New));
        Assert.Equal((0, "==> Changing primary gossip encryption key...\n", ""), await agent.RunAsync("keyring", "-use", New));
        Assert.Equal([("WAN", 3, 3, New), ("dc1", 4, 4, New)], await RingsAsync(agent, keys: 2));
        Assert.Equal((0, "==> Removing gossip encryption key...\n", ""), await agent.RunAsync("keyring", "-remove", Old));

        Assert.Equal([("WAN", 3, 3, New), ("dc1", 4, 4, New)], await RingsAsync(agent, keys: 1));
        // Whoever comes now needs the new key.
        await cluster.AddAsync(isServer: false, settings: Encrypted(New));
        await cluster.WaitUntilWholeAsync();
        (int code, string listed, _) = await agent.RunAsync("keyring", "-list");
        Assert.Equal(0, code);
        Assert.Equal($"==> Gathering installed encryption keys...\n\nWAN:\n  {New} [3/3]\n\ndc1 (LAN):\n  {New} [5/5]\n", listed);
    }

    [Fact]
    public async Task Removing_the_key_in_use_and_using_an_unknown_one_fail_and_change_nothing()
    {
        await using AgentCluster cluster = await AgentCluster.StartAsync(servers: 1, settings: Encrypted(Old));
        HostedAgent agent = cluster.Agents[0];

        Reply removed = await SendAsync(agent, "DELETE", Old);
        Reply used = await SendAsync(agent, "PUT", New);

        Assert.Equal(500, removed.Status);
        Assert.StartsWith("4 errors occurred:\n\t* WAN error: 1/1 nodes reported failure\n\t* s1.dc1: ", removed.Body, StringComparison.Ordinal);
        Assert.Contains("\n\t* dc1 (LAN) error: 1/1 nodes reported failure\n\t* s1: ", removed.Body, StringComparison.Ordinal);
        Assert.Equal(500, used.Status);
        Assert.Equal([("WAN", 1, 1, Old), ("dc1", 1, 1, Old)], await RingsAsync(agent, keys: 1));
    }

    [Fact]
    public async Task Without_encryption_there_is_no_ring()
    {
        await using AgentCluster cluster = await AgentCluster.StartAsync(servers: 1);

        Reply listed = await cluster.Agents[0].GetAsync(Path + "?local-only=true");

        Assert.Equal((500, "2 errors occurred:\n\t* dc1 (LAN) error: 1/1 nodes reported failure\n\t* s1: Keyring is empty (encryption not enabled)\n\n"), (listed.Status, listed.Body));
    }

    [Theory]
    [InlineData("GET", "?relay-factor=x", "", "Error parsing relay factor: strconv.Atoi: parsing \"x\": invalid syntax")]
    [InlineData("GET", "?relay-factor=6", "", "Invalid relay-factor: Relay factor must be in range: [0, 5]")]
    [InlineData("GET", "?local-only=x", "", "Error parsing local-only: strconv.ParseBool: parsing \"x\": invalid syntax")]
    [InlineData("PUT", "?local-only=true", "{}", "Invalid use of local-only: local-only can only be set for list requests")]
    [InlineData("POST", "", "{", "Request decode failed: unexpected EOF")]
    public async Task Requests_that_make_no_sense_are_refused(string method, string query, string body, string text)
    {
        await using AgentCluster cluster = await AgentCluster.StartAsync(servers: 1);

        Reply refused = await cluster.Agents[0].SendAsync(method, Path + query, method == "GET" ? null : body);

        Assert.Equal((400, text), (refused.Status, refused.Body));
    }

    [Fact]
    public async Task An_agent_with_another_key_cannot_join()
    {
        await using AgentCluster cluster = await AgentCluster.StartAsync(servers: 1, settings: Encrypted(Old));
        HostedAgent stranger = await cluster.AddAsync(isServer: false, settings: Encrypted(New));

        (int code, _, string error) = await stranger.RunAsync("join", cluster.Agents[0].Address);

        Assert.Equal(1, code);
        Assert.Contains("no installed keys could decrypt the message", error, StringComparison.Ordinal);
        Assert.Equal(1, await cluster.Agents[0].CountAsync("alive"));
    }

    private static string Encrypted(string key) => JsonSerializer.Serialize(new { encrypt = key });

    private static Task<Reply> SendAsync(HostedAgent agent, string method, string key) => agent.SendAsync(method, Path, JsonSerializer.Serialize(new { Key = key }));

    /// <summary>Pool, members, members with the primary key, primary key; all must have so many keys.</summary>
    private static async Task<List<(string Pool, int Members, int Primaries, string Primary)>> RingsAsync(HostedAgent agent, int keys)
    {
        var rings = new List<(string, int, int, string)>();
        foreach (JsonElement ring in (await agent.JsonAsync(Path)).EnumerateArray())
        {
            int members = ring.GetProperty("NumNodes").GetInt32();
            Assert.Equal(keys, ring.GetProperty("Keys").EnumerateObject().Count());
            Assert.All(ring.GetProperty("Keys").EnumerateObject(), key => Assert.Equal(members, key.Value.GetInt32()));
            JsonProperty primary = Assert.Single(ring.GetProperty("PrimaryKeys").EnumerateObject());
            rings.Add((ring.GetProperty("WAN").GetBoolean() ? "WAN" : ring.GetProperty("Datacenter").GetString()!, members, primary.Value.GetInt32(), primary.Name));
        }

        return rings;
    }
}
