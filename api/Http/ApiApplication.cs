using System.Diagnostics;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Praetor.Runtime;
using Praetor.Runtime.Servers;

namespace Praetor.Api.Http;

/// <summary>Takes requests from Kestrel through the order of processing of http-core 1.2 to their handlers. Thread-safe.</summary>
internal sealed class ApiApplication(ApiServices services, RouteTable routes) : IHttpApplication<ApiRequest>
{
    private const string UiDisabledText =
        "Consul Agent: UI disabled. To enable, set ui_config.enabled=true in the agent configuration and restart.";
    private const string NotAnEndpointText = "Invalid URL path: not a recognized HTTP API endpoint\n";
    private const string NotTheApiText = "Invalid URL path: if attempting to use the HTTP API, ensure the path starts with '/v1/'\n";

    private readonly HttpOptions _options = services.Options;

    public ApiRequest CreateContext(IFeatureCollection contextFeatures)
    {
        ApiRequest request;
        if (contextFeatures is IHostContextContainer<ApiRequest> container)
            request = container.HostContext ??= new ApiRequest(services);
        else
            request = new ApiRequest(services);
        request.Begin(contextFeatures);
        return request;
    }

    public void DisposeContext(ApiRequest context, Exception? exception) => context.End();

    public Task ProcessRequestAsync(ApiRequest context)
    {
        try
        {
            ValueTask answered = DispatchAsync(context);
            return answered.IsCompletedSuccessfully ? Task.CompletedTask : FinishAsync(context, answered);
        }
        catch (Exception fault)
        {
            return FinishAsync(context, ValueTask.FromException(fault));
        }
    }

