using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Praetor.Api.Dns;
using Praetor.Api.Dns.Lookups;

namespace Praetor.Tests.Dns;

/// <summary>A foreign client, BIND's <c>dig</c>, reads the answers as the reference prints them. Skipped where it is not installed.</summary>
public class DigTests
{
    private static async Task<string[]> DigAsync(DnsServer server, string arguments)
    {
        IPEndPoint endPoint = server.EndPoints[0];
        ProcessStartInfo start = new("dig", $"@{endPoint.Address} -p {endPoint.Port} +tries=1 +time=20 {arguments}") { RedirectStandardOutput = true };
        using Process dig = Process.Start(start)!;
        string output = await dig.StandardOutput.ReadToEndAsync();
        await dig.WaitForExitAsync();
        Assert.Equal(0, dig.ExitCode);
        Assert.DoesNotContain("malformed", output, StringComparison.OrdinalIgnoreCase);
        return [.. output.Split('\n').Where(line => line.Length > 0).Select(line => string.Join(' ', line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)))];
    }

    private static DnsServer Start()
    {
        Assert.SkipUnless(Array.Exists(Environment.GetEnvironmentVariable("PATH")!.Split(':'), path => File.Exists(Path.Combine(path, "dig"))), "dig is not installed");
        DnsWorld world = new DnsWorld().Node("n1", "10.0.0.1", meta: [("k", "v")]).Service("n1", "web", 80, "192.0.2.10", tags: ["v1"]);
        DnsServerOptions options = new() { Addresses = [new IPEndPoint(IPAddress.Loopback, 0)], Datacenter = "dc1" };
        return DnsServer.Start(options, new DnsState(() => world.Root(), () => true), TimeProvider.System, NullLogger.Instance);
    }

    [Theory]
    [InlineData("+short web.service.consul A", new[] { "192.0.2.10" })]
    [InlineData("+short +tcp web.service.consul A", new[] { "192.0.2.10" })]
    [InlineData("+short v1.web.service.consul SRV", new[] { "1 1 80 c000020a.addr.dc1.consul." })]
    [InlineData("+short c000020a.addr.dc1.consul", new[] { "192.0.2.10" })]
    [InlineData("+short n1.node.consul TXT", new[] { "\"k=v\"" })]
    [InlineData("+short -x 10.0.0.1", new[] { "n1.node.dc1.consul." })]
    [InlineData("+noall +answer +additional +subnet=192.0.2.0/24 _web._tcp.consul SRV", new[]
    {
        "_web._tcp.consul. 0 IN SRV 1 1 80 c000020a.addr.dc1.consul.", "c000020a.addr.dc1.consul. 0 IN A 192.0.2.10", "n1.node.dc1.consul. 0 IN TXT \"k=v\"",
    })]
    public async Task Dig_prints(string arguments, string[] expected)
    {
        await using DnsServer server = Start();
        Assert.Equal(expected, await DigAsync(server, arguments));
    }

    [Theory]
    [InlineData("web.service.consul", "status: NOERROR", "flags: qr aa rd; QUERY: 1, ANSWER: 1, AUTHORITY: 0, ADDITIONAL: 1")]
    [InlineData("+noedns nosuch.service.consul", "status: NXDOMAIN", "flags: qr aa rd; QUERY: 1, ANSWER: 0, AUTHORITY: 1, ADDITIONAL: 0")]
    [InlineData("example.com", "status: REFUSED", "flags: qr rd; QUERY: 1, ANSWER: 0, AUTHORITY: 0, ADDITIONAL: 0")]
    public async Task Dig_sees_code_and_flags(string arguments, string status, string flags)
    {
        await using DnsServer server = Start();
        string[] lines = await DigAsync(server, "+noall +comments " + arguments);
        Assert.Contains(lines, line => line.Contains(status, StringComparison.Ordinal));
        Assert.Contains(lines, line => line.Contains(flags, StringComparison.Ordinal));
    }
}
