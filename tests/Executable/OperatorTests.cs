using System.Net;
using System.Net.Sockets;
using Praetor.Tests.Storage;

namespace Praetor.Tests.Executable;

/// <summary>What operators and their tools do to a server by day: wait for its lines, reload it, make it leave.</summary>
public sealed class OperatorTests : IDisposable
{
    private readonly TemporaryDirectory _data = new();

    public void Dispose() => _data.Dispose();

    private string Data => Path.Combine(_data.Path, "data");

    private string WriteConfig(string json)
    {
        string path = Path.Combine(_data.Path, "extra.json");
        File.WriteAllText(path, json);
        return path;
    }

    private static Task<bool> SaysAsync(AgentProcess agent, string line) => Task.FromResult(agent.Output.Contains(line, StringComparison.Ordinal));

    [Theory]
    [InlineData("agent: Consul agent running!")]
    [InlineData("agent.server: New leader elected: payload=n1")]
    [InlineData("agent.server: cluster leadership acquired")]
    [InlineData("agent: Synced node info")]
    [InlineData("agent: Starting server: address={0}:8500 network=tcp protocol=http")]
    [InlineData("agent.dns: Started DNS server: address={0}:8600 network=udp")]
    public async Task A_starting_server_says_what_tools_wait_for(string line)
    {
        using AgentProcess agent = await AgentProcess.StartAsync(Data);

        await agent.WaitAsync(() => SaysAsync(agent, line.Replace("{0}", agent.Address, StringComparison.Ordinal)), line);
    }

    [Fact]
    public async Task Hangup_puts_new_services_and_the_new_log_level_in_force()
    {
        string config = WriteConfig("""{"service":{"name":"web"},"log_level":"info"}""");
        using AgentProcess agent = await AgentProcess.StartAsync(Data, null, "-config-file=" + config);
        await agent.WaitAsync(async () => (await agent.Http.GetStringAsync("/v1/catalog/services")).Contains("\"web\"", StringComparison.Ordinal), "service of the file");

        WriteConfig("""{"service":{"name":"api"},"log_level":"debug"}""");
        agent.HangUp();

        await agent.WaitAsync(async () => (await agent.Http.GetStringAsync("/v1/catalog/services")) is var services
            && services.Contains("\"api\"", StringComparison.Ordinal) && !services.Contains("\"web\"", StringComparison.Ordinal), "service of the new file");
        Assert.Contains("agent: Caught: signal=hangup", agent.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Systemd_is_told_when_the_agent_has_joined()
    {
        string path = Path.Combine(_data.Path, "notify");
        using var systemd = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        systemd.Bind(new UnixDomainSocketEndPoint(path));
        string address = AgentProcess.FreshAddress();
        string prefix = address[..address.LastIndexOf('.')];
        using AgentProcess server = await AgentProcess.StartAsync(Data, $"{prefix}.1");
        using AgentProcess client = AgentProcess.LaunchAgent($"{prefix}.2",
            [$"-data-dir={Data}-client", $"-bind={prefix}.2", $"-client={prefix}.2", "-node=c1", $"-retry-join={prefix}.1"], ("NOTIFY_SOCKET", path));

        byte[] told = new byte[100];
        Assert.Equal("READY=1", System.Text.Encoding.UTF8.GetString(told, 0, await systemd.ReceiveAsync(told, TestContext.Current.CancellationToken)));
        Assert.Contains("\"n1\"", await client.Http.GetStringAsync("/v1/agent/members"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_signal_asks_for_the_metrics_and_ends_nothing()
    {
        using AgentProcess agent = await AgentProcess.StartAsync(Data, null, "-hcl=telemetry { disable_hostname = true }");

        // Asked before the server leads, they say so: it is asked again.
        await agent.WaitAsync(() =>
        {
            agent.AskForMetrics();
            return Task.FromResult(System.Text.RegularExpressions.Regex.IsMatch(agent.Output, @"\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0000 UTC\]\[G\] 'consul\.server\.isLeader': 1\.000"));
        }, "the metrics");
        Assert.True(await agent.PutAsync("/v1/kv/a", "b"));
    }

    [Fact]
    public async Task A_reload_that_fails_changes_nothing()
    {
        string config = WriteConfig("""{"service":{"name":"web"}}""");
        using AgentProcess agent = await AgentProcess.StartAsync(Data, null, "-config-file=" + config);

        WriteConfig("""{"bogus":1}""");
        using HttpResponseMessage answer = await agent.Http.PutAsync("/v1/agent/reload", null);

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Equal($"failed to parse {config}: 1 error occurred:\n\t* invalid config key bogus\n\n", await answer.Content.ReadAsStringAsync());
        Assert.Contains("\"web\"", await agent.Http.GetStringAsync("/v1/agent/services"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_agent_that_may_try_no_more_to_join_ends_with_1()
    {
        string address = AgentProcess.FreshAddress();
        using AgentProcess agent = AgentProcess.LaunchAgent(address,
            [$"-data-dir={Data}", $"-bind={address}", $"-client={address}", "-node=c1", $"-retry-join={AgentProcess.FreshAddress()}", "-retry-max=2", "-retry-interval=100ms"]);

        Assert.Equal(1, await agent.ExitAsync());
        Assert.Contains("agent: Retry join failed: error=\"agent: max join LAN retry exhausted, exiting\"", agent.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("stack", agent.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Leave_ends_the_process_with_0_after_its_answer()
    {
        string pidFile = Path.Combine(_data.Path, "pid");
        using AgentProcess agent = await AgentProcess.StartAsync(Data, null, "-pid-file=" + pidFile);
        Assert.True(File.Exists(pidFile));

        Assert.True(await agent.PutAsync("/v1/agent/leave", ""));

        Assert.Equal(0, await agent.ExitAsync());
        Assert.Contains("agent: Exit code: code=0", agent.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(pidFile));
    }

    [Fact]
    public async Task A_server_told_to_leave_on_signals_ends_with_0()
    {
        using AgentProcess agent = await AgentProcess.StartAsync(Data, null, "-hcl", """{"leave_on_terminate":true}""");

        Assert.Equal(0, await agent.TerminateAsync());
        Assert.Contains("agent: Gracefully shutting down agent...", agent.Output, StringComparison.Ordinal);
        Assert.Contains("agent: Graceful exit completed", agent.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_address_in_use_is_named_and_ends_the_start()
    {
        string address = AgentProcess.FreshAddress();
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Parse(address), 8500));
        taken.Listen();

        using AgentProcess agent = AgentProcess.Launch(Data, address);

        Assert.Equal(1, await agent.ExitAsync());
        Assert.Contains($"[ERROR] agent: Error starting agent: error=\"listen tcp {address}:8500: bind: address already in use\"", agent.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_nameless_service_ends_the_start()
    {
        using AgentProcess agent = AgentProcess.Launch(Data, null, "-config-file=" + WriteConfig("""{"service":{"port":1}}"""));

        Assert.Equal(1, await agent.ExitAsync());
        Assert.Contains("agent: Error starting agent: error=\"Failed to register service \\\"\\\": Service name missing\"", agent.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_could_not_enforce_acls_does_not_start_with_them()
    {
        using AgentProcess agent = AgentProcess.Launch(Data, null, "-hcl", """{"acl":{"enabled":true,"default_policy":"deny"}}""");

        Assert.Equal(1, await agent.ExitAsync());
        Assert.Contains("acl.enabled = true: this version does not enforce ACLs", agent.Output, StringComparison.Ordinal);
    }
}
