using System.Buffers;
using System.Buffers.Binary;
using Praetor.Core.Codec;
using Praetor.Core.State.Autopilot;
using Praetor.Core.State.Catalog;
using Praetor.Core.State.Coordinates;
using Praetor.Core.State.Forwarded;
using Praetor.Core.State.Kv;

namespace Praetor.Core.State;

/// <summary>Reads what <see cref="SnapshotWriter"/> wrote, one record at a time.</summary>
internal static class SnapshotReader
{
    /// <summary>A record holds one key with its value, or one catalog record; larger than this it is not ours.</summary>
    private const int MaxRecordBytes = 256 * 1024 * 1024;

    /// <summary>Fills the tables and returns the index of the state with the settings that are no table.</summary>
    public static (long Index, AutopilotConfig? Autopilot) Read(Stream input, RestoredTables tables)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            long index = ReadHeader(ReadRecord(input, ref buffer));
            AutopilotConfig? autopilot = null;
            while (ReadOne(ReadRecord(input, ref buffer), tables, ref autopilot))
            {
            }

            return (index, autopilot);
        }
        catch (EndOfStreamException)
        {
            throw new InvalidDataException("snapshot ends in the middle of a record");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static ReadOnlySpan<byte> ReadRecord(Stream input, ref byte[] buffer)
    {
        Span<byte> prefix = stackalloc byte[4];
        input.ReadExactly(prefix);
        int length = BinaryPrimitives.ReadInt32LittleEndian(prefix);
        if (length is < 1 or > MaxRecordBytes)
            throw new InvalidDataException($"snapshot record of {length} bytes");
        if (length > buffer.Length)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = ArrayPool<byte>.Shared.Rent(length);
        }

        input.ReadExactly(buffer, 0, length);
        return buffer.AsSpan(0, length);
    }

    private static long ReadHeader(ReadOnlySpan<byte> record)
    {
        var reader = new FieldReader(record);
        if ((SnapshotTag)reader.Byte() != SnapshotTag.Header || reader.UInt() != SnapshotWriter.FormatVersion)
            throw new InvalidDataException("not a snapshot of a known format");
        return reader.Int();
    }

    private static bool ReadOne(ReadOnlySpan<byte> record, RestoredTables tables, ref AutopilotConfig? autopilot)
    {
        (KvBatch kv, CatalogBatch catalog, ForwardedBatch forwarded, NodeCoordinatesBatch coordinates) = tables;
        var reader = new FieldReader(record);
        var tag = (SnapshotTag)reader.Byte();
        switch (tag)
        {
            case SnapshotTag.KvEntry:
                byte[] key = reader.Bytes().ToArray();
                var entry = new KvEntry
                {
                    CreateIndex = reader.Int(),
                    ModifyIndex = reader.Int(),
                    LockIndex = reader.Int(),
                    Flags = reader.UInt(),
                    Session = reader.OptionalText(),
                };
                kv.Restore(key, entry, reader.Rest);
                return true;
            case SnapshotTag.KvTombstone:
            case SnapshotTag.KvTreeTombstone:
                byte[] deleted = reader.Bytes().ToArray();
                kv.RestoreTombstone(deleted, reader.Int(), tree: tag == SnapshotTag.KvTreeTombstone);
                return true;
            case SnapshotTag.KvIndexes:
                kv.RestoreIndexes(new KvIndexes(reader.Int(), reader.Int(), reader.Int()));
                return true;
            case SnapshotTag.Node:
                NodeRecord node = CatalogCodec.ReadNode(ref reader, withIndexes: true);
                catalog.RestoreNode(node, reader.Int());
                return true;
            case SnapshotTag.Service:
                catalog.RestoreService(CatalogCodec.ReadService(ref reader, withIndexes: true));
                return true;
            case SnapshotTag.Check:
                catalog.RestoreCheck(CatalogCodec.ReadCheck(ref reader, withIndexes: true));
                return true;
            case SnapshotTag.ServiceGroup:
                string name = reader.Text();
                catalog.RestoreGroup(name, reader.Int());
                return true;
            case SnapshotTag.CatalogIndexes:
                catalog.RestoreIndexes(new CatalogIndexes(reader.Int(), reader.Int(), reader.Int(), reader.Int(), reader.Int()));
                return true;
            case SnapshotTag.ForwardingOrigin:
                byte[] origin = reader.Bytes().ToArray();
                forwarded.RestoreOrigin(origin, new ForwardingOrigin(reader.Int(), reader.Int()));
                return true;
            case SnapshotTag.ForwardedResult:
                byte[] write = reader.Bytes().ToArray();
                forwarded.RestoreResult(write, new CommandResult(reader.Int(), (CommandOutcome)reader.Byte(), reader.OptionalText()));
                return true;
            case SnapshotTag.NodeCoordinate:
                coordinates.Restore(Commands.ReadCoordinate(ref reader));
                return true;
            case SnapshotTag.CoordinatesIndex:
                coordinates.RestoreIndex(reader.Int());
                return true;
            case SnapshotTag.Autopilot:
                autopilot = AutopilotConfig.Read(ref reader);
                return true;
            case SnapshotTag.End:
                return false;
            default:
                throw new InvalidDataException($"unknown snapshot record {(byte)tag}");
        }
    }
}

/// <summary>Tables that a snapshot fills.</summary>
internal sealed record RestoredTables(KvBatch Kv, CatalogBatch Catalog, ForwardedBatch Forwarded, NodeCoordinatesBatch Coordinates);
