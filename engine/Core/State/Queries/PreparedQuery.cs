using Praetor.Core.Codec;

namespace Praetor.Core.State.Queries;

/// <summary>A prepared query (http-core 9): a question about a service that is kept under an id or a name. Immutable.</summary>
public sealed record PreparedQuery
{
    private const byte Format = 1;

    /// <summary>UUID.</summary>
    public string Id { get; init; } = "";

    /// <summary>Name to ask for it by, unique in any case; empty for none. Of a template the prefix that it answers for.</summary>
    public string Name { get; init; } = "";

    /// <summary>Session that it dies with; empty for none.</summary>
    public string Session { get; init; } = "";

    /// <summary>Token that it is run with; empty for the caller's. Secret.</summary>
    public string Token { get; init; } = "";

    /// <summary>Template.Type; empty for a query that is none.</summary>
    public string TemplateType { get; init; } = "";

    /// <summary>Template.Regexp.</summary>
    public string TemplateRegexp { get; init; } = "";

    /// <summary>Template.RemoveEmptyTags.</summary>
    public bool RemoveEmptyTags { get; init; }

    /// <summary>What is asked about.</summary>
    public QueriedService Service { get; init; } = new();

    /// <summary>Time to live of DNS answers as given; empty for that of the service.</summary>
    public string DnsTtl { get; init; } = "";

    /// <summary>Log index of creation.</summary>
    public long CreateIndex { get; init; }

    /// <summary>Log index of the last change.</summary>
    public long ModifyIndex { get; init; }

    /// <summary>Whether it is rendered for the name it was asked by.</summary>
    public bool IsTemplate => TemplateType.Length > 0;

    /// <summary>The form in the log, in snapshots and between nodes.</summary>
    public void Write(FieldWriter writer)
    {
        writer.Byte(Format);
        foreach (string text in (ReadOnlySpan<string>)[Id, Name, Session, Token, TemplateType, TemplateRegexp])
            writer.Text(text);
        writer.Bool(RemoveEmptyTags);
        Service.Write(writer);
        writer.Text(DnsTtl);
        writer.Int(CreateIndex);
        writer.Int(ModifyIndex);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">Malformed.</exception>
    public static PreparedQuery Read(ref FieldReader reader)
    {
        if (reader.Byte() != Format)
            throw new InvalidDataException("a prepared query of another format");
        return new PreparedQuery
        {
            Id = reader.Text(),
            Name = reader.Text(),
            Session = reader.Text(),
            Token = reader.Text(),
            TemplateType = reader.Text(),
            TemplateRegexp = reader.Text(),
            RemoveEmptyTags = reader.Bool(),
            Service = QueriedService.Read(ref reader),
            DnsTtl = reader.Text(),
            CreateIndex = reader.Int(),
            ModifyIndex = reader.Int(),
        };
    }
}

/// <summary>Where to look when the datacenter has no instance: exactly one of the two is set.</summary>
/// <param name="Peer">A cluster peer; empty for none.</param>
/// <param name="Datacenter">A datacenter; empty for none.</param>
public sealed record FailoverTarget(string Peer, string Datacenter);

/// <summary>The service part of a prepared query. Immutable.</summary>
public sealed record QueriedService
{
    /// <summary>Name of the service.</summary>
    public string Name { get; init; } = "";

    /// <summary>An enterprise field: refused unless empty.</summary>
    public string SamenessGroup { get; init; } = "";

    /// <summary>Failover.NearestN: so many other datacenters by round trip.</summary>
    public int NearestN { get; init; }

    /// <summary>Failover.Datacenters, in order.</summary>
    public IReadOnlyList<string>? FailoverDatacenters { get; init; }

    /// <summary>Failover.Targets, in order.</summary>
    public IReadOnlyList<FailoverTarget>? FailoverTargets { get; init; }

    /// <summary>Whether warnings count as not healthy.</summary>
    public bool OnlyPassing { get; init; }

    /// <summary>Checks that say nothing about health here.</summary>
    public IReadOnlyList<string>? IgnoreCheckIds { get; init; }

    /// <summary>Node to sort by round trip from; <c>_agent</c> and <c>_ip</c> stand for who asks.</summary>
    public string Near { get; init; } = "";

    /// <summary>Tags that an instance must have, with '!' in front must not have.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>Metadata that its node must have.</summary>
    public IReadOnlyDictionary<string, string>? NodeMeta { get; init; }

    /// <summary>Metadata that it must have.</summary>
    public IReadOnlyDictionary<string, string>? ServiceMeta { get; init; }

    /// <summary>Whether its endpoints in the mesh are asked for.</summary>
    public bool Connect { get; init; }

    /// <summary>Cluster peer that it is imported from; empty for none.</summary>
    public string Peer { get; init; } = "";

    internal void Write(FieldWriter writer)
    {
        writer.Text(Name);
        writer.Text(SamenessGroup);
        writer.Int(NearestN);
        writer.TextList(FailoverDatacenters);
        writer.TextList(FailoverTargets is null ? null : [.. FailoverTargets.SelectMany(static target => new[] { target.Peer, target.Datacenter })]);
        writer.Bool(OnlyPassing);
        writer.TextList(IgnoreCheckIds);
        writer.Text(Near);
        writer.TextList(Tags);
        writer.TextMap(NodeMeta);
        writer.TextMap(ServiceMeta);
        writer.Bool(Connect);
        writer.Text(Peer);
    }

    internal static QueriedService Read(ref FieldReader reader) => new()
    {
        Name = reader.Text(),
        SamenessGroup = reader.Text(),
        NearestN = (int)Math.Clamp(reader.Int(), int.MinValue, int.MaxValue),
        FailoverDatacenters = reader.TextList(),
        FailoverTargets = Targets(reader.TextList()),
        OnlyPassing = reader.Bool(),
        IgnoreCheckIds = reader.TextList(),
        Near = reader.Text(),
        Tags = reader.TextList(),
        NodeMeta = reader.TextMap(),
        ServiceMeta = reader.TextMap(),
        Connect = reader.Bool(),
        Peer = reader.Text(),
    };

    private static FailoverTarget[]? Targets(string[]? flat) => flat switch
    {
        null => null,
        { Length: var length } when length % 2 == 0 => [.. Enumerable.Range(0, length / 2).Select(i => new FailoverTarget(flat[2 * i], flat[(2 * i) + 1]))],
        _ => throw new InvalidDataException("a failover target without its other half"),
    };
}
