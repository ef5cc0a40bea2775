using System.Text.Json;
using Praetor.Tests.Support;

namespace Praetor.Tests.Host;

/// <summary>
/// Every endpoint of http-core and http-agent-catalog-health, with a success and the errors that a client can bring about, asked of a lone server and of an agent without state. The rooms' own tests
/// go deeper; this one sees that nothing is missing and that both answer alike.
/// </summary>
public sealed partial class ConformanceTests
{
    /// <summary>Streams without an end and what ends the agent are tested elsewhere; the rest is not of Consul.</summary>
    private static readonly string[] s_elsewhere =
        ["GET /v1/agent/metrics/stream", "GET /v1/agent/monitor", "PUT /v1/agent/leave", "GET /v1/watch", "GET /v1/openapi.json", "POST /v1/operator/raft/transfer-leader", "DELETE /v1/operator/raft/peer"];

    private sealed record Row(string Method, string Target, string Header, string Body, int Status, string Text)
    {
        public static Row Parse(string line)
        {
            string[] parts = line.Trim('\r', '\t', ' ').Split('|');
            string[] request = parts[0].Split(' ', 3);
            return new Row(request[0], request[1], request.Length > 2 ? request[2].Trim('[', ']') : "", parts[1], Number(parts[2]), parts[3]);
        }

        /// <summary>The body with what stands for long ones written out.</summary>
        public string WholeBody => Body.StartsWith('@') ? new string('x', Number(Body[1..]))
            : Body.StartsWith("{ops ", StringComparison.Ordinal) ? "[" + string.Join(',', Enumerable.Repeat("""{"KV": {"Verb": "get", "Key": "k"}}""", Number(Body[5..^1]))) + "]"
            : Body;

        public bool Fits(Reply reply, string text) =>
            reply.Status == Status && (text.StartsWith('=') ? reply.Body.TrimEnd() == text[1..] : reply.Body.StartsWith(text, StringComparison.Ordinal));

        private static int Number(string text) => int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
    }

    private static IEnumerable<Row> Rows => $"{CoreTable}\n{AgentTable}".Split('\n').Where(static line => line.Trim().Length > 0 && !line.TrimStart().StartsWith('#')).Select(Row.Parse);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Every_endpoint_answers_as_the_reference_says(int which)
    {
        await using AgentCluster cluster = await AgentCluster.StartAsync(servers: 1, clients: 1);
        HostedAgent agent = cluster.Agents[which];
        await agent.UntilAsync(async () => (await agent.GetAsync($"/v1/health/node/{agent.Name}")).Body.Contains("serfHealth", StringComparison.Ordinal), "its own node");
        string session = Json(await agent.SendAsync("PUT", "/v1/session/create", "{}")).GetProperty("ID").GetString()!;
        string other = Json(await agent.SendAsync("PUT", "/v1/session/create", "{}")).GetProperty("ID").GetString()!;
        string query = "";

        var wrong = new List<string>();
        foreach (Row row in Rows)
        {
            string Filled(string text) => text.Replace("{session}", session, StringComparison.Ordinal).Replace("{other}", other, StringComparison.Ordinal).Replace("{query}", query, StringComparison.Ordinal)
                .Replace("{node}", agent.Name, StringComparison.Ordinal).Replace("{agent}", agent.Name, StringComparison.Ordinal);
            Reply reply = await agent.SendAsync(row.Method, Filled(row.Target), row.Method is "GET" or "HEAD" or "OPTIONS" ? null : Filled(row.WholeBody), row.Header);
            if (row is { Method: "POST", Target: "/v1/query", Status: 200 })
                query = Json(reply).GetProperty("ID").GetString()!;
            if (!row.Fits(reply, Filled(row.Text)))
                wrong.Add($"{row.Method} {row.Target} {row.Body}: {reply.Status} {reply.Body[..Math.Min(200, reply.Body.Length)]} instead of {row.Status} {row.Text}");
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public async Task No_endpoint_is_missing_from_the_table()
    {
        await using AgentCluster cluster = await AgentCluster.StartAsync(servers: 1);
        JsonElement paths = (await cluster.Agents[0].JsonAsync("/v1/openapi.json")).GetProperty("paths");
        var tabled = Rows.Where(static row => row.Status is 200 or 404 or 401 or 503 or 500).Select(static row => (row.Method, Path: row.Target.Split('?')[0])).ToList();

        var missing = new List<string>();
        foreach (JsonProperty path in paths.EnumerateObject())
        {
            string prefix = path.Name.Replace("{rest}", "", StringComparison.Ordinal);
            foreach (string method in path.Value.EnumerateObject().Select(static operation => operation.Name.ToUpperInvariant()).Where(static name => name != "PARAMETERS"))
            {
                bool isThere = tabled.Any(row => row.Method == method && (prefix.EndsWith('/') ? row.Path.StartsWith(prefix, StringComparison.Ordinal) : row.Path == prefix));
                if (!isThere && !s_elsewhere.Contains($"{method} {prefix}"))
                    missing.Add($"{method} {path.Name}");
            }
        }

        Assert.Empty(missing);
    }

    private static JsonElement Json(Reply reply)
    {
        Assert.True(reply.Status == 200, reply.Body);
        return JsonDocument.Parse(reply.Bytes).RootElement;
    }
}
