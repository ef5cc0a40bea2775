using System.Buffers.Binary;
using Praetor.Api.Dns.Answers;
using Praetor.Api.Dns.Wire;
using Praetor.Core.State.Catalog;

namespace Praetor.Api.Dns.Lookups;

/// <summary><c>.virtual</c> names: the one address that stands for a service in the mesh (dns 2, 5).</summary>
public sealed class VirtualLookup
{
    private readonly CatalogCache<VirtualIp> _assigned = new(static (tables, name, _) => tables.VirtualIps.Find(name));

    // The client's own question needs its bytes only until the reply is written.
    private readonly byte[] _address = new byte[4];

    /// <summary>Adds the address, whatever type is asked for; a service without one, or of a peer, has none.</summary>
    public LookupOutcome Answer(LookupScope scope, Question question, RecordList answers, int depth)
    {
        Span<char> buffer = stackalloc char[DnsLimits.NameChars];
        if (!question.Parts.Peer.IsEmpty || _assigned.Find(scope.Tables, question.Text(question.Parts.Subject, buffer)) is not { } assigned)
            return LookupOutcome.Answered;
        byte[] address = depth > 0 ? new byte[4] : _address;
        BinaryPrimitives.WriteUInt32BigEndian(address, assigned.Bits);
        answers.Add(new AnswerRecord { Type = RecordType.A, Owner = question.LowerOwner, Data = address, TtlS = scope.Settings.NodeTtlS });
        return LookupOutcome.Answered;
    }
}
