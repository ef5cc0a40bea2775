using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Praetor.Api.Http;

/// <summary>
/// The query string of one request. Names and values are decoded only where they need it, so a plain query costs no allocation until
/// a value is taken as text. The first value of a repeated name counts, except for <see cref="All"/> (http-core 1.4). Not thread-safe.
/// </summary>
public sealed class QueryParameters
{
    private const int KeptPairs = 64;

    private string _target = "";
    private Pair[] _pairs = [];

    /// <summary>One name and value: positions in the target, or the decoded text where it was encoded.</summary>
    private struct Pair
    {
        public Range Name;
        public Range Value;
        public string? DecodedName;
        public string? DecodedValue;
    }

    /// <summary>Parameters given.</summary>
    public int Count { get; private set; }

    /// <summary>True if the name is given at all, whatever its value (flags such as <c>?stale=false</c>).</summary>
    public bool Has(string name) => Find(name) >= 0;

    /// <summary>First value of the name.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out string? value)
    {
        int at = Find(name);
        value = at < 0 ? null : Text(ref _pairs[at]);
        return at >= 0;
    }

    /// <summary>First value of the name; empty if it is not given.</summary>
    public string Get(string name) => TryGet(name, out string? value) ? value : "";

    /// <summary>True if the name is given with a value that is not empty.</summary>
    public bool HasValue(string name) => Find(name) is >= 0 and int at && !ValueSpan(ref _pairs[at]).IsEmpty;

    /// <summary>All values of the name, in the order given.</summary>
    public IReadOnlyList<string> All(string name)
    {
        List<string>? all = null;
        for (int i = 0; i < Count; i++)
        {
            if (NameSpan(ref _pairs[i]).SequenceEqual(name))
                (all ??= []).Add(Text(ref _pairs[i]));
        }
        return all ?? (IReadOnlyList<string>)[];
    }

    /// <summary>The name and value at a position, in the order given.</summary>
    public KeyValuePair<string, string> At(int position) =>
        new(NameSpan(ref _pairs[position]).ToString(), Text(ref _pairs[position]));

    /// <summary>Takes the query that starts at <paramref name="start"/>; false if it does not parse: a broken escape or any ';'.</summary>
    internal bool TryParse(string target, int start)
    {
        _target = target;
        Count = 0;
        if (_pairs.Length > KeptPairs)
            _pairs = [];
        if (target.AsSpan(start).Contains(';'))
            return false;
        while (start < target.Length)
        {
            int length = target.AsSpan(start).IndexOf('&');
            int end = length < 0 ? target.Length : start + length;
            if (end > start && !TryAdd(start, end))
                return false;
            start = end + 1;
        }
        return true;
    }

    private bool TryAdd(int start, int end)
    {
        int length = _target.AsSpan(start, end - start).IndexOf('=');
        int nameEnd = length < 0 ? end : start + length;
        Pair pair = new() { Name = start..nameEnd, Value = Math.Min(nameEnd + 1, end)..end };
        if (!TryDecode(pair.Name, out pair.DecodedName) || !TryDecode(pair.Value, out pair.DecodedValue))
            return false;
        if (Count == _pairs.Length)
            Array.Resize(ref _pairs, Math.Max(8, Count * 2));
        _pairs[Count++] = pair;
        return true;
    }

    /// <summary>Null if the text stands for itself.</summary>
    private bool TryDecode(Range range, out string? decoded)
    {
        decoded = null;
        ReadOnlySpan<char> encoded = _target.AsSpan(range);
        if (!encoded.ContainsAny('%', '+'))
            return true;
        byte[] bytes = new byte[encoded.Length];
        if (!PercentCoding.TryDecode(encoded, bytes, plusIsSpace: true, out int length))
            return false;
        decoded = Encoding.UTF8.GetString(bytes, 0, length);
        return true;
    }

    private int Find(string name)
    {
        for (int i = 0; i < Count; i++)
        {
            if (NameSpan(ref _pairs[i]).SequenceEqual(name))
                return i;
        }
        return -1;
    }

    private ReadOnlySpan<char> NameSpan(ref Pair pair) => pair.DecodedName ?? _target.AsSpan(pair.Name);

    private ReadOnlySpan<char> ValueSpan(ref Pair pair) => pair.DecodedValue ?? _target.AsSpan(pair.Value);

    private string Text(ref Pair pair) => pair.DecodedValue ??= _target[pair.Value];
}
