using Microsoft.Extensions.Logging.Abstractions;
using Praetor.Api.Dns;
using Praetor.Api.Dns.Answers;
using Praetor.Api.Dns.Lookups;
using Praetor.Api.Dns.Names;
using Praetor.Api.Dns.Wire;
using Praetor.Core.Ports;
using Praetor.Core.State;
using Praetor.Core.State.Catalog;
using Praetor.Core.State.Coordinates;
using Praetor.Core.State.Queries;
using Praetor.Storage.Heap;
using Praetor.Tests.Support;

namespace Praetor.Tests.Dns;

/// <summary>A catalog that tests fill and a responder that answers from it, without sockets.</summary>
internal sealed class DnsWorld
{
    private readonly StateMachine _machine = new(new MemoryRecordHeap());
    private readonly Responder _responder;
    private long _index;

    public DnsWorld(DnsOptions? options = null, string altDomain = "", string domain = "consul", ulong seed = 1)
    {
        Backend = new DnsBackend(new DnsZone(domain, altDomain, "dc1"), "n1", State(), options ?? new DnsOptions(), Time, NullLogger.Instance);
        _responder = new Responder(Backend, seed);
    }

    public ManualTime Time { get; } = new();

    public DnsBackend Backend { get; }

    public bool HasLeader { get; set; } = true;

    /// <summary>Address of who asks.</summary>
    public byte[] Client { get; set; } = [];

    /// <summary>How long ago a leader was heard of.</summary>
    public TimeSpan SinceLeader { get; set; }

    /// <summary>False: this server follows.</summary>
    public bool IsFresh { get; set; } = true;

    /// <summary>What answers are made from.</summary>
    public DnsState State() => new(() => Root(), () => HasLeader) { SinceLeader = () => SinceLeader, IsFresh = () => IsFresh, ReadFreshAsync = cancellation => ReadFreshAsync(cancellation) };

    /// <summary>Asks the leader; it is as new as this server.</summary>
    public Func<CancellationToken, ValueTask<StateRoot>> ReadFreshAsync { get; set; } = static _ => throw new InvalidOperationException("nobody asks");

    /// <summary>Where the responder gets its state.</summary>
    public Func<StateRoot> Root => RootOverride ?? (() => _machine.Root);

    public Func<StateRoot>? RootOverride { get; set; }

    public DnsWorld Node(string name, string address, string id = "", (string Key, string Value)[]? meta = null,
        (string Tag, string Address)[]? tagged = null, (string Id, string Status)[]? checks = null) =>
        Apply(new RegisterRequest
        {
            Node = NodeOf(name, address, id, meta, tagged),
            Checks = [.. (checks ?? []).Select(c => new CheckRecord { CheckId = c.Id, Name = c.Id, Status = c.Status })],
        });

    /// <summary>Registers an instance; the node must have been registered before.</summary>
    public DnsWorld Service(string node, string name, int port = 8080, string address = "", string? id = null, string[]? tags = null,
        string? status = null, ServiceWeights? weights = null, (string Tag, string Address)[]? tagged = null, string? proxyFor = null, bool native = false)
    {
        NodeRecord record = _machine.Root.Catalog.FindNode(node)!;
        return Apply(new RegisterRequest
        {
            Node = record,
            SkipNodeUpdate = true,
            Service = new ServiceRecord
            {
                Id = id ?? name,
                Name = name,
                Port = port,
                Address = address,
                Tags = tags,
                Weights = weights ?? ServiceWeights.Default,
                TaggedAddresses = tagged?.ToDictionary(t => t.Tag, t => new ServiceAddress(t.Address, port)),
                Kind = proxyFor is null ? "" : "connect-proxy",
                Proxy = proxyFor is null ? null : new ServiceProxy { DestinationServiceName = proxyFor },
                ConnectNative = native,
            },
            Checks = status is null ? [] : [new CheckRecord { CheckId = $"{id ?? name}:check", Name = "check", Status = status, ServiceId = id ?? name }],
        });
    }

    public DnsWorld Remove(string node, string serviceId = "")
    {
        using CommandBuffer command = Commands.Deregister(new DeregisterRequest(node, serviceId, ""));
        return Apply(command);
    }

    /// <summary>Stores a prepared query.</summary>
    public DnsWorld Query(PreparedQuery query)
    {
        using CommandBuffer command = Commands.QuerySet(query with { Id = Guid.NewGuid().ToString() }, mustExist: false);
        return Apply(command);
    }

    /// <summary>Puts nodes on a line, so many milliseconds from its start.</summary>
    public DnsWorld Places(params (string Node, double Ms)[] places)
    {
        using CommandBuffer command = Commands.CoordinateUpdate([.. places.Select(static place => new NodeCoordinate(place.Node, CoordinateLine.At(place.Ms)))]);
        return Apply(command);
    }

    public DnsMessage Ask(string name, string type = "A", DnsTransport transport = DnsTransport.Udp) => Ask(new DnsQuery(name, type), transport);

    public DnsMessage Ask(DnsQuery query, DnsTransport transport = DnsTransport.Udp) =>
        DnsMessage.Parse(AskRaw(query.ToBytes(), transport) is { Length: > 0 } reply ? reply : throw new InvalidOperationException("no reply"));

    /// <summary>Bytes in, bytes out; empty = silence.</summary>
    public byte[] AskRaw(ReadOnlySpan<byte> packet, DnsTransport transport = DnsTransport.Udp)
    {
        byte[] reply = new byte[DnsLimits.MessageBytes];
        return reply[.._responder.Answer(packet, new Asker(transport, Client), reply)];
    }

    private static NodeRecord NodeOf(string name, string address, string id, (string Key, string Value)[]? meta, (string Tag, string Address)[]? tagged) => new()
    {
        Name = name,
        Address = address,
        Id = id,
        Datacenter = "dc1",
        Meta = meta is null ? null : new SortedList<string, string>(meta.ToDictionary(m => m.Key, m => m.Value), StringComparer.Ordinal),
        TaggedAddresses = tagged is null ? null : new SortedList<string, string>(tagged.ToDictionary(t => t.Tag, t => t.Address), StringComparer.Ordinal),
    };

    private DnsWorld Apply(RegisterRequest request)
    {
        using CommandBuffer command = Commands.Register(request);
        return Apply(command);
    }

    private DnsWorld Apply(CommandBuffer command)
    {
        CommandResult[] results = new CommandResult[1];
        _machine.Apply([new LogEntry(++_index, 1, LogEntryKind.Command, command.Memory)], results, new ChangeSet());
        return this;
    }
}
