using System.IO.Pipelines;
using System.Net.Http.Headers;
using Microsoft.Extensions.Logging;

namespace Praetor.Api.Http.Ui;

/// <summary>Where the web UI's metrics come from (ui_config.metrics_proxy).</summary>
/// <param name="BaseUrl">What the rest of the path is appended to; empty for no proxy.</param>
/// <param name="AddHeaders">Headers that each request gets.</param>
/// <param name="PathAllowlist">Paths that may be asked for; none: all.</param>
public sealed record MetricsProxyOptions(string BaseUrl, IReadOnlyList<KeyValuePair<string, string>> AddHeaders, IReadOnlyList<string> PathAllowlist)
{
    /// <summary>No proxy.</summary>
    public static readonly MetricsProxyOptions None = new("", [], []);
}

/// <summary>
/// internal/ui/metrics-proxy (http-agent 8): lets the web UI ask one metrics store, read-only, through the agent. The token is taken from headers only and never passed on. Thread-safe.
/// </summary>
/// <param name="isUiEnabled">Without the UI there is no proxy.</param>
/// <param name="options">As configured now; reloadable.</param>
/// <param name="log">Log.</param>
public sealed class MetricsProxy(bool isUiEnabled, Func<MetricsProxyOptions> options, ILogger log) : IDisposable
{
    /// <summary>Prefix of the route.</summary>
    public const string Prefix = "/v1/internal/ui/metrics-proxy";

    /// <summary>Headers that belong to a connection, not to a request, and those that hold a token.</summary>
    private static readonly HashSet<string> s_notPassedOn = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade", "Host", "Content-Length", "Content-Type", "X-Consul-Token",
    };

    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler { UseProxy = true, AllowAutoRedirect = false, UseCookies = false, AutomaticDecompression = System.Net.DecompressionMethods.None });

    /// <summary>Adds the route.</summary>
    public void Map(RouteTable routes) => routes.Map("GET", Prefix + "/", AnswerAsync);

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async ValueTask AnswerAsync(ApiRequest request)
    {
        MetricsProxyOptions settings = options();
        if (!isUiEnabled || settings.BaseUrl.Length == 0)
        {
            await request.RespondErrorAsync(404, isUiEnabled ? "Metrics proxy is not enabled" : "UI is not enabled").ConfigureAwait(false);
            return;
        }

        string rest = request.Path[Prefix.Length..];
        if (!TryFind(settings.BaseUrl, rest, out Uri? target))
        {
            HttpLog.BadProxyPath(log, settings.BaseUrl, rest);
            await request.RespondErrorAsync(400, "Invalid path.").ConfigureAwait(false);
            return;
        }

        if (settings.PathAllowlist.Count > 0 && !settings.PathAllowlist.Contains(target.AbsolutePath, StringComparer.Ordinal))
        {
            HttpLog.ProxyPathRefused(log, settings.BaseUrl, rest);
            await request.RespondStatusAsync(403).ConfigureAwait(false);
            return;
        }

        int query = request.RawTarget.IndexOf('?', StringComparison.Ordinal);
        using var asked = new HttpRequestMessage(HttpMethod.Get, query < 0 ? target : new Uri(target.AbsoluteUri + request.RawTarget[query..]));
        CopyHeaders(request, asked.Headers);
        foreach ((string name, string value) in settings.AddHeaders)
        {
            asked.Headers.Remove(name);
            asked.Headers.TryAddWithoutValidation(name, value);
        }

        await PassOnAsync(request, asked).ConfigureAwait(false);
    }

    /// <summary>The address of a path below the base; false if the path leads out of it.</summary>
    internal static bool TryFind(string baseUrl, string rest, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Uri? target) =>
        Uri.TryCreate(baseUrl + rest, UriKind.Absolute, out target) && target.Query.Length == 0 && target.Fragment.Length == 0 && target.AbsoluteUri.StartsWith(baseUrl.TrimEnd('/') + "/", StringComparison.Ordinal);

    private async ValueTask PassOnAsync(ApiRequest request, HttpRequestMessage asked)
    {
        HttpResponseMessage answer;
        try
        {
            answer = await _http.SendAsync(asked, request.Aborted).ConfigureAwait(false);
        }
        catch (HttpRequestException failure)
        {
            HttpLog.ProxyFailed(log, failure.Message);
            await request.RespondStatusAsync(502).ConfigureAwait(false);
            return;
        }

        using (answer)
        {
            foreach ((string name, IEnumerable<string> values) in answer.Headers.Concat(answer.Content.Headers))
            {
                if (!s_notPassedOn.Contains(name) || name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase))
                    request.ResponseHeaders[name] = values.ToArray();
            }

            var body = PipeReader.Create(await answer.Content.ReadAsStreamAsync(request.Aborted).ConfigureAwait(false));
            await request.StreamAsync(body, (int)answer.StatusCode).ConfigureAwait(false);
            await body.CompleteAsync().ConfigureAwait(false);
        }
    }

    private static void CopyHeaders(ApiRequest request, HttpRequestHeaders to)
    {
        foreach ((string name, Microsoft.Extensions.Primitives.StringValues values) in request.RequestHeaders)
        {
            bool isToken = name.Equals("Authorization", StringComparison.OrdinalIgnoreCase) && values.ToString().StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase);
            if (!isToken && !s_notPassedOn.Contains(name))
                to.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
        }
    }
}
