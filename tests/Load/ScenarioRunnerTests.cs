using System.Net;
using System.Net.Sockets;
using Praetor.Load;
using Praetor.Load.Measuring;
using Praetor.Load.Scenarios;
using Praetor.Load.Simulations;
using Praetor.Load.Wire;
using Praetor.Tests.Support;

namespace Praetor.Tests.Load;

public class ScenarioRunnerTests
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(300);

    [Fact]
    public async Task A_closed_loop_counts_every_answer_and_nothing_of_the_warm_up()
    {
        await using var server = await TestServer.StartAsync();
        var scenario = new Counting("/v1/status/leader");
        using var runner = new ScenarioRunner(scenario, Target(server), 4);
        var step = Assert.Single(runner.Run([new KeepConstant(4, Short)], warmUp: Short).Steps);
        Assert.Equal(0, step.Fail);
        Assert.InRange(step.Ok, 1, scenario.Written - 1);
        Assert.Equal(step.Ok, step.Latency.Count);
    }

    [Fact]
    public async Task An_open_loop_sends_exactly_what_is_due()
    {
        await using var server = await TestServer.StartAsync();
        var scenario = new Counting("/v1/status/leader");
        using var runner = new ScenarioRunner(scenario, Target(server), 4);
        var step = Assert.Single(runner.Run([new Inject(200, Short), new RampingInject(200, Short)], TimeSpan.Zero).Steps);
        Assert.Equal((60 + 30, 0, 90), (step.Ok, step.Fail, scenario.Written));
    }

    [Fact]
    public async Task Another_status_than_expected_is_a_failure()
    {
        await using var server = await TestServer.StartAsync();
        using var runner = new ScenarioRunner(new Counting("/v1/kv/not-there"), Target(server), 2);
        var step = Assert.Single(runner.Run([new Inject(100, Short)], TimeSpan.Zero).Steps);
        Assert.Equal((0, 30), (step.Ok, step.Fail));
    }

    [Fact]
    public async Task A_connection_that_is_closed_is_a_failure_and_opened_again()
    {
        await using var server = new Agent.Checks.CannedServer("");
        using var runner = new ScenarioRunner(new Counting("/"), new LoadTarget(new IPEndPoint(IPAddress.Loopback, server.Port), new IPEndPoint(IPAddress.Loopback, 1)), 2);
        var step = Assert.Single(runner.Run([new Inject(100, Short)], TimeSpan.Zero).Steps);
        Assert.Equal((0, 30), (step.Ok, step.Fail));
    }

    [Fact]
    public async Task Keys_are_put_and_read_back()
    {
        await using var server = await TestServer.StartAsync();
        var target = Target(server);
        using (var fill = new ScenarioRunner(new FillKeys(), target, 8))
            Assert.True(fill.Run([new IterationsForConstant(8, 1001)], TimeSpan.Zero).IsClean);
        foreach (var scenario in new Scenario[] { new KvPut(), new KvGet() })
        {
            using var runner = new ScenarioRunner(scenario, target, 8);
            var step = Assert.Single(runner.Run([new KeepConstant(8, Short)], TimeSpan.Zero).Steps);
            Assert.Equal(0, step.Fail);
            Assert.True(step.Ok > 0);
        }
    }

    [Fact]
    public async Task Watchers_are_woken_by_their_key_and_by_no_other()
    {
        await using var server = await TestServer.StartAsync();
        using (var scenario = new WatchScenario(Target(server), 20, "/v1/kv/watched", static (writer, number) => writer.Put("/v1/kv/watched?flags=", number, "x"u8)))
        {
            var each = new LatencyHistogram();
            Assert.Equal(3, scenario.MeasureFanOut(3, each).Length);
            Assert.Equal(60, each.Count);
        }

        using (var scenario = new WatchScenario(Target(server), 20, "/v1/kv/watched", static (writer, number) => writer.Put("/v1/kv/watched?flags=", number, "x"u8)))
        {
            var (writes, wakeups) = scenario.CountForeignWakeups(Short, static (writer, number) => writer.Put("/v1/kv/other/", number, "x"u8));
            Assert.True(writes > 0);
            Assert.Equal(0, wakeups);
        }
    }

    [Fact]
    public async Task DNS_counts_answers_with_records_as_Ok_and_others_as_failures()
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        server.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        using var over = new CancellationTokenSource();
        var answering = AnswerAsync(server, over.Token);
        using (var runner = new ScenarioRunner(new DnsScenario(), new LoadTarget(new IPEndPoint(IPAddress.Loopback, 1), (IPEndPoint)server.LocalEndPoint!), 4))
        {
            var result = runner.Run([new Inject(100, Short)], TimeSpan.Zero);
            Assert.Equal([("SRV", 15, 0), ("A", 0, 15)], result.Steps.Select(static step => (step.Name, step.Ok, step.Fail)));
        }

        await over.CancelAsync();
        await answering;
    }

    /// <summary>Answers SRV queries with one (empty) record in the count, all others with none.</summary>
    private static async Task AnswerAsync(Socket server, CancellationToken over)
    {
        var buffer = new byte[512];
        try
        {
            while (true)
            {
                var query = await server.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), over);
                var isSrv = buffer.AsSpan(0, query.ReceivedBytes).IndexOf((ReadOnlySpan<byte>)[0, 0, 33, 0, 1]) > 0;
                buffer[2] |= 0x80;
                buffer[7] = isSrv ? (byte)1 : (byte)0;
                await server.SendToAsync(buffer.AsMemory(0, query.ReceivedBytes), query.RemoteEndPoint, over);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private static LoadTarget Target(TestServer server) => new(server.EndPoint, new IPEndPoint(IPAddress.Loopback, 1));

    private sealed class Counting(string path) : Scenario
    {
        public override string Name => "counting";

        public override string Description => "one path";

        public long Written { get; private set; }

        public override int WriteRequest(RequestWriter writer, long number)
        {
            Written++;
            writer.Get(path);
            return 0;
        }
    }
}
