using Microsoft.Extensions.Logging;
using Praetor.Api.Dns.Answers;
using Praetor.Api.Dns.Names;
using Praetor.Api.Dns.Wire;
using Praetor.Core.State.Catalog;

namespace Praetor.Api.Dns.Lookups;

/// <summary>NS and SOA questions, whose answers depend on the domain alone (dns 4), and the SOA of negative answers.</summary>
public sealed class AuthorityLookup(DnsZone zone, HostResolver hosts, Shuffler shuffler, TimeProvider time, ILogger logger)
{
    private const string ServerService = "consul";
    private const int MaxServers = 3;

    private readonly Selection _selection = new();

    /// <summary>Adds up to three name servers to <paramref name="section"/> and their addresses to <paramref name="glue"/>.</summary>
    public void AddServers(LookupScope scope, DomainNames domain, RecordList section, RecordList glue)
    {
        ServiceAnswers servers = ServiceAnswers.Of(scope.Tables.Service(ServerService), zone);
        _selection.Choose(servers, default, scope.Settings.Options.OnlyPassing, shuffler);
        int added = 0;
        foreach (int i in _selection.Chosen)
        {
            NodeAnswers node = servers.Instances[i].Node;
            string name = node.Record.Name.ToLowerInvariant();
            if (!IsHostName(name) || WireName.TryCreate(name, domain.Nodes) is not { } target)
            {
                DnsLog.InvalidServerNode(logger, node.Record.Name);
                continue;
            }
            uint ttlS = scope.Settings.NodeTtlS;
            section.Add(new AnswerRecord { Type = RecordType.Ns, Owner = WireName.AskedDomain, Target = target, TtlS = ttlS });
            AddGlue(scope, node.Any, target, ttlS, glue);
            if (++added == MaxServers)
                return;
        }
    }

    /// <summary>What the SOA record says. The alternate domain speaks for itself only below its apex and in lower case (dns 3).</summary>
    /// <param name="settings">Options in force.</param>
    /// <param name="questionName">Name as sent; empty for reverse lookups.</param>
    public SoaFields Soa(AnswerSettings settings, ReadOnlySpan<byte> questionName)
    {
        bool isAlternate = zone.Alternate is { } alternate
            && DnsZone.EndsWith(questionName, alternate.Wire, out int offset) && offset > 0;
        return new SoaFields
        {
            Domain = isAlternate ? zone.Alternate : zone.Primary,
            Options = settings.Options.Soa,
            Serial = (uint)time.GetUtcNow().ToUnixTimeSeconds(),
        };
    }

    private void AddGlue(LookupScope scope, AddressChoice address, WireName owner, uint ttlS, RecordList glue)
    {
        switch (address.Form)
        {
            case AddressForm.None:
                break;
            case AddressForm.Host:
                glue.Add(new AnswerRecord { Type = RecordType.Cname, Owner = owner, Target = address.Target, TtlS = ttlS });
                hosts.Resolve(scope, address, glue, depth: 0);
                break;
            default:
                glue.Add(new AnswerRecord { Type = address.Type, Owner = owner, Data = address.Data, TtlS = ttlS });
                break;
        }
    }

    private static bool IsHostName(string name) =>
        !name.AsSpan().ContainsAnyExcept("abcdefghijklmnopqrstuvwxyz0123456789-\\".AsSpan());
}
