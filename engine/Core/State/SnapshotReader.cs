using System.Buffers;
using System.Buffers.Binary;
using Praetor.Core.Codec;
using Praetor.Core.State.Autopilot;
using Praetor.Core.State.Catalog;
using Praetor.Core.State.Forwarded;
using Praetor.Core.State.Kv;
using Praetor.Core.State.Queries;
using Praetor.Core.State.Restore;
using Praetor.Core.State.Sessions;

namespace Praetor.Core.State;

/// <summary>What a snapshot says of itself.</summary>
/// <param name="Index">Log index.</param>
/// <param name="IndexOffset">What clients' indexes are ahead of it.</param>
/// <param name="LastRestore">The restore that the state came by.</param>
internal readonly record struct SnapshotHeader(long Index, long IndexOffset, string LastRestore);

/// <summary>Reads what <see cref="SnapshotWriter"/> wrote, one record at a time.</summary>
internal static class SnapshotReader
{
    /// <summary>A record holds one key with its value, or one catalog record; larger than this it is not ours.</summary>
    private const int MaxRecordBytes = 256 * 1024 * 1024;

    /// <summary>Fills an empty state and returns its index.</summary>
    /// <exception cref="InvalidDataException">Malformed.</exception>
    public static long Read(Stream input, StateBatch state)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            SnapshotHeader header = ReadHeader(ReadRecord(input, ref buffer));
            state.IndexOffset = header.IndexOffset;
            state.LastRestore = header.LastRestore;
            ReadOnlySpan<byte> record;
            while (!IsEnd(record = ReadRecord(input, ref buffer)))
            {
                if ((SnapshotTag)record[0] == SnapshotTag.StagedBegin)
                    state.Staged = ReadStaged(input, record, state.BeginStaged(), ref buffer);
                else
                    ReadOne(record, state);
            }

            return header.Index;
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

    /// <summary>Reads records one behind the other, each with its length: a piece of a snapshot without header and end.</summary>
    /// <exception cref="InvalidDataException">Malformed.</exception>
    public static void ReadPiece(ReadOnlySpan<byte> piece, StateBatch state)
    {
        while (!piece.IsEmpty)
        {
            if (piece.Length < 4 || BinaryPrimitives.ReadInt32LittleEndian(piece) is var length && (length < 1 || length > piece.Length - 4))
                throw new InvalidDataException("a piece of a snapshot ends in the middle of a record");
            ReadOne(piece.Slice(4, length), state);
            piece = piece[(4 + length)..];
        }
    }

    /// <summary>The next record, valid until the next call.</summary>
    /// <exception cref="InvalidDataException">Malformed.</exception>
    /// <exception cref="EndOfStreamException">Cut.</exception>
    internal static ReadOnlySpan<byte> ReadRecord(Stream input, scoped ref byte[] buffer)
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

    /// <summary>True for the record behind the last one.</summary>
    internal static bool IsEnd(ReadOnlySpan<byte> record) => (SnapshotTag)record[0] == SnapshotTag.End;

    /// <exception cref="InvalidDataException">Another format.</exception>
    internal static SnapshotHeader ReadHeader(ReadOnlySpan<byte> record)
    {
        var reader = new FieldReader(record);
        if ((SnapshotTag)reader.Byte() != SnapshotTag.Header || reader.UInt() != SnapshotWriter.FormatVersion)
            throw new InvalidDataException("not a snapshot of a known format");
        return new SnapshotHeader(reader.Int(), reader.AtEnd ? 0 : reader.Int(), reader.AtEnd ? "" : reader.Text());
    }

    private static StagedRestore ReadStaged(Stream input, ReadOnlySpan<byte> begin, StateBatch staged, ref byte[] buffer)
    {
        var reader = new FieldReader(begin[1..]);
        string id = reader.Text();
        long next = reader.Int();
        long highest = reader.Int();
        ReadOnlySpan<byte> record;
        while ((SnapshotTag)(record = ReadRecord(input, ref buffer))[0] != SnapshotTag.StagedEnd)
            ReadOne(record, staged);
        return new StagedRestore(id, next, highest, staged.Commit(0));
    }

    private static void ReadOne(ReadOnlySpan<byte> record, StateBatch state)
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
                return;
            case SnapshotTag.KvTombstone:
            case SnapshotTag.KvTreeTombstone:
                byte[] deleted = reader.Bytes().ToArray();
                state.Kv.RestoreTombstone(deleted, reader.Int(), tree: tag == SnapshotTag.KvTreeTombstone);
                return;
            case SnapshotTag.KvIndexes:
                state.Kv.RestoreIndexes(new KvIndexes(reader.Int(), reader.Int(), reader.Int()));
                return;
            case SnapshotTag.Node:
                NodeRecord node = CatalogCodec.ReadNode(ref reader, withIndexes: true);
                state.Catalog.RestoreNode(node, reader.Int());
                return;
            case SnapshotTag.Service:
                state.Catalog.RestoreService(CatalogCodec.ReadService(ref reader, withIndexes: true));
                return;
            case SnapshotTag.Check:
                state.Catalog.RestoreCheck(CatalogCodec.ReadCheck(ref reader, withIndexes: true));
                return;
            case SnapshotTag.ServiceGroup:
                string name = reader.Text();
                state.Catalog.RestoreGroup(name, reader.Int());
                return;
            case SnapshotTag.CatalogIndexes:
                state.Catalog.RestoreIndexes(new CatalogIndexes(reader.Int(), reader.Int(), reader.Int(), reader.Int(), reader.Int()));
                return;
            case SnapshotTag.VirtualIp:
                state.Catalog.VirtualIps.Restore(VirtualIp.Read(ref reader));
                return;
            case SnapshotTag.FreeVirtualIps:
                uint last = (uint)reader.UInt();
                var free = new List<uint>();
                while (!reader.AtEnd)
                    free.Add((uint)reader.UInt());
                state.Catalog.VirtualIps.RestoreFree(last, free);
                return;
            case SnapshotTag.ForwardingOrigin:
                byte[] origin = reader.Bytes().ToArray();
                state.Forwarded.RestoreOrigin(origin, new ForwardingOrigin(reader.Int(), reader.Int()));
                return;
            case SnapshotTag.ForwardedResult:
                byte[] write = reader.Bytes().ToArray();
                state.Forwarded.RestoreResult(write, new CommandResult(reader.Int(), (CommandOutcome)reader.Byte(), reader.OptionalText(), reader.AtEnd ? null : reader.Bytes().ToArray()));
                return;
            case SnapshotTag.NodeCoordinate:
                state.Coordinates.Restore(Commands.ReadCoordinate(ref reader));
                return;
            case SnapshotTag.CoordinatesIndex:
                state.Coordinates.RestoreIndex(reader.Int());
                return;
            case SnapshotTag.Autopilot:
                state.Autopilot = AutopilotConfig.Read(ref reader);
                return;
            case SnapshotTag.Session:
                state.Sessions.Restore(SessionRecord.Read(ref reader));
                return;
            case SnapshotTag.LockDelay:
                byte[] delayed = reader.Bytes().ToArray();
                state.Sessions.RestoreDelay(delayed, new LockDelay(reader.Int(), reader.Int()));
                return;
            case SnapshotTag.SessionsIndex:
                state.Sessions.RestoreIndex(reader.Int());
                return;
            case SnapshotTag.Query:
                state.Queries.Restore(PreparedQuery.Read(ref reader));
                return;
            case SnapshotTag.QueriesIndex:
                state.Queries.RestoreIndex(reader.Int());
                return;
            default:
                throw new InvalidDataException($"unknown snapshot record {(byte)tag}");
        }
    }
}
