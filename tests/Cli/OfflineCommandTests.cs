using System.Security.Cryptography.X509Certificates;
using Praetor.Tests.Storage;
using Praetor.Tests.Support;

namespace Praetor.Tests.Cli;

/// <summary>Commands that ask no agent: validate, tls, troubleshoot ports (cli 8, 13).</summary>
public sealed class OfflineCommandTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Validate_is_content_with_a_good_directory_and_tells_its_warnings()
    {
        string path = Write("a.hcl", "data_dir = \"/tmp\"\nbind_addr = \"127.0.0.1\"\nserver = true\nbootstrap = true");

        Assert.Equal((0, "Configuration is valid!\n", "bootstrap = true: do not enable unless necessary\n"), await RunAsync("validate", Path.GetDirectoryName(path)!));
        Assert.Equal((0, "", ""), await RunAsync("validate", "-quiet", path));
    }

    [Theory]
    [InlineData("a.hcl", "x = 1", "1 error occurred:\n\t* invalid config key x\n\n")]
    [InlineData("a.hcl", "a {", "At 1:5: object expected closing RBRACE got: EOF")]
    [InlineData("a.json", "{\"ports\": {\"http\": \"x\"}}", "1 error(s) decoding:\n\n* 'ports.http' expected type 'int', got unconvertible type 'string', value: 'x'")]
    public async Task Validate_tells_what_is_wrong(string name, string text, string error)
    {
        string path = Write(name, text);
        Assert.Equal((1, "", $"Config validation failed: failed to parse {path}: {error}\n"), await RunAsync("validate", path));
    }

    [Fact]
    public async Task Validate_needs_something_to_look_at()
    {
        Assert.Equal((1, "", "Must specify at least one config file or directory\n"), await RunAsync("validate"));
        Assert.Equal((1, "", "-config-format must be either 'hcl' or 'json\n"), await RunAsync("validate", "-config-format=x", "y"));
    }

    [Fact]
    public async Task An_authority_is_good_from_a_minute_ago_for_its_days()
    {
        var time = new ManualTime();
        Assert.Equal(0, await new TestConsole { Directory = _directory.Path, Time = time }.RunAsync("tls", "ca", "create", "-days=10"));

        using X509Certificate2 ca = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(_directory.Path, "consul-agent-ca.pem"));
        DateTime now = time.GetUtcNow().UtcDateTime;
        Assert.Equal(now.AddMinutes(-1), ca.NotBefore.ToUniversalTime());
        Assert.Equal(now.AddMinutes(-1).AddDays(10), ca.NotAfter.ToUniversalTime());
    }

    [Fact]
    public async Task An_authority_signs_certificates_for_servers_clients_and_the_command_line()
    {
        Assert.Equal((0, "==> Saved consul-agent-ca.pem\n==> Saved consul-agent-ca-key.pem\n", ""), await RunAsync("tls", "ca", "create", "-cluster-id=abc"));
        (int code, string output, _) = await RunAsync("tls", "cert", "create", "-server", "-node=n1", "-additional-dnsname=web.example", "-additional-ipaddress=10.0.0.1");
        Assert.Equal(0, code);
        Assert.EndsWith("==> Using consul-agent-ca.pem and consul-agent-ca-key.pem\n==> Saved dc1-server-consul-0.pem\n==> Saved dc1-server-consul-0-key.pem\n", output, StringComparison.Ordinal);
        Assert.StartsWith("==> WARNING: Server Certificates grants authority to become a", output, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync("tls", "cert", "create", "-client", "-dc=dc2")).Code);
        Assert.Equal(0, (await RunAsync("tls", "cert", "create", "-cli")).Code);
        Assert.Equal("==> Using consul-agent-ca.pem and consul-agent-ca-key.pem\n==> Saved dc1-cli-consul-1.pem\n==> Saved dc1-cli-consul-1-key.pem\n", (await RunAsync("tls", "cert", "create", "-cli")).Output);

        using X509Certificate2 server = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(_directory.Path, "dc1-server-consul-0.pem"));
        Assert.Equal("CN=server.dc1.consul", server.Subject);
        X509SubjectAlternativeNameExtension names = server.Extensions.OfType<X509SubjectAlternativeNameExtension>().Single();
        Assert.Equal(["web.example", "n1.server.dc1.consul", "server.dc1.consul", "localhost"], names.EnumerateDnsNames());
        Assert.Equal(["10.0.0.1", "127.0.0.1"], names.EnumerateIPAddresses().Select(static address => address.ToString()));
        using X509Certificate2 client = X509CertificateLoader.LoadCertificateFromFile(Path.Combine(_directory.Path, "dc2-client-consul-0.pem"));
        Assert.Equal("CN=client.dc2.consul", client.Subject);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_directory.Path, "dc1-server-consul-0-key.pem")));
    }

    [Fact]
    public async Task A_name_outside_of_what_the_authority_may_sign_is_refused()
    {
        await RunAsync("tls", "ca", "create", "-name-constraint");

        (int code, _, string error) = await RunAsync("tls", "cert", "create", "-server", "-additional-dnsname=evil.example");

        Assert.Equal(1, code);
        Assert.StartsWith("x509: ", error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_directory.Path, "dc1-server-consul-0.pem")));
    }

    [Theory]
    [InlineData("Please provide either -server, -client, or -cli", "tls", "cert", "create")]
    [InlineData("Please provide either -server, -client, or -cli", "tls", "cert", "create", "-server", "-cli")]
    [InlineData("-node requires -server", "tls", "cert", "create", "-cli", "-node=x")]
    [InlineData("Please provide the ca", "tls", "cert", "create", "-cli", "-ca=")]
    [InlineData("-host is required. or set environment variable CONSUL_HTTP_ADDR", "troubleshoot", "ports")]
    public async Task What_is_missing_is_told(string error, params string[] words) => Assert.Equal((1, "", error + "\n"), await RunAsync(words));

    [Fact]
    public async Task An_authority_is_never_overwritten()
    {
        await RunAsync("tls", "ca", "create");
        Assert.Equal((1, "", "consul-agent-ca.pem already exists.\n"), await RunAsync("tls", "ca", "create"));
    }

    [Fact]
    public async Task Ports_are_tried()
    {
        using var open = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        open.Start();
        int port = ((System.Net.IPEndPoint)open.LocalEndpoint).Port;

        Assert.Equal((0, $"TCP: Port {port} on 127.0.0.1 is open.\nTCP: Port 1 on 127.0.0.1 is closed, unreachable, or the connection timed out.\n", ""), await RunAsync("troubleshoot", "ports", "-host=127.0.0.1", $"-ports={port},1"));
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(_directory.Path, name);
        File.WriteAllText(path, text);
        return path;
    }

    private async Task<(int Code, string Output, string Error)> RunAsync(params string[] words)
    {
        var console = new TestConsole { Directory = _directory.Path };
        int code = await console.RunAsync(words);
        return (code, console.Output, console.Error);
    }
}
