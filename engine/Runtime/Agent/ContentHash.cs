using System.Security.Cryptography;
using Praetor.Core.Codec;
using Praetor.Core.State;
using Praetor.Core.State.Catalog;

namespace Praetor.Runtime.Agent;

/// <summary>The opaque hash by which clients wait for a service to change (http-agent 2.7).</summary>
internal static class ContentHash
{
    private const int HashBytes = 8;

    /// <summary>16 hex digits; the locality does not count.</summary>
    public static string Of(ServiceRecord service)
    {
        using var bytes = new CommandBuffer();
        CatalogCodec.Write(new FieldWriter(bytes), service with { Locality = null }, withIndexes: false);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes.Span, hash);
        return Convert.ToHexStringLower(hash[..HashBytes]);
    }
}
