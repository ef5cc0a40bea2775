using System.Net;
using System.Net.Sockets;
using Praetor.Load;
using Praetor.Load.Growth;
using Praetor.Load.Measuring;
using Praetor.Load.Scenarios;
using Praetor.Load.Simulations;
using Praetor.Tests.Executable;
using Praetor.Tests.Storage;

namespace Praetor.Tests.Load;

/// <summary>Several targets side by side, and curves of growth.</summary>
public class ComparisonTests
{
    [Theory]
    [InlineData("praetor=127.0.0.9", "127.0.0.9:8500", false)]
    [InlineData("b=127.0.0.9:81", "127.0.0.9:81", false)]
    [InlineData("e=etcd:127.0.0.9", "127.0.0.9:2379", true)]
    [InlineData("e=etcd:[::1]:4001", "[::1]:4001", true)]
    public void A_target_has_a_name_and_an_address(string text, string http, bool isEtcd)
    {
        var target = LoadTarget.Parse(text);
        Assert.Equal((http, isEtcd, text.Split('=')[0]), (target.Http.ToString(), target.IsEtcd, target.Name));
    }

    [Theory]
    [InlineData("compare kv-put --target nowhere", "--target must be NAME=[etcd:]ADDRESS[:PORT], not nowhere")]
    [InlineData("compare kv-put --target a=127.0.0.1", "compare takes two or more times --target NAME=[etcd:]ADDRESS[:PORT]")]
    [InlineData("kv-put --target a=127.0.0.1 --target b=127.0.0.2", "compare takes two or more times --target NAME=[etcd:]ADDRESS[:PORT]")]
    [InlineData("compare kv-put --target", "--target needs a value")]
    [InlineData("growth keys,trees", "growth knows keys, instances, waits, not trees")]
    [InlineData("growth --pid x", "--pid must be a number from 1 to 2147483647")]
    public void Wrong_arguments_are_named(string arguments, string expected) =>
        Assert.Equal(expected, Assert.Throws<FormatException>(() => LoadOptions.Parse(arguments.Split(' '))).Message);

    [Fact]
    public void The_first_target_is_set_against_the_others()
    {
        var fast = Result("kv-put", "fast", 400, 600, 500);
        var slow = Result("kv-put", "slow", 100, 300, 250);
        Assert.Equal((500, 400, 600), fast.PerSecond);
        Assert.Equal(2, fast.TimesBetterThan(slow));
        var lines = Report.Table([fast, slow]).TrimEnd().Split('\n').Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).ToArray();
        Assert.Equal(("500", "slow", "2.0"), (lines[1][2], lines[2][1], lines[2][^1]));
    }

    [Fact]
    public void Of_those_who_wait_the_shorter_time_is_better()
    {
        var fast = new ComparedResult("watchers-key", "fast") { LastAnswersMs = { 10, 20, 30 } };
        var slow = new ComparedResult("watchers-key", "slow") { LastAnswersMs = { 50, 60, 70 } };
        Assert.Equal(3, fast.TimesBetterThan(slow));
    }

    [Fact]
    public async Task Two_agents_are_measured_in_turn()
    {
        using TemporaryDirectory first = new(), second = new();
        using var a = await AgentProcess.StartAsync(first.Path);
        using var b = await AgentProcess.StartAsync(second.Path);
        var options = LoadOptions.Parse(["compare", "kv-put,health-service,dns,watchers-key", "--target", $"a={a.Address}", "--target", $"b={b.Address}", "--rounds", "2", "--seconds", "0.2", "--warm-up", "0",
            "--connections", "8"]);
        var output = new StringWriter { NewLine = "\n" };
        Assert.True(new Comparison(options, output).Run(), output.ToString());
        var rows = output.ToString().Split('\n').SkipWhile(static line => !line.StartsWith("scenario", StringComparison.Ordinal)).Skip(1);
        Assert.Equal(["kv-put a", "kv-put b", "health-service a", "health-service b", "dns a", "dns b", "watchers-key a", "watchers-key b"],
            rows.Select(static row => string.Join(' ', row.Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(2))).TakeWhile(static row => row.Length > 0));
    }

    [Fact]
    public void An_unknown_scenario_is_named() => Assert.Equal("scenario register-strom cannot be compared", Assert.Throws<FormatException>(() =>
        new Comparison(LoadOptions.Parse(["compare", "register-strom", "--target", "a=127.0.0.1", "--target", "b=127.0.0.2"]), TextWriter.Null).Run()).Message);

    [Fact]
    public void A_target_that_refuses_every_datagram_at_once_does_not_stop_time()
    {
        using var closed = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        closed.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var nobody = (IPEndPoint)closed.LocalEndPoint!;
        closed.Close();
        using var runner = new ScenarioRunner(new DnsScenario(), new LoadTarget(nobody, nobody), 4);
        var result = runner.Run([new KeepConstant(4, TimeSpan.FromSeconds(0.2))], TimeSpan.Zero);
        Assert.True(result.Steps.Sum(static step => step.Fail) > 0);
    }

    [Fact]
    public void A_picture_has_two_lines_for_each_request_and_names_the_sizes()
    {
        string svg = GrowthPicture.Draw("keys", [new Curve("kv-get", [Point(1000, 1), Point(1_000_000, 1)]), new Curve("kv-put", [Point(1000, 2), Point(1_000_000, 4)])]);
        Assert.Equal(4, svg.Split("<polyline").Length - 1);
        Assert.Contains(">1,000,000</text>", svg, StringComparison.Ordinal);
        Assert.Contains(">kv-put</text>", svg, StringComparison.Ordinal);
        System.Xml.Linq.XDocument.Parse(svg);
    }

    private static GrowthPoint Point(int size, double ms) => new("keys", size, "kv-get", 1, ms, ms * 2, IsClean: true);

    private static ComparedResult Result(string scenario, string target, params int[] perSecond)
    {
        var compared = new ComparedResult(scenario, target);
        foreach (int count in perSecond)
        {
            var step = new StepStats("request");
            for (int i = 0; i < count; i++)
                step.AddOk(1_000_000, 1, TimeSpan.Zero);
            compared.Add(new ScenarioResult(scenario, 1, TimeSpan.FromSeconds(1), [step]));
        }

        return compared;
    }
}
