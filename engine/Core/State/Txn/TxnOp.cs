using Praetor.Core.Codec;
using Praetor.Core.State.Catalog;

namespace Praetor.Core.State.Txn;

/// <summary>What an operation of a transaction does (http-core 6.2, 6.3). Persisted: values are frozen, new ones are only added.</summary>
public enum TxnVerb : byte
{
    /// <summary>KV set.</summary>
    KvSet = 1,

    /// <summary>KV set if the index matches.</summary>
    KvCas = 2,

    /// <summary>KV acquire.</summary>
    KvLock = 3,

    /// <summary>KV release.</summary>
    KvUnlock = 4,

    /// <summary>KV get; must be there.</summary>
    KvGet = 5,

    /// <summary>KV get; may be missing.</summary>
    KvGetOrEmpty = 6,

    /// <summary>KV get of all below a prefix.</summary>
    KvGetTree = 7,

    /// <summary>The key's index must be this.</summary>
    KvCheckIndex = 8,

    /// <summary>The key's holder must be this.</summary>
    KvCheckSession = 9,

    /// <summary>The key must be missing.</summary>
    KvCheckNotExists = 10,

    /// <summary>KV delete.</summary>
    KvDelete = 11,

    /// <summary>KV delete of all below a prefix.</summary>
    KvDeleteTree = 12,

    /// <summary>KV delete if the index matches.</summary>
    KvDeleteCas = 13,

    /// <summary>Node get.</summary>
    NodeGet = 32,

    /// <summary>Node set.</summary>
    NodeSet = 33,

    /// <summary>Node set if the index matches.</summary>
    NodeCas = 34,

    /// <summary>Node delete.</summary>
    NodeDelete = 35,

    /// <summary>Node delete if the index matches.</summary>
    NodeDeleteCas = 36,

    /// <summary>Service get.</summary>
    ServiceGet = 48,

    /// <summary>Service set.</summary>
    ServiceSet = 49,

    /// <summary>Service set if the index matches.</summary>
    ServiceCas = 50,

    /// <summary>Service delete.</summary>
    ServiceDelete = 51,

    /// <summary>Service delete if the index matches.</summary>
    ServiceDeleteCas = 52,

    /// <summary>Check get.</summary>
    CheckGet = 64,

    /// <summary>Check set.</summary>
    CheckSet = 65,

    /// <summary>Check set if the index matches.</summary>
    CheckCas = 66,

    /// <summary>Check delete.</summary>
    CheckDelete = 67,

    /// <summary>Check delete if the index matches.</summary>
    CheckDeleteCas = 68,
}

/// <summary>One operation of a transaction. Only the part that its verb speaks of counts.</summary>
public sealed record TxnOp
{
    /// <summary>What to do.</summary>
    public required TxnVerb Verb { get; init; }

    /// <summary>KV: the key, or the prefix.</summary>
    public byte[] Key { get; init; } = [];

    /// <summary>KV: the value.</summary>
    public byte[] Value { get; init; } = [];

    /// <summary>KV: client flags.</summary>
    public ulong Flags { get; init; }

    /// <summary>KV: the index that must match.</summary>
    public long Index { get; init; }

    /// <summary>KV: the session.</summary>
    public string Session { get; init; } = "";

    /// <summary>Node; its ModifyIndex is the one that must match.</summary>
    public NodeRecord? Node { get; init; }

    /// <summary>Service with its node; its ModifyIndex is the one that must match.</summary>
    public ServiceRecord? Service { get; init; }

    /// <summary>Check with its node; its ModifyIndex is the one that must match.</summary>
    public CheckRecord? Check { get; init; }

    /// <summary>True for what changes nothing whatever the state.</summary>
    public bool IsRead => Verb is >= TxnVerb.KvGet and <= TxnVerb.KvCheckNotExists or TxnVerb.NodeGet or TxnVerb.ServiceGet or TxnVerb.CheckGet;

    internal void Write(FieldWriter writer)
    {
        writer.Byte((byte)Verb);
        switch (Verb)
        {
            case < TxnVerb.NodeGet:
                writer.Bytes(Key);
                writer.Bytes(Value);
                writer.UInt(Flags);
                writer.Int(Index);
                writer.Text(Session);
                break;
            case < TxnVerb.ServiceGet:
                CatalogCodec.Write(writer, Node!, withIndexes: true);
                break;
            case < TxnVerb.CheckGet:
                CatalogCodec.Write(writer, Service!, withIndexes: true);
                break;
            default:
                CatalogCodec.Write(writer, Check!, withIndexes: true);
                break;
        }
    }

    /// <exception cref="InvalidDataException">Malformed.</exception>
    internal static TxnOp Read(ref FieldReader reader)
    {
        var verb = (TxnVerb)reader.Byte();
        return verb switch
        {
            >= TxnVerb.KvSet and <= TxnVerb.KvDeleteCas =>
                new TxnOp { Verb = verb, Key = reader.Bytes().ToArray(), Value = reader.Bytes().ToArray(), Flags = reader.UInt(), Index = reader.Int(), Session = reader.Text() },
            >= TxnVerb.NodeGet and <= TxnVerb.NodeDeleteCas => new TxnOp { Verb = verb, Node = CatalogCodec.ReadNode(ref reader, withIndexes: true) },
            >= TxnVerb.ServiceGet and <= TxnVerb.ServiceDeleteCas => new TxnOp { Verb = verb, Service = CatalogCodec.ReadService(ref reader, withIndexes: true) },
            >= TxnVerb.CheckGet and <= TxnVerb.CheckDeleteCas => new TxnOp { Verb = verb, Check = CatalogCodec.ReadCheck(ref reader, withIndexes: true) },
            _ => throw new InvalidDataException($"transaction verb {(byte)verb} is not known"),
        };
    }
}
