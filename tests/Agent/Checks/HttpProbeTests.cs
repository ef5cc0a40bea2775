using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Praetor.Runtime.Agent.Checks;

namespace Praetor.Tests.Agent.Checks;

public class HttpProbeTests
{
    [Theory]
    [InlineData("200 OK", "passing")]
    [InlineData("204 No Content", "passing")]
    [InlineData("299 Whatever It Says", "passing")]
    [InlineData("304 Not Modified", "critical")]
    [InlineData("400 Bad Request", "critical")]
    [InlineData("429 Too Many Requests", "warning")]
    [InlineData("503 Service Unavailable", "critical")]
    public async Task The_status_code_decides_and_the_status_line_is_shown(string statusLine, string expected)
    {
        await using var server = new CannedServer(CannedServer.Answer(statusLine));
        Assert.Equal(new CheckResult(expected, $"HTTP GET {server.Url}/health: {statusLine} Output: "), await Probe.RunAsync(new CheckSpec { Http = server.Url + "/health" }));
    }

    [Fact]
    public async Task The_last_part_of_the_body_is_shown()
    {
        await using var server = new CannedServer(CannedServer.Answer("200 OK", new string('x', 100_000) + "the end"));
        var result = await Probe.RunAsync(new CheckSpec { Http = server.Url, OutputMaxSize = 9 });
        Assert.Equal($"HTTP GET {server.Url}: 200 OK Output: xxthe end", result.Output);
    }

    [Fact]
    public async Task The_agents_output_limit_bounds_the_definitions()
    {
        await using var server = new CannedServer(CannedServer.Answer("200 OK", "0123456789"));
        var result = await Probe.RunAsync(new CheckSpec { Http = server.Url, OutputMaxSize = 9 }, new CheckRunnerOptions { OutputMaxSizeBytes = 4 });
        Assert.EndsWith("Output: 6789", result.Output);
    }

