using System.Globalization;
using System.Text;

namespace Praetor.Api.Http.Kv;

/// <summary>Which part of a list is wanted. Not of Consul: <c>?recurse&amp;limit=N&amp;after=KEY</c>, the next N entries behind a key.</summary>
/// <param name="Prefix">What all keys begin with.</param>
/// <param name="From">The first key that may be told.</param>
/// <param name="Limit">Most entries; <see cref="int.MaxValue"/> for all.</param>
internal readonly record struct KvPage(byte[] Prefix, byte[] From, int Limit)
{
    /// <summary>Reads the parameters; without them it is the whole list.</summary>
    public static bool TryRead(ApiRequest request, out KvPage page, out Refusal refusal)
    {
        refusal = default;
        byte[] prefix = request.TailBytes.ToArray();
        // The first key behind another is that key with a zero byte.
        byte[] from = request.Query.TryGet("after", out string? after) && after.Length > 0 ? [.. Encoding.UTF8.GetBytes(after), 0] : prefix;
        page = new KvPage(prefix, from, int.MaxValue);
        string limitText = request.Query.Get("limit");
        if (limitText.Length == 0)
            return true;
        bool isLimit = int.TryParse(limitText, NumberStyles.None, CultureInfo.InvariantCulture, out int limit) && limit > 0;
        if (!isLimit)
            refusal = new Refusal(400, "Invalid limit: a number from 1 on");
        page = page with { Limit = limit };
        return isLimit;
    }
}
