using System.Buffers;
using Praetor.Core.Codec;
using Praetor.Core.Gossip.Coordinates;
using Praetor.Core.State.Autopilot;
using Praetor.Core.State.Catalog;
using Praetor.Core.State.Coordinates;
using Praetor.Core.State.Forwarded;
using Praetor.Core.State.Queries;
using Praetor.Core.State.Sessions;
using Praetor.Core.State.Txn;

namespace Praetor.Core.State;

/// <summary>Kinds of commands in the log. Persisted: values are frozen, new ones are only added.</summary>
public enum CommandKind : byte
{
    /// <summary>KV set, with or without condition.</summary>
    KvSet = 1,

    /// <summary>KV delete of one key, with or without condition.</summary>
    KvDelete = 2,

    /// <summary>KV delete of all keys with a prefix.</summary>
    KvDeleteTree = 3,

    /// <summary>Drops tombstones up to an index.</summary>
    KvReapTombstones = 4,

    /// <summary>KV write that acquires the key for a session.</summary>
    KvAcquire = 5,

    /// <summary>KV write that releases the key.</summary>
    KvRelease = 6,

    /// <summary>Catalog register.</summary>
    CatalogRegister = 16,

    /// <summary>Catalog deregister.</summary>
    CatalogDeregister = 17,

    /// <summary>Manual virtual addresses of a service.</summary>
    VirtualIpsSet = 18,

    /// <summary>Coordinates of nodes.</summary>
    CoordinateUpdate = 24,

    /// <summary>Settings of the autopilot, with or without condition.</summary>
    AutopilotSet = 25,

    /// <summary>A command that came through another node, with the number under which it may come again.</summary>
    Forwarded = 32,

    /// <summary>Session create.</summary>
    SessionCreate = 40,

    /// <summary>Session destroy, by a client or by time.</summary>
    SessionDestroy = 41,

    /// <summary>Lock-delays are over.</summary>
    LockDelaysEnd = 42,

    /// <summary>Transaction.</summary>
    Txn = 48,

    /// <summary>Prepared query create or update.</summary>
    QuerySet = 56,

    /// <summary>Prepared query delete.</summary>
    QueryDelete = 57,

    /// <summary>A restore begins.</summary>
    RestoreBegin = 64,

    /// <summary>A piece of the state to be restored.</summary>
    RestorePiece = 65,

    /// <summary>The restored state replaces the one in force.</summary>
    RestoreCommit = 66,

    /// <summary>A restore is given up.</summary>
    RestoreAbandon = 67,
}

/// <summary>
/// Builds commands in their log form: one byte of kind, then the kind's fields. The caller owns the result until it hands it to
/// the runtime.
/// </summary>
public static class Commands
{
    /// <summary>Unconditional or check-and-set write. Append the value to the returned buffer: it is the command's tail.</summary>
    /// <param name="key">Key bytes.</param>
    /// <param name="flags">Client flags.</param>
    /// <param name="casIndex">null: unconditional; 0: only if missing; else only if ModifyIndex matches.</param>
    /// <param name="valueCapacity">Expected bytes of the value.</param>
    public static CommandBuffer KvSet(ReadOnlySpan<byte> key, ulong flags, long? casIndex, int valueCapacity)
    {
        CommandBuffer command = Begin(CommandKind.KvSet, key.Length + valueCapacity + 32);
        var writer = new FieldWriter(command);
        writer.UInt(flags);
        WriteCondition(writer, casIndex);
        writer.Bytes(key);
        return command;
    }

    /// <summary>A write that acquires a key for a session, or releases it. Append the value to the returned buffer.</summary>
    /// <param name="acquires">Acquire; else release.</param>
    /// <param name="session">Id of the session; may be anything, the state says what is wrong with it.</param>
    /// <param name="key">Key bytes.</param>
    /// <param name="flags">Client flags.</param>
    /// <param name="valueCapacity">Expected bytes of the value.</param>
    public static CommandBuffer KvLock(bool acquires, string session, ReadOnlySpan<byte> key, ulong flags, int valueCapacity)
    {
        CommandBuffer command = Begin(acquires ? CommandKind.KvAcquire : CommandKind.KvRelease, session.Length + key.Length + valueCapacity + 32);
        var writer = new FieldWriter(command);
        writer.UInt(flags);
        writer.Text(session);
        writer.Bytes(key);
        return command;
    }

    /// <summary>Session create; the indexes of the record are set when it is applied.</summary>
    public static CommandBuffer SessionCreate(SessionRecord session)
    {
        CommandBuffer command = Begin(CommandKind.SessionCreate, 256);
        session.Write(new FieldWriter(command));
        return command;
    }

