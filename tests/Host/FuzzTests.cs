using System.Text;
using System.Text.Json;
using Praetor.Tests.Support;

namespace Praetor.Tests.Host;

/// <summary>Bodies and query strings that nobody means: every endpoint gives some answer in words for clients, and the agent goes on.</summary>
public sealed class FuzzTests(SharedCluster cluster) : IClassFixture<SharedCluster>
{
    /// <summary>What ends the agent, moves leadership, or goes on for ever.</summary>
    private static readonly string[] s_left = ["/v1/agent/leave", "/v1/agent/join/", "/v1/agent/force-leave/", "/v1/agent/monitor", "/v1/agent/metrics/stream", "/v1/agent/reload", "/v1/operator/raft/", "/v1/watch", "/v1/kv/", "/v1/catalog/deregister"];

    private static readonly string[] s_parameters =
        ["index", "wait", "stale", "consistent", "cached", "max_stale", "dc", "filter", "near", "node-meta", "tag", "passing", "recurse", "keys", "separator", "raw", "at", "history", "limit", "after", "cas", "flags", "acquire", "release", "enable", "reason", "format", "token", "ns", "partition", "pretty", "connect", "node", "service", "relay-factor", "local-only", "id", "address", "loglevel", "sg", "peer", "replace-existing-checks", "note"];

    private static readonly string[] s_values =
        ["", "1", "-1", "0", "99999999999999999999", "1s", "abc", "true", "%00", "%ff%fe", "%22", "(", "*", "a=b", "Node%20==%20%22x%22", "ServiceName%20matches%20%22(%22", "_agent", "nowhere", "%F0%9F%98%80", "1e400", "00000000-0000-0000-0000-000000000000"];

    private static readonly string[] s_bodies =
    [
        "{}", "[]", "null", "true", "1", "\"x\"", "{\"a\":", "[{", "{\"Node\": 1}", "{\"Node\": {\"Node\": []}}", "{\"Name\": \"x\", \"Check\": {\"TTL\": \"1s\", \"Interval\": \"x\"}}",
        "{\"Service\": {\"Service\": \"x\", \"Port\": -1}}", "[{\"KV\": {\"Verb\": \"set\"}}]", "[{\"KV\": {\"Verb\": \"x\", \"Key\": \"a\", \"Value\": \"!\"}}]", "[{\"Node\": {\"Verb\": \"get\"}}]",
        "{\"Key\": \"x\"}", "{\"Name\": \"q\", \"Service\": {\"Service\": \"${match(1)}\"}, \"Template\": {\"Type\": \"name_prefix_match\", \"Regexp\": \"(\"}}", "{\"TTL\": 1e999}", "{\"LockDelay\": -5}",
        "{\"Coord\": {\"Vec\": [1e308,1e308,0,0,0,0,0,0]}}", "{\"Checks\": [null, {}, []]}", "{\"Meta\": {\"\": null}}", "{\"TaggedAddresses\": {\"lan\": 5}}", "{\"Weights\": {\"Passing\": -1}}",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Whatever_is_sent_is_answered_and_the_agent_goes_on(int seed)
    {
        var random = new Random(seed);
        (string Method, string Path)[] operations = [.. (await cluster.Client.JsonAsync("/v1/openapi.json")).GetProperty("paths").EnumerateObject()
            .SelectMany(static path => path.Value.EnumerateObject().Where(static operation => operation.Name != "parameters").Select(operation => (operation.Name.ToUpperInvariant(), path.Name)))
            .Where(static operation => !s_left.Any(left => operation.Name.StartsWith(left, StringComparison.Ordinal) && (left != "/v1/kv/" || operation.Item1 == "DELETE")))];

        for (int i = 0; i < 600; i++)
        {
            (string method, string path) = operations[random.Next(operations.Length)];
            string target = path.Replace("{rest}", s_values[random.Next(s_values.Length)].Replace("?", "", StringComparison.Ordinal), StringComparison.Ordinal) + Query(random);
            // A wait that is long on purpose would only make the test long.
            if (target.Contains("index=", StringComparison.Ordinal))
                target += "&wait=1ms";
            HostedAgent agent = cluster.Agents[random.Next(cluster.Agents.Count)];

            Reply reply = method == "GET" ? await agent.GetAsync(target) : await agent.SendAsync(method, target, Body(random));

            Assert.True(reply.Status >= 200, $"{method} {target}: {reply.Status} {reply.Body}");
            Assert.DoesNotContain("Exception", reply.Status >= 400 ? reply.Body : "", StringComparison.Ordinal);
            Assert.DoesNotContain("Object reference", reply.Body, StringComparison.Ordinal);
        }

        foreach (HostedAgent agent in cluster.Agents)
            Assert.Equal("true", (await agent.SendAsync("PUT", "/v1/kv/after", "x")).Body);
    }

    private static string Query(Random random) => random.Next(3) == 0 ? "" :
        "?" + string.Join('&', Enumerable.Range(0, random.Next(1, 4)).Select(_ => $"{s_parameters[random.Next(s_parameters.Length)]}={s_values[random.Next(s_values.Length)]}"));

    /// <summary>One of the bodies, or what is left of it after some bytes were changed, or deep nesting.</summary>
    private static byte[] Body(Random random)
    {
        if (random.Next(20) == 0)
            return Encoding.ASCII.GetBytes(new string('[', 5000));
        byte[] body = Encoding.UTF8.GetBytes(s_bodies[random.Next(s_bodies.Length)]);
        for (int changes = random.Next(3); changes > 0; changes--)
            body[random.Next(body.Length)] = (byte)random.Next(256);
        return body;
    }
}
