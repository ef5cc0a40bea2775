using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Praetor.Load;
using Praetor.Load.Measuring;
using Praetor.Tests.Executable;
using Praetor.Tests.Storage;

namespace Praetor.Tests.Load;

public class CommandTests
{
    [Fact]
    public void The_table_has_a_line_for_each_step()
    {
        var step = new StepStats("get");
        step.AddOk(1_500_000, 100, TimeSpan.FromSeconds(0.5));
        step.AddFail(isLost: true);
        step.EndSecondsBefore(TimeSpan.FromSeconds(1));
        var lines = Report.Table([new ScenarioResult("kv", 8, TimeSpan.FromSeconds(1), [step])]).TrimEnd().Split('\n');
        Assert.Equal(["scenario", "step", "connections", "Ok", "Fail", "Lost", "RPS", "p50", "ms"], lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries)[..9]);
        Assert.Equal(["kv", "get", "8", "1", "1", "1", "1", "1.500", "1.500", "1.500", "1.500", "1.500", "1", "1.500", "0.0"], lines[1].Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public void The_numbers_are_written_as_JSON_too()
    {
        var step = new StepStats("get");
        step.AddOk(1_500_000, 100, TimeSpan.FromSeconds(0.5));
        step.AddFail(isLost: true);
        step.EndSecondsBefore(TimeSpan.FromSeconds(1));
        using var file = new MemoryStream();
        JsonReport.Write(file, [new ScenarioResult("kv", 8, TimeSpan.FromSeconds(2), [step])],
            [new FanOutResult("watchers-key", 3, [1_000_000, 2_000_000, 5_000_000], step.Latency)], [new Finding("storm", "indexes", "7, 7", IsOk: true)]);
        using var json = JsonDocument.Parse(file.ToArray());
        var written = json.RootElement.GetProperty("scenarios")[0].GetProperty("steps")[0];
        Assert.Equal((1, 1, 1, 0.5, 1), (written.GetProperty("ok").GetInt32(), written.GetProperty("fail").GetInt32(), written.GetProperty("lost").GetInt32(),
            written.GetProperty("rps").GetDouble(), written.GetProperty("worstSecondRps").GetInt32()));
        Assert.Equal(1.5, written.GetProperty("p99.9Ms").GetDouble(), 0.02);
        Assert.Equal("[1,2,5]", json.RootElement.GetProperty("fanOuts")[0].GetProperty("lastAnswerMs").ToString().Replace("\n", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal));
        Assert.True(json.RootElement.GetProperty("findings")[0].GetProperty("ok").GetBoolean());
    }

    [Theory]
    [InlineData("kv-get --address nowhere", "--address must be an IP address, not nowhere")]
    [InlineData("kv-get --http-port 70000", "--http-port must be a number from 1 to 65535")]
    [InlineData("kv-get --seconds 0", "--seconds must be a number from 0.1 to 86400")]
    [InlineData("kv-get --rate", "--rate needs a value")]
    [InlineData("kv-get --fast", "unknown option --fast")]
    public void Wrong_arguments_are_named(string arguments, string expected) =>
        Assert.Equal(expected, Assert.Throws<FormatException>(() => LoadOptions.Parse(arguments.Split(' '))).Message);

    [Fact]
    public void Arguments_have_defaults()
    {
        var options = LoadOptions.Parse(["kv-get,dns", "--address", "127.0.0.2"]);
        Assert.Equal(["kv-get", "dns"], options.Scenarios);
        Assert.Equal(("127.0.0.2:8500", "127.0.0.2:8600"), (options.Target.Http.ToString(), options.Target.Dns.ToString()));
        Assert.Equal((null, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(1), 0.0, true),
            (options.Connections, options.Duration, options.WarmUp, options.RatePerSecond, options.LoadsData));
    }

    [Fact]
    public void Ports_can_be_given() =>
        Assert.Equal(new LoadTarget(IPEndPoint.Parse("127.0.0.1:1"), IPEndPoint.Parse("127.0.0.1:2")), LoadOptions.Parse(["dns", "--http-port", "1", "--dns-port", "2"]).Target);

    [Fact]
    public void An_unknown_scenario_is_named() =>
        Assert.Equal("unknown scenario kv-gte", Assert.Throws<FormatException>(() => new LoadSession(LoadOptions.Parse(["kv-gte"]), TextWriter.Null).Run()).Message);

    [Fact]
    public async Task Every_scenario_runs_against_an_agent_and_is_clean()
    {
        using var data = new TemporaryDirectory();
        using var agent = await AgentProcess.StartAsync(data.Path);
        var (isClean, output) = Run(IPEndPoint.Parse($"{agent.Address}:8500"), "all");
        Assert.True(isClean, $"{output}\n{agent.Output}");
        Assert.Contains("register-storm   X-Consul-Index of /v1/health/state/any before and after", output, StringComparison.Ordinal);
        Assert.EndsWith("all Ok\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public void An_agent_that_is_not_there_fails_each_scenario_by_name()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        // Bound but not listening: nobody else can be there.
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var (isClean, output) = Run((IPEndPoint)taken.LocalEndPoint!, "kv-put,watchers-key");
        Assert.False(isClean);
        Assert.Contains("kv-put: ", output, StringComparison.Ordinal);
        Assert.Contains("watchers-key: ", output, StringComparison.Ordinal);
        Assert.EndsWith("FAILED\n", output, StringComparison.Ordinal);
    }

    private static (bool IsClean, string Output) Run(IPEndPoint agent, string scenarios)
    {
        var options = LoadOptions.Parse([scenarios, "--address", $"{agent.Address}", "--http-port", $"{agent.Port}", "--connections", "8", "--seconds", "0.2", "--warm-up", "0"]);
        var output = new StringWriter { NewLine = "\n" };
        return (new LoadSession(options, output).Run(), output.ToString());
    }
}
