using Microsoft.Extensions.Logging;
using Praetor.Api.Dns.Answers;
using Praetor.Api.Dns.Names;
using Praetor.Api.Dns.Wire;

namespace Praetor.Api.Dns.Lookups;

/// <summary>
/// Follows host names: those in the served domains by itself, others through recursors if there are any (dns 5, hostname resolution); else they stay a bare CNAME.
/// </summary>
public sealed class HostResolver(DnsZone zone, ILogger logger)
{
    /// <summary>Host names followed one behind the other; a longer chain is taken for a loop.</summary>
    public const int MaxDepth = 3;

    /// <summary>Hosts that are asked for one answer.</summary>
    private const int MaxWanted = 32;

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
        {
            ResolveElsewhere(scope, host, lowerName, answers);
            return;
        }

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

    /// <summary>What recursors have told; if they have not been asked yet, that is noted.</summary>
    private static void ResolveElsewhere(LookupScope scope, AddressChoice host, ReadOnlySpan<byte> lowerName, RecordList answers)
    {
        if (!scope.Settings.Options.Recurses)
            return;
        if (scope.Resolved is null)
        {
            if (scope.Wanted.Count < MaxWanted)
                scope.Wanted.Add(lowerName.ToArray());
            return;
        }

        // Names that are the same must be the same object: compression and trimming compare references.
        List<(byte[] Wire, WireName Name)> names = [(lowerName.ToArray(), host.Target!)];
        foreach (HostRecord record in scope.Resolved.Of(lowerName))
        {
            if (NameOf(record.Owner, names) is not { } owner)
                continue;
            WireName? target = record.Type == RecordType.Cname ? NameOf(record.Data, names) : null;
            if (record.Type != RecordType.Cname || target is not null)
                answers.Add(new AnswerRecord { Type = record.Type, Owner = owner, Target = target, Data = target is null ? record.Data : null, TtlS = record.TtlS });
        }
    }

    private static WireName? NameOf(byte[] wire, List<(byte[] Wire, WireName Name)> names)
    {
        byte[] lower = new byte[wire.Length];
        NameText.ToLower(wire, lower);
        foreach ((byte[] known, WireName name) in names)
        {
            if (known.AsSpan().SequenceEqual(lower))
                return name;
        }

        if (WireName.OfWire(wire) is not { } made)
            return null;
        names.Add((lower, made));
        return made;
    }
}