    /// <summary>Session destroy.</summary>
    public static CommandBuffer SessionDestroy(string id)
    {
        CommandBuffer command = Begin(CommandKind.SessionDestroy, 64);
        new FieldWriter(command).Text(id);
        return command;
    }

    /// <summary>An operator's virtual addresses for a service, in place of those it had.</summary>
    public static CommandBuffer VirtualIpsSet(string service, IReadOnlyList<string> addresses)
    {
        CommandBuffer command = Begin(CommandKind.VirtualIpsSet, 128);
        var writer = new FieldWriter(command);
        writer.Text(service);
        writer.TextList(addresses);
        return command;
    }

    /// <summary>Prepared query create, or update of one that must be there; the indexes of the record are set when it is applied.</summary>
    public static CommandBuffer QuerySet(PreparedQuery query, bool mustExist)
    {
        CommandBuffer command = Begin(CommandKind.QuerySet, 256);
        var writer = new FieldWriter(command);
        writer.Bool(mustExist);
        query.Write(writer);
        return command;
    }

    /// <summary>Prepared query delete.</summary>
    public static CommandBuffer QueryDelete(string id)
    {
        CommandBuffer command = Begin(CommandKind.QueryDelete, 64);
        new FieldWriter(command).Text(id);
        return command;
    }

    /// <summary>A restore begins; one that was under way is dropped.</summary>
    /// <param name="id">Names it in what follows.</param>
    /// <param name="highestIndex">No index in the restored state is above this.</param>
    public static CommandBuffer RestoreBegin(string id, long highestIndex)
    {
        CommandBuffer command = Begin(CommandKind.RestoreBegin, 64);
        var writer = new FieldWriter(command);
        writer.Text(id);
        writer.Int(highestIndex);
        return command;
    }

    /// <summary>A piece of a restore, counted from 0. Append the records to the returned buffer: they are the command's tail.</summary>
    public static CommandBuffer RestorePiece(string id, long number, int capacity) => Numbered(CommandKind.RestorePiece, id, number, capacity);

    /// <summary>The restore, which has had so many pieces, takes force.</summary>
    public static CommandBuffer RestoreCommit(string id, long pieces) => Numbered(CommandKind.RestoreCommit, id, pieces, 0);

    /// <summary>The restore is given up.</summary>
    public static CommandBuffer RestoreAbandon(string id)
    {
        CommandBuffer command = Begin(CommandKind.RestoreAbandon, 64);
        new FieldWriter(command).Text(id);
        return command;
    }

    /// <summary>Transaction: all operations or none. The result's payload is a <see cref="TxnOutcome"/>.</summary>
    public static CommandBuffer Txn(IReadOnlyCollection<TxnOp> ops)
    {
        CommandBuffer command = Begin(CommandKind.Txn, 64 * (ops.Count + 1));
        var writer = new FieldWriter(command);
        writer.UInt((ulong)ops.Count + 1);
        foreach (TxnOp op in ops)
            op.Write(writer);
        return command;
    }

    /// <summary>Ends lock-delays: keys, each with the index at which its delay began.</summary>
    public static CommandBuffer LockDelaysEnd(IReadOnlyCollection<(byte[] Key, long Since)> ended)
    {
        CommandBuffer command = Begin(CommandKind.LockDelaysEnd, 32 * (ended.Count + 1));
        var writer = new FieldWriter(command);
        writer.UInt((ulong)ended.Count + 1);
        foreach ((byte[] key, long since) in ended)
        {
            writer.Bytes(key);
            writer.Int(since);
        }

        return command;
    }

    /// <summary>Deletes one key; with <paramref name="casIndex"/> only if missing or its ModifyIndex matches.</summary>
    public static CommandBuffer KvDelete(ReadOnlySpan<byte> key, long? casIndex)
    {
        CommandBuffer command = Begin(CommandKind.KvDelete, key.Length + 32);
        WriteCondition(new FieldWriter(command), casIndex);
        command.Write(key);
        return command;
    }

    /// <summary>Deletes all keys that start with the prefix.</summary>
    public static CommandBuffer KvDeleteTree(ReadOnlySpan<byte> prefix)
    {
        CommandBuffer command = Begin(CommandKind.KvDeleteTree, prefix.Length + 8);
        command.Write(prefix);
        return command;
    }

    /// <summary>Drops tombstones with an index up to <paramref name="throughIndex"/>.</summary>
    public static CommandBuffer KvReapTombstones(long throughIndex)
    {
        CommandBuffer command = Begin(CommandKind.KvReapTombstones, 16);
        new FieldWriter(command).Int(throughIndex);
        return command;
    }