    [Fact]
    public async Task A_body_that_ends_early_does_not_change_the_result()
    {
        await using var server = new CannedServer("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
        Assert.Equal(CheckResult.Passing($"HTTP GET {server.Url}: 200 OK Output: only this"), await Probe.RunAsync(new CheckSpec { Http = server.Url }));
    }

    [Fact]
    public async Task The_request_is_a_plain_one_on_a_connection_of_its_own()
    {
        await using var server = new CannedServer(CannedServer.Answer("200 OK"));
        await Probe.RunAsync(new CheckSpec { Http = server.Url + "/a?b=c" });
        Assert.True(server.Requests.TryDequeue(out var request));
        Assert.Equal(["Accept-Encoding: gzip", "Accept: text/plain, text/*, */*", "Connection: close", $"Host: 127.0.0.1:{server.Port}", "User-Agent: Consul Health Check"],
            request.Split("\r\n")[1..^2].Order(StringComparer.Ordinal));
        Assert.StartsWith("GET /a?b=c HTTP/1.1\r\n", request);
    }

    [Fact]
    public async Task Method_headers_and_body_are_sent_as_defined()
    {
        await using var server = new CannedServer(CannedServer.Answer("200 OK"));
        var result = await Probe.RunAsync(new CheckSpec
        {
            Http = server.Url,
            Method = "PUT",
            Body = "{\"a\":1}",
            Header = new Dictionary<string, string[]>
            {
                ["Host"] = ["web.example"],
                ["X-Two"] = ["1", "2"],
                ["Content-Type"] = ["application/json"],
                ["User-Agent"] = ["mine"],
                ["Accept"] = ["a/b"],
            },
        });
        Assert.Equal($"HTTP PUT {server.Url}: 200 OK Output: ", result.Output);
        Assert.True(server.Requests.TryDequeue(out var request));
        Assert.StartsWith("PUT / HTTP/1.1\r\n", request);
        Assert.EndsWith("\r\n\r\n{\"a\":1}", request);
        foreach (var header in new[] { "Host: web.example", "X-Two: 1", "Content-Type: application/json", "User-Agent: mine", "Accept: a/b", "Content-Length: 7" })
            Assert.Contains("\r\n" + header, request);
    }

    [Fact]
    public async Task A_body_goes_with_GET_too()
    {
        await using var server = new CannedServer(CannedServer.Answer("200 OK"));
        await Probe.RunAsync(new CheckSpec { Http = server.Url, Body = "hello" });
        Assert.True(server.Requests.TryDequeue(out var request));
        Assert.StartsWith("GET / ", request);
        Assert.EndsWith("\r\n\r\nhello", request);
    }

    [Fact]
    public async Task Redirects_are_followed()
    {
        await using var server = new CannedServer(request => request.StartsWith("GET /new ", StringComparison.Ordinal)
            ? CannedServer.Answer("200 OK", "arrived")
            : CannedServer.Answer("302 Found", headers: "Location: /new\r\n"));
        Assert.Equal(CheckResult.Passing($"HTTP GET {server.Url}/old: 200 OK Output: arrived"), await Probe.RunAsync(new CheckSpec { Http = server.Url + "/old" }));
    }

    [Fact]
    public async Task Redirects_are_a_result_when_they_are_not_to_be_followed()
    {
        await using var server = new CannedServer(CannedServer.Answer("302 Found", "moved", "Location: /new\r\n"));
        Assert.Equal(CheckResult.Critical($"HTTP GET {server.Url}: 302 Found Output: moved"), await Probe.RunAsync(new CheckSpec { Http = server.Url, DisableRedirects = true }));
    }

    [Theory]
    [InlineData(10, "passing")]
    [InlineData(11, "critical")]
    public async Task Ten_redirects_are_followed_and_no_more(int redirects, string expected)
    {
        var left = redirects;
        await using var server = new CannedServer(_ => left-- > 0 ? CannedServer.Answer("307 Temporary Redirect", headers: $"Location: /{left}\r\n") : CannedServer.Answer("200 OK"));
        var result = await Probe.RunAsync(new CheckSpec { Http = server.Url });
        Assert.Equal(expected, result.Status);
        if (expected == "critical")
            Assert.Equal("Get \"/0\": stopped after 10 redirects", result.Output);
    }

    [Theory]
    [InlineData("301", "GET", "")]
    [InlineData("303", "GET", "")]
    [InlineData("307", "POST", "data")]
    [InlineData("308", "POST", "data")]
    public async Task A_redirect_repeats_the_request_only_where_its_code_says_so(string code, string method, string body)
    {
        await using var server = new CannedServer(request => request.Contains(" /new ", StringComparison.Ordinal)
            ? CannedServer.Answer("200 OK")
            : CannedServer.Answer(code + " Moved", headers: "Location: /new\r\n"));
        await Probe.RunAsync(new CheckSpec { Http = server.Url + "/old", Method = "POST", Body = "data" });
        var last = server.Requests.Last();
        Assert.StartsWith(method + " /new ", last);
        Assert.EndsWith("\r\n\r\n" + body, last);
        Assert.Contains($"\r\nReferer: {server.Url}/old\r\n", last);
    }

    [Fact]
    public async Task Secrets_do_not_follow_a_redirect_to_another_host()
    {
        await using var other = new CannedServer(CannedServer.Answer("200 OK"));
        await using var server = new CannedServer(_ => CannedServer.Answer("302 Found", headers: $"Location: http://localhost:{other.Port}/\r\n"));
        await Probe.RunAsync(new CheckSpec { Http = server.Url, Header = new Dictionary<string, string[]> { ["Authorization"] = ["Bearer s"], ["X-Kept"] = ["y"], ["Host"] = ["h"] } });
        Assert.True(other.Requests.TryDequeue(out var request));
        Assert.DoesNotContain("Bearer", request);
        Assert.Contains("\r\nX-Kept: y\r\n", request);
        Assert.Contains($"\r\nHost: localhost:{other.Port}\r\n", request);
    }

    [Fact]
    public async Task A_refused_connection_is_worded_as_a_dial_error()
    {
        using var unused = Probe.Unused(out var port);
        Assert.Equal(CheckResult.Critical($"Get \"http://127.0.0.1:{port}/x\": dial tcp 127.0.0.1:{port}: connect: connection refused"),
            await Probe.RunAsync(new CheckSpec { Http = $"http://127.0.0.1:{port}/x" }));
    }

    [Fact]
    public async Task A_name_that_does_not_exist_is_worded_as_a_lookup_error()
    {
        var result = await Probe.RunAsync(new CheckSpec { Http = "http://nowhere.invalid/", Method = "HEAD" });
        Assert.Matches("^Head \"http://nowhere.invalid/\": dial tcp: lookup nowhere.invalid: (no such host|server misbehaving)$", result.Output);
    }

    [Fact]
    public async Task A_silent_server_is_worded_as_an_exceeded_deadline()
    {
        await using var server = new CannedServer(_ => null);
        using var deadline = new CancellationTokenSource();
        var run = Probe.RunAsync(new CheckSpec { Http = server.Url }, deadline.Token);
        await server.FirstRequest.Task;
        await deadline.CancelAsync();
        Assert.Equal(CheckResult.Critical($"Get \"{server.Url}\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)"), await run);
    }

    [Theory]
    [InlineData("", "EOF")]
    [InlineData("SSH-2.0-OpenSSH\r\n\r\n", "net/http: HTTP/1.x transport connection broken: malformed HTTP response")]
    public async Task A_server_that_does_not_answer_in_HTTP_is_critical(string answer, string reason)
    {
        await using var server = new CannedServer(answer);
        Assert.Equal(CheckResult.Critical($"Get \"{server.Url}\": {reason}"), await Probe.RunAsync(new CheckSpec { Http = server.Url }));
    }

    [Theory]
    [InlineData("ftp://x/", "", "Get \"ftp://x/\": unsupported protocol scheme \"ftp\"")]
    [InlineData("/health", "", "Get \"/health\": unsupported protocol scheme \"\"")]
    [InlineData("localhost:8080/health", "", "Get \"localhost:8080/health\": unsupported protocol scheme \"localhost\"")]
    [InlineData("http://x/", "BAD METHOD", "net/http: invalid method \"BAD METHOD\"")]
    public async Task What_is_no_request_is_critical(string url, string method, string expected) =>
        Assert.Equal(CheckResult.Critical(expected), await Probe.RunAsync(new CheckSpec { Http = url, Method = method }));

    [Theory]
    [InlineData("X-A", "a\r\nX-B: b", "Get \"http://u:***@x/\": net/http: invalid header field value for \"X-A\"")]
    [InlineData("X A", "a", "Get \"http://u:***@x/\": net/http: invalid header field name \"X A\"")]
    public async Task Headers_cannot_smuggle_and_passwords_are_not_shown(string name, string value, string expected) =>
        Assert.Equal(CheckResult.Critical(expected),
            await Probe.RunAsync(new CheckSpec { Http = "http://u:secret@x/", Header = new Dictionary<string, string[]> { [name] = [value] } }));

    [Theory]
    [InlineData("", "cannot validate certificate for 127.0.0.1 because it doesn't contain any IP SANs")]
    [InlineData("other.example", "certificate is valid for web.example, not other.example")]
    [InlineData("web.example", "certificate signed by unknown authority")]
    public async Task A_certificate_is_verified_for_the_servers_name(string serverName, string reason)
    {
        using var certificate = Probe.Certificate(["web.example"]);
        await using var server = new CannedServer(_ => CannedServer.Answer("200 OK"), certificate);
        var url = $"https://127.0.0.1:{server.Port}";
        Assert.Equal(CheckResult.Critical($"Get \"{url}\": tls: failed to verify certificate: x509: {reason}"),
            await Probe.RunAsync(new CheckSpec { Http = url, TlsServerName = serverName }));
    }

    [Fact]
    public async Task With_the_agents_own_tls_its_authority_and_its_name_count()
    {
        using var certificate = Probe.Certificate(["agent.example"]);
        await using var server = new CannedServer(_ => CannedServer.Answer("200 OK"), certificate);
        var result = await Probe.RunAsync(new CheckSpec { Http = $"https://127.0.0.1:{server.Port}" }, new CheckRunnerOptions { AgentTls = () => new CheckTls([certificate], null), AgentTlsName = "agent.example" });
        Assert.Equal("passing", result.Status);
        result = await Probe.RunAsync(new CheckSpec { Http = $"https://127.0.0.1:{server.Port}" }, new CheckRunnerOptions { AgentTls = () => new CheckTls([certificate], null), AgentTlsName = "other.example" });
        Assert.EndsWith("x509: certificate is valid for agent.example, not other.example", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_expired_certificate_is_told_with_its_time()
    {
        using var certificate = Probe.Certificate([], [IPAddress.Loopback], validFromDays: -3, validToDays: -2);
        await using var server = new CannedServer(_ => CannedServer.Answer("200 OK"), certificate);
        var result = await Probe.RunAsync(new CheckSpec { Http = $"https://127.0.0.1:{server.Port}" });
        Assert.Matches(new Regex(@"x509: certificate has expired or is not yet valid: current time \S+Z is after \S+Z$"), result.Output);
    }

    [Fact]
    public async Task Verification_can_be_skipped()
    {
        using var certificate = Probe.Certificate(["web.example"], validFromDays: -3, validToDays: -2);
        await using var server = new CannedServer(_ => CannedServer.Answer("200 OK", "in"), certificate);
        var result = await Probe.RunAsync(new CheckSpec { Http = $"https://127.0.0.1:{server.Port}", TlsSkipVerify = true });
        Assert.Equal(CheckResult.Passing($"HTTP GET https://127.0.0.1:{server.Port}: 200 OK Output: in"), result);
    }

    [Fact]
    public async Task A_plain_server_behind_https_is_named()
    {
        await using var server = new CannedServer("HTTP/1.0 400 Bad Request\r\n\r\n");
        var url = $"https://127.0.0.1:{server.Port}";
        Assert.Equal(CheckResult.Critical($"Get \"{url}\": http: server gave HTTP response to HTTPS client"), await Probe.RunAsync(new CheckSpec { Http = url }));
    }

    [Theory]
    [InlineData("http")]
    [InlineData("https")]
    [InlineData("grpc")]
    [InlineData("grpc with TLS")]
    public async Task At_the_deadline_the_connection_is_closed_whatever_it_was_doing(string kind)
    {
        using var listener = Probe.Unused(out var port);
        listener.Listen();
        var address = $"127.0.0.1:{port}";
        var spec = kind.StartsWith("grpc", StringComparison.Ordinal)
            ? new CheckSpec { Grpc = address, GrpcUseTls = kind != "grpc" }
            : new CheckSpec { Http = $"{kind}://{address}" };
        using var deadline = new CancellationTokenSource();
        var run = Probe.RunAsync(spec, deadline.Token);
        using var connection = await listener.AcceptAsync();
        var buffer = new byte[4096];
        Assert.NotEqual(0, await connection.ReceiveAsync(buffer));
        await deadline.CancelAsync();
        Assert.Contains("context deadline exceeded", (await run).Output);

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        try
        {
            while (await connection.ReceiveAsync(buffer, limit.Token) > 0)
            {
            }
        }
        catch (SocketException error)
        {
            Assert.Equal(SocketError.ConnectionReset, error.SocketErrorCode);
        }
    }

    [Fact]
    public async Task A_server_that_refuses_the_handshake_is_worded_as_its_alert()
    {
        await using var server = new CannedServer("\x15\x03\x03\0\x02\x02\x28");
        var url = $"https://127.0.0.1:{server.Port}";
        Assert.Equal(CheckResult.Critical($"Get \"{url}\": remote error: tls: handshake failure"), await Probe.RunAsync(new CheckSpec { Http = url }));
    }
}
