using System.Text.Json;
using Praetor.Tests.Host;
using Praetor.Tests.Support;

namespace Praetor.Tests.Clients;

/// <summary>What programs that elect and lock send, and what they rely on (field 4), asked of an agent without state.</summary>
public sealed class LockClientTests(SharedCluster cluster) : IClassFixture<SharedCluster>
{
    private HostedAgent Agent => cluster.Client;

    /// <summary>Patroni: lower-case field names, times with a fraction, refusals known by how their text begins.</summary>
    [Fact]
    public async Task Patroni_keeps_its_leader_key()
    {
        Assert.True((await Agent.JsonAsync("/v1/agent/self")).GetProperty("DebugConfig").TryGetProperty("SessionTTLMin", out JsonElement least), "SessionTTLMin");
        Assert.Contains(least.ToString(), (string[])["10s", "0s"]);
        string session = await SessionAsync("""{"name": "pg-node1", "checks": [], "lockdelay": 0.001, "behavior": "delete", "ttl": "15.0s"}""");
        Reply renewed = await Agent.SendAsync("PUT", $"/v1/session/renew/{session}");
        Assert.Equal((200, 1_000_000), (renewed.Status, Json(renewed)[0].GetProperty("LockDelay").GetInt64()));
        Assert.Equal(404, (await Agent.SendAsync("PUT", "/v1/session/renew/00000000-0000-0000-0000-000000000000")).Status);
        Assert.StartsWith("Invalid Session TTL", (await Agent.SendAsync("PUT", "/v1/session/create", """{"ttl": "2.5s"}""")).Body, StringComparison.Ordinal);

        Assert.Equal("true", (await Agent.SendAsync("PUT", $"/v1/kv/service/pg/leader?acquire={session}", "node1")).Body);
        Reply lost = await Agent.SendAsync("PUT", "/v1/kv/service/pg/leader?acquire=00000000-0000-0000-0000-000000000000", "node2");
        Assert.Equal(500, lost.Status);
        Assert.Contains("invalid session", lost.Body, StringComparison.Ordinal);
        Reply cluster = await Agent.GetAsync("/v1/kv/service/pg/?recurse=1&consistent=1");
        Task<Reply> waiting = Agent.GetAsync($"/v1/kv/service/pg/leader?index={cluster.Index}&wait=9.87s");
        long modified = Json(cluster)[0].GetProperty("ModifyIndex").GetInt64();
        Assert.Equal("true", (await Agent.SendAsync("DELETE", $"/v1/kv/service/pg/leader?cas={modified}")).Body);
        Assert.Equal(404, (await waiting).Status);
        Assert.Equal(200, (await Agent.SendAsync("PUT", "/v1/agent/service/register",
            """{"ID": "pg/node1", "Name": "pg", "Address": "10.0.0.1", "Port": 5432, "EnableTagOverride": true, "Tags": ["master"], "Check": {"HTTP": "http://10.0.0.1:8008/master", "Interval": "5s", "DeregisterCriticalServiceAfter": "150.0s"}}""")).Status);
    }

    /// <summary>Vault storage: values by key, folders by separator, transactions of 128, a lock, and the address of the agent.</summary>
    [Fact]
    public async Task Vault_stores_and_locks()
    {
        Assert.False(string.IsNullOrEmpty((await Agent.JsonAsync("/v1/agent/self")).GetProperty("Member").GetProperty("Addr").GetString()));
        string[] ops = [.. Enumerable.Range(0, 128).Select(static i => $$$"""{"KV": {"Verb": "set", "Key": "vault/core/{{{i}}}", "Value": "MQ=="}}""")];
        Assert.Equal(200, (await Agent.SendAsync("PUT", "/v1/txn", $"[{string.Join(',', ops)}]")).Status);
        Reply tooMany = await Agent.SendAsync("PUT", "/v1/txn", $"[{string.Join(',', ops)},{ops[0]}]");
        Assert.Equal((413, true), (tooMany.Status, tooMany.Body.Contains("too many operations", StringComparison.Ordinal)));
        Assert.Equal("[\"vault/core/\"]", (await Agent.GetAsync("/v1/kv/vault/?keys&separator=/")).Body);
        string large = new('x', 524_289);
        // Vault looks for "Value exceeds", the text of old versions; those it is made for today say what http-core 5.2 says.
        Assert.Contains("too large, max size: 524288 bytes", (await Agent.SendAsync("PUT", "/v1/kv/vault/large", large)).Body, StringComparison.Ordinal);
        string largeOp = $$$"""[{"KV": {"Verb": "set", "Key": "vault/large", "Value": "{{{Convert.ToBase64String(new byte[400_000])}}}"}}]""";
        Assert.Contains("too large", (await Agent.SendAsync("PUT", "/v1/txn", largeOp)).Body, StringComparison.Ordinal);

        string session = await SessionAsync("""{"Name": "Vault Lock", "TTL": "15s", "LockDelay": "15s", "Behavior": "release"}""");
        Assert.Equal("true", (await Agent.SendAsync("PUT", $"/v1/kv/vault/core/lock?acquire={session}&flags=3304740253564472344", "me")).Body);
        Assert.Equal("true", (await Agent.SendAsync("PUT", $"/v1/kv/vault/core/lock?release={session}&flags=3304740253564472344", "me")).Body);
    }

