using Praetor.Api.Dns.Answers;
using Praetor.Api.Dns.Names;
using Praetor.Api.Dns.Wire;
using Praetor.Core.Codec;
using Praetor.Core.State.Queries;

namespace Praetor.Api.Dns.Lookups;

/// <summary><c>.query</c> names: prepared queries (dns 5, http-core 9). One per answering loop.</summary>
internal sealed class QueryLookup(ServiceLookup services, DnsZone zone)
{
    /// <summary>Adds what the query finds, in the query's order.</summary>
    public LookupOutcome Answer(LookupScope scope, Question question, RecordList answers, RecordList additional, int depth)
    {
        if (!question.IsLocal(zone))
            return LookupOutcome.Invalid;
        Span<char> buffer = stackalloc char[DnsLimits.NameChars];
        string name = question.Text(question.Parts.Subject, buffer).ToString();
        if (scope.Root.Queries.Resolve(name, out _) is not { } query)
            return LookupOutcome.NotFound;
        QueryResult result = QueryExecution.Run(scope.Root, query, new QuerySource(scope.Agent, scope.Address), limit: 0, Random.Shared);
        if (result.Instances.Count == 0)
            return LookupOutcome.NotFound;
        services.Add(scope, question, new ServiceAnswers(result.Instances, zone), TtlS(scope, query), answers, additional, depth);
        return LookupOutcome.NoData;
    }

    private static uint TtlS(LookupScope scope, PreparedQuery query) =>
        query.DnsTtl.Length > 0 && GoDuration.TryParse(query.DnsTtl, out long ttlNs, out _)
            ? (uint)Math.Clamp(ttlNs / 1_000_000_000, 0, uint.MaxValue)
            : scope.Settings.ServiceTtlS(query.Service.Name);
}
