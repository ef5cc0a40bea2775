using System.Globalization;
using System.Text;

namespace Praetor.Tests.Support;

/// <summary>One HTTP answer, read whole. Header names keep their spelling on the wire when it came from a <see cref="RawConnection"/>.</summary>
public sealed record Reply(int Status, IReadOnlyList<KeyValuePair<string, string>> Headers, byte[] Bytes)
{
    /// <summary>Body as text.</summary>
    public string Body => Encoding.UTF8.GetString(Bytes);

    /// <summary>X-Consul-Index; fails if it is missing.</summary>
    public long Index => long.Parse(Header("X-Consul-Index") ?? throw new InvalidOperationException("no index"), CultureInfo.InvariantCulture);

    /// <summary>Content-Type; null without one.</summary>
    public string? ContentType => Header("Content-Type");

    /// <summary>First value of a header; null without one.</summary>
    public string? Header(string name)
    {
        foreach (KeyValuePair<string, string> header in Headers)
        {
            if (header.Key.Equals(name, StringComparison.OrdinalIgnoreCase))
                return header.Value;
        }
        return null;
    }

    /// <summary>Reads an answer of <see cref="HttpClient"/>.</summary>
    public static async Task<Reply> ReadAsync(HttpResponseMessage response)
    {
        byte[] body = await response.Content.ReadAsByteArrayAsync();
        return new Reply((int)response.StatusCode, [.. response.Headers.Concat(response.Content.Headers)
            .Select(header => KeyValuePair.Create(header.Key, string.Join(", ", header.Value)))], body);
    }
}
