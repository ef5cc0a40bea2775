using Praetor.Api.Dns.Answers;
using Praetor.Api.Dns.Names;
using Praetor.Api.Dns.Wire;
using Praetor.Core.State.Catalog;

namespace Praetor.Api.Dns.Lookups;

/// <summary><c>.service</c>, RFC 2782 and <c>.connect</c> names (dns 3 and 5). One per answering loop.</summary>
public sealed class ServiceLookup
{
    /// <summary>Records that a host name may add without EDNS.</summary>
    private const int MaxHostRecords = 5;

    private readonly HostResolver _hosts;
    private readonly Shuffler _shuffler;
    private readonly CatalogCache<NamedAnswers> _services;
    private readonly CatalogCache<NamedAnswers> _meshEndpoints;

    // A host name among the answers may lead to another service, so each depth has its own scratch memory.
    private readonly Selection[] _selections = [new(), new(), new(), new()];

    private sealed record NamedAnswers(string LowerName, ServiceAnswers Answers);

    /// <summary>Creates the lookup.</summary>
    public ServiceLookup(DnsZone zone, HostResolver hosts, Shuffler shuffler)
    {
        _hosts = hosts;
        _shuffler = shuffler;
        _services = new((tables, name, previous) => Load(previous, name, InstancesOf(tables, name, zone)));
        _meshEndpoints = new((tables, name, previous) => Load(previous, name, EndpointsOf(tables, name, zone)));
    }

    /// <summary>Adds what the question asks for.</summary>
    public LookupOutcome Answer(LookupScope scope, Question question, RecordList answers, RecordList additional, int depth)
    {
        if (!question.IsLocal(scope.Zone))
            return LookupOutcome.Invalid;
        if (!question.Parts.Peer.IsEmpty)
            return LookupOutcome.NotFound;

        Span<char> buffer = stackalloc char[DnsLimits.NameChars];
        CatalogCache<NamedAnswers> cache = question.Parts.Kind == NameKind.Connect ? _meshEndpoints : _services;
        if (cache.Find(scope.Tables, question.Text(question.Parts.Subject, buffer)) is not { } service)
            return LookupOutcome.NotFound;

        Selection selection = _selections[depth];
        ReadOnlySpan<char> tag = question.Text(question.Parts.Tag, buffer);
        selection.Choose(service.Answers, tag, scope.Settings.Options.OnlyPassing, _shuffler);
        if (selection.Count == 0)
            return LookupOutcome.NotFound;

        AddRecords(scope, question, service.Answers, selection, scope.Settings.ServiceTtlS(service.LowerName), answers, additional, depth);
        return LookupOutcome.NoData;
    }

    /// <summary>Adds instances in a given order.</summary>
    internal void Add(LookupScope scope, Question question, ServiceAnswers instances, uint ttlS, RecordList answers, RecordList additional, int depth)
    {
        Selection selection = _selections[depth];
        selection.ChooseAll(instances);
        AddRecords(scope, question, instances, selection, ttlS, answers, additional, depth);
    }

    private void AddRecords(LookupScope scope, Question question, ServiceAnswers source, Selection selection, uint ttlS,
        RecordList answers, RecordList additional, int depth)
    {
        if (question.Type == RecordType.Srv)
            AddSrvs(scope, question, source, selection, ttlS, answers, additional, depth);
        else
            AddAddresses(scope, question, source, selection, ttlS, answers, depth);
    }

    private void AddAddresses(LookupScope scope, Question question, ServiceAnswers source, Selection selection, uint ttlS,
        RecordList answers, int depth)
    {
        int[] ids = source.AddressIds(question.Type);
        int limit = scope.Settings.Options.ARecordLimit, addressGiving = 0, before = answers.Count;
        AddressChoice? firstHost = null;
        foreach (int i in selection.Chosen)
        {
            AddressChoice address = AddressOf(source.Instances[i], question);
            if (address.Form == AddressForm.Host)
                firstHost ??= address;
            if (address.Form is AddressForm.None or AddressForm.Host || !address.Suits(question.Type))
                continue;
            if (selection.IsFirst(ids[i]))
                answers.Add(new AnswerRecord { Type = address.Type, Owner = question.Owner, Data = address.Data, TtlS = ttlS });
            if (++addressGiving == limit)
                return;
        }

        if (answers.Count == before && firstHost is not null)
        {
            answers.Add(new AnswerRecord { Type = RecordType.Cname, Owner = question.Owner, Target = firstHost.Target, TtlS = ttlS });
            ResolveHost(scope, firstHost, ttlS, answers, depth);
        }
    }

    private void AddSrvs(LookupScope scope, Question question, ServiceAnswers source, Selection selection, uint ttlS,
        RecordList answers, RecordList additional, int depth)
    {
        bool addTexts = scope.Settings.Options.EnableAdditionalNodeMetaTxt;
        foreach (int i in selection.Chosen)
        {
            InstanceAnswers instance = source.Instances[i];
            AddressChoice address = AddressOf(instance, question);
            if (address.Target is null || !selection.IsFirst(source.SrvIds[i]))
                continue;
            int glue = additional.Count;
            if (address.Form == AddressForm.Host)
                ResolveHost(scope, address, ttlS, additional, depth);
            else
                additional.Add(new AnswerRecord { Type = address.Type, Owner = address.Target, Data = address.Data, TtlS = ttlS });
            answers.Add(new AnswerRecord
            {
                Type = RecordType.Srv,
                Owner = question.Owner,
                Target = address.Target,
                Weight = instance.Weight,
                Port = instance.Port,
                TtlS = ttlS,
                Glue = additional.Count > glue ? glue : -1,
            });
            if (addTexts && instance.Node.Name is not null)
                NodeLookup.AddTexts(instance.Node, instance.Node.Name, ttlS, additional);
        }
    }

    /// <summary>
    /// Appends what a host name leads to. Of a service answer only addresses and aliases are kept, under the service's TTL.
    /// </summary>
    private void ResolveHost(LookupScope scope, AddressChoice host, uint ttlS, RecordList section, int depth)
    {
        int from = section.Count;
        _hosts.Resolve(scope, host, section, depth);
        int kept = from;
        for (int i = from; i < section.Count; i++)
        {
            if (section[i].Type is not (RecordType.A or RecordType.Aaaa or RecordType.Cname))
                continue;
            section[kept] = section[i];
            section[kept++].TtlS = ttlS;
            if (kept - from == MaxHostRecords && !scope.HasEdns)
                break;
        }
        section.CutTo(kept);
    }

    /// <summary>A host name that is the question itself would lead in a circle: the node's address stands in for it.</summary>
    private static AddressChoice AddressOf(InstanceAnswers instance, Question question)
    {
        AddressChoice address = instance.For(question.Type);
        return address.NodeFallback is not null && question.Name.SequenceEqual(address.HostName) ? address.NodeFallback : address;
    }

    private static ServiceAnswers? InstancesOf(CatalogTables tables, string name, DnsZone zone)
    {
        ServiceView view = tables.Service(name);
        return view.Instances.Length == 0 ? null : ServiceAnswers.Of(view, zone);
    }

    private static ServiceAnswers? EndpointsOf(CatalogTables tables, string name, DnsZone zone)
    {
        List<ServiceInstance> endpoints = MeshEndpoints.Of(tables, name);
        return endpoints.Count == 0 ? null : new ServiceAnswers(endpoints, zone);
    }

    private static NamedAnswers? Load(NamedAnswers? previous, string lowerName, ServiceAnswers? answers) =>
        answers is null ? null
        : ReferenceEquals(previous?.Answers, answers) ? previous
        : new NamedAnswers(lowerName, answers);
}
