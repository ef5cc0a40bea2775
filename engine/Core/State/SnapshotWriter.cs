using System.Buffers;
using System.Buffers.Binary;
using Praetor.Core.Codec;
using Praetor.Core.Ports;
using Praetor.Core.State.Catalog;
using Praetor.Core.State.Coordinates;
using Praetor.Core.State.Forwarded;
using Praetor.Core.State.Kv;
using Praetor.Core.State.Queries;
using Praetor.Core.State.Restore;
using Praetor.Core.State.Sessions;

namespace Praetor.Core.State;

/// <summary>Tags of snapshot records. Persisted: values are frozen, new ones are only added.</summary>
internal enum SnapshotTag : byte
{
    Header = 1,
    KvEntry = 2,
    KvTombstone = 3,
    KvTreeTombstone = 4,
    KvIndexes = 5,
    Node = 6,
    Service = 7,
    Check = 8,
    ServiceGroup = 9,
    CatalogIndexes = 10,
    ForwardingOrigin = 11,
    ForwardedResult = 12,
    NodeCoordinate = 13,
    CoordinatesIndex = 14,
    Autopilot = 15,
    Session = 16,
    SessionsIndex = 17,
    LockDelay = 18,
    Query = 19,
    QueriesIndex = 20,
    StagedBegin = 21,
    StagedEnd = 22,
    VirtualIp = 23,
    FreeVirtualIps = 24,
    End = 255,
}

/// <summary>
/// Streams a root as records of [4-byte little-endian length | tag | fields]. One record is in memory at a time, whatever the size
/// of the state, and a few values that are on their way from the heap's disk. Equal states give equal bytes on every server.
/// </summary>
/// <param name="heap">Where values are; null to learn the length of a snapshot only.</param>
/// <param name="output">Where it goes.</param>
internal sealed class SnapshotWriter(IRecordHeap? heap, Stream output)
{
    private long _written;

    public const int FormatVersion = 1;

    public long Write(StateRoot root)
    {
        using var record = new CommandBuffer(1024);
        Begin(record, SnapshotTag.Header).UInt(FormatVersion);
        new FieldWriter(record).Int(root.Index);
        new FieldWriter(record).Int(root.IndexOffset);
        new FieldWriter(record).Text(root.LastRestore);
        Flush(record);
        WriteTables(root, record);
        if (root.Staged is { } staged)
            WriteStaged(staged, record);
        Begin(record, SnapshotTag.End);
        Flush(record);
        return _written;
    }

    private void WriteTables(StateRoot root, CommandBuffer record)
    {
        WriteKv(root.Kv, record);
        WriteCatalog(root.Catalog, record);
        WriteForwarded(root.Forwarded, record);
        WriteSessions(root.Sessions, record);
        WriteQueries(root.Queries, record);
        WriteCoordinates(root.Coordinates, record);
        if (root.Autopilot is { } autopilot)
        {
            autopilot.Write(Begin(record, SnapshotTag.Autopilot));
            Flush(record);
        }
    }

    /// <summary>The tables of a restore under way stand between two records of their own.</summary>
    private void WriteStaged(StagedRestore staged, CommandBuffer record)
    {
        FieldWriter writer = Begin(record, SnapshotTag.StagedBegin);
        writer.Text(staged.Id);
        writer.Int(staged.Next);
        writer.Int(staged.HighestIndex);
        Flush(record);
        WriteTables(staged.Root, record);
        Begin(record, SnapshotTag.StagedEnd);
        Flush(record);
    }

    private void WriteKv(KvTable kv, CommandBuffer record)
    {
        var values = new ValuesAhead(heap);
        foreach (KeyValuePair<ReadOnlyMemory<byte>, KvEntry> pair in kv.Entries.Scan([]))
        {
            if (values.IsFull)
                WriteNext(values, record);
            values.Add(pair.Key, pair.Value);
        }

        while (!values.IsEmpty)
            WriteNext(values, record);
        WriteTombstones(kv.Tombstones.Scan([]), SnapshotTag.KvTombstone, record);
        WriteTombstones(kv.TreeTombstones.Scan([]), SnapshotTag.KvTreeTombstone, record);
        FieldWriter indexes = Begin(record, SnapshotTag.KvIndexes);
        indexes.Int(kv.Indexes.Entries);
        indexes.Int(kv.Indexes.Tombstones);
        indexes.Int(kv.Indexes.Reaped);
        Flush(record);
    }

    private void WriteNext(ValuesAhead values, CommandBuffer record)
    {
        (ReadOnlyMemory<byte> key, KvEntry entry, ReadOnlyMemory<byte> value) = values.Take();
        FieldWriter writer = Begin(record, SnapshotTag.KvEntry);
        writer.Bytes(key.Span);
        writer.Int(entry.CreateIndex);
        writer.Int(entry.ModifyIndex);
        writer.Int(entry.LockIndex);
        writer.UInt(entry.Flags);
        writer.OptionalText(entry.Session);
        record.Write(value.Span);
        Flush(record, heap is null ? entry.ValueLength : 0);
    }

    private void WriteTombstones(Mvcc.OrderedIndexScan<long> tombstones, SnapshotTag tag, CommandBuffer record)
    {
        foreach ((ReadOnlyMemory<byte> key, long index) in tombstones)
        {
            FieldWriter writer = Begin(record, tag);
            writer.Bytes(key.Span);
            writer.Int(index);
            Flush(record);
        }
    }

