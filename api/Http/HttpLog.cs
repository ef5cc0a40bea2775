using System.Net;
using Microsoft.Extensions.Logging;

namespace Praetor.Api.Http;

/// <summary>Log lines of the HTTP layer. Queries are never logged: they may carry a token.</summary>
internal static partial class HttpLog
{
    [LoggerMessage(1001, LogLevel.Error, "Request error: method={Method} url={Path} error={Error}")]
    public static partial void RequestFailed(ILogger logger, string method, string path, string error, Exception fault);

    [LoggerMessage(1002, LogLevel.Error, "Failed to decode query: method={Method} url={Path}")]
    public static partial void BadQuery(ILogger logger, string method, string path);

    [LoggerMessage(1003, LogLevel.Error, "Request error: method={Method} url={Path} error=Endpoint is blocked by agent configuration")]
    public static partial void Blocked(ILogger logger, string method, string path);

    [LoggerMessage(1004, LogLevel.Warning, "GET request has a non-empty body that will be ignored: url={Path}")]
    public static partial void BodyIgnored(ILogger logger, string path);

    [LoggerMessage(1005, LogLevel.Warning, "Too many connections from {Address}: one was refused")]
    public static partial void ConnectionRefused(ILogger logger, IPAddress address);

    [LoggerMessage(1007, LogLevel.Warning, "Request exceeded rate limit: method={Method} url={Path} limit_enforced={Enforced}")]
    public static partial void RateExceeded(ILogger logger, string method, string path, bool enforced);

    [LoggerMessage(1008, LogLevel.Error, "target URL path is not allowed: base_url={BaseUrl} path={Path}")]
    public static partial void ProxyPathRefused(ILogger logger, string baseUrl, string path);

    [LoggerMessage(1009, LogLevel.Error, "couldn't parse target URL: base_url={BaseUrl} path={Path}")]
    public static partial void BadProxyPath(ILogger logger, string baseUrl, string path);

    [LoggerMessage(1010, LogLevel.Error, "metrics proxy has no answer: error={Error}")]
    public static partial void ProxyFailed(ILogger logger, string error);

    [LoggerMessage(1011, LogLevel.Debug, "TLS handshake failed: from={Address} error={Error}")]
    public static partial void HandshakeFailed(ILogger logger, string address, string error);

    [LoggerMessage(1006, LogLevel.Information, "Started HTTP server: address={Address}")]
    public static partial void Listening(ILogger logger, string address);
}
