using System.Buffers;
using Praetor.Core.Codec;
using Praetor.Core.Ports;

namespace Praetor.Core.Consensus;

/// <summary>
/// The wire form of <see cref="RaftMessage"/>. Sender and receiver are not in it: the connection knows both. Payloads are the bytes of the log, unchanged,
/// each with its length; they lie at the end of the message, behind all that is small.
/// </summary>
public static class RaftMessageCodec
{
    /// <summary>First byte of every message. A server that reads another one refuses the message.</summary>
    public const byte Version = 1;

    /// <summary>Entries that one message may carry.</summary>
    public const int MaxEntries = 4096;

    private const int Granted = 1;
    private const int Transfer = 2;

    /// <summary>Writes a message with the entries it carries.</summary>
    public static void Encode(IBufferWriter<byte> output, in RaftMessage message, ReadOnlySpan<LogEntry> entries)
    {
        var writer = new FieldWriter(output);
        writer.Byte(Version);
        writer.Byte((byte)message.Kind);
        writer.Byte((byte)((message.IsGranted ? Granted : 0) | (message.IsTransfer ? Transfer : 0)));
        writer.UInt((ulong)message.Term);
        writer.UInt((ulong)message.Index);
        writer.UInt((ulong)message.LogTerm);
        writer.UInt((ulong)(message.Kind == RaftMessageKind.AppendReply ? message.PromiseMs : message.CommitIndex));
        writer.UInt((ulong)message.Round);
        writer.UInt((ulong)entries.Length);
        foreach (LogEntry entry in entries)
        {
            writer.UInt((ulong)entry.Term);
            writer.Byte((byte)entry.Kind);
            writer.UInt((ulong)entry.Payload.Length);
        }

        foreach (LogEntry entry in entries)
            output.Write(entry.Payload.Span);
    }

    /// <summary>
    /// Reads a message of <paramref name="from"/> to <paramref name="to"/>. The entries' payloads are slices of <paramref name="bytes"/>, which
    /// must stay as it is for as long as they are used; the message borrows <paramref name="entries"/>.
    /// </summary>
    /// <exception cref="InvalidDataException">Malformed, or of another version.</exception>
    public static RaftMessage Decode(string from, string to, ReadOnlyMemory<byte> bytes, ReceivedEntries entries)
    {
        entries.Clear();
        var reader = new FieldReader(bytes.Span);
        byte version = reader.Byte();
        if (version != Version)
            throw new InvalidDataException($"raft message version {version} is not understood, only {Version}");
        var kind = (RaftMessageKind)reader.Byte();
        if (kind > RaftMessageKind.TimeoutNow)
            throw new InvalidDataException($"raft message kind {(byte)kind} is not known");
        int flags = reader.Byte();
        long term = Number(ref reader);
        long index = Number(ref reader);
        long logTerm = Number(ref reader);
        // The place of the commit index, which no answer has.
        long commitOrPromise = Number(ref reader);
        var message = new RaftMessage(kind, from, to, term)
        {
            Index = index,
            LogTerm = logTerm,
            CommitIndex = kind == RaftMessageKind.AppendReply ? 0 : commitOrPromise,
            PromiseMs = kind == RaftMessageKind.AppendReply ? commitOrPromise : 0,
            Round = Number(ref reader),
            IsGranted = (flags & Granted) != 0,
            IsTransfer = (flags & Transfer) != 0,
        };
        long count = Number(ref reader);
        // Each entry takes three bytes at least.
        if (count > MaxEntries || count * 3 > reader.Rest.Length || (count > 0 && kind != RaftMessageKind.Append))
            throw new InvalidDataException($"a raft message with {count} entries");
        entries.Begin((int)count);
        ReadEntries(ref reader, message.Index, bytes, entries);
        return message with { Count = entries.Count, Entries = entries.Shapes };
    }

    private static void ReadEntries(ref FieldReader reader, long previous, ReadOnlyMemory<byte> bytes, ReceivedEntries entries)
    {
        for (int i = 0; i < entries.Count; i++)
        {
            long term = Number(ref reader);
            var kind = (LogEntryKind)reader.Byte();
            // An entry that this version does not know must stop it, not be skipped (gossip-raft 9).
            if (kind > LogEntryKind.Configuration)
                throw new InvalidDataException($"log entry kind {(byte)kind} is not known");
            long size = Number(ref reader);
            if (size > reader.Rest.Length)
                throw new InvalidDataException("a raft entry is longer than its message");
            entries.SetShape(i, new EntryShape(term, kind, (int)size));
        }

        int at = bytes.Length - reader.Rest.Length;
        for (int i = 0; i < entries.Count; i++)
        {
            EntryShape shape = entries.Shapes.Span[i];
            if (shape.SizeBytes > bytes.Length - at)
                throw new InvalidDataException("a raft entry is longer than its message");
            ReadOnlyMemory<byte> payload = bytes.Slice(at, shape.SizeBytes);
            at += shape.SizeBytes;
            entries.SetEntry(i, new LogEntry(previous + 1 + i, shape.Term, shape.Kind, payload));
            if (shape.Kind == LogEntryKind.Configuration)
                entries.SetShape(i, shape with { Servers = ServerSet.Decode(payload.Span) });
        }

        if (at != bytes.Length)
            throw new InvalidDataException("bytes behind a raft message");
    }

    private static long Number(ref FieldReader reader)
    {
        ulong value = reader.UInt();
        return value <= long.MaxValue ? (long)value : throw new InvalidDataException("a number in a raft message is too large");
    }
}
