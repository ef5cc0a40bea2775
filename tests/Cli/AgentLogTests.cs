using System.Text;
using Microsoft.Extensions.Logging;
using Praetor.Api.Config;
using Praetor.Api.Logging;
using Praetor.Tests.Storage;

namespace Praetor.Tests.Cli;

/// <summary>The log's line format and its queue (cli 7).</summary>
public partial class AgentLogTests
{
    private static readonly DateTimeOffset s_moment = new(2025, 8, 13, 16, 20, 1, 335, TimeSpan.Zero);

    private sealed class FixedTime(TimeSpan offset) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => s_moment.AddTicks(120);

        public override TimeZoneInfo LocalTimeZone { get; } = TimeZoneInfo.CreateCustomTimeZone("test", offset, "test", "test");
    }

    private static string Logged(Action<ILogger> write, bool json = false, LogLevel level = LogLevel.Trace, TimeSpan offset = default, string name = "agent.server")
    {
        using var output = new MemoryStream();
        using (var log = new AgentLog([output], level, json, new FixedTime(offset)))
        {
            log.Start();
            write(log.CreateLogger(name));
        }

        return Encoding.UTF8.GetString(output.ToArray());
    }

    [LoggerMessage(1, LogLevel.Information, "New leader elected: payload={Payload}")]
    private static partial void Elected(ILogger logger, string payload);

    [LoggerMessage(2, LogLevel.Warning, "Starting {What}: address={Address} network=tcp count={Count} ok={Ok}")]
    private static partial void Starting(ILogger logger, string what, string address, int count, bool ok);

    [LoggerMessage(3, LogLevel.Error, "plain text: {Reason}")]
    private static partial void Plain(ILogger logger, string reason);

    [LoggerMessage(4, LogLevel.Error, "It failed: name={Name}")]
    private static partial void Failed(ILogger logger, string name, Exception cause);

    [LoggerMessage(5, LogLevel.Error, "cut: records={Kept}/{Total} latency={LatencyUs}us")]
    private static partial void Cut(ILogger logger, int kept, int total, double latencyUs);

    [Fact]
    public void A_line_has_time_level_logger_sentence_and_fields() => Assert.Equal(
        "2025-08-13T16:20:01.335Z [INFO]  agent.server: New leader elected: payload=n1\n", Logged(log => Elected(log, "n1")));

    [Theory]
    [InlineData(120, "2025-08-13T18:20:01.335+0200 ")]
    [InlineData(-330, "2025-08-13T10:50:01.335-0530 ")]
    public void Other_time_zones_show_their_offset(int minutes, string start) =>
        Assert.StartsWith(start, Logged(log => Elected(log, "n1"), offset: TimeSpan.FromMinutes(minutes)), StringComparison.Ordinal);

    [Theory]
    [InlineData("", "payload=")]
    [InlineData("a b", "payload=\"a b\"")]
    [InlineData("a=b", "payload=\"a=b\"")]
    [InlineData("a\"b", "payload=\"a\\\"b\"")]
    [InlineData("[::1]:8300", "payload=[::1]:8300")]
    [InlineData("one\ntwo", "\n  payload=\n  | one\n  | two")]
    public void Values_are_quoted_where_they_would_be_misread(string value, string shown) =>
        Assert.EndsWith((shown[0] == '\n' ? "elected:" : "elected: ") + shown + "\n", Logged(log => Elected(log, value)), StringComparison.Ordinal);

    [Fact]
    public void Holes_before_the_fields_belong_to_the_sentence() => Assert.Equal(
        "2025-08-13T16:20:01.335Z [WARN]  agent.server: Starting server: address=127.0.0.1:1 network=tcp count=3 ok=true\n",
        Logged(log => Starting(log, "server", "127.0.0.1:1", 3, true)));

    [Fact]
    public void A_value_may_be_put_together_from_holes() => Assert.EndsWith(
        "cut: records=3/5 latency=1.5us\n", Logged(log => Cut(log, 3, 5, 1.5)), StringComparison.Ordinal);

    [Fact]
    public void A_template_without_fields_is_all_sentence() => Assert.EndsWith(
        "[ERROR] agent.server: plain text: a = b\n", Logged(log => Plain(log, "a = b")), StringComparison.Ordinal);

    [Fact]
    public void An_exception_is_the_field_error() => Assert.EndsWith(
        "It failed: name=x error=\"no such thing\"\n", Logged(log => Failed(log, "x", new InvalidOperationException("no such thing"))), StringComparison.Ordinal);

    [Fact]
    public void Json_has_sorted_keys_and_keeps_numbers() => Assert.Equal(
        """{"@level":"warn","@message":"Starting s\u003c","@module":"agent.server","@timestamp":"2025-08-13T16:20:01.335012Z","address":"a","count":3,"network":"tcp","ok":true}""" + "\n",
        Logged(log => Starting(log, "s<", "a", 3, true), json: true));

    [Fact]
    public void Levels_below_the_lowest_are_not_shown() => Assert.Empty(Logged(log => Elected(log, "n1"), level: LogLevel.Warning));

    [Theory]
    [InlineData("agent", "agent: ")]
    [InlineData("agent.dns", "agent.dns: ")]
    [InlineData("http", "agent.http: ")]
    public void Names_are_put_below_agent(string name, string shown) =>
        Assert.Contains("[INFO]  " + shown, Logged(log => Elected(log, "x"), name: name), StringComparison.Ordinal);

    [Theory]
    [InlineData("trace", LogLevel.Trace)]
    [InlineData("Debug", LogLevel.Debug)]
    [InlineData("INFO", LogLevel.Information)]
    [InlineData("warn", LogLevel.Warning)]
    [InlineData("err", LogLevel.Error)]
    [InlineData("ERROR", LogLevel.Error)]
    public void Levels_are_read_in_any_case(string text, LogLevel level) => Assert.Equal((true, level), (LogLevels.TryParse(text, out var read), read));

    [Fact]
    public void Lines_before_the_start_wait_for_it()
    {
        using var output = new MemoryStream();
        using var log = new AgentLog([output], LogLevel.Information, false, TimeProvider.System);
        Elected(log.CreateLogger("agent"), "n1");
        Assert.Equal(0, output.Length);

        log.Start();
        log.Dispose();

        Assert.Contains("payload=n1", Encoding.UTF8.GetString(output.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_stuck_reader_costs_lines_and_no_caller_waits()
    {
        using var output = new StuckStream();
        var log = new AgentLog([output], LogLevel.Information, false, TimeProvider.System);
        log.Start();
        var logger = log.CreateLogger("agent");
        for (var i = 0; i < 20_000; i++)
            Elected(logger, "n1");

        output.Release();
        log.Dispose();

        Assert.Matches(@"\[WARN\]  agent: Log lines dropped: count=\d+", output.Text);
    }

    [Fact]
    public void A_sink_that_fails_does_not_stop_the_others()
    {
        using var output = new MemoryStream();
        using (var log = new AgentLog([new FailingStream(), output], LogLevel.Information, false, TimeProvider.System))
        {
            log.Start();
            Elected(log.CreateLogger("agent"), "n1");
        }

        Assert.NotEqual(0, output.Length);
    }

    [Fact]
    public void A_full_log_file_is_put_aside_and_old_ones_go()
    {
        using var directory = new TemporaryDirectory();
        var settings = ConfigLoader.Load(
            new ConfigInput { DevMode = true, Fragments = [$$"""{"log_file":"{{directory.Path}}/","log_rotate_bytes":100,"log_rotate_max_files":1}"""] },
            new HostFacts("h", () => [])).Config!.Log;
        using (var file = new RotatingFile(settings, TimeProvider.System))
        {
            for (var i = 0; i < 5; i++)
                file.Write(Encoding.ASCII.GetBytes(new string((char)('a' + i), 60)));
        }

        Assert.Equal(new string('e', 60), File.ReadAllText(Path.Combine(directory.Path, "consul.log")));
        Assert.Single(Directory.GetFiles(directory.Path, "consul-*.log"));
    }

    private sealed class StuckStream : MemoryStream
    {
        private readonly ManualResetEventSlim _released = new();

        public string Text { get; private set; } = "";

        public void Release() => _released.Set();

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            _released.Wait();
            Text += Encoding.UTF8.GetString(buffer);
        }
    }

    private sealed class FailingStream : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer) => throw new IOException("no space left on device");
    }
}
