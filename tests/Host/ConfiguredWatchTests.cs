using System.Net;
using System.Net.Sockets;
using System.Text;
using Praetor.Api.Config;
using Praetor.Api.Watches;
using Praetor.Tests.Executable;
using Praetor.Tests.Storage;

namespace Praetor.Tests.Host;

/// <summary>Watches in the agent's configuration (cli 11).</summary>
public sealed class ConfiguredWatchTests : IDisposable
{
    private readonly TemporaryDirectory _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task A_command_runs_for_what_is_there_and_for_each_change()
    {
        string seen = Path.Combine(_files.Path, "seen");
        await using HostedAgent agent = await StartAsync($$"""watches = [{ type = "key", key = "w", args = ["sh", "-c", "cat >> {{seen}}; echo $CONSUL_INDEX >> {{seen}}"] }]""");

        await agent.UntilAsync(async () => File.Exists(seen) && (await File.ReadAllTextAsync(seen)).StartsWith("null\n", StringComparison.Ordinal), "the first run");
        await agent.SendAsync("PUT", "/v1/kv/w", "1");
        await agent.UntilAsync(async () => (await File.ReadAllTextAsync(seen)).Contains("\"Value\":\"MQ==\"", StringComparison.Ordinal), "the change");
    }

    [Fact]
    public async Task An_http_handler_gets_the_result_as_its_body()
    {
        using var server = new TcpListener(IPAddress.Loopback, 0);
        server.Start();
        await using HostedAgent agent = await StartAsync($$"""
            watches {
              type = "service", service = "consul", handler_type = "http"
              http_handler_config { path = "http://{{server.LocalEndpoint}}/hook", header { X-Mine = ["a", "b"] } }
            }
            """);

        // The watch may look before the server has registered itself: then the first result is empty.
        string text;
        do
            text = await TakeRequestAsync(server);
        while (text.EndsWith("\r\n\r\n[]\n", StringComparison.Ordinal));

        Assert.StartsWith("POST /hook HTTP/1.1\r\n", text, StringComparison.Ordinal);
        Assert.Contains("Content-Type: application/json\r\n", text, StringComparison.Ordinal);
        Assert.Contains("X-Mine: a", text, StringComparison.Ordinal);
        Assert.Matches("X-Consul-Index: [0-9]+\r\n", text);
        Assert.Contains("\"Service\":\"consul\"", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"type": "key", "key": "a", "args": "x", "handler_type": "y"}""", "Handler type 'y' not recognized")]
    [InlineData("""{"type": "connect_roots", "args": "x"}""", "Watch type connect_roots is not allowed in agent config")]
    [InlineData("""{"type": "key", "args": "x"}""", "Failed to parse watch (map[args:x type:key]): Must specify a single key to watch")]
    [InlineData("""{"type": "key", "key": 1, "args": "x"}""", "Failed to parse watch (map[args:x key:1 type:key]): Expecting key to be a string")]
    [InlineData("""{"type": "key", "key": "a", "stale": 1, "args": "x"}""", "Failed to parse watch (map[args:x key:a stale:1 type:key]): Expecting stale to be a boolean")]
    [InlineData("""{"type": "nodes", "key": "a", "args": "x"}""", "Failed to parse watch (map[args:x key:a type:nodes]): Invalid parameters: [key]")]
    [InlineData("""{"type": "nodes", "handler_type": "http"}""", "Failed to parse watch (map[handler_type:http type:nodes]): Handler type 'http' requires 'http_handler_config' to be set")]
    [InlineData("""{"type": "nodes", "handler_type": "http", "http_handler_config": {}}""", "Failed to parse watch (map[handler_type:http http_handler_config:map[] type:nodes]): Failed to parse 'http_handler_config': Requires 'path' to be set")]
    [InlineData("""{"type": "nodes", "handler": "a", "args": "b"}""", "Only one watch handler allowed")]
    [InlineData("""{"type": "nodes", "args": "b", "handler_type": "http", "http_handler_config": {"path": "http://x"}}""", "Only one watch handler allowed")]
    [InlineData("""{"type": "nodes"}""", "Must define a watch handler")]
    [InlineData("""{"type": "nodes", "handler": ["a"]}""", "Watch handler must be a string")]
    [InlineData("""{"type": "nodes", "args": [1]}""", "Watch args must be a list of strings")]
    public void What_is_wrong_is_told(string watch, string error)
    {
        Assert.Null(JsonConfigText.Parse(watch, out ConfigValue given));
        Assert.Equal(error, ConfiguredWatch.TryRead(given, out _));
    }

    private static async Task<string> TakeRequestAsync(TcpListener server)
    {
        using TcpClient client = await server.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        var request = new StringBuilder();
        byte[] buffer = new byte[4096];
        while (!request.ToString().EndsWith("]\n", StringComparison.Ordinal))
        {
            int count = await client.GetStream().ReadAsync(buffer, TestContext.Current.CancellationToken);
            Assert.NotEqual(0, count);
            request.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }

        await client.GetStream().WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        return request.ToString();
    }

    private async Task<HostedAgent> StartAsync(string watches)
    {
        string address = AgentProcess.FreshAddress();
        HostedAgent agent = await HostedAgent.StartAsync("alone", address, isServer: true,
            [$"node_name = \"alone\" bind_addr = \"{address}\" client_addr = \"{address}\" server = true bootstrap = true data_dir = \"{_files.Path}\"", watches]);
        await agent.UntilAsync(async () => (await agent.SendAsync("PUT", "/v1/kv/ready", "x")).Status == 200, "leader");
        return agent;
    }
}
