using System.Text;
using Praetor.Api.Http.Catalog;
using Praetor.Api.Http.Json;
using Praetor.Core.Codec;
using Praetor.Core.State.Catalog;
using Praetor.Core.State.Txn;

namespace Praetor.Api.Http.Txn;

/// <summary>The body of a transaction (http-core 6), decoded. What is wrong with single operations is told by operation.</summary>
internal sealed class TxnBody
{
    private readonly List<TxnOp> _ops = [];
    private readonly List<(int OpIndex, string What)> _errors = [];

    /// <summary>The operations; those that are wrong are left out.</summary>
    public IReadOnlyList<TxnOp> Ops => _ops;

    /// <summary>What can be seen to be wrong without the state.</summary>
    public IReadOnlyList<(int OpIndex, string What)> Errors => _errors;

    /// <summary>Operations given, empty ones not counted.</summary>
    public int Count { get; private set; }

    /// <summary>The first value that is too long; null if none is.</summary>
    public (string Key, int Length)? TooLong { get; private set; }

    /// <summary>True if no operation writes, whatever the state. An unknown verb of KV counts as a read, others do not (6.1).</summary>
    public bool IsRead { get; private set; } = true;

    /// <summary>Reads a body.</summary>
    /// <exception cref="GoJsonException">Malformed.</exception>
    public static TxnBody Read(ReadOnlySpan<byte> body, long maxValueBytes, string datacenter)
    {
        var read = new TxnBody();
        var json = new GoJsonReader(body);
        if (!json.BeginArray("structs.TxnOps"))
            return read;
        while (json.NextElement())
            read.ReadOp(ref json, maxValueBytes, datacenter);
        return read;
    }

    private void ReadOp(ref GoJsonReader json, long maxValueBytes, string datacenter)
    {
        if (!json.BeginObject("structs.TxnOp"))
            return;
        KvGiven? kv = null;
        (string Verb, NodeRecord Node)? node = null;
        (string Verb, string Node, RegisterBody Body)? service = null;
        (string Verb, CheckRecord Check)? check = null;
        while (json.NextField(out string name))
        {
            switch (name)
            {
                case "kv": kv = ReadKv(ref json); break;
                case "node": node = ReadNode(ref json); break;
                case "service": service = ReadService(ref json); break;
                case "check": check = ReadCheck(ref json); break;
                default: json.UnknownField(); break;
            }
        }

        // Of several the first counts, in this order.
        if (kv is { } givenKv)
            Add(givenKv, maxValueBytes);
        else if (node is { } givenNode)
            Add(TxnVerb.NodeGet, "node", givenNode.Verb, NodeRefusal(givenNode.Node), verb => new TxnOp { Verb = verb, Node = givenNode.Node with { Datacenter = datacenter } });
        else if (service is { } givenService)
            Add(TxnVerb.ServiceGet, "service", givenService.Verb, givenService.Body.ServiceRefusal(), verb => new TxnOp { Verb = verb, Service = givenService.Body.ServiceOn(givenService.Node) });
        else if (check is { } givenCheck)
            Add(TxnVerb.CheckGet, "check", givenCheck.Verb, null, verb => new TxnOp { Verb = verb, Check = WithDefaults(givenCheck.Check) });
    }

    private void Add(KvGiven given, long maxValueBytes)
    {
        int index = Count++;
        if (given.Value.Length > maxValueBytes)
            TooLong ??= (given.Key, given.Value.Length);
        TxnVerb? verb = given.Verb switch
        {
            "set" => TxnVerb.KvSet,
            "cas" => TxnVerb.KvCas,
            "lock" => TxnVerb.KvLock,
            "unlock" => TxnVerb.KvUnlock,
            "get" => TxnVerb.KvGet,
            "get-or-empty" => TxnVerb.KvGetOrEmpty,
            "get-tree" => TxnVerb.KvGetTree,
            "check-index" => TxnVerb.KvCheckIndex,
            "check-session" => TxnVerb.KvCheckSession,
            "check-not-exists" => TxnVerb.KvCheckNotExists,
            "delete" => TxnVerb.KvDelete,
            "delete-tree" => TxnVerb.KvDeleteTree,
            "delete-cas" => TxnVerb.KvDeleteCas,
            _ => null,
        };
        if (given.Key.Length == 0 && verb != TxnVerb.KvDeleteTree)
        {
            _errors.Add((index, "Must provide key"));
            IsRead &= verb is not { } of || new TxnOp { Verb = of }.IsRead;
        }
        else if (verb is { } known)
        {
            Take(new TxnOp { Verb = known, Key = Encoding.UTF8.GetBytes(given.Key), Value = given.Value, Flags = given.Flags, Index = given.Index, Session = given.Session });
        }
        else
        {
            _errors.Add((index, $"unknown KV operation: {given.Verb}"));
        }
    }

