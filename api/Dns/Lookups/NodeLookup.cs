using Praetor.Api.Dns.Answers;
using Praetor.Api.Dns.Names;
using Praetor.Api.Dns.Wire;
using Praetor.Core.State.Catalog;

namespace Praetor.Api.Dns.Lookups;

/// <summary><c>.node</c> names: address and metadata of one node (dns 3).</summary>
public sealed class NodeLookup(DnsZone zone, HostResolver hosts)
{
    private readonly CatalogCache<NodeAnswers> _nodes = new((tables, name, previous) =>
        tables.FindNodeByNameOrId(name) is not { } record ? null
        : ReferenceEquals(previous?.Record, record) ? previous
        : new NodeAnswers(record, zone));

    /// <summary>Adds what the question asks for.</summary>
    public LookupOutcome Answer(LookupScope scope, Question question, RecordList answers, RecordList additional, int depth)
    {
        bool wantsAddress = question.Type is RecordType.A or RecordType.Aaaa or RecordType.Any;
        if (!wantsAddress && question.Type != RecordType.Txt)
            return LookupOutcome.Answered; // other types are empty for any name, known or not
        if (!question.IsLocal(scope.Zone))
            return LookupOutcome.Invalid;
        if (!question.Parts.Peer.IsEmpty)
            return LookupOutcome.NotFound;

        Span<char> buffer = stackalloc char[DnsLimits.NameChars];
        if (_nodes.Find(scope.Tables, question.Text(question.Parts.Subject, buffer)) is not { } node)
            return LookupOutcome.NotFound;

        uint ttlS = scope.Settings.NodeTtlS;
        if (wantsAddress)
            AddAddress(scope, question, node, ttlS, answers, depth);
        if (!wantsAddress || question.Type == RecordType.Any)
            AddTexts(node, question.Owner, ttlS, answers);
        else if (scope.Settings.Options.EnableAdditionalNodeMetaTxt)
            AddTexts(node, question.Owner, ttlS, additional);
        return LookupOutcome.Answered;
    }

    /// <summary>Adds the node's metadata.</summary>
    internal static void AddTexts(NodeAnswers node, WireName? owner, uint ttlS, RecordList section)
    {
        foreach (byte[] text in node.Texts)
            section.Add(new AnswerRecord { Type = RecordType.Txt, Owner = owner, Data = text, TtlS = ttlS });
    }

    private void AddAddress(LookupScope scope, Question question, NodeAnswers node, uint ttlS, RecordList answers, int depth)
    {
        AddressChoice address = node.For(question.Type);
        if (address.Suits(question.Type))
        {
            if (address.Form != AddressForm.None && address.Form != AddressForm.Host)
                answers.Add(new AnswerRecord { Type = address.Type, Owner = question.Owner, Data = address.Data, TtlS = ttlS });
        }
        if (address.Form == AddressForm.Host && (node.Registered ?? address) is { } host)
        {
            answers.Add(new AnswerRecord { Type = RecordType.Cname, Owner = question.Owner, Target = host.Target, TtlS = ttlS });
            hosts.Resolve(scope, host, answers, depth);
        }
    }
}
