using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Praetor.Runtime.Agent.Checks.Probes;

/// <summary>One request of a check: the first, or one that a redirect led to.</summary>
internal sealed record HttpHop(Uri Url, string Method, string Body, IReadOnlyDictionary<string, string[]>? Headers, string? Referer)
{
    private const string Accept = "text/plain, text/*, */*";

    /// <summary>Headers that the sender of a request decides, whatever a definition says.</summary>
    private static readonly HashSet<string> Framing = new(StringComparer.OrdinalIgnoreCase) { "Content-Length", "Transfer-Encoding", "Trailer", "Connection" };

    /// <summary>Headers that must not reach another site.</summary>
    private static readonly HashSet<string> Secrets = new(StringComparer.OrdinalIgnoreCase) { "Authorization", "Www-Authenticate", "Cookie", "Cookie2" };

    /// <summary>Where the answer sends us; null if it is no redirect.</summary>
    public static string? LocationOf(HttpResponseMessage response)
    {
        if ((int)response.StatusCode is not (301 or 302 or 303 or 307 or 308))
            return null;
        return response.Headers.TryGetValues("Location", out var values) ? values.FirstOrDefault(static value => value.Length > 0) : null;
    }

    /// <summary>The request after a redirect; null if it leads nowhere, with the reason.</summary>
    public HttpHop? Follow(HttpStatusCode status, string location, out string refusal)
    {
        refusal = "";
        if (!Uri.TryCreate(Url, location, out var target))
        {
            refusal = $"failed to parse Location header \"{location}\"";
            return null;
        }

        if (target.Scheme != Uri.UriSchemeHttp && target.Scheme != Uri.UriSchemeHttps)
        {
            refusal = $"unsupported protocol scheme \"{target.Scheme}\"";
            return null;
        }

        // 307 and 308 repeat the request; after the others only the method's kind survives.
        var repeats = (int)status is 307 or 308;
        var method = repeats || Method is "GET" or "HEAD" ? Method : "GET";
        var leavesSite = !IsSameSite(target.IdnHost, Url.IdnHost);
        var isAbsolute = location.Contains("://", StringComparison.Ordinal);
        var headers = Headers?
            .Where(header => !(leavesSite && Secrets.Contains(header.Key)) && !(isAbsolute && header.Key.Equals("Host", StringComparison.OrdinalIgnoreCase)))
            .ToDictionary(static header => header.Key, static header => header.Value);
        var isDowngrade = Url.Scheme == Uri.UriSchemeHttps && target.Scheme == Uri.UriSchemeHttp;
        return new HttpHop(target, method, repeats ? Body : "", headers, isDowngrade ? null : WithoutUser(Url));
    }

    /// <summary>The message to send.</summary>
    public HttpRequestMessage ToRequest(string userAgent)
    {
        var request = new HttpRequestMessage(new HttpMethod(Method), Url) { Version = HttpVersion.Version11 };
        if (Body.Length > 0)
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(Body));
        request.Headers.ConnectionClose = true;
        foreach (var (name, values) in Headers ?? new Dictionary<string, string[]>())
        {
            if (Framing.Contains(name) || request.Headers.TryAddWithoutValidation(name, values))
                continue;
            request.Content ??= new ByteArrayContent([]);
            request.Content.Headers.TryAddWithoutValidation(name, values);
        }

        SetDefault(request.Headers, "User-Agent", userAgent);
        SetDefault(request.Headers, "Accept", Accept);
        if (Referer is not null)
            SetDefault(request.Headers, "Referer", Referer);
        if (Url.UserInfo.Length > 0)
            SetDefault(request.Headers, "Authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(Url.UserInfo))));
        return request;
    }

    private static void SetDefault(HttpRequestHeaders headers, string name, string value)
    {
        if (!headers.Contains(name))
            headers.TryAddWithoutValidation(name, value);
    }

    private static bool IsSameSite(string host, string from) =>
        host.Equals(from, StringComparison.OrdinalIgnoreCase) || host.EndsWith("." + from, StringComparison.OrdinalIgnoreCase);

    private static string WithoutUser(Uri url) => url.GetComponents(UriComponents.AbsoluteUri & ~UriComponents.UserInfo & ~UriComponents.Fragment, UriFormat.UriEscaped);
}
