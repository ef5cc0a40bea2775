using System.Text;
using System.Text.Json;
using Praetor.Api.Http;
using Praetor.Api.Http.Catalog;
using Praetor.Api.Http.Session;
using Praetor.Api.Http.Txn;
using Praetor.Tests.Support;

namespace Praetor.Tests.Http.Txn;

/// <summary>Transactions, line by line (http-core 6).</summary>
public sealed class TxnTests : IAsyncLifetime
{
    private TestServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await TestServer.StartAsync(new TestServerOptions
        {
            Http = new HttpOptions { JitterSeed = 1, NodeName = "n1" },
            Map = static (routes, _) =>
            {
                CatalogRoom.Map(routes);
                TxnRoom.Map(routes);
                new SessionRoom(TimeSpan.FromSeconds(10), Guid.NewGuid).Map(routes);
            },
        });
        Assert.Equal(200, (await _server.PutAsync("/v1/catalog/register", """{"Node": "n1", "Address": "10.0.0.1", "Service": {"Service": "web"}, "Check": {"CheckID": "c", "Name": "c", "Status": "passing"}}""")).Status);
        await _server.PutAsync("/v1/kv/there", "value");
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Writes_happen_together_at_one_index()
    {
        (int status, JsonElement answer) = await TxnAsync("""
            [{"KV": {"Verb": "set", "Key": "a", "Value": "MQ==", "Flags": 7}}, {"KV": {"Verb": "set", "Key": "b", "Value": "Mg=="}}, {"KV": {"Verb": "delete", "Key": "there"}},
             {"KV": {"Verb": "get", "Key": "a"}}]
            """);

        Assert.Equal((200, JsonValueKind.Null), (status, answer.GetProperty("Errors").ValueKind));
        Assert.Equal(["Results", "Errors"], answer.EnumerateObject().Select(static member => member.Name));
        JsonElement[] results = [.. answer.GetProperty("Results").EnumerateArray().Select(static result => result.GetProperty("KV"))];
        Assert.Equal(["a", "b", "a"], results.Select(static entry => entry.GetProperty("Key").GetString()));
        Assert.Equal([JsonValueKind.Null, JsonValueKind.Null, JsonValueKind.String], results.Select(static entry => entry.GetProperty("Value").ValueKind));
        Assert.Single(results.Select(static entry => entry.GetProperty("ModifyIndex").GetInt64()).Distinct());
        Assert.Equal(("1", 404), ((await _server.GetAsync("/v1/kv/a?raw")).Body, (await _server.GetAsync("/v1/kv/there")).Status));
    }

    [Fact]
    public async Task A_failure_undoes_everything_and_every_failure_is_told()
    {
        long before = (await _server.GetAsync("/v1/kv/?recurse")).Index;

        (int status, JsonElement answer) = await TxnAsync("""
            [{"KV": {"Verb": "set", "Key": "a", "Value": "MQ=="}}, {"KV": {"Verb": "get", "Key": "none"}}, {"KV": {"Verb": "delete-tree", "Key": ""}},
             {"KV": {"Verb": "cas", "Key": "x", "Index": 99}}, {"Node": {"Verb": "delete", "Node": {"Node": "n1"}}}]
            """);

        Assert.Equal((409, JsonValueKind.Null), (status, answer.GetProperty("Results").ValueKind));
        Assert.Equal("""[{"OpIndex":1,"What":"key \"none\" doesn't exist"},{"OpIndex":3,"What":"failed to set key \"x\", index is stale"}]""", answer.GetProperty("Errors").GetRawText());
        Assert.Equal("value", (await _server.GetAsync("/v1/kv/there?raw")).Body);
        Assert.Equal(404, (await _server.GetAsync("/v1/kv/a")).Status);
        Assert.Equal(before, (await _server.GetAsync("/v1/kv/?recurse")).Index);
        Assert.Contains("n1", (await _server.GetAsync("/v1/catalog/nodes")).Body, StringComparison.Ordinal);
        // What comes after an undone transaction is as if it had never been.
        Assert.Equal("true", (await _server.PutAsync("/v1/kv/there", "new")).Body);
        Assert.Equal("new", (await _server.GetAsync("/v1/kv/there?raw")).Body);
    }