    private void Add(TxnVerb get, string kind, string verb, string? refusal, Func<TxnVerb, TxnOp> make)
    {
        int index = Count++;
        int offset = Array.IndexOf(["get", "set", "cas", "delete", "delete-cas"], verb);
        if (offset < 0 || refusal is not null)
        {
            _errors.Add((index, refusal ?? $"unknown {kind} operation: {verb}"));
            IsRead &= offset == 0;
            return;
        }

        Take(make(get + (byte)offset));
    }

    private void Take(TxnOp op)
    {
        _ops.Add(op);
        IsRead &= op.IsRead;
    }

    private static string? NodeRefusal(NodeRecord node) =>
        node.Name.Length == 0 ? "Must provide node" : node.Id.Length > 0 && NodeIds.Error(node.Id) is { } error ? $"Bad node ID: {error}" : null;

    private static CheckRecord WithDefaults(CheckRecord check) => check with
    {
        CheckId = check.CheckId.Length == 0 ? check.Name : check.CheckId,
        Status = check.Status.Length == 0 ? CheckStatus.Critical : check.Status,
        Type = check.Type.Length == 0 ? CheckTypes.Of(check.Definition) : check.Type,
    };

    private static KvGiven? ReadKv(ref GoJsonReader json)
    {
        if (!json.BeginObject("structs.TxnKVOp"))
            return null;
        var given = new KvGiven();
        while (json.NextField(out string name))
        {
            switch (name)
            {
                case "verb": given.Verb = json.ReadString(given.Verb); break;
                case "key": given.Key = json.ReadString(given.Key); break;
                case "value": given.Value = json.ReadBytesBase64() ?? []; break;
                case "flags": given.Flags = json.ReadULong(given.Flags); break;
                case "index": given.Index = (long)Math.Min(json.ReadULong(), long.MaxValue); break;
                case "session": given.Session = json.ReadString(given.Session); break;
                default: json.UnknownField(); break;
            }
        }

        return given;
    }

    private static (string, NodeRecord)? ReadNode(ref GoJsonReader json)
    {
        if (!json.BeginObject("structs.TxnNodeOp"))
            return null;
        string verb = "";
        var node = new NodeRecord { Name = "" };
        while (json.NextField(out string name))
        {
            if (name == "verb")
                verb = json.ReadString(verb);
            else if (name != "node")
                json.UnknownField();
            else if (json.BeginObject("structs.Node"))
                node = ReadNodeFields(ref json);
        }

        return (verb, node);
    }

    private static NodeRecord ReadNodeFields(ref GoJsonReader json)
    {
        var node = new NodeRecord { Name = "" };
        while (json.NextField(out string name))
        {
            switch (name)
            {
                case "id": node = node with { Id = json.ReadString(node.Id) }; break;
                case "node": node = node with { Name = json.ReadString(node.Name) }; break;
                case "address": node = node with { Address = json.ReadString(node.Address) }; break;
                case "taggedaddresses": node = node with { TaggedAddresses = json.ReadStringMap() }; break;
                case "meta": node = node with { Meta = json.ReadStringMap() }; break;
                case "locality": node = node with { Locality = ServiceBodies.ReadLocality(ref json) }; break;
                case "modifyindex": node = node with { ModifyIndex = (long)Math.Min(json.ReadULong(), long.MaxValue) }; break;
                case "datacenter" or "peername": json.ReadString(); break;
                case "createindex": json.ReadULong(); break;
                default: json.UnknownField(); break;
            }
        }

        return node;
    }

    private static (string, string, RegisterBody)? ReadService(ref GoJsonReader json)
    {
        if (!json.BeginObject("structs.TxnServiceOp"))
            return null;
        (string verb, string node) = ("", "");
        var body = new RegisterBody { Service = new ServiceRecord() };
        while (json.NextField(out string name))
        {
            switch (name)
            {
                case "verb": verb = json.ReadString(verb); break;
                case "node": node = json.ReadString(node); break;
                case "service": CatalogBodies.ReadService(ref json, body); break;
                default: json.UnknownField(); break;
            }
        }

        return (verb, node, body);
    }

    private static (string, CheckRecord)? ReadCheck(ref GoJsonReader json)
    {
        if (!json.BeginObject("structs.TxnCheckOp"))
            return null;
        string verb = "";
        var check = new CheckRecord();
        bool hasPeer = false;
        while (json.NextField(out string name))
        {
            if (name == "verb")
                verb = json.ReadString(verb);
            else if (name == "check")
                check = CheckBodies.Read(ref json, ref hasPeer) ?? check;
            else
                json.UnknownField();
        }

        return (verb, check);
    }

    private sealed class KvGiven
    {
        public string Verb { get; set; } = "";

        public string Key { get; set; } = "";

        public byte[] Value { get; set; } = [];

        public ulong Flags { get; set; }

        public long Index { get; set; }

        public string Session { get; set; } = "";
    }
}