    /// <summary>Terraform's backend writes its state by check-and-set in a transaction and locks with a delay of five seconds.</summary>
    [Fact]
    public async Task Terraform_locks_and_writes_its_state()
    {
        string session = await SessionAsync("""{"Name": "Terraform", "TTL": "15s", "LockDelay": "5s", "Behavior": "release"}""");
        Assert.Equal("true", (await Agent.SendAsync("PUT", $"/v1/kv/tf/state/.lock?acquire={session}&flags=3304740253564472344", "")).Body);
        Assert.Equal("true", (await Agent.SendAsync("PUT", "/v1/kv/tf/state/.lockinfo", """{"ID": "1"}""")).Body);
        Reply written = await Agent.SendAsync("PUT", "/v1/txn", """[{"KV": {"Verb": "cas", "Key": "tf/state", "Value": "e30=", "Index": 0}}]""");
        long index = Json(written).GetProperty("Results")[0].GetProperty("KV").GetProperty("ModifyIndex").GetInt64();
        Reply conflict = await Agent.SendAsync("PUT", "/v1/txn", """[{"KV": {"Verb": "cas", "Key": "tf/state", "Value": "e30=", "Index": 1}}]""");
        Assert.Equal(409, conflict.Status);
        Assert.Contains("index is stale", conflict.Body, StringComparison.Ordinal);
        Assert.Equal(200, (await Agent.SendAsync("PUT", "/v1/txn", $$$"""[{"KV": {"Verb": "cas", "Key": "tf/state", "Value": "e30=", "Index": {{{index}}}}}]""")).Status);
        Assert.Equal("true", (await Agent.SendAsync("DELETE", "/v1/kv/tf/state/?recurse")).Body);
        Assert.Equal("true", (await Agent.SendAsync("PUT", $"/v1/session/destroy/{session}")).Body);
    }

    /// <summary>Mimir, Loki and Cortex share one large value by check-and-set and watch it with short waits; an index of 0 is none.</summary>
    [Fact]
    public async Task Dskit_shares_a_ring_by_check_and_set()
    {
        Reply missing = await Agent.GetAsync("/v1/kv/collectors/ring?index=0&wait=10s&stale");
        Assert.Equal(404, missing.Status);
        Assert.True(missing.Index >= 1);
        string ring = new('r', 200_000);
        Assert.Equal("true", (await Agent.SendAsync("PUT", "/v1/kv/collectors/ring?cas=0", ring)).Body);

        int won = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, 20), TestContext.Current.CancellationToken, async (i, _) =>
        {
            JsonElement entry = Json(await Agent.GetAsync("/v1/kv/collectors/ring?consistent"))[0];
            Reply reply = await Agent.SendAsync("PUT", $"/v1/kv/collectors/ring?cas={entry.GetProperty("ModifyIndex").GetInt64()}", ring + i);
            if (reply.Body.TrimEnd() == "true")
                Interlocked.Increment(ref won);
        });

        Assert.InRange(won, 1, 20);
        Assert.True(Json(await Agent.GetAsync("/v1/kv/collectors/ring"))[0].GetProperty("Value").GetString()!.Length > 200_000);
    }

    private async Task<string> SessionAsync(string body) => Json(await Agent.SendAsync("PUT", "/v1/session/create", body)).GetProperty("ID").GetString()!;

    private static JsonElement Json(Reply reply)
    {
        Assert.True(reply.Status == 200, $"{reply.Status} {reply.Body}");
        return JsonDocument.Parse(reply.Bytes).RootElement;
    }
}