    private static async Task FinishAsync(ApiRequest request, ValueTask answered)
    {
        try
        {
            await answered.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (request.HasResponseStarted || request.Aborted.IsCancellationRequested)
        {
            // The client has gone: nobody is there to be answered.
        }
        catch (Exception fault) when (!request.HasResponseStarted)
        {
            await AnswerFaultAsync(request, fault).ConfigureAwait(false);
        }
    }

    private static ValueTask AnswerFaultAsync(ApiRequest request, Exception fault)
    {
        if (fault is ConnectionResetException or BadHttpRequestException)
            return ValueTask.FromException(fault);
        HttpLog.RequestFailed(request.Services.Log, request.Method, request.Path, fault.Message, fault);
        int status = fault is OverloadedException or TooManyWaitersException or CallRateException ? StatusCodes.Status429TooManyRequests : StatusCodes.Status500InternalServerError;
        return request.RespondErrorAsync(status, fault.Message);
    }

    private ValueTask DispatchAsync(ApiRequest request)
    {
        ReadOnlySpan<char> path = request.EncodedPath;
        PathRules.Verdict verdict = PathRules.Judge(path);
        if (verdict == PathRules.Verdict.Malformed || (verdict == PathRules.Verdict.Unprintable && !_options.AllowUnprintablePath))
            return request.RespondStatusAsync(StatusCodes.Status400BadRequest);
        if (PathRules.NeedsCleaning(path))
            return RedirectAsync(request, PathRules.Clean(path));
        RouteMatch match = routes.Find(path);
        if (match.RedirectToSlash)
            return RedirectAsync(request, string.Concat(path, "/"));
        return match.Route is { } route && request.TryDecodeTail(match.TailStart) ? EnterAsync(request, route) : IndexAsync(request);
    }

    /// <summary>Steps 4 to 10.</summary>
    private ValueTask EnterAsync(ApiRequest request, Route route)
    {
        SetConventionHeaders(request);
        if (!request.TryParseQuery())
        {
            HttpLog.BadQuery(services.Log, request.Method, request.Path);
            return request.RespondStatusAsync(StatusCodes.Status500InternalServerError);
        }
        if (_options.BlockEndpoints.Count > 0 && IsBlocked(request.Path))
        {
            HttpLog.Blocked(services.Log, request.Method, request.Path);
            return request.RespondErrorAsync(StatusCodes.Status403Forbidden, "Endpoint is blocked by agent configuration");
        }
        string method = request.Method;
        if (route.Methods.Length > 0 && method == HttpMethods.Options)
        {
            request.ResponseHeaders.Allow = route.Allow;
            return request.RespondEmptyAsync();
        }
        if (!route.Allows(method))
        {
            request.ResponseHeaders.Allow = route.Allow;
            return request.RespondErrorAsync(StatusCodes.Status405MethodNotAllowed, $"method {method} not allowed");
        }
        if (_options.AllowWriteFrom.Count > 0 && !MayWrite(request))
            return request.RespondErrorAsync(StatusCodes.Status403Forbidden, "Access is restricted");
        if (method == HttpMethods.Get && request.ContentLength > 0)
            HttpLog.BodyIgnored(services.Log, request.Path);
        return services.Meters is { WantsRequests: true } meters ? MeasureAsync(request, route, meters) : route.Handler(request);
    }

    private static ValueTask MeasureAsync(ApiRequest request, Route route, HttpMeters meters)
    {
        long begun = Stopwatch.GetTimestamp();
        ValueTask answered = route.Handler(request);
        if (!answered.IsCompletedSuccessfully)
            return AwaitAsync(answered, route, request, begun, meters);
        meters.Ended(route, request.Method, request.AnsweredStatus, begun);
        return answered;

        static async ValueTask AwaitAsync(ValueTask answered, Route route, ApiRequest request, long begun, HttpMeters meters)
        {
            try
            {
                await answered.ConfigureAwait(false);
            }
            finally
            {
                meters.Ended(route, request.Method, request.AnsweredStatus, begun);
            }
        }
    }

    private void SetConventionHeaders(ApiRequest request)
    {
        SetConfiguredHeaders(request);
        IHeaderDictionary headers = request.ResponseHeaders;
        if (_options.TranslateWanAddresses)
            headers[HeaderNames.TranslateAddresses] = "true";
        headers[HeaderNames.DefaultAclPolicy] = _options.DefaultAclPolicy;
        headers.Vary = "Accept-Encoding";
    }

    private void SetConfiguredHeaders(ApiRequest request)
    {
        if (_options.ResponseHeaders.Count == 0)
            return;
        foreach (KeyValuePair<string, string> header in _options.ResponseHeaders)
            request.ResponseHeaders[header.Key] = header.Value;
    }

    private bool IsBlocked(string path)
    {
        foreach (string prefix in _options.BlockEndpoints)
        {
            if (path.StartsWith(prefix, StringComparison.Ordinal))
                return true;
        }
        return false;
    }

    private bool MayWrite(ApiRequest request)
    {
        if (HttpMethods.IsGet(request.Method) || request.Method is "HEAD" or "OPTIONS")
            return true;
        if (request.RemoteAddress is not { } address)
            return false;
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        foreach (IPNetwork network in _options.AllowWriteFrom)
        {
            if (network.Contains(address))
                return true;
        }
        return false;
    }

    /// <summary>The root path and everything that has no route (http-core 1.7).</summary>
    private ValueTask IndexAsync(ApiRequest request)
    {
        SetConfiguredHeaders(request);
        string path = request.Path;
        if (path != "/")
            return request.RespondErrorAsync(StatusCodes.Status404NotFound, path.Contains("/v1/", StringComparison.Ordinal) ? NotAnEndpointText : NotTheApiText);
        return _options.UiEnabled ? RedirectAsync(request, _options.UiPath, withQuery: false) : request.RespondErrorAsync(StatusCodes.Status200OK, UiDisabledText);
    }

    /// <summary>301 with the HTML body that GET gets.</summary>
    private static ValueTask RedirectAsync(ApiRequest request, string path, bool withQuery = true)
    {
        string location = withQuery ? string.Concat(path, request.RawTarget.AsSpan(request.PathLength)) : path;
        request.ResponseHeaders.Location = location;
        if (request.Method is not ("GET" or "HEAD"))
            return request.RespondStatusAsync(StatusCodes.Status301MovedPermanently);
        string body = $"<a href=\"{EscapeHtml(location)}\">Moved Permanently</a>.\n\n";
        return request.SendAsync(StatusCodes.Status301MovedPermanently, ContentTypes.Html, Encoding.UTF8.GetBytes(body));
    }

    private static string EscapeHtml(string text) => text
        .Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal).Replace("\"", "&#34;", StringComparison.Ordinal)
        .Replace("'", "&#39;", StringComparison.Ordinal);
}