    [Fact]
    public async Task Reads_alone_come_with_their_metadata_and_write_nothing()
    {
        long before = _server.Runtime.Root.Index;

        Reply reply = await _server.PutAsync("/v1/txn", """[{"KV": {"Verb": "get", "Key": "there"}}, {"KV": {"Verb": "get-tree", "Key": "th"}}, {"KV": {"Verb": "get-or-empty", "Key": "none", "Flags": 3}}]""");

        Assert.Equal(before, _server.Runtime.Root.Index);
        Assert.Equal(("true", "0", null), (reply.Header("X-Consul-Knownleader"), reply.Header("X-Consul-Lastcontact"), reply.Header("X-Consul-Index")));
        string entry = """{"KV":{"LockIndex":0,"Key":"there","Flags":0,"Value":"dmFsdWU=","CreateIndex":4,"ModifyIndex":4}}""";
        Assert.Equal($$$"""{"Results":[{{{entry}}},{{{entry}}},{"KV":{"LockIndex":0,"Key":"none","Flags":3,"Value":null,"CreateIndex":0,"ModifyIndex":0}}],"Errors":null,"Index":1,"LastContact":0,"KnownLeader":true,"ConsistencyLevel":"","NotModified":false,"Backend":0,"ResultsFilteredByACLs":false}""", reply.Body);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("[{}]")]
    public async Task Nothing_to_do_is_done(string body)
    {
        (int status, JsonElement answer) = await TxnAsync(body);

        Assert.Equal((200, 0), (status, answer.GetProperty("Results").GetArrayLength()));
    }

