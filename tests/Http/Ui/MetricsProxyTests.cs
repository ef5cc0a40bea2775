using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Praetor.Api.Http.Ui;
using Praetor.Tests.Support;

namespace Praetor.Tests.Http.Ui;

/// <summary>The web UI's way to a metrics store (http-agent 8, ui_config.metrics_proxy).</summary>
public sealed class MetricsProxyTests : IAsyncLifetime
{
    private readonly TcpListener _store = new(IPAddress.Loopback, 0);
    private readonly List<string> _asked = [];
    private MetricsProxyOptions _options = MetricsProxyOptions.None;
    private bool _isUiEnabled = true;
    private TestServer? _server;
    private MetricsProxy? _proxy;

    public ValueTask InitializeAsync()
    {
        _store.Start();
        _ = ServeAsync();
        _options = new MetricsProxyOptions($"http://{_store.LocalEndpoint}/base", [KeyValuePair.Create("X-Key", "k")], ["/base/api/v1/query"]);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        _store.Stop();
        if (_server is not null)
            await _server.DisposeAsync();
        _proxy?.Dispose();
    }

    [Fact]
    public async Task A_question_goes_to_the_store_with_the_configured_headers_and_without_the_token()
    {
        await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/internal/ui/metrics-proxy/api/v1/query?query=up%20x&token=q");
        request.Headers.Add("X-Consul-Token", "secret");
        request.Headers.Add("Authorization", "Bearer secret");
        request.Headers.Add("X-Mine", "m");
        using HttpResponseMessage answer = await _server!.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal((418, "hello", "text/fun"), ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), answer.Content.Headers.ContentType?.ToString()));
        string asked = Assert.Single(_asked);
        Assert.StartsWith("GET /base/api/v1/query?query=up%20x&token=q HTTP/1.1", asked, StringComparison.Ordinal);
        Assert.Contains("X-Key: k", asked, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("X-Mine: m", asked, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("secret", asked, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_path_that_is_not_allowed_is_refused()
    {
        await StartAsync();
        Reply reply = await _server!.GetAsync("/v1/internal/ui/metrics-proxy/api/v1/admin");
        Assert.Equal((403, ""), (reply.Status, reply.Body));
        Assert.Empty(_asked);
    }

    [Theory]
    [InlineData("/../admin", false)]
    [InlineData("/%2e%2e/admin", false)]
    [InlineData("/../basement", false)]
    [InlineData("/x?y=z", false)]
    [InlineData("/api/v1/query", true)]
    public void A_path_never_leads_out_of_the_base(string rest, bool isIn) => Assert.Equal(isIn, MetricsProxy.TryFind("http://store/base", rest, out _));

    [Fact]
    public async Task Without_a_store_there_is_no_proxy()
    {
        _options = MetricsProxyOptions.None;
        await StartAsync();
        Reply reply = await _server!.GetAsync("/v1/internal/ui/metrics-proxy/x");
        Assert.Equal((404, "Metrics proxy is not enabled"), (reply.Status, reply.Body));
    }

    [Fact]
    public async Task Without_the_ui_there_is_no_proxy()
    {
        _isUiEnabled = false;
        await StartAsync();
        Reply reply = await _server!.GetAsync("/v1/internal/ui/metrics-proxy/api/v1/query");
        Assert.Equal((404, "UI is not enabled"), (reply.Status, reply.Body));
    }

    [Fact]
    public async Task A_store_that_does_not_answer_is_a_bad_gateway()
    {
        await StartAsync();
        _store.Stop();
        Assert.Equal(502, (await _server!.GetAsync("/v1/internal/ui/metrics-proxy/api/v1/query")).Status);
    }

    private async Task StartAsync()
    {
        _proxy = new MetricsProxy(_isUiEnabled, () => _options, NullLogger.Instance);
        _server = await TestServer.StartAsync(new TestServerOptions { Map = (routes, _) => _proxy.Map(routes) });
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using TcpClient client = await _store.AcceptTcpClientAsync();
                byte[] buffer = new byte[8192];
                int read = 0;
                while (!Encoding.ASCII.GetString(buffer, 0, read).Contains("\r\n\r\n", StringComparison.Ordinal))
                    read += await client.GetStream().ReadAsync(buffer.AsMemory(read));
                _asked.Add(Encoding.ASCII.GetString(buffer, 0, read));
                await client.GetStream().WriteAsync("HTTP/1.1 418 Fun\r\nContent-Type: text/fun\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"u8.ToArray());
            }
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException or OperationCanceledException or IOException)
        {
            // The test is over.
        }
    }
}
