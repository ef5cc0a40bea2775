using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Praetor.Api.Statsd;
using Praetor.Runtime.Telemetry;
using Praetor.Tests.Support;

namespace Praetor.Tests.Statsd;

/// <summary>Measurements for statsd daemons (config 5, telemetry).</summary>
public sealed class StatsdSinkTests : IDisposable
{
    private readonly Meter _meter = new("Praetor");
    private readonly Counter<long> _counter;
    private readonly Histogram<double> _timer;
    private readonly MetricStore _store;

    public StatsdSinkTests()
    {
        _counter = _meter.CreateCounter<long>("health.service.query");
        _timer = _meter.CreateHistogram<double>("kvs.apply", "ms");
        // Gauges are told at the end of each interval, too: here none ends.
        _store = new MetricStore(_meter, new MetricOptions(HostName: "host1"), new ManualTime());
    }

    public void Dispose()
    {
        _store.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public async Task Statsd_gets_each_measurement_as_a_line_with_labels_in_the_name()
    {
        using var daemon = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        await using StatsdSink sink = Start(StatsdDialect.Statsd, daemon.Client.LocalEndPoint!.ToString()!);

        _counter.Add(2, KeyValuePair.Create<string, object?>("service", "my web:1"));
        _timer.Record(1.5);

        Assert.Equal(["consul.health.service.query.my_web_1:2.000000|c", "consul.kvs.apply:1.500000|ms"], await LinesAsync(daemon, 2));
    }

    [Fact]
    public async Task Gauges_carry_the_name_of_the_machine()
    {
        using var daemon = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        await using StatsdSink sink = Start(StatsdDialect.Statsd, daemon.Client.LocalEndPoint!.ToString()!);
        _meter.CreateObservableGauge("server.isLeader", static () => 1L);

        _store.Accumulated();

        Assert.Equal(["consul.host1.server.isLeader:1.000000|g"], await LinesAsync(daemon, 1));
    }

    [Fact]
    public async Task Dogstatsd_gets_labels_as_tags_and_gauges_without_the_machine()
    {
        using var daemon = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        await using StatsdSink sink = Start(StatsdDialect.Dogstatsd, daemon.Client.LocalEndPoint!.ToString()!, "env:test");
        _meter.CreateObservableGauge("server.isLeader", static () => 1L);

        _counter.Add(2, KeyValuePair.Create<string, object?>("service", "web"));
        _store.Accumulated();

        Assert.Equal(["consul.health.service.query:2|c|#env:test,service:web", "consul.server.isLeader:1|g|#env:test"], await LinesAsync(daemon, 2));
    }

    [Fact]
    public async Task Dogstatsd_listens_on_a_unix_socket_too()
    {
        string path = Path.Combine(Path.GetTempPath(), $"d{Guid.NewGuid():N}");
        using var daemon = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        daemon.Bind(new UnixDomainSocketEndPoint(path));
        try
        {
            await using StatsdSink sink = Start(StatsdDialect.Dogstatsd, "unix://" + path);
            _timer.Record(1.25);
            byte[] buffer = new byte[2000];
            int length = await daemon.ReceiveAsync(buffer, TestContext.Current.CancellationToken);
            Assert.Equal("consul.kvs.apply:1.25|ms\n", Encoding.UTF8.GetString(buffer, 0, length));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task Statsite_gets_the_lines_over_tcp()
    {
        using var daemon = new TcpListener(IPAddress.Loopback, 0);
        daemon.Start();
        await using StatsdSink sink = Start(StatsdDialect.Statsite, daemon.LocalEndpoint.ToString()!);
        _counter.Add(1);

        using TcpClient client = await daemon.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        using var reader = new StreamReader(client.GetStream());
        Assert.Equal("consul.health.service.query:1.000000|c", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Datagrams_stay_within_what_networks_pass_in_one_piece()
    {
        using var daemon = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        await using StatsdSink sink = Start(StatsdDialect.Statsd, daemon.Client.LocalEndPoint!.ToString()!);
        for (int i = 0; i < 200; i++)
            _counter.Add(1);

        int lines = 0;
        while (lines < 200)
        {
            UdpReceiveResult packet = await daemon.ReceiveAsync(TestContext.Current.CancellationToken);
            Assert.InRange(packet.Buffer.Length, 1, 1400);
            lines += packet.Buffer.Count(static each => each == '\n');
        }

        Assert.Equal(200, lines);
    }

    [Theory]
    [InlineData("no-port")]
    [InlineData("127.0.0.1:port")]
    [InlineData("no.such.host.invalid:8125")]
    public async Task An_address_that_cannot_be_used_is_told_and_harms_nothing(string address)
    {
        var options = new StatsdOptions(StatsdDialect.Statsd, address, []);
        Assert.NotNull(await StatsdSink.TryAsync(options, TestContext.Current.CancellationToken));
        await using StatsdSink sink = StatsdSink.Start(options, _store, TimeProvider.System, NullLogger.Instance);
        _counter.Add(1);
    }

    private StatsdSink Start(StatsdDialect dialect, string address, params string[] tags) =>
        StatsdSink.Start(new StatsdOptions(dialect, address, tags), _store, TimeProvider.System, NullLogger.Instance);

    private static async Task<string[]> LinesAsync(UdpClient daemon, int count)
    {
        var text = new StringBuilder();
        while (text.ToString().Count(static each => each == '\n') < count)
            text.Append(Encoding.UTF8.GetString((await daemon.ReceiveAsync(TestContext.Current.CancellationToken)).Buffer));
        return text.ToString().TrimEnd('\n').Split('\n');
    }
}
