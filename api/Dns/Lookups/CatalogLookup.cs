using Microsoft.Extensions.Logging;
using Praetor.Api.Dns.Answers;
using Praetor.Api.Dns.Names;

namespace Praetor.Api.Dns.Lookups;

/// <summary>Names under <c>domain</c> and <c>alt_domain</c>: sends each kind to its lookup. One per answering loop.</summary>
public sealed class CatalogLookup
{
    private readonly NodeLookup _nodes;
    private readonly ServiceLookup _services;
    private readonly QueryLookup _queries;
    private readonly AddressLookup _addresses = new();
    private readonly VirtualLookup _virtual = new();

    /// <summary>Creates the lookups.</summary>
    public CatalogLookup(DnsZone zone, Shuffler shuffler, ILogger logger)
    {
        HostResolver hosts = new(zone, logger) { Lookup = this };
        Hosts = hosts;
        _nodes = new NodeLookup(zone, hosts);
        _services = new ServiceLookup(zone, hosts, shuffler);
        _queries = new QueryLookup(_services, zone);
    }

    /// <summary>Follows host names.</summary>
    public HostResolver Hosts { get; }

    /// <summary>Looks a name up.</summary>
    /// <param name="scope">State and options of the query.</param>
    /// <param name="question">What is asked; its name lies in a served domain.</param>
    /// <param name="answers">Answer section to append to.</param>
    /// <param name="additional">Additional section to append to.</param>
    /// <param name="depth">Host names followed so far; 0 for the client's question.</param>
    public LookupOutcome Answer(LookupScope scope, Question question, RecordList answers, RecordList additional, int depth) =>
        question.Parts.Kind switch
        {
            NameKind.Node => _nodes.Answer(scope, question, answers, additional, depth),
            NameKind.Service or NameKind.Connect => _services.Answer(scope, question, answers, additional, depth),
            NameKind.Address => _addresses.Answer(scope, question, answers, additional, depth),
            NameKind.Virtual => _virtual.Answer(scope, question, answers, depth),
            NameKind.Query => _queries.Answer(scope, question, answers, additional, depth),
            // No ingress gateway exposes anything.
            NameKind.Ingress => question.IsLocal(scope.Zone) ? LookupOutcome.NotFound : LookupOutcome.Invalid,
            _ => LookupOutcome.Invalid,
        };
}
