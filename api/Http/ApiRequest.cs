using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Praetor.Api.Http.Forwarding;

namespace Praetor.Api.Http;

/// <summary>
/// One request and its answer. The object serves all requests of a connection one after the other, so nothing of it may be kept after the
/// handler has ended. Answer exactly once. Not thread-safe.
/// </summary>
public sealed partial class ApiRequest
{
    private const int KeptTailBytes = 4096;

    private IFeatureCollection _features = new FeatureCollection();
    private IHttpRequestFeature _in = null!;
    private IHttpResponseFeature _out = null!;
    private IHttpResponseBodyFeature _body = null!;
    private byte[] _tail = [];
    private int _tailLength;
    private string? _path;
    private string? _tailText;

    internal ApiRequest(ApiServices services) => Services = services;

    /// <summary>What handlers may reach.</summary>
    public ApiServices Services { get; }

    /// <summary>HTTP settings.</summary>
    public HttpOptions Options => Services.Options;

    /// <summary>Method as sent.</summary>
    public string Method { get; private set; } = "";

    /// <summary>Target as sent: the still-encoded path with the query.</summary>
    public string RawTarget { get; private set; } = "";

    /// <summary>Still-encoded path.</summary>
    public ReadOnlySpan<char> EncodedPath => RawTarget.AsSpan(0, PathLength);

    /// <summary>Decoded path. Made on first use.</summary>
    public string Path => _path ??= DecodeText(EncodedPath);

    /// <summary>Decoded rest after a prefix route as text. Made on first use.</summary>
    public string Tail => _tailText ??= Encoding.UTF8.GetString(TailBytes);

    /// <summary>Decoded rest after a prefix route, byte for byte.</summary>
    public ReadOnlySpan<byte> TailBytes => _tail.AsSpan(0, _tailLength);

    /// <summary>Parameters of the query string.</summary>
    public QueryParameters Query { get; } = new();

    /// <summary>Cancelled when the client goes. Costs an allocation on first use: touch it only before waiting.</summary>
    public CancellationToken Aborted => _features.Get<IHttpRequestLifetimeFeature>()?.RequestAborted ?? default;

    /// <summary>Content-Length as sent; null without one (no body, or a chunked one).</summary>
    public long? ContentLength => _in.Headers.ContentLength;

    /// <summary>Address of the client; null on a Unix socket.</summary>
    public IPAddress? RemoteAddress => _features.Get<IHttpConnectionFeature>()?.RemoteIpAddress;

    /// <summary>Name of the agent that the client asked: this one, or one without state that passed the request on.</summary>
    public string AgentNode => _features.Get<IForwardingAgent>()?.Node ?? Options.NodeName;

    internal int PathLength { get; private set; }

    internal IHeaderDictionary RequestHeaders => _in.Headers;

    /// <summary>First value of a request header; empty if there is none.</summary>
    public string Header(string name)
    {
        _in.Headers.TryGetValue(name, out var values);
        return values.Count > 0 ? values[0] ?? "" : "";
    }

    /// <summary>Takes over the next request of the connection.</summary>
    internal void Begin(IFeatureCollection features)
    {
        _features = features;
        _in = features.Get<IHttpRequestFeature>()!;
        _out = features.Get<IHttpResponseFeature>()!;
        _body = features.Get<IHttpResponseBodyFeature>()!;
        Method = _in.Method;
        RawTarget = OriginForm(_in.RawTarget);
        int query = RawTarget.IndexOf('?');
        PathLength = query < 0 ? RawTarget.Length : query;
        _tailLength = 0;
        _path = null;
        _tailText = null;
    }

    /// <summary>Gives back what was borrowed for this request; the connection may now be idle for hours.</summary>
    internal void End()
    {
        _features = NoFeatures;
        _in = null!;
        _out = null!;
        _body = null!;
        _rendering?.Release();
        _compressed?.Release();
        if (_tail.Length > KeptTailBytes)
            _tail = [];
    }

    /// <summary>Parses the query string; false if it does not parse.</summary>
    internal bool TryParseQuery() => Query.TryParse(RawTarget, Math.Min(PathLength + 1, RawTarget.Length));

    /// <summary>Decodes the rest of the path; false if an escape is broken.</summary>
    internal bool TryDecodeTail(int start)
    {
        ReadOnlySpan<char> encoded = EncodedPath[start..];
        if (_tail.Length < encoded.Length)
            _tail = new byte[Math.Max(128, encoded.Length)];
        return PercentCoding.TryDecode(encoded, _tail, plusIsSpace: false, out _tailLength);
    }

    private static readonly FeatureCollection NoFeatures = new();

    /// <summary>"http://host/path" (absolute form, as proxies send it) becomes "/path".</summary>
    private static string OriginForm(string target)
    {
        if (target.StartsWith('/'))
            return target;
        int scheme = target.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0)
            return target;
        int path = target.IndexOfAny(['/', '?'], scheme + 3);
        return path < 0 ? "/" : target[path] == '?' ? string.Concat("/", target.AsSpan(path)) : target[path..];
    }

    private static string DecodeText(ReadOnlySpan<char> encoded)
    {
        if (!encoded.Contains('%'))
            return encoded.ToString();
        byte[] bytes = new byte[encoded.Length];
        PercentCoding.TryDecode(encoded, bytes, plusIsSpace: false, out int length);
        return Encoding.UTF8.GetString(bytes, 0, length);
    }
}