    [Theory]
    [InlineData("""{"KV": {"Verb": "get", "Key": ""}}""", "Must provide key")]
    [InlineData("""{"KV": {"Verb": "dance", "Key": "a"}}""", "unknown KV operation: dance")]
    [InlineData("""{"KV": {"Verb": "get", "Key": "none"}}""", "key \"none\" doesn't exist")]
    [InlineData("""{"KV": {"Verb": "lock", "Key": "a"}}""", "missing session")]
    [InlineData("""{"KV": {"Verb": "unlock", "Key": "a"}}""", "missing session")]
    [InlineData("""{"KV": {"Verb": "lock", "Key": "a", "Session": "x"}}""", "invalid session \"x\"")]
    [InlineData("""{"KV": {"Verb": "unlock", "Key": "there", "Session": "x"}}""", "failed to unlock key \"there\", lock isn't held, or is held by another session")]
    [InlineData("""{"KV": {"Verb": "cas", "Key": "there", "Index": 1}}""", "failed to set key \"there\", index is stale")]
    [InlineData("""{"KV": {"Verb": "check-index", "Key": "none", "Index": 1}}""", "failed to check index, key \"none\" doesn't exist")]
    [InlineData("""{"KV": {"Verb": "check-index", "Key": "there", "Index": 1}}""", "failed index check for key \"there\", current modify index 4 != 1")]
    [InlineData("""{"KV": {"Verb": "check-session", "Key": "none"}}""", "failed to check session, key \"none\" doesn't exist")]
    [InlineData("""{"KV": {"Verb": "check-session", "Key": "there", "Session": "x"}}""", "failed session check for key \"there\", current session \"\" != \"x\"")]
    [InlineData("""{"KV": {"Verb": "check-not-exists", "Key": "there"}}""", "key \"there\" exists")]
    [InlineData("""{"KV": {"Verb": "delete-cas", "Key": "there", "Index": 1}}""", "failed to delete key \"there\", index is stale")]
    [InlineData("""{"Node": {"Verb": "get", "Node": {"Node": "none"}}}""", "node \"none\" doesn't exist")]
    [InlineData("""{"Node": {"Verb": "get", "Node": {}}}""", "Must provide node")]
    [InlineData("""{"Node": {"Verb": "delete", "Node": {"Node": "n", "ID": "zz"}}}""", "Bad node ID: uuid string is wrong length")]
    [InlineData("""{"Node": {"Verb": "dance", "Node": {"Node": "n1"}}}""", "unknown node operation: dance")]
    [InlineData("""{"Node": {"Verb": "cas", "Node": {"Node": "n1", "ModifyIndex": 99}}}""", "failed to set node \"n1\", index is stale")]
    [InlineData("""{"Node": {"Verb": "cas", "Node": {"Node": "n1"}}}""", "failed to set node \"n1\", index is stale")]
    [InlineData("""{"Node": {"Verb": "delete-cas", "Node": {"Node": "none", "ModifyIndex": 1}}}""", "failed to delete node \"none\", index is stale")]
    [InlineData("""{"Service": {"Verb": "get", "Node": "n1", "Service": {"Service": "none"}}}""", "service \"none\" on node \"n1\" doesn't exist")]
    [InlineData("""{"Service": {"Verb": "delete", "Node": "n1", "Service": {"ID": "web"}}}""", "Must provide service name (Service.Service) when service ID is provided")]
    [InlineData("""{"Service": {"Verb": "set", "Node": "n1", "Service": {}}}""", "Must provide service name (Service.Service)")]
    [InlineData("""{"Service": {"Verb": "set", "Node": "none", "Service": {"Service": "web"}}}""", "Missing node registration")]
    [InlineData("""{"Service": {"Verb": "set", "Node": "n1", "Service": {"Service": "web", "Address": "0.0.0.0"}}}""", "Invalid service address")]
    [InlineData("""{"Service": {"Verb": "cas", "Node": "n1", "Service": {"Service": "web", "ModifyIndex": 99}}}""", "failed to set service \"web\" on node \"n1\", index is stale")]
    [InlineData("""{"Service": {"Verb": "delete-cas", "Node": "n1", "Service": {"Service": "web", "ModifyIndex": 99}}}""", "failed to delete service \"web\" on node \"n1\", index is stale")]
    [InlineData("""{"Service": {"Verb": "dance", "Node": "n1", "Service": {"Service": "web"}}}""", "unknown service operation: dance")]
    [InlineData("""{"Check": {"Verb": "get", "Check": {"Node": "n1", "CheckID": "none"}}}""", "check \"none\" on node \"n1\" doesn't exist")]
    [InlineData("""{"Check": {"Verb": "set", "Check": {"Node": "none", "CheckID": "c"}}}""", "Missing node registration")]
    [InlineData("""{"Check": {"Verb": "set", "Check": {"Node": "n1", "CheckID": "c", "ServiceID": "none"}}}""", "Missing service registration")]
    [InlineData("""{"Check": {"Verb": "cas", "Check": {"Node": "n1", "CheckID": "c", "ModifyIndex": 99}}}""", "failed to set check \"c\" on node \"n1\", index is stale")]
    [InlineData("""{"Check": {"Verb": "delete-cas", "Check": {"Node": "n1", "CheckID": "none"}}}""", "failed to delete check \"none\" on node \"n1\", index is stale")]
    [InlineData("""{"Check": {"Verb": "dance", "Check": {"Node": "n1", "CheckID": "c"}}}""", "unknown check operation: dance")]
    public async Task Each_operation_says_why_it_failed(string op, string what)
    {
        (int status, JsonElement answer) = await TxnAsync($"[{op}]");

        Assert.Equal(409, status);
        Assert.Equal(what, Assert.Single(answer.GetProperty("Errors").EnumerateArray()).GetProperty("What").GetString());
    }

    [Theory]
    [InlineData("""{"KV": {"Verb": "cas", "Key": "there", "Index": 4, "Value": "bmV3"}}""", "KV")]
    [InlineData("""{"KV": {"Verb": "check-index", "Key": "there", "Index": 4}}""", "KV")]
    [InlineData("""{"KV": {"Verb": "check-session", "Key": "there"}}""", "KV")]
    [InlineData("""{"KV": {"Verb": "check-not-exists", "Key": "none"}}""", "")]
    [InlineData("""{"KV": {"Verb": "delete-cas", "Key": "none", "Index": 1}}""", "")]
    [InlineData("""{"KV": {"Verb": "delete-tree", "Key": ""}}""", "")]
    [InlineData("""{"Node": {"Verb": "get", "Node": {"Node": "N1"}}}""", "Node")]
    [InlineData("""{"Node": {"Verb": "set", "Node": {"Node": "n2", "Address": "10.0.0.2", "Meta": {"a": "b"}}}}""", "Node")]
    [InlineData("""{"Node": {"Verb": "cas", "Node": {"Node": "n2", "Address": "10.0.0.2"}}}""", "Node")]
    [InlineData("""{"Node": {"Verb": "delete", "Node": {"Node": "none"}}}""", "")]
    [InlineData("""{"Service": {"Verb": "get", "Node": "n1", "Service": {"Service": "web"}}}""", "Service")]
    [InlineData("""{"Service": {"Verb": "set", "Node": "n1", "Service": {"Service": "api", "Port": 80}}}""", "Service")]
    [InlineData("""{"Service": {"Verb": "delete", "Node": "n1", "Service": {"Service": "web"}}}""", "")]
    [InlineData("""{"Check": {"Verb": "get", "Check": {"Node": "n1", "CheckID": "c"}}}""", "Check")]
    [InlineData("""{"Check": {"Verb": "set", "Check": {"Node": "n1", "Name": "d", "Definition": {"Interval": "10s", "TCP": "a:1"}}}}""", "Check")]
    [InlineData("""{"Check": {"Verb": "delete", "Check": {"Node": "n1", "CheckID": "c"}}}""", "")]
    public async Task Each_operation_gives_back_what_it_gives_back(string op, string kind)
    {
        (int status, JsonElement answer) = await TxnAsync($"[{op}]");

        Assert.True(status == 200, answer.GetRawText());
        Assert.Equal(kind.Length > 0 ? [kind] : [], answer.GetProperty("Results").EnumerateArray().Select(static result => result.EnumerateObject().Single().Name));
    }

