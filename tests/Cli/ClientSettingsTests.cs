namespace Praetor.Tests.Cli;

/// <summary>Client flags, environment and transport errors (cli 4 and 6).</summary>
public class ClientSettingsTests
{
    [Fact]
    public async Task A_flag_wins_over_its_variable()
    {
        await using var agent = new FakeAgent();
        agent.Answer("GET /v1/catalog/datacenters", "[\"dc1\"]");
        var console = new TestConsole(("CONSUL_HTTP_ADDR", "127.0.0.1:1"));

        Assert.Equal(0, await console.RunAsync("catalog", "datacenters", $"-http-addr={agent.Address}"));
        Assert.Equal("dc1\n", console.Output);
    }

    [Fact]
    public async Task A_path_in_the_address_stands_before_every_path()
    {
        await using var agent = new FakeAgent();
        agent.Answer("GET /prefix/v1/catalog/datacenters", "[]");
        var console = new TestConsole();

        Assert.Equal(0, await console.RunAsync("catalog", "datacenters", $"-http-addr=http://{agent.Address}/prefix"));
        Assert.Equal(["GET /prefix/v1/catalog/datacenters"], agent.Requests);
    }

    [Fact]
    public async Task Datacenter_namespace_and_partition_become_parameters()
    {
        await using var agent = new FakeAgent();
        agent.Answer("GET /v1/kv/a", "[]");
        var console = new TestConsole(("CONSUL_NAMESPACE", "n"));

        await console.RunAsync("kv", "get", $"-http-addr={agent.Address}", "-datacenter=dc2", "-partition=p", "a");
        Assert.Equal(["GET /v1/kv/a?dc=dc2&ns=n&partition=p"], agent.Requests);
    }

    [Theory]
    [InlineData("-token-file=FILE -token=flag", "file")]
    [InlineData("-token=flag", "flag")]
    [InlineData("", "env-file")]
    [InlineData("-token-file=EMPTY -token=flag", "flag")]
    [InlineData("-token-file=EMPTY", "env")]
    public async Task Tokens_have_an_order(string flags, string expected)
    {
        using var files = new Storage.TemporaryDirectory();
        string File(string name, string content)
        {
            var path = Path.Combine(files.Path, name);
            System.IO.File.WriteAllText(path, content);
            return path;
        }

        await using var agent = new FakeAgent();
        var console = new TestConsole(("CONSUL_HTTP_ADDR", agent.Address), ("CONSUL_HTTP_TOKEN", "env"), ("CONSUL_HTTP_TOKEN_FILE", File("env", "env-file\n")));
        flags = flags.Replace("FILE", File("flag", " file \n"), StringComparison.Ordinal).Replace("EMPTY", File("empty", "\n"), StringComparison.Ordinal);

        await console.RunAsync(["kv", "get", .. flags.Split(' ', StringSplitOptions.RemoveEmptyEntries), "a"]);
        Assert.Contains($"X-Consul-Token: {expected}", agent.Headers);
    }

    [Fact]
    public async Task Http_auth_becomes_basic_authorization()
    {
        await using var agent = new FakeAgent();
        var console = new TestConsole(("CONSUL_HTTP_ADDR", agent.Address), ("CONSUL_HTTP_AUTH", "user:secret"));

        await console.RunAsync("kv", "get", "a");
        Assert.Contains("Authorization: Basic dXNlcjpzZWNyZXQ=", agent.Headers);
    }

    [Theory]
    [InlineData("-http-addr=ftp://x", "Error connecting to Consul agent: Unknown protocol scheme: ftp")]
    [InlineData("-token-file=/nowhere/t", "Error connecting to Consul agent: Error loading token file /nowhere/t : open /nowhere/t: no such file or directory")]
    [InlineData("-client-cert=/c", "Error connecting to Consul agent: both client cert and client key must be provided")]
    [InlineData("-http-addr=https://127.0.0.1:1 -ca-file=/nowhere/ca", "Error connecting to Consul agent: Error loading CA File: open /nowhere/ca: no such file or directory")]
    [InlineData("-http-addr=127.0.0.1:1", "Error querying Consul agent: Get \"http://127.0.0.1:1/v1/kv/a\": dial tcp 127.0.0.1:1: connect: connection refused")]
    [InlineData("-http-addr=unix:///nowhere.sock", "Error querying Consul agent: Get \"http://%2Fnowhere.sock/v1/kv/a\": dial unix /nowhere.sock: connect: no such file or directory")]
    public async Task What_cannot_be_reached_is_told(string flags, string error)
    {
        var console = new TestConsole();

        Assert.Equal(1, await console.RunAsync(["kv", "get", .. flags.Split(' '), "a"]));
        Assert.Equal(error + "\n", console.Error);
    }
}
