using System.Text;
using Praetor.Core.State;
using Praetor.Core.State.Kv;

namespace Praetor.Api.Http.Kv;

/// <summary>GET with <c>?keys</c> (http-core 5.1): the keys under a prefix, cut at a separator if one is given.</summary>
internal static class KvKeysGet
{
    public static async ValueTask AnswerAsync(ApiRequest request, QueryOptions options)
    {
        if (!request.TryReachDatacenter(options.Datacenter, out Refusal refusal))
        {
            await request.RefuseAsync(refusal).ConfigureAwait(false);
            return;
        }
        var read = new KvPrefixRead(request.TailBytes.ToArray());
        StateRoot root = await request.ReadRootAsync(read, options).ConfigureAwait(false);
        request.SetMetadata(read.IndexOf(root), options, effectiveConsistency: false);
        byte[] separator = Encoding.UTF8.GetBytes(request.Query.Get(request.Query.Has("separator") ? "separator" : "seperator"));
        using StreamedJson body = request.StreamJson();
        bool any = false;
        ReadOnlyMemory<byte> last = default;
        body.Json.BeginArray();
        foreach (KeyValuePair<ReadOnlyMemory<byte>, KvEntry> pair in root.Kv.Scan(read.Prefix))
        {
            int length = CutAfter(pair.Key.Span, read.Prefix.Length, separator);
            ReadOnlyMemory<byte> cut = pair.Key[..length];
            // Keys come in byte order, so all that share a cut stand together: comparing with the last one removes every duplicate.
            bool isRepeated = any && length < pair.Key.Length && cut.Span.SequenceEqual(last.Span);
            any = true;
            if (isRepeated)
                continue;
            last = cut;
            body.Json.Utf8String(cut.Span);
            await body.FlushIfFullAsync().ConfigureAwait(false);
        }
        body.Json.EndArray();
        if (any || read.Prefix.Length == 0)
            await body.EndAsync().ConfigureAwait(false);
        else
            await request.RespondStatusAsync(404).ConfigureAwait(false);
    }

    /// <summary>Length of the key up to and with the first separator behind the prefix.</summary>
    private static int CutAfter(ReadOnlySpan<byte> key, int prefixLength, byte[] separator)
    {
        if (separator.Length == 0)
            return key.Length;
        int at = key[prefixLength..].IndexOf(separator);
        return at < 0 ? key.Length : prefixLength + at + separator.Length;
    }
}
