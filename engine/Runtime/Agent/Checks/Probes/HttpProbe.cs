using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Praetor.Core.State.Catalog;
using Praetor.Runtime.Agent.Checks.Dialing;
using Praetor.Runtime.Children;

namespace Praetor.Runtime.Agent.Checks.Probes;

/// <summary>
/// One HTTP request per run over a connection of its own: 2xx is passing, 429 warning, all else critical. The timeout covers the whole
/// run; of the body the last part is shown. Proxies of the environment are used, except for this machine.
/// </summary>
internal sealed class HttpProbe : ICheckProbe
{
    private const string DeadlineExceeded = SocketErrors.DeadlineExceeded + " (Client.Timeout exceeded while awaiting headers)";
    private const int MaxRedirects = 10;
    private const int MaxResponseHeadersKb = 128;
    private const int ReadBytes = 4096;

    private readonly CheckSpec _spec;
    private readonly string _url;
    private readonly string _method;
    private readonly string _userAgent;
    private readonly int _outputMaxSizeBytes;
    private readonly Dialer _dialer;
    private readonly TlsDialer _tls;
    private readonly HttpMessageInvoker _http;
    private (EndPoint? Local, EndPoint? Remote) _connection;
    private string? _certificateRefusal;

    // The handler lets a connection attempt go on when its request is given up; with the run's own deadline it ends with the run.
    private CancellationToken _deadline;

    public HttpProbe(CheckSpec spec, string userAgent, int outputMaxSizeBytes, Dialer dialer, TlsDialer tls)
    {
        _spec = spec;
        _url = spec.ProxyHttp.Length > 0 ? spec.ProxyHttp : spec.Http;
        _method = spec.Method.Length > 0 ? spec.Method : "GET";
        _userAgent = userAgent;
        _outputMaxSizeBytes = outputMaxSizeBytes;
        _dialer = dialer;
        _tls = tls;
        Timeout = ProbeTimeout.Of(spec, ProbeTimeout.Network);
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.GZip,
            PooledConnectionLifetime = TimeSpan.Zero,
            ConnectTimeout = System.Threading.Timeout.InfiniteTimeSpan,
            MaxResponseDrainSize = 0,
            MaxResponseHeadersLength = MaxResponseHeadersKb,
            ActivityHeadersPropagator = null,
            Proxy = new RemoteOnlyProxy(),
            ConnectCallback = ConnectAsync,
            SslOptions = tls.ClientOptions(spec.TlsServerName, text => _certificateRefusal = text),
        });
    }

    public TimeSpan Timeout { get; }

    public async ValueTask<CheckResult> RunAsync(CancellationToken deadline)
    {
        _connection = default;
        _certificateRefusal = null;
        _deadline = deadline;
        if (HttpTarget.Refuse(_url, _method, _spec.Header) is { } refusal)
            return CheckResult.Critical(refusal);

        var hop = new HttpHop(new Uri(_url), _method, _spec.Body, _spec.Header, Referer: null);
        var shownUrl = HttpTarget.Show(_url);
        for (var redirects = 0; ; redirects++)
        {
            try
            {
                using var request = hop.ToRequest(_userAgent);
                using var response = await _http.SendAsync(request, deadline).ConfigureAwait(false);
                var location = _spec.DisableRedirects ? null : HttpHop.LocationOf(response);
                if (location is null)
                    return await DescribeAsync(response, deadline).ConfigureAwait(false);
                if (redirects == MaxRedirects)
                    return Failed(location, "stopped after 10 redirects");
                if (hop.Follow(response.StatusCode, location, out var refused) is not { } next)
                    return Failed(shownUrl, refused);
                hop = next;
                shownUrl = HttpTarget.Show(hop.Url.AbsoluteUri);
            }
            catch (OperationCanceledException)
            {
                return Failed(shownUrl, DeadlineExceeded);
            }
            catch (HttpRequestException) when (deadline.IsCancellationRequested)
            {
                return Failed(shownUrl, DeadlineExceeded);
            }
            catch (HttpRequestException error)
            {
                return Failed(shownUrl, Describe(error));
            }
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<CheckResult> DescribeAsync(HttpResponseMessage response, CancellationToken deadline)
    {
        var body = new TailBuffer(_outputMaxSizeBytes);
        var buffer = ArrayPool<byte>.Shared.Rent(ReadBytes);
        try
        {
            var stream = await response.Content.ReadAsStreamAsync(deadline).ConfigureAwait(false);
            int count;
            while ((count = await stream.ReadAsync(buffer, deadline).ConfigureAwait(false)) > 0)
                body.Write(buffer.AsSpan(0, count));
        }
        catch (Exception error) when (error is IOException or InvalidDataException or HttpRequestException or OperationCanceledException)
        {
            // The status line decides; a body that ends early is shown as far as it came.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        var code = (int)response.StatusCode;
        var status = code switch
        {
            >= 200 and <= 299 => CheckStatus.Passing,
            429 => CheckStatus.Warning,
            _ => CheckStatus.Critical,
        };
        var statusLine = string.Create(CultureInfo.InvariantCulture, $"{code} {response.ReasonPhrase}").TrimEnd();
        return new CheckResult(status, $"HTTP {_method} {_url}: {statusLine} Output: {body}");
    }

    private CheckResult Failed(string url, string reason) => CheckResult.Critical($"{HttpTarget.Operation(_method)} \"{url}\": {reason}");

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _deadline);
        var target = context.DnsEndPoint;
        var socket = await _dialer.ConnectAsync(new HostPort(target.Host, target.Port), either.Token).ConfigureAwait(false);
        _connection = (socket.LocalEndPoint, socket.RemoteEndPoint);
        var url = context.InitialRequestMessage.RequestUri!;

        // Through a proxy the handshake follows later, inside the tunnel; the handler does that one with the same options.
        var isDirect = url.IdnHost.Trim('[', ']') == target.Host.Trim('[', ']') && url.Port == target.Port;
        if (url.Scheme != Uri.UriSchemeHttps || !isDirect)
            return new NetworkStream(socket, ownsSocket: true);

        // Done here, for the handler would take the name to verify from the Host header.
        return await _tls.HandshakeAsync(socket, url.IdnHost, SslApplicationProtocol.Http11, either.Token).ConfigureAwait(false);
    }

    private string Describe(HttpRequestException error)
    {
        for (Exception? inner = error; inner is not null; inner = inner.InnerException)
        {
            if (inner is DialException dial)
                return dial.Message == TlsDialer.NotTls ? "http: server gave HTTP response to HTTPS client" : dial.Message;
        }

        if (_certificateRefusal is { } refusal)
            return refusal;
        if (SocketErrors.Find(error) is { } socketError)
            return SocketErrors.Io("read", "tcp", _connection.Local, _connection.Remote, socketError);
        return error.HttpRequestError switch
        {
            HttpRequestError.ResponseEnded => "EOF",
            HttpRequestError.InvalidResponse => "net/http: HTTP/1.x transport connection broken: malformed HTTP response",
            HttpRequestError.ConfigurationLimitExceeded =>
                $"net/http: server response headers exceeded {MaxResponseHeadersKb * 1024} bytes; aborted",
            _ => error.Message,
        };
    }
}
