using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using Praetor.Api.Logging;
using Praetor.Tests.Storage;
using Praetor.Tests.Support;

namespace Praetor.Tests.Cli;

/// <summary>enable_syslog and syslog_facility (config 5, Logging).</summary>
public sealed class SyslogSocketTests : IDisposable
{
    private readonly TemporaryDirectory _files = new();
    private readonly ManualTime _time = new();

    public void Dispose() => _files.Dispose();

    private string DaemonPath => Path.Combine(_files.Path, "log");

    [Theory]
    [InlineData("LOCAL0", LogLevel.Information, 133)]
    [InlineData("local7", LogLevel.Warning, 188)]
    [InlineData("DAEMON", LogLevel.Error, 27)]
    [InlineData("USER", LogLevel.Debug, 14)]
    public async Task A_line_goes_with_facility_and_severity_instead_of_time_and_level(string facility, LogLevel level, int priority)
    {
        using Socket daemon = Listen();
        (SyslogSocket? socket, string? error) = await SyslogSocket.OpenAsync(facility, [DaemonPath], _time, static _ => { }, TestContext.Current.CancellationToken);
        Assert.Null(error);
        using var log = new AgentLog([], LogLevel.Trace, json: false, _time, socket);

        log.CreateLogger("agent.server").Log(level, "hello");

        Assert.Matches($@"^<{priority}>[A-Z][a-z]{{2}} [ 0-9][0-9] \d\d:\d\d:\d\d consul\[\d+\]: agent\.server: hello\n$", await ReceiveAsync(daemon));
    }

    [Fact]
    public async Task A_daemon_that_was_started_again_gets_the_next_line()
    {
        Socket first = Listen();
        (SyslogSocket? socket, _) = await SyslogSocket.OpenAsync("LOCAL0", [DaemonPath], _time, static _ => { }, TestContext.Current.CancellationToken);
        using var log = new AgentLog([], LogLevel.Trace, json: false, _time, socket);
        first.Dispose();
        File.Delete(DaemonPath);
        log.CreateLogger("agent").LogInformation("lost");
        using Socket second = Listen();

        log.CreateLogger("agent").LogInformation("heard");

        Assert.EndsWith("agent: heard\n", await ReceiveAsync(second), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_daemon_the_set_up_is_tried_for_a_minute()
    {
        var told = new List<string>();
        Task<(SyslogSocket? Socket, string? Error)> opening = SyslogSocket.OpenAsync("LOCAL0", [DaemonPath], _time, told.Add, TestContext.Current.CancellationToken);
        for (int i = 0; i < 12; i++)
        {
            Assert.False(opening.IsCompleted);
            _time.Advance(TimeSpan.FromSeconds(5));
        }

        Assert.Equal((null, "Syslog setup did not succeed within timeout (1m0s)."), await opening);
        Assert.Equal(12, told.Count);
    }

    [Fact]
    public async Task An_unknown_facility_is_refused_at_once()
    {
        Assert.Equal((null, "Syslog setup error: invalid syslog facility: NOPE"), await SyslogSocket.OpenAsync("NOPE", [DaemonPath], _time, static _ => { }, TestContext.Current.CancellationToken));
    }

    private Socket Listen()
    {
        var daemon = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        daemon.Bind(new UnixDomainSocketEndPoint(DaemonPath));
        return daemon;
    }

    private static async Task<string> ReceiveAsync(Socket daemon)
    {
        byte[] buffer = new byte[4096];
        return Encoding.UTF8.GetString(buffer, 0, await daemon.ReceiveAsync(buffer, TestContext.Current.CancellationToken));
    }
}
