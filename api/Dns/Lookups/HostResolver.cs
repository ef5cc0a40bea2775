using Microsoft.Extensions.Logging;
using Praetor.Api.Dns.Answers;
using Praetor.Api.Dns.Names;
using Praetor.Api.Dns.Wire;

namespace Praetor.Api.Dns.Lookups;

/// <summary>
/// Follows host names that lie in the served domains (dns 5, hostname resolution). Names elsewhere stay a bare CNAME.
/// </summary>
public sealed class HostResolver(DnsZone zone, ILogger logger)
{
    /// <summary>Host names followed one behind the other; a longer chain is taken for a loop.</summary>
    public const int MaxDepth = 3;

    private readonly Question[] _questions = [new(), new(), new()];
    private readonly RecordList _dropped = new();

    /// <summary>Looks up names; set once by the owner of both.</summary>
    internal CatalogLookup? Lookup { get; set; }

    /// <summary>Appends all records of the host name, looked up as type ANY.</summary>
    /// <param name="scope">State of the query.</param>
    /// <param name="host">An address in host form.</param>
    /// <param name="answers">Where the records go.</param>
    /// <param name="depth">Host names followed so far.</param>
    public void Resolve(LookupScope scope, AddressChoice host, RecordList answers, int depth)
    {
        Span<byte> lowerName = stackalloc byte[DnsLimits.NameBytes];
        lowerName = lowerName[..host.HostName.Length];
        NameText.ToLower(host.HostName, lowerName);
        if (zone.Match(lowerName, out _) is null)
            return;
        if (depth >= MaxDepth)
        {
            DnsLog.InfiniteRecursion(logger, NameText.ToText(host.HostName));
            return;
        }
        Question question = _questions[depth];
        question.Set(host.HostName, RecordType.Any, host.Target, zone);
        Lookup?.Answer(scope, question, answers, _dropped, depth + 1);
        _dropped.Clear();
    }
}
