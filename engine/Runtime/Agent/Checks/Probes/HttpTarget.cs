using System.Buffers;

namespace Praetor.Runtime.Agent.Checks.Probes;

/// <summary>Pure rules about the URL, method and headers of an HTTP check, with the wording that clients know.</summary>
internal static class HttpTarget
{
    private static readonly SearchValues<char> TokenChars =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>Why no request can be made of it; null if one can.</summary>
    public static string? Refuse(string url, string method, IReadOnlyDictionary<string, string[]>? headers)
    {
        if (method.AsSpan().ContainsAnyExcept(TokenChars))
            return $"net/http: invalid method \"{method}\"";
        if (RefuseUrl(url) is { } refusal)
            return refusal;
        foreach (var (name, values) in headers ?? new Dictionary<string, string[]>())
        {
            if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(TokenChars))
                return $"{Operation(method)} \"{Show(url)}\": net/http: invalid header field name \"{name}\"";
            if (Array.Exists(values, static value => value.AsSpan().IndexOfAny('\r', '\n', '\0') >= 0))
                return $"{Operation(method)} \"{Show(url)}\": net/http: invalid header field value for \"{name}\"";
        }

        return null;

        string? RefuseUrl(string text)
        {
            if (!Uri.TryCreate(text, UriKind.Absolute, out var uri))
            {
                var colon = text.IndexOf("://", StringComparison.Ordinal);
                return colon < 0
                    ? $"{Operation(method)} \"{text}\": unsupported protocol scheme \"\""
                    : $"parse \"{text}\": invalid URL";
            }

            if (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps)
            {
                // A path alone is an absolute file name to Uri.
                var scheme = text.StartsWith('/') ? "" : uri.Scheme;
                return $"{Operation(method)} \"{text}\": unsupported protocol scheme \"{scheme}\"";
            }

            return null;
        }
    }

    /// <summary>The operation that error texts begin with: "Get", "Post".</summary>
    public static string Operation(string method) => char.ToUpperInvariant(method[0]) + method[1..].ToLowerInvariant();

    /// <summary>The URL as error texts show it: without the password.</summary>
    public static string Show(string url)
    {
        var start = url.IndexOf("://", StringComparison.Ordinal) + 3;
        var end = start < 3 ? -1 : url.AsSpan(start).IndexOfAny('/', '?', '#');
        var authority = start < 3 ? "" : end < 0 ? url[start..] : url.Substring(start, end);
        var at = authority.LastIndexOf('@');
        var colon = at < 0 ? -1 : authority.IndexOf(':', 0, at);
        return colon < 0 ? url : string.Concat(url.AsSpan(0, start + colon), ":***", url.AsSpan(start + at));
    }
}
