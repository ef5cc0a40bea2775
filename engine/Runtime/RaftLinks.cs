using System.Buffers;
using System.Diagnostics;
using Praetor.Core.Codec;
using Praetor.Core.Consensus;
using Praetor.Core.Ports;
using Praetor.Core.State;

namespace Praetor.Runtime;

/// <summary>Consensus over <see cref="IServerCalls"/>: messages out, snapshots out.</summary>
internal sealed class RaftLinks(IServerCalls calls, ISnapshotStore snapshots, Func<string, ServerAddress> addressOf, Action<string, long, bool> onSnapshotSent,
    Action<string, Exception> onSnapshotFailed, CancellationToken stopping) : IRaftLinks
{
    private readonly ArrayBufferWriter<byte> _message = new(64 * 1024);
    private readonly HashSet<string> _sendingTo = [];

    /// <summary>Hears of snapshots that arrived, and how many milliseconds each took.</summary>
    public Action<string, double>? OnSent { get; init; }

    /// <inheritdoc/>
    public void Send(in RaftMessage message, ReadOnlySpan<LogEntry> entries)
    {
        _message.ResetWrittenCount();
        RaftMessageCodec.Encode(_message, message, entries);
        calls.Send(addressOf(message.To), ServerMethod.Raft, _message.WrittenSpan);
    }

    /// <inheritdoc/>
    public void SendSnapshot(string serverId, long term)
    {
        lock (_sendingTo)
        {
            // The one under way will tell how it ended.
            if (!_sendingTo.Add(serverId))
                return;
        }

        _ = SendLatestAsync(serverId, term);
    }

    private async Task SendLatestAsync(string serverId, long term)
    {
        await Task.Yield();
        long index = 0;
        bool isOk = false;
        try
        {
            using ISnapshotSource? source = snapshots.OpenLatest();
            if (source is not null)
            {
                index = source.Meta.Index;
                long begun = Stopwatch.GetTimestamp();
                await calls.SendStreamAsync(addressOf(serverId), ServerMethod.Snapshot, SnapshotHeader.Encode(term, source.Meta), source.Body, reply: null, stopping).ConfigureAwait(false);
                isOk = true;
                OnSent?.Invoke(serverId, Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            }
        }
#pragma warning disable CA1031 // Whatever the cause: consensus must hear that the snapshot did not arrive.
        catch (Exception cause)
#pragma warning restore CA1031
        {
            onSnapshotFailed(serverId, cause);
        }
        finally
        {
            lock (_sendingTo)
                _sendingTo.Remove(serverId);
            onSnapshotSent(serverId, index, isOk);
        }
    }
}

/// <summary>What goes before a snapshot on its way to another server.</summary>
internal static class SnapshotHeader
{
    private const byte Version = 1;

    public static byte[] Encode(long leaderTerm, SnapshotMeta meta)
    {
        using var buffer = new CommandBuffer();
        var writer = new FieldWriter(buffer);
        writer.Byte(Version);
        writer.UInt((ulong)leaderTerm);
        writer.UInt((ulong)meta.Index);
        writer.UInt((ulong)meta.Term);
        writer.Bytes(meta.Configuration);
        return buffer.Span.ToArray();
    }

    /// <summary>Reads what <see cref="Encode"/> wrote.</summary>
    /// <exception cref="InvalidDataException">Malformed.</exception>
    public static (long LeaderTerm, SnapshotMeta Meta) Decode(ReadOnlySpan<byte> header)
    {
        var reader = new FieldReader(header);
        if (reader.Byte() != Version)
            throw new InvalidDataException("a snapshot of another version");
        long term = checked((long)reader.UInt());
        long index = checked((long)reader.UInt());
        long lastTerm = checked((long)reader.UInt());
        return (term, new SnapshotMeta(index, lastTerm, reader.Bytes().ToArray()));
    }
}
