using System.Text;

namespace Praetor.Core.State.Catalog;

/// <summary>Limits of metadata pairs (http-agent 2.9 "Meta"). Pure; the texts are what clients see.</summary>
public static class MetadataRules
{
    /// <summary>Pairs per map.</summary>
    public const int MaxPairs = 64;

    /// <summary>Bytes of a key.</summary>
    public const int MaxKeyBytes = 128;

    /// <summary>Bytes of a value.</summary>
    public const int MaxValueBytes = 512;

    private const string ReservedPrefix = "consul-";

    /// <summary>What is wrong with the metadata of a service; null if nothing is. Pairs are looked at in the map's order.</summary>
    /// <param name="kind">Kind of the service: a mesh gateway may set one reserved key.</param>
    /// <param name="meta">The pairs; null is fine.</param>
    public static string? ServiceError(string kind, IReadOnlyDictionary<string, string>? meta) =>
        Error(meta, kind == ServiceKinds.MeshGateway ? "consul-wan-federation" : null);

    /// <summary>What is wrong with the metadata of a node; null if nothing is.</summary>
    public static string? NodeError(IReadOnlyDictionary<string, string>? meta) => Error(meta, null);

    private static string? Error(IReadOnlyDictionary<string, string>? meta, string? allowedReservedKey)
    {
        if (meta is null)
            return null;
        if (meta.Count > MaxPairs)
            return "Node metadata cannot contain more than 64 key/value pairs";
        foreach ((string key, string value) in meta)
        {
            if (PairError(key, value, allowedReservedKey) is { } error)
                return $"Couldn't load metadata pair ('{key}', '{value}'): {error}";
        }

        return null;
    }

    private static string? PairError(string key, string value, string? allowedReservedKey)
    {
        if (key.Length == 0)
            return "Key cannot be blank";
        if (!key.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
            return "Key contains invalid characters";
        if (key.Length > MaxKeyBytes)
            return "Key is too long (limit: 128 characters)";
        if (key.StartsWith(ReservedPrefix, StringComparison.Ordinal) && key != allowedReservedKey)
            return "Key prefix 'consul-' is reserved for internal use";
        return Encoding.UTF8.GetByteCount(value) > MaxValueBytes ? "Value is too long (limit: 512 characters)" : null;
    }
}
