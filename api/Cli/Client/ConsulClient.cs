using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;

namespace Praetor.Api.Cli.Client;

/// <summary>Sends the requests of one command to the agent. Failures are values; only cancellation throws.</summary>
public sealed class ConsulClient : IDisposable
{
    private const string TokenHeader = "X-Consul-Token";

    private static readonly UriCreationOptions s_verbatim = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly HttpClient _http;
    private readonly ClientEndpoint _endpoint;
    private readonly ClientSettings _settings;

    private ConsulClient(HttpClient http, ClientEndpoint endpoint, ClientSettings settings)
    {
        _http = http;
        _endpoint = endpoint;
        _settings = settings;
    }

    /// <summary>Makes a client from flags and environment.</summary>
    /// <returns>Null with the client, or the text that follows <c>Error connecting to Consul agent: </c>.</returns>
    public static string? Create(CliCall call, ClientFlags flags, out ConsulClient client)
    {
        client = null!;
        return flags.Resolve(call, out var settings) is { } flagError ? flagError : Create(settings, out client);
    }

    /// <summary>Makes a client from settings.</summary>
    /// <returns>Null with the client, or what is wrong with them.</returns>
    public static string? Create(ClientSettings settings, out ConsulClient client)
    {
        client = null!;
        if (ClientEndpoint.Parse(settings.Address, settings.UseTls, out var endpoint) is { } addressError)
            return addressError;
        if (ClientTransport.Create(endpoint, settings, out var handler) is { } tlsError)
            return tlsError;
        // Blocking queries and graceful leave take as long as they take: the caller's cancellation is the only limit.
        var http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        client = new ConsulClient(http, endpoint, settings);
        return null;
    }

    /// <summary>GET.</summary>
    public Task<ApiAnswer> GetAsync(ApiQuery query, CancellationToken cancellation) => SendAsync(HttpMethod.Get, query, null, cancellation);

    /// <summary>PUT with an optional body.</summary>
    public Task<ApiAnswer> PutAsync(ApiQuery query, ReadOnlyMemory<byte>? body, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Put, query, body, cancellation);

    /// <summary>POST without body.</summary>
    public Task<ApiAnswer> PostAsync(ApiQuery query, CancellationToken cancellation) => SendAsync(HttpMethod.Post, query, null, cancellation);

    /// <summary>DELETE.</summary>
    public Task<ApiAnswer> DeleteAsync(ApiQuery query, CancellationToken cancellation) => SendAsync(HttpMethod.Delete, query, null, cancellation);

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    /// <summary>GET whose answer is read as it comes.</summary>
    public async Task<StreamedAnswer> OpenAsync(ApiQuery query, CancellationToken cancellation)
    {
        using var request = NewRequest(HttpMethod.Get, query, null, out var target);
        try
        {
            var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
            if (response.IsSuccessStatusCode)
                return new StreamedAnswer(response, null);
            using (response)
                return new StreamedAnswer(null, new ApiAnswer((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false)).Error);
        }
        catch (HttpRequestException e)
        {
            return new StreamedAnswer(null, Explain(HttpMethod.Get, target, e));
        }
    }

    /// <summary>PUT of a body of any length.</summary>
    public Task<ApiAnswer> UploadAsync(ApiQuery query, Stream body, CancellationToken cancellation) => ExchangeAsync(HttpMethod.Put, query, new StreamContent(body), cancellation);

    /// <summary>Any method with an optional body.</summary>
    public Task<ApiAnswer> SendAsync(HttpMethod method, ApiQuery query, ReadOnlyMemory<byte>? body, CancellationToken cancellation) =>
        ExchangeAsync(method, query, body is { } bytes ? new ReadOnlyMemoryContent(bytes) : null, cancellation);

    private async Task<ApiAnswer> ExchangeAsync(HttpMethod method, ApiQuery query, HttpContent? body, CancellationToken cancellation)
    {
        using var request = NewRequest(method, query, body, out var target);
        try
        {
            using var response = await _http.SendAsync(request, cancellation).ConfigureAwait(false);
            var content = await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false);
            return new ApiAnswer((int)response.StatusCode, content) { Index = IndexOf(response) };
        }
        catch (HttpRequestException e)
        {
            return new ApiAnswer(0, [], Explain(method, target, e));
        }
    }

    private static long IndexOf(HttpResponseMessage response) =>
        response.Headers.TryGetValues("X-Consul-Index", out var values) && ulong.TryParse(values.First(), out var index) ? (long)index : 0;

    private HttpRequestMessage NewRequest(HttpMethod method, ApiQuery query, HttpContent? body, out string target)
    {
        target = _endpoint.PathPrefix + query
            .WithOptional("dc", _settings.Datacenter)
            .WithOptional("ns", _settings.Namespace)
            .WithOptional("partition", _settings.Partition);
        // The path goes out as it was built: a key such as "a/../b" must not be tidied up on the way.
        var request = new HttpRequestMessage(method, new Uri(_endpoint.BaseUri.GetLeftPart(UriPartial.Authority) + target, s_verbatim));
        // The library takes the name that it verifies from here; the agent does not look at it.
        if (_settings.TlsServerName is { } serverName && _endpoint.BaseUri.Scheme == Uri.UriSchemeHttps)
            request.Headers.Host = serverName;
        if (_settings.Token is { } token)
            request.Headers.TryAddWithoutValidation(TokenHeader, token);
        if (_settings.BasicAuthorization is { } user)
        {
            var credentials = user.Contains(':', StringComparison.Ordinal) ? user : user + ":";
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)));
        }

        request.Content = body;
        return request;
    }

    /// <summary>The text of a transport failure, such as <c>Get "http://a:1/v1/x": dial tcp a:1: connect: connection refused</c> (cli 6).</summary>
    private string Explain(HttpMethod method, string target, HttpRequestException error)
    {
        var name = method.Method[0] + method.Method[1..].ToLowerInvariant();
        var host = _endpoint.SocketPath is { } path ? "http://" + Uri.EscapeDataString(path) : _endpoint.BaseUri.GetLeftPart(UriPartial.Authority);
        return $"{name} \"{host}{target}\": {ExplainCause(error)}";
    }

    private string ExplainCause(HttpRequestException error)
    {
        var network = _endpoint.SocketPath is { } path ? $"dial unix {path}" : $"dial tcp {_endpoint.BaseUri.Authority}";
        return error.InnerException switch
        {
            SocketException { SocketErrorCode: SocketError.ConnectionRefused } => $"{network}: connect: connection refused",
            SocketException { SocketErrorCode: SocketError.HostNotFound } => $"dial tcp: lookup {_endpoint.BaseUri.Host}: no such host",
            SocketException { SocketErrorCode: SocketError.AddressNotAvailable } when _endpoint.SocketPath is not null =>
                $"{network}: connect: no such file or directory",
            SocketException { SocketErrorCode: SocketError.NetworkUnreachable } => $"{network}: connect: network is unreachable",
            SocketException { SocketErrorCode: SocketError.HostUnreachable } => $"{network}: connect: no route to host",
            SocketException { SocketErrorCode: SocketError.TimedOut } => $"{network}: connect: connection timed out",
            SocketException socket => $"{network}: connect: {socket.Message}",
            IOException => "EOF",
            { } inner => inner.Message,
            null => error.Message,
        };
    }
}
