using System.Buffers;
using System.Buffers.Binary;
using Praetor.Core.Codec;
using Praetor.Core.State.Autopilot;
using Praetor.Core.State.Catalog;
using Praetor.Core.State.Forwarded;
using Praetor.Core.State.Kv;
using Praetor.Core.State.Queries;
using Praetor.Core.State.Sessions;

namespace Praetor.Core.State;

/// <summary>Reads what <see cref="SnapshotWriter"/> wrote, one record at a time.</summary>
internal static class SnapshotReader
{
    /// <summary>A record holds one key with its value, or one catalog record; larger than this it is not ours.</summary>
    private const int MaxRecordBytes = 256 * 1024 * 1024;

    /// <summary>Fills an empty state and returns its index.</summary>
    public static long Read(Stream input, StateBatch state)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            long index = ReadHeader(ReadRecord(input, ref buffer));
            while (ReadOne(ReadRecord(input, ref buffer), state))
            {
            }

            return index;
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

    private static bool ReadOne(ReadOnlySpan<byte> record, StateBatch state)
    {
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
                state.Kv.Restore(key, entry, reader.Rest);
                return true;
            case SnapshotTag.KvTombstone:
            case SnapshotTag.KvTreeTombstone:
                byte[] deleted = reader.Bytes().ToArray();
                state.Kv.RestoreTombstone(deleted, reader.Int(), tree: tag == SnapshotTag.KvTreeTombstone);
                return true;
            case SnapshotTag.KvIndexes:
                state.Kv.RestoreIndexes(new KvIndexes(reader.Int(), reader.Int(), reader.Int()));
                return true;
            case SnapshotTag.Node:
                NodeRecord node = CatalogCodec.ReadNode(ref reader, withIndexes: true);
                state.Catalog.RestoreNode(node, reader.Int());
                return true;
            case SnapshotTag.Service:
                state.Catalog.RestoreService(CatalogCodec.ReadService(ref reader, withIndexes: true));
                return true;
            case SnapshotTag.Check:
                state.Catalog.RestoreCheck(CatalogCodec.ReadCheck(ref reader, withIndexes: true));
                return true;
            case SnapshotTag.ServiceGroup:
                string name = reader.Text();
                state.Catalog.RestoreGroup(name, reader.Int());
                return true;
            case SnapshotTag.CatalogIndexes:
                state.Catalog.RestoreIndexes(new CatalogIndexes(reader.Int(), reader.Int(), reader.Int(), reader.Int(), reader.Int()));
                return true;
            case SnapshotTag.ForwardingOrigin:
                byte[] origin = reader.Bytes().ToArray();
                state.Forwarded.RestoreOrigin(origin, new ForwardingOrigin(reader.Int(), reader.Int()));
                return true;
            case SnapshotTag.ForwardedResult:
                byte[] write = reader.Bytes().ToArray();
                state.Forwarded.RestoreResult(write, new CommandResult(reader.Int(), (CommandOutcome)reader.Byte(), reader.OptionalText(), reader.AtEnd ? null : reader.Bytes().ToArray()));
                return true;
            case SnapshotTag.NodeCoordinate:
                state.Coordinates.Restore(Commands.ReadCoordinate(ref reader));
                return true;
            case SnapshotTag.CoordinatesIndex:
                state.Coordinates.RestoreIndex(reader.Int());
                return true;
            case SnapshotTag.Autopilot:
                state.Autopilot = AutopilotConfig.Read(ref reader);
                return true;
            case SnapshotTag.Session:
                state.Sessions.Restore(SessionRecord.Read(ref reader));
                return true;
            case SnapshotTag.LockDelay:
                byte[] delayed = reader.Bytes().ToArray();
                state.Sessions.RestoreDelay(delayed, new LockDelay(reader.Int(), reader.Int()));
                return true;
            case SnapshotTag.SessionsIndex:
                state.Sessions.RestoreIndex(reader.Int());
                return true;
            case SnapshotTag.Query:
                state.Queries.Restore(PreparedQuery.Read(ref reader));
                return true;
            case SnapshotTag.QueriesIndex:
                state.Queries.RestoreIndex(reader.Int());
                return true;
            case SnapshotTag.End:
                return false;
            default:
                throw new InvalidDataException($"unknown snapshot record {(byte)tag}");
        }
    }
}
