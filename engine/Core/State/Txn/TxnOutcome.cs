using System.Buffers;
using Praetor.Core.Codec;
using Praetor.Core.State.Catalog;
using Praetor.Core.State.Kv;

namespace Praetor.Core.State.Txn;

/// <summary>What an operation gives back: one of the four.</summary>
/// <param name="Key">A key.</param>
/// <param name="Entry">What the index holds of it; null if this is not of a key.</param>
/// <param name="Value">Its value; null where none is shown.</param>
/// <param name="Node">A node.</param>
/// <param name="Service">A service.</param>
/// <param name="Check">A check.</param>
public sealed record TxnResult(byte[]? Key, KvEntry? Entry, byte[]? Value, NodeRecord? Node = null, ServiceRecord? Service = null, CheckRecord? Check = null);

/// <summary>How a transaction ended: results of all operations, or what was wrong, by operation.</summary>
/// <param name="Results">Empty if anything was wrong.</param>
/// <param name="Errors">Empty if the transaction was applied.</param>
public sealed record TxnOutcome(IReadOnlyList<TxnResult> Results, IReadOnlyList<(int OpIndex, string What)> Errors)
{
    private const byte Format = 1;

    /// <summary>The form in which it travels from the state to whoever asked.</summary>
    public byte[] Encode()
    {
        var output = new ArrayBufferWriter<byte>(256);
        var writer = new FieldWriter(output);
        writer.Byte(Format);
        writer.UInt((ulong)Errors.Count + 1);
        foreach ((int op, string what) in Errors)
        {
            writer.Int(op);
            writer.Text(what);
        }

        writer.UInt((ulong)Results.Count + 1);
        foreach (TxnResult result in Results)
            Write(writer, result);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reads what <see cref="Encode"/> wrote.</summary>
    /// <exception cref="InvalidDataException">Malformed.</exception>
    public static TxnOutcome Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new FieldReader(bytes);
        if (reader.Byte() != Format)
            throw new InvalidDataException("a transaction's outcome of another format");
        var errors = new (int, string)[Math.Max(0, reader.OptionalCount(2))];
        for (int i = 0; i < errors.Length; i++)
            errors[i] = (reader.Int32(), reader.Text());
        var results = new TxnResult[Math.Max(0, reader.OptionalCount(2))];
        for (int i = 0; i < results.Length; i++)
            results[i] = Read(ref reader);
        return new TxnOutcome(results, errors);
    }

    private static void Write(FieldWriter writer, TxnResult result)
    {
        writer.Byte(result.Key is not null ? (byte)0 : result.Node is not null ? (byte)1 : result.Service is not null ? (byte)2 : (byte)3);
        if (result is { Key: { } key, Entry: { } entry })
        {
            writer.Bytes(key);
            writer.Int(entry.CreateIndex);
            writer.Int(entry.ModifyIndex);
            writer.Int(entry.LockIndex);
            writer.UInt(entry.Flags);
            writer.OptionalText(entry.Session);
            writer.Bool(result.Value is not null);
            if (result.Value is { } value)
                writer.Bytes(value);
        }
        else if (result.Node is { } node)
        {
            CatalogCodec.Write(writer, node, withIndexes: true);
        }
        else if (result.Service is { } service)
        {
            CatalogCodec.Write(writer, service, withIndexes: true);
        }
        else
        {
            CatalogCodec.Write(writer, result.Check!, withIndexes: true);
        }
    }

    private static TxnResult Read(ref FieldReader reader)
    {
        switch (reader.Byte())
        {
            case 0:
                byte[] key = reader.Bytes().ToArray();
                var entry = new KvEntry { CreateIndex = reader.Int(), ModifyIndex = reader.Int(), LockIndex = reader.Int(), Flags = reader.UInt(), Session = reader.OptionalText() };
                return new TxnResult(key, entry, reader.Bool() ? reader.Bytes().ToArray() : null);
            case 1:
                return new TxnResult(null, null, null, Node: CatalogCodec.ReadNode(ref reader, withIndexes: true));
            case 2:
                return new TxnResult(null, null, null, Service: CatalogCodec.ReadService(ref reader, withIndexes: true));
            case 3:
                return new TxnResult(null, null, null, Check: CatalogCodec.ReadCheck(ref reader, withIndexes: true));
            default:
                throw new InvalidDataException("a result of an unknown kind");
        }
    }
}