    private void WriteCatalog(CatalogTables catalog, CommandBuffer record)
    {
        foreach ((_, NodeEntry entry) in catalog.NodesByName.Scan([]))
        {
            FieldWriter writer = Begin(record, SnapshotTag.Node);
            CatalogCodec.Write(writer, entry.Node, withIndexes: true);
            writer.Int(entry.Index);
            Flush(record);
        }

        foreach ((_, ServiceRecord service) in catalog.ServicesByNode.Scan([]))
        {
            CatalogCodec.Write(Begin(record, SnapshotTag.Service), service, withIndexes: true);
            Flush(record);
        }

        foreach ((_, CheckRecord check) in catalog.ChecksByNode.Scan([]))
        {
            CatalogCodec.Write(Begin(record, SnapshotTag.Check), check, withIndexes: true);
            Flush(record);
        }

        foreach ((_, ServiceGroup group) in catalog.Groups.Scan([]))
        {
            FieldWriter writer = Begin(record, SnapshotTag.ServiceGroup);
            writer.Text(group.Name);
            writer.Int(group.Index);
            Flush(record);
        }

        FieldWriter indexes = Begin(record, SnapshotTag.CatalogIndexes);
        indexes.Int(catalog.Indexes.Nodes);
        indexes.Int(catalog.Indexes.Services);
        indexes.Int(catalog.Indexes.Checks);
        indexes.Int(catalog.Indexes.ServiceVanished);
        indexes.Int(catalog.Indexes.NodeRemoved);
        Flush(record);
        WriteVirtualIps(catalog.VirtualIps, record);
    }

    private void WriteVirtualIps(VirtualIps ips, CommandBuffer record)
    {
        foreach ((_, VirtualIp ip) in ips.ByService.Scan([]))
        {
            ip.Write(Begin(record, SnapshotTag.VirtualIp));
            Flush(record);
        }

        FieldWriter free = Begin(record, SnapshotTag.FreeVirtualIps);
        free.UInt(ips.Last);
        foreach ((ReadOnlyMemory<byte> number, _) in ips.Free.Scan([]))
            free.UInt(BinaryPrimitives.ReadUInt32BigEndian(number.Span));
        Flush(record);
    }

    private void WriteForwarded(ForwardedWrites forwarded, CommandBuffer record)
    {
        foreach ((ReadOnlyMemory<byte> origin, ForwardingOrigin known) in forwarded.Origins.Scan([]))
        {
            FieldWriter writer = Begin(record, SnapshotTag.ForwardingOrigin);
            writer.Bytes(origin.Span);
            writer.Int(known.Settled);
            writer.Int(known.LastIndex);
            Flush(record);
        }

        foreach ((ReadOnlyMemory<byte> key, CommandResult result) in forwarded.Results.Scan([]))
        {
            FieldWriter writer = Begin(record, SnapshotTag.ForwardedResult);
            writer.Bytes(key.Span);
            writer.Int(result.Index);
            writer.Byte((byte)result.Outcome);
            writer.OptionalText(result.Refusal);
            if (result.Payload is { } payload)
                writer.Bytes(payload);
            Flush(record);
        }
    }

    private void WriteSessions(SessionTable sessions, CommandBuffer record)
    {
        foreach (SessionRecord session in sessions.All())
        {
            session.Write(Begin(record, SnapshotTag.Session));
            Flush(record);
        }

        foreach ((ReadOnlyMemory<byte> key, LockDelay delay) in sessions.Delays.Scan([]))
        {
            FieldWriter writer = Begin(record, SnapshotTag.LockDelay);
            writer.Bytes(key.Span);
            writer.Int(delay.Index);
            writer.Int(delay.DelayNs);
            Flush(record);
        }

        Begin(record, SnapshotTag.SessionsIndex).Int(sessions.Index);
        Flush(record);
    }

    private void WriteQueries(QueryTable queries, CommandBuffer record)
    {
        foreach (PreparedQuery query in queries.All())
        {
            query.Write(Begin(record, SnapshotTag.Query));
            Flush(record);
        }

        Begin(record, SnapshotTag.QueriesIndex).Int(queries.Index);
        Flush(record);
    }

    private void WriteCoordinates(NodeCoordinates coordinates, CommandBuffer record)
    {
        foreach ((_, NodeCoordinate coordinate) in coordinates.ByNode.Scan([]))
        {
            Commands.Write(Begin(record, SnapshotTag.NodeCoordinate), coordinate);
            Flush(record);
        }

        Begin(record, SnapshotTag.CoordinatesIndex).Int(coordinates.Index);
        Flush(record);
    }

    private static FieldWriter Begin(CommandBuffer record, SnapshotTag tag)
    {
        record.Clear();
        var writer = new FieldWriter(record);
        writer.Byte((byte)tag);
        return writer;
    }

    /// <summary>Writes a record; of one that is only measured, so many bytes are not in it.</summary>
    private void Flush(CommandBuffer record, int missing = 0)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, record.Length + missing);
        output.Write(length);
        output.Write(record.Span);
        _written += length.Length + record.Length + missing;
    }
}