    /// <summary>Catalog register.</summary>
    public static CommandBuffer Register(RegisterRequest request)
    {
        CommandBuffer command = Begin(CommandKind.CatalogRegister, 512);
        var writer = new FieldWriter(command);
        CatalogCodec.Write(writer, request.Node, withIndexes: false);
        writer.Bool(request.SkipNodeUpdate);
        writer.Bool(request.Service is not null);
        if (request.Service is not null)
            CatalogCodec.Write(writer, request.Service, withIndexes: false);
        writer.UInt((ulong)request.Checks.Count + 1);
        foreach (CheckRecord check in request.Checks)
            CatalogCodec.Write(writer, check, withIndexes: false);
        return command;
    }

    /// <summary>Catalog deregister.</summary>
    public static CommandBuffer Deregister(DeregisterRequest request)
    {
        CommandBuffer command = Begin(CommandKind.CatalogDeregister, 128);
        var writer = new FieldWriter(command);
        writer.Text(request.Node);
        writer.Text(request.ServiceId);
        writer.Text(request.CheckId);
        return command;
    }

    /// <summary>
    /// A command as a node sends it to the leader, once or again. <paramref name="number"/> names it among those of its <paramref name="origin"/> (16 bytes); of all below
    /// <paramref name="settled"/> the origin has the answer.
    /// </summary>
    public static CommandBuffer Forward(ReadOnlySpan<byte> origin, long number, long settled, ReadOnlySpan<byte> command)
    {
        CommandBuffer forwarded = Begin(CommandKind.Forwarded, command.Length + 48);
        forwarded.Write(origin);
        var writer = new FieldWriter(forwarded);
        writer.UInt((ulong)number);
        writer.UInt((ulong)settled);
        forwarded.Write(command);
        return forwarded;
    }

    /// <summary>Sets coordinates of nodes; those of unknown nodes are dropped when it is applied.</summary>
    public static CommandBuffer CoordinateUpdate(IReadOnlyCollection<NodeCoordinate> updates)
    {
        CommandBuffer command = Begin(CommandKind.CoordinateUpdate, updates.Count * 128);
        var writer = new FieldWriter(command);
        writer.UInt((ulong)updates.Count + 1);
        foreach (NodeCoordinate update in updates)
            Write(writer, update);
        return command;
    }

    /// <summary>Sets the autopilot; with <paramref name="casIndex"/> only if its ModifyIndex matches (0: not set yet).</summary>
    public static CommandBuffer AutopilotSet(AutopilotConfig wanted, long? casIndex)
    {
        CommandBuffer command = Begin(CommandKind.AutopilotSet, 128);
        var writer = new FieldWriter(command);
        WriteCondition(writer, casIndex);
        wanted.Write(writer);
        return command;
    }

    internal static void Write(FieldWriter writer, NodeCoordinate coordinate)
    {
        writer.Text(coordinate.Node);
        Span<byte> bytes = stackalloc byte[Coordinate.EncodedBytes];
        coordinate.Coordinate.Encode(bytes);
        writer.Bytes(bytes);
    }

    internal static NodeCoordinate ReadCoordinate(ref FieldReader reader)
    {
        string node = reader.Text();
        return Coordinate.TryDecode(reader.Bytes(), out Coordinate? coordinate) ? new NodeCoordinate(node, coordinate) : throw new InvalidDataException("a coordinate that is none");
    }

    internal static IReadOnlyList<NodeCoordinate> ReadCoordinates(ref FieldReader reader)
    {
        var updates = new NodeCoordinate[Math.Max(0, reader.OptionalCount(Coordinate.EncodedBytes))];
        for (int i = 0; i < updates.Length; i++)
            updates[i] = ReadCoordinate(ref reader);
        return updates;
    }

    /// <summary>Kind of a command; of one that came through another node, that of what it carries.</summary>
    public static CommandKind KindOf(ReadOnlySpan<byte> command)
    {
        var kind = (CommandKind)command[0];
        if (kind != CommandKind.Forwarded)
            return kind;
        var reader = new FieldReader(command[1..]);
        ReadForwarded(ref reader, out _, out _, out _);
        return (CommandKind)reader.Rest[0];
    }

