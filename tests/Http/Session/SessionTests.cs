using System.Text.Json;
using Praetor.Api.Http;
using Praetor.Api.Http.Catalog;
using Praetor.Api.Http.Session;
using Praetor.Tests.Support;

namespace Praetor.Tests.Http.Session;

/// <summary>Sessions over HTTP, line by line (http-core 7, 7.1, 7.4).</summary>
public sealed class SessionTests : IAsyncLifetime
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
                new SessionRoom(TimeSpan.FromSeconds(10), Guid.NewGuid).Map(routes);
            },
        });
        Assert.Equal(200, (await _server.PutAsync("/v1/catalog/register", """
            {"Node": "n1", "Address": "10.0.0.1", "Checks": [{"CheckID": "serfHealth", "Name": "s", "Status": "passing"}, {"CheckID": "c", "Name": "c", "Status": "passing"},
             {"CheckID": "bad", "Name": "b", "Status": "critical"}]}
            """)).Status);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_session_without_a_body_takes_all_defaults()
    {
        string id = await CreateAsync("");

        Assert.Equal($$"""[{"ID":"{{id}}","Name":"","Node":"n1","LockDelay":15000000000,"Behavior":"release","TTL":"","NodeChecks":["serfHealth"],"ServiceChecks":null,"CreateIndex":4,"ModifyIndex":4}]""",
            (await _server.GetAsync($"/v1/session/info/{id}")).Body);
    }

    [Theory]
    [InlineData("""{"Name": "x", "TTL": "30s", "Behavior": "delete"}""", "x", "15000000000", "delete", "30s")]
    [InlineData("""{"name": "x", "ttl": "15.0s", "lockdelay": 0.001}""", "x", "1000000", "release", "15.0s")]
    [InlineData("""{"LockDelay": "5s", "Unknown": {"a": [1]}}""", "", "5000000000", "release", "")]
    [InlineData("""{"LockDelay": 5}""", "", "5000000000", "release", "")]
    [InlineData("""{"LockDelay": 5000}""", "", "5000", "release", "")]
    [InlineData("""{"LockDelay": 0, "TTL": "0s", "ID": "ignored"}""", "", "0", "release", "0s")]
    public async Task Fields_are_taken_as_given(string body, string name, string delay, string behavior, string ttl)
    {
        JsonElement session = await InfoAsync(await CreateAsync(body));

        Assert.Equal((name, delay, behavior, ttl), (session.GetProperty("Name").GetString(), session.GetProperty("LockDelay").GetRawText(), session.GetProperty("Behavior").GetString(), session.GetProperty("TTL").GetString()));
    }

    [Theory]
    [InlineData("""{}""", """["serfHealth"]""", "")]
    [InlineData("""{"NodeChecks": []}""", "[]", "")]
    [InlineData("""{"NodeChecks": null}""", "[]", "")]
    [InlineData("""{"NodeChecks": ["c"]}""", """["c"]""", "")]
    [InlineData("""{"Checks": []}""", "[]", "")]
    [InlineData("""{"Checks": ["serfHealth"]}""", """["serfHealth"]""", "")]
    [InlineData("""{"Checks": ["c"]}""", """["serfHealth"]""", """["c"]""")]
    [InlineData("""{"Checks": ["c"], "NodeChecks": []}""", "[]", "")]
    public async Task Checks_old_and_new_make_up_what_it_needs(string body, string nodeChecks, string checks)
    {
        JsonElement session = await InfoAsync(await CreateAsync(body));

        Assert.Equal(nodeChecks, session.GetProperty("NodeChecks").GetRawText());
        Assert.Equal(checks, session.TryGetProperty("Checks", out JsonElement old) ? old.GetRawText() : "");
    }

    [Fact]
    public async Task Checks_of_services_are_shown_with_their_namespace() =>
        Assert.Equal("""[{"ID":"c","Namespace":""}]""", (await InfoAsync(await CreateAsync("""{"NodeChecks": [], "ServiceChecks": [{"ID": "c"}]}"""))).GetProperty("ServiceChecks").GetRawText());

    [Theory]
    [InlineData("""{"Node": ""}""", 500, "Must provide Node")]
    [InlineData("""{"Node": "nowhere"}""", 500, "apply failed: Missing node registration")]
    [InlineData("""{"NodeChecks": ["x"]}""", 500, "apply failed: Missing check 'x' registration")]
    [InlineData("""{"NodeChecks": ["bad"]}""", 500, "apply failed: Check 'bad' is in critical state")]
    [InlineData("""{"Behavior": "abc"}""", 500, "Invalid Behavior setting 'abc'")]
    [InlineData("""{"TTL": "abc"}""", 500, "Session TTL 'abc' invalid: time: invalid duration \"abc\"")]
    [InlineData("""{"TTL": "500ms"}""", 500, "Invalid Session TTL '500000000', must be between [10s=24h0m0s]")]
    [InlineData("""{"TTL": "24h1s"}""", 500, "Invalid Session TTL '86401000000000', must be between [10s=24h0m0s]")]
    [InlineData("""{"LockDelay": "soon"}""", 400, "Request decode failed: time: invalid duration \"soon\"")]
    [InlineData("""{"Name": """, 400, "Request decode failed: unexpected EOF")]
    public async Task What_cannot_be_is_refused(string body, int status, string text)
    {
        Reply refused = await _server.PutAsync("/v1/session/create", body);

        Assert.Equal((status, text), (refused.Status, refused.Body));
    }

    [Theory]
    [InlineData("PUT", "/v1/session/destroy/", "Missing session")]
    [InlineData("PUT", "/v1/session/renew/", "Missing session")]
    [InlineData("GET", "/v1/session/info/", "Missing session")]
    [InlineData("GET", "/v1/session/node/", "Missing node name")]
    public async Task A_path_without_its_end_is_refused(string method, string path, string text)
    {
        Reply refused = await _server.SendAsync(method, path);

        Assert.Equal((400, text), (refused.Status, refused.Body));
    }

    [Fact]
    public async Task What_is_unknown_is_told_kindly()
    {
        Assert.Equal("true", (await _server.PutAsync("/v1/session/destroy/nothing")).Body);
        Reply renewed = await _server.PutAsync("/v1/session/renew/nothing");
        Assert.Equal((404, "Session id 'nothing' not found"), (renewed.Status, renewed.Body));
        Reply info = await _server.GetAsync("/v1/session/info/nothing");
        Assert.Equal((200, "[]"), (info.Status, info.Body));
        Assert.Equal("[]", (await _server.GetAsync("/v1/session/node/nothing")).Body);
        Assert.Equal(500, (await _server.PutAsync("/v1/session/create?dc=dc2")).Status);
    }

    [Fact]
    public async Task Sessions_are_listed_by_id_and_by_node()
    {
        string[] ids = [await CreateAsync(""), await CreateAsync(""), await CreateAsync("")];

        JsonElement all = JsonDocument.Parse((await _server.GetAsync("/v1/session/list")).Bytes).RootElement;
        JsonElement ofNode = JsonDocument.Parse((await _server.GetAsync("/v1/session/node/N1")).Bytes).RootElement;

        Assert.Equal(ids.Order(StringComparer.Ordinal), all.EnumerateArray().Select(static session => session.GetProperty("ID").GetString()));
        Assert.Equal(3, ofNode.GetArrayLength());
    }

    [Fact]
    public async Task Renewing_answers_with_the_session_and_writes_nothing()
    {
        string id = await CreateAsync("""{"TTL": "10s"}""");
        long before = _server.Runtime.Root.Index;

        Reply renewed = await _server.PutAsync($"/v1/session/renew/{id.ToUpperInvariant()}");

        Assert.Equal((200, (await _server.GetAsync($"/v1/session/info/{id}")).Body), (renewed.Status, renewed.Body));
        Assert.Equal(before, _server.Runtime.Root.Index);
    }

    [Fact]
    public async Task Whoever_waits_for_a_session_hears_of_its_end()
    {
        string id = await CreateAsync("");
        long index = (await _server.GetAsync($"/v1/session/info/{id}")).Index;

        Task<Reply> waiting = _server.GetAsync($"/v1/session/info/{id}?index={index}&wait=60s");
        await _server.WaitForWaitersAsync(1);
        Assert.Equal("true", (await _server.PutAsync($"/v1/session/destroy/{id}")).Body);

        Assert.Equal("[]", (await waiting).Body);
        Assert.True((await waiting).Index > index);
    }

    [Fact]
    public async Task A_lock_is_taken_kept_and_given_back()
    {
        string mine = await CreateAsync("");
        string other = await CreateAsync("");

        Assert.Equal("true", await PutAsync($"/v1/kv/lock?acquire={mine}&flags=7", "me"));
        Assert.Equal("false", await PutAsync($"/v1/kv/lock?acquire={other}", "not me"));
        Assert.Equal("false", await PutAsync($"/v1/kv/lock?release={other}", ""));
        JsonElement held = JsonDocument.Parse((await _server.GetAsync("/v1/kv/lock")).Bytes).RootElement[0];
        Assert.Equal((1, 7, "bWU=", mine), (held.GetProperty("LockIndex").GetInt32(), held.GetProperty("Flags").GetInt32(), held.GetProperty("Value").GetString(), held.GetProperty("Session").GetString()));
        Assert.Equal("true", await PutAsync($"/v1/kv/lock?release={mine}", "done"));
        Assert.False(JsonDocument.Parse((await _server.GetAsync("/v1/kv/lock")).Bytes).RootElement[0].TryGetProperty("Session", out _));
        Assert.Equal("true", await PutAsync($"/v1/kv/lock?acquire={other}", "now me"));
    }

    [Theory]
    [InlineData("acquire=", 500, "raft apply failed: missing session")]
    [InlineData("release=", 500, "raft apply failed: missing session")]
    [InlineData("acquire=zz", 500, "raft apply failed: invalid session \"zz\"")]
    [InlineData("release=zz", 200, "false")]
    [InlineData("acquire=x&cas=1", 400, "Conflicting flags: acquire=x&cas=1\n")]
    [InlineData("acquire=x&release=y", 400, "Conflicting flags: acquire=x&release=y\n")]
    public async Task A_lock_for_nobody_is_refused(string query, int status, string text)
    {
        Reply reply = await _server.PutAsync($"/v1/kv/lock?{query}", "v");

        Assert.Equal((status, text), (reply.Status, reply.Body));
    }

    [Fact]
    public async Task After_the_end_of_its_session_a_key_waits_for_the_delay()
    {
        string mine = await CreateAsync("""{"LockDelay": "60s"}""");
        string other = await CreateAsync("");
        await PutAsync($"/v1/kv/lock?acquire={mine}", "me");

        await _server.PutAsync($"/v1/session/destroy/{mine}");

        Assert.Equal("false", await PutAsync($"/v1/kv/lock?acquire={other}", "me"));
        Assert.Equal("true", await PutAsync("/v1/kv/lock", "anybody"));
    }

    private async Task<string> PutAsync(string path, string body)
    {
        Reply reply = await _server.PutAsync(path, body);
        Assert.True(reply.Status == 200, reply.Body);
        return reply.Body;
    }

    private async Task<string> CreateAsync(string body) => JsonDocument.Parse(await PutAsync("/v1/session/create", body)).RootElement.GetProperty("ID").GetString()!;

    private async Task<JsonElement> InfoAsync(string id) => JsonDocument.Parse((await _server.GetAsync($"/v1/session/info/{id}")).Bytes).RootElement[0];
}
