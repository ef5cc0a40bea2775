namespace Praetor.Api.Http;

/// <summary>Header names exactly as they stand on the wire (http-core 1.5).</summary>
internal static class HeaderNames
{
    public const string DefaultAclPolicy = "X-Consul-Default-Acl-Policy";
    public const string TranslateAddresses = "X-Consul-Translate-Addresses";
    public const string Index = "X-Consul-Index";
    public const string KnownLeader = "X-Consul-Knownleader";
    public const string LastContact = "X-Consul-Lastcontact";
    public const string QueryBackend = "X-Consul-Query-Backend";
    public const string EffectiveConsistency = "X-Consul-Effective-Consistency";
    public const string Namespace = "X-Consul-Namespace";
    public const string Partition = "X-Consul-Partition";
    public const string Cache = "X-Cache";
    public const string Age = "Age";
}

/// <summary>Content types of answers.</summary>
internal static class ContentTypes
{
    public const string Json = "application/json";
    public const string Text = "text/plain; charset=utf-8";
    public const string Html = "text/html; charset=utf-8";
    public const string Octets = "application/octet-stream";
}
