using System.Net;
using System.Net.Sockets;
using Praetor.Tests.Cli;
using Praetor.Tests.Executable;
using Praetor.Tests.Storage;
using Praetor.Tests.Support;

namespace Praetor.Tests.Host;

/// <summary>The HTTP API under TLS (http-core 1.1, config 5), with certificates that the command line has made.</summary>
public sealed class HttpsTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _files = new();
    private readonly string _address = AgentProcess.FreshAddress();

    public async ValueTask InitializeAsync()
    {
        await MakeAsync("tls", "ca", "create");
        await MakeAsync("tls", "cert", "create", "-server");
        await MakeAsync("tls", "cert", "create", "-client");
    }

    public ValueTask DisposeAsync()
    {
        _files.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Requests_are_answered_over_either_version_of_http(int version)
    {
        await using HostedAgent agent = await StartAsync();
        using var client = new HttpClient(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate!.Subject == "CN=server.dc1.consul" } });
        using var request = new HttpRequestMessage(HttpMethod.Put, $"https://{_address}:8501/v1/kv/a") { Version = new Version(version, version == 1 ? 1 : 0), VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = new StringContent("sealed") };

        using HttpResponseMessage answer = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal((HttpStatusCode.OK, version, "true"), (answer.StatusCode, answer.Version.Major, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
        Assert.Equal("sealed", (await agent.GetAsync("/v1/kv/a?raw")).Body);
    }

    [Fact]
    public async Task The_command_line_verifies_the_agent()
    {
        await using HostedAgent agent = await StartAsync();

        Assert.Equal((0, ""), await RunAsync(("CONSUL_CACERT", FileOf("consul-agent-ca.pem")), ("CONSUL_TLS_SERVER_NAME", "server.dc1.consul")));
        (int code, string error) = await RunAsync(("CONSUL_CACERT", FileOf("consul-agent-ca.pem")), ("CONSUL_TLS_SERVER_NAME", "other.dc1.consul"));
        Assert.Equal(1, code);
        Assert.Contains("certificate", error, StringComparison.Ordinal);
        Assert.Equal(1, (await RunAsync(("CONSUL_TLS_SERVER_NAME", "server.dc1.consul"))).Code);
        Assert.Equal((0, ""), await RunAsync(("CONSUL_HTTP_SSL_VERIFY", "false")));
    }

    [Fact]
    public async Task Who_has_to_show_a_certificate_and_does_not_is_refused()
    {
        await using HostedAgent agent = await StartAsync("verify_incoming = true");

        Assert.Equal(1, (await RunAsync(("CONSUL_HTTP_SSL_VERIFY", "false"))).Code);
        Assert.Equal((0, ""), await RunAsync(("CONSUL_HTTP_SSL_VERIFY", "false"), ("CONSUL_CLIENT_CERT", FileOf("dc1-client-consul-0.pem")), ("CONSUL_CLIENT_KEY", FileOf("dc1-client-consul-0-key.pem"))));
    }

    [Fact]
    public async Task A_new_certificate_serves_new_connections_after_a_reload()
    {
        await using HostedAgent agent = await StartAsync();
        string before = await SerialAsync();
        await MakeAsync("tls", "cert", "create", "-server");
        File.Copy(FileOf("dc1-server-consul-1.pem"), FileOf("dc1-server-consul-0.pem"), overwrite: true);
        File.Copy(FileOf("dc1-server-consul-1-key.pem"), FileOf("dc1-server-consul-0-key.pem"), overwrite: true);

        Assert.Equal(before, await SerialAsync());
        Assert.Equal(200, (await agent.SendAsync("PUT", "/v1/agent/reload", "")).Status);
        Assert.NotEqual(before, await SerialAsync());

        string inForce = await SerialAsync();
        await File.WriteAllTextAsync(FileOf("dc1-server-consul-0.pem"), "nothing of that kind", TestContext.Current.CancellationToken);
        Reply refused = await agent.SendAsync("PUT", "/v1/agent/reload", "");
        Assert.Equal(500, refused.Status);
        Assert.StartsWith("Failed to load cert/key pair: ", refused.Body, StringComparison.Ordinal);
        Assert.Equal(inForce, await SerialAsync());
    }

    [Fact]
    public async Task What_is_no_handshake_harms_nothing()
    {
        await using HostedAgent agent = await StartAsync();
        using var raw = new TcpClient();
        await raw.ConnectAsync(_address, 8501, TestContext.Current.CancellationToken);
        await raw.GetStream().WriteAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray(), TestContext.Current.CancellationToken);
        byte[] answer = new byte[100];
        while (await raw.GetStream().ReadAsync(answer, TestContext.Current.CancellationToken) > 0)
            Assert.NotEqual((byte)'H', answer[0]);

        Assert.Equal((0, ""), await RunAsync(("CONSUL_HTTP_SSL_VERIFY", "false")));
    }

    private async Task<HostedAgent> StartAsync(string more = "")
    {
        HostedAgent agent = await HostedAgent.StartAsync("alone", _address, isServer: true, [$$"""
            node_name = "alone", bind_addr = "{{_address}}", client_addr = "{{_address}}", server = true, bootstrap = true, data_dir = "{{FileOf("data")}}"
            ports { https = 8501 }
            tls { https { ca_file = "{{FileOf("consul-agent-ca.pem")}}" cert_file = "{{FileOf("dc1-server-consul-0.pem")}}" key_file = "{{FileOf("dc1-server-consul-0-key.pem")}}" {{more}} } }
            """]);
        await agent.UntilAsync(async () => (await agent.SendAsync("PUT", "/v1/kv/ready", "x")).Status == 200, "leader");
        return agent;
    }

    private string FileOf(string name) => Path.Combine(_files.Path, name);

    private async Task MakeAsync(params string[] words) => Assert.Equal(0, await new TestConsole { Directory = _files.Path }.RunAsync(words));

    private async Task<(int Code, string Error)> RunAsync(params (string, string)[] environment)
    {
        var console = new TestConsole([("CONSUL_HTTP_ADDR", $"https://{_address}:8501"), .. environment]);
        int code = await console.RunAsync("catalog", "nodes");
        return (code, console.Error);
    }

    private async Task<string> SerialAsync()
    {
        string serial = "";
        using var client = new HttpClient(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => (serial = certificate!.GetSerialNumberString()).Length > 0 } });
        await client.GetAsync($"https://{_address}:8501/v1/status/leader", TestContext.Current.CancellationToken);
        return serial;
    }
}
