using System.Text.Json;

namespace Praetor.Tests.Host;

/// <summary>/v1/openapi.json, which Consul does not have: it tells of what is there and of nothing else.</summary>
public sealed class OpenApiTests(SharedCluster cluster) : IClassFixture<SharedCluster>
{
    [Fact]
    public async Task A_server_and_an_agent_describe_the_same_endpoints()
    {
        Assert.Equal(await PathsAsync(cluster.Agents[0]), await PathsAsync(cluster.Client));
    }

    [Fact]
    public async Task Every_operation_that_is_told_is_there()
    {
        JsonElement description = await cluster.Client.JsonAsync("/v1/openapi.json");

        Assert.Equal("3.1.0", description.GetProperty("openapi").GetString());
        foreach (JsonProperty path in description.GetProperty("paths").EnumerateObject())
        {
            string[] methods = [.. path.Value.EnumerateObject().Select(static operation => operation.Name.ToUpperInvariant()).Where(static name => name != "PARAMETERS")];
            Assert.NotEmpty(methods);
            string target = path.Name.Replace("{rest}", "x", StringComparison.Ordinal);
            foreach (string method in (string[])["GET", "PUT", "POST", "DELETE"])
            {
                if (!methods.Contains(method))
                    Assert.Equal(405, (await cluster.Client.SendAsync(method, target, "")).Status);
            }
        }
    }

    [Fact]
    public async Task Every_reference_leads_somewhere_and_operations_have_names_of_their_own()
    {
        JsonElement description = await cluster.Client.JsonAsync("/v1/openapi.json");
        var names = new HashSet<string>();
        foreach (JsonProperty operation in description.GetProperty("paths").EnumerateObject().SelectMany(static path => path.Value.EnumerateObject()).Where(static operation => operation.Name != "parameters"))
        {
            Assert.True(names.Add(operation.Value.GetProperty("operationId").GetString()!));
            if (!operation.Value.TryGetProperty("parameters", out JsonElement parameters))
                continue;
            foreach (JsonElement reference in parameters.EnumerateArray())
                Assert.True(description.GetProperty("components").GetProperty("parameters").TryGetProperty(reference.GetProperty("$ref").GetString()!.Split('/')[^1], out _));
        }
    }

    private static async Task<string[]> PathsAsync(HostedAgent agent) =>
        [.. (await agent.JsonAsync("/v1/openapi.json")).GetProperty("paths").EnumerateObject().Select(static path => path.Name)];
}