    /// <summary>True if the state machine can read the command. What comes from elsewhere is looked at before it enters the log: there it would stop every server.</summary>
    public static bool IsWellFormed(ReadOnlySpan<byte> command)
    {
        try
        {
            var reader = new FieldReader(command);
            switch ((CommandKind)reader.Byte())
            {
                case CommandKind.KvSet:
                    reader.UInt();
                    ReadCondition(ref reader);
                    reader.Bytes();
                    return true;
                case CommandKind.KvDelete:
                    ReadCondition(ref reader);
                    return true;
                case CommandKind.KvDeleteTree:
                    return true;
                case CommandKind.KvReapTombstones:
                    reader.Int();
                    return true;
                case CommandKind.CatalogRegister:
                    ReadRegister(ref reader);
                    return true;
                case CommandKind.CatalogDeregister:
                    ReadDeregister(ref reader);
                    return true;
                case CommandKind.VirtualIpsSet:
                    reader.Text();
                    reader.TextList();
                    return true;
                case CommandKind.KvAcquire or CommandKind.KvRelease:
                    reader.UInt();
                    reader.Text();
                    reader.Bytes();
                    return true;
                case CommandKind.SessionCreate:
                    SessionRecord.Read(ref reader);
                    return true;
                case CommandKind.SessionDestroy or CommandKind.QueryDelete or CommandKind.RestoreAbandon:
                    reader.Text();
                    return true;
                case CommandKind.QuerySet:
                    reader.Bool();
                    PreparedQuery.Read(ref reader);
                    return true;
                case CommandKind.RestoreBegin or CommandKind.RestorePiece or CommandKind.RestoreCommit:
                    reader.Text();
                    reader.Int();
                    return true;
                case CommandKind.LockDelaysEnd:
                    ReadLockDelays(ref reader);
                    return true;
                case CommandKind.Txn:
                    ReadTxn(ref reader);
                    return true;
                case CommandKind.CoordinateUpdate:
                    ReadCoordinates(ref reader);
                    return true;
                case CommandKind.AutopilotSet:
                    ReadCondition(ref reader);
                    AutopilotConfig.Read(ref reader);
                    return true;
                case CommandKind.Forwarded:
                    ReadForwarded(ref reader, out _, out _, out _);
                    return (CommandKind)reader.Rest[0] != CommandKind.Forwarded && IsWellFormed(reader.Rest);
                default:
                    return false;
            }
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    /// <summary>Reads what stands before a forwarded command; the command is the rest, which is not empty.</summary>
    internal static void ReadForwarded(ref FieldReader reader, out ReadOnlySpan<byte> origin, out long number, out long settled)
    {
        origin = reader.Take(ForwardedWrites.OriginBytes);
        number = (long)Math.Min(reader.UInt(), long.MaxValue);
        settled = (long)Math.Min(reader.UInt(), long.MaxValue);
        if (reader.AtEnd)
            throw new InvalidDataException("a forwarded command without command");
    }

    internal static RegisterRequest ReadRegister(ref FieldReader reader)
    {
        NodeRecord node = CatalogCodec.ReadNode(ref reader, withIndexes: false);
        bool skipNodeUpdate = reader.Bool();
        ServiceRecord? service = reader.Bool() ? CatalogCodec.ReadService(ref reader, withIndexes: false) : null;
        var checks = new CheckRecord[Math.Max(0, reader.OptionalCount(10))];
        for (int i = 0; i < checks.Length; i++)
            checks[i] = CatalogCodec.ReadCheck(ref reader, withIndexes: false);
        return new RegisterRequest { Node = node, SkipNodeUpdate = skipNodeUpdate, Service = service, Checks = checks };
    }

    internal static IReadOnlyList<(byte[] Key, long Since)> ReadLockDelays(ref FieldReader reader)
    {
        var ended = new (byte[], long)[Math.Max(0, reader.OptionalCount(2))];
        for (int i = 0; i < ended.Length; i++)
            ended[i] = (reader.Bytes().ToArray(), reader.Int());
        return ended;
    }

    internal static IReadOnlyList<TxnOp> ReadTxn(ref FieldReader reader)
    {
        var ops = new TxnOp[Math.Max(0, reader.OptionalCount(2))];
        for (int i = 0; i < ops.Length; i++)
            ops[i] = TxnOp.Read(ref reader);
        return ops;
    }

    internal static DeregisterRequest ReadDeregister(ref FieldReader reader) => new(reader.Text(), reader.Text(), reader.Text());

    internal static long? ReadCondition(ref FieldReader reader) => reader.Bool() ? reader.Int() : null;

    private static CommandBuffer Numbered(CommandKind kind, string id, long number, int capacity)
    {
        CommandBuffer command = Begin(kind, capacity + 64);
        var writer = new FieldWriter(command);
        writer.Text(id);
        writer.Int(number);
        return command;
    }

    private static CommandBuffer Begin(CommandKind kind, int capacity)
    {
        var command = new CommandBuffer(capacity);
        new FieldWriter(command).Byte((byte)kind);
        return command;
    }

    private static void WriteCondition(FieldWriter writer, long? casIndex)
    {
        writer.Bool(casIndex is not null);
        if (casIndex is { } index)
            writer.Int(index);
    }
}