    [Fact]
    public async Task Later_operations_see_earlier_ones()
    {
        (int status, _) = await TxnAsync("""
            [{"Node": {"Verb": "set", "Node": {"Node": "n3", "Address": "10.0.0.3"}}}, {"Service": {"Verb": "set", "Node": "n3", "Service": {"Service": "db", "Port": 5432}}},
             {"Check": {"Verb": "set", "Check": {"Node": "n3", "CheckID": "alive", "ServiceID": "db", "Status": "passing"}}}, {"KV": {"Verb": "set", "Key": "k", "Value": "MQ=="}},
             {"KV": {"Verb": "get", "Key": "k"}}]
            """);

        Assert.Equal(200, status);
        Assert.Contains("\"n3\"", (await _server.GetAsync("/v1/catalog/service/db")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Locks_are_taken_and_delays_are_told_before_anything_is_done()
    {
        string session = JsonDocument.Parse((await _server.PutAsync("/v1/session/create", """{"NodeChecks": []}""")).Bytes).RootElement.GetProperty("ID").GetString()!;
        (int status, JsonElement answer) = await TxnAsync($$$"""[{"KV": {"Verb": "lock", "Key": "l", "Value": "MQ==", "Session": "{{{session}}}"}}]""");
        Assert.Equal((200, 1, session), (status, answer.GetProperty("Results")[0].GetProperty("KV").GetProperty("LockIndex").GetInt32(), answer.GetProperty("Results")[0].GetProperty("KV").GetProperty("Session").GetString()));
        string other = JsonDocument.Parse((await _server.PutAsync("/v1/session/create", """{"NodeChecks": []}""")).Bytes).RootElement.GetProperty("ID").GetString()!;
        Assert.Contains("failed to lock key \\\"l\\\", lock is already held", (await TxnAsync($$$"""[{"KV": {"Verb": "lock", "Key": "l", "Session": "{{{other}}}"}}]""")).Answer.GetRawText(), StringComparison.Ordinal);

        await _server.PutAsync($"/v1/session/destroy/{session}");
        (status, answer) = await TxnAsync($$$"""[{"KV": {"Verb": "get", "Key": "none"}}, {"KV": {"Verb": "lock", "Key": "l", "Session": "{{{other}}}"}}]""");

        Assert.Equal(409, status);
        Assert.Equal("""[{"OpIndex":1,"What":"failed to lock key \"l\" due to lock delay"}]""", answer.GetProperty("Errors").GetRawText());
    }

    [Fact]
    public async Task A_node_is_found_by_its_id()
    {
        await TxnAsync("""[{"Node": {"Verb": "set", "Node": {"Node": "n4", "ID": "11111111-2222-3333-4444-555555555555", "Address": "10.0.0.4"}}}]""");

        (int status, JsonElement answer) = await TxnAsync("""[{"Node": {"Verb": "get", "Node": {"Node": "other", "ID": "11111111-2222-3333-4444-555555555555"}}}]""");

        Assert.Equal((200, "n4"), (status, answer.GetProperty("Results")[0].GetProperty("Node").GetProperty("Node").GetString()));
    }

    [Fact]
    public async Task The_end_of_a_node_in_a_transaction_ends_its_sessions()
    {
        string session = JsonDocument.Parse((await _server.PutAsync("/v1/session/create", """{"NodeChecks": []}""")).Bytes).RootElement.GetProperty("ID").GetString()!;
        await _server.PutAsync($"/v1/kv/held?acquire={session}", "x");

        await TxnAsync("""[{"Node": {"Verb": "delete", "Node": {"Node": "n1"}}}]""");

        Assert.Equal("[]", (await _server.GetAsync($"/v1/session/info/{session}")).Body);
        Assert.DoesNotContain("Session", (await _server.GetAsync("/v1/kv/held")).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{", "Failed to parse body: ")]
    [InlineData("""[{"Unknown": {}}]""", "Failed to parse body: json: unknown field \"Unknown\"")]
    [InlineData("""[{"KV": {"Verb": "set", "Key": "a", "Value": "!"}}]""", "Failed to parse body: illegal base64 data at input byte 0")]
    public async Task What_does_not_decode_is_refused(string body, string text)
    {
        Reply refused = await _server.PutAsync("/v1/txn", body);

        Assert.Equal(400, refused.Status);
        Assert.StartsWith(text, refused.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_much_at_once_is_refused()
    {
        string op = """{"KV": {"Verb": "get", "Key": "a"}}""";
        Reply many = await _server.PutAsync("/v1/txn", $"[{string.Join(',', Enumerable.Repeat(op, 129))}]");
        Assert.Equal((413, "Transaction contains too many operations (129 > 128)"), (many.Status, many.Body));

        Reply longBody = await _server.PutAsync("/v1/txn", new string(' ', 524_289));
        Assert.Equal((413, "Request body(524289 bytes) too large, max size: 524288 bytes. See https://developer.hashicorp.com/docs/agent/config/config-files#txn_max_req_len."), (longBody.Status, longBody.Body));
    }

    [Fact]
    public async Task A_value_that_is_too_long_is_named()
    {
        await using TestServer server = await TestServer.StartAsync(new TestServerOptions { Http = new HttpOptions { KvMaxValueSizeBytes = 10, JitterSeed = 1 }, Map = static (routes, _) => TxnRoom.Map(routes) });

        Reply refused = await server.PutAsync("/v1/txn", $$$"""[{"KV": {"Verb": "set", "Key": "a", "Value": "{{{Convert.ToBase64String(new byte[11])}}}"}}]""");

        Assert.Equal((413, "Value for key \"a\" is too large (11 > 10 bytes)"), (refused.Status, refused.Body));
    }

    [Fact]
    public async Task Whoever_waits_for_a_key_hears_of_it_once()
    {
        long index = (await _server.GetAsync("/v1/kv/there")).Index;
        Task<Reply> waiting = _server.GetAsync($"/v1/kv/there?raw&index={index}&wait=60s");
        await _server.WaitForWaitersAsync(1);

        await TxnAsync("""[{"KV": {"Verb": "get", "Key": "none"}}, {"KV": {"Verb": "set", "Key": "there", "Value": "bm8="}}]""");
        await Task.Delay(50, TestContext.Current.CancellationToken);
        Assert.False(waiting.IsCompleted);
        await TxnAsync("""[{"KV": {"Verb": "set", "Key": "there", "Value": "eWVz"}}]""");

        Assert.Equal("yes", (await waiting).Body);
    }

    [Fact]
    public async Task Undone_values_leave_nothing_in_the_heap()
    {
        long before = _server.Runtime.Heap.Count;
        for (int i = 0; i < 50; i++)
            await TxnAsync($$$"""[{"KV": {"Verb": "set", "Key": "k{{{i}}}", "Value": "{{{Convert.ToBase64String(Encoding.UTF8.GetBytes("value"))}}}"}}, {"KV": {"Verb": "get", "Key": "none"}}, {"KV": {"Verb": "set", "Key": "z", "Value": "MQ=="}}]""");

        Assert.Equal(before, _server.Runtime.Heap.Count);
    }

    private async Task<(int Status, JsonElement Answer)> TxnAsync(string body)
    {
        Reply reply = await _server.PutAsync("/v1/txn", body);
        return (reply.Status, JsonDocument.Parse(reply.Bytes).RootElement);
    }
}
