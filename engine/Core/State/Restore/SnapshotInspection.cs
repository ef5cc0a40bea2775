using System.Buffers.Binary;
using Praetor.Core.Codec;

namespace Praetor.Core.State.Restore;

/// <summary>What the records of a snapshot are, for whoever counts them (cli 12, type names). Pure.</summary>
public static class SnapshotInspection
{
    /// <summary>Name of key-value records.</summary>
    public const string KvType = "KVS";

    /// <summary>Sees one record.</summary>
    /// <param name="type">Name of its type.</param>
    /// <param name="bytes">Its size with the length before it.</param>
    /// <param name="key">Key of a KV entry; empty for others.</param>
    public delegate void RecordSeen(string type, int bytes, ReadOnlySpan<byte> key);

    /// <summary>Goes through what is left of a snapshot.</summary>
    /// <exception cref="InvalidDataException">Malformed.</exception>
    public static void Read(SnapshotPieces pieces, RecordSeen seen)
    {
        for (ReadOnlyMemory<byte> piece; !(piece = pieces.Next()).IsEmpty;)
        {
            ReadOnlySpan<byte> rest = piece.Span;
            while (!rest.IsEmpty)
            {
                int length = BinaryPrimitives.ReadInt32LittleEndian(rest);
                ReadOnlySpan<byte> record = rest.Slice(4, length);
                var tag = (SnapshotTag)record[0];
                seen(TypeOf(tag), length + 4, tag == SnapshotTag.KvEntry ? KeyOf(record) : default);
                rest = rest[(4 + length)..];
            }
        }
    }

    private static ReadOnlySpan<byte> KeyOf(ReadOnlySpan<byte> record)
    {
        var reader = new FieldReader(record[1..]);
        return reader.Bytes();
    }

    private static string TypeOf(SnapshotTag tag) => tag switch
    {
        SnapshotTag.KvEntry => KvType,
        SnapshotTag.KvTombstone or SnapshotTag.KvTreeTombstone => "Tombstone",
        SnapshotTag.Node or SnapshotTag.Service or SnapshotTag.Check => "Register",
        SnapshotTag.ServiceGroup => "KindServiceName",
        SnapshotTag.Session or SnapshotTag.LockDelay => "Session",
        SnapshotTag.NodeCoordinate => "CoordinateBatchUpdate",
        SnapshotTag.Autopilot => "Autopilot",
        SnapshotTag.Query => "PreparedQuery",
        SnapshotTag.VirtualIp => "ServiceVirtualIP",
        SnapshotTag.FreeVirtualIps => "FreeVirtualIP",
        _ => "Index",
    };
}
