using System.Buffers;
using Praetor.Core.Consensus;
using Praetor.Core.State;
using Praetor.Core.State.Restore;
using Praetor.Runtime.Archives;

namespace Praetor.Runtime;

/// <summary>Archives of the state (http-core 8.4): written from a pinned root while everything goes on, restored through the log.</summary>
public sealed partial class ServerRuntime
{
    /// <summary>Bytes of one piece of a restore: large enough to be quick, small enough that the writes of others pass between two.</summary>
    private const int RestorePieceBytes = 256 * 1024;

    /// <summary>How long one piece of a restore is tried.</summary>
    private static readonly TimeSpan RestorePatience = TimeSpan.FromMinutes(2);

    /// <summary>Archives written or read at the same time: each has a thread of its own.</summary>
    private readonly SemaphoreSlim _archiveRoom = new(2);

    /// <summary>The whole state was replaced, by a restore or by a leader's snapshot. Called by the apply loop: must not wait.</summary>
    public Action? StateReplaced { get; set; }

    /// <summary>Writes an archive of a root, at the pace of the output. The root should be one of now.</summary>
    /// <exception cref="OperationCanceledException">Cancelled, or this server stops.</exception>
    public Task WriteArchiveAsync(StateRoot root, Stream output, CancellationToken cancellation) => OnArchiveThreadAsync(ended =>
    {
        using IDisposable pinned = _apply.Pin(root);
        ConsensusView view = Volatile.Read(ref _view);
        var servers = new ServerSet(Status.Servers.ToArray());
        var meta = new ArchiveMeta(root.ClientIndex, view.Term, _time.GetUtcNow().ToUnixTimeMilliseconds(), servers, Size: 0);
        SnapshotArchive.Write(root, Heap, meta, output, ended);
    }, cancellation);

    /// <summary>Replaces the state of the whole datacenter by an archive's, or changes nothing. The archive is checked whole before anything is touched; its stream can seek.</summary>
    /// <exception cref="ArchiveException">It cannot be restored.</exception>
    /// <exception cref="NoLeaderException">No leader for so long that the restore was given up; it may still take force if the last write was under way.</exception>
    public Task RestoreArchiveAsync(Stream archive, CancellationToken cancellation) => OnArchiveThreadAsync(ended =>
    {
        ArchiveReader.Check(archive);
        using SnapshotPieces state = ArchiveReader.OpenState(archive, RestorePieceBytes);
        string id = Guid.NewGuid().ToString();
        Insist(() => Commands.RestoreBegin(id, state.HighestIndex), ended);
        long pieces = 0;
        for (ReadOnlyMemory<byte> piece; !(piece = state.Next()).IsEmpty; pieces++)
        {
            long number = pieces;
            ReadOnlyMemory<byte> records = piece;
            Insist(() =>
            {
                CommandBuffer command = Commands.RestorePiece(id, number, records.Length);
                command.Write(records.Span);
                return command;
            }, ended);
        }

        Insist(() => Commands.RestoreCommit(id, pieces), ended);
    }, cancellation);

    /// <summary>Proposes a command of a restore until it is known to be applied; they may all come twice.</summary>
    private void Insist(Func<CommandBuffer> command, CancellationToken ended)
    {
        long start = _time.GetTimestamp();
        while (true)
        {
            ended.ThrowIfCancellationRequested();
            try
            {
                // A thread of its own, which may wait.
                CommandResult result = ProposeAsync(command(), ended).AsTask().GetAwaiter().GetResult();
                if (result.Outcome == CommandOutcome.Refused)
                    throw new ArchiveException($"the restore was ended: {result.Refusal}");
                return;
            }
            catch (Exception again) when (again is NoLeaderException or LeadershipLostException or OverloadedException && _time.GetElapsedTime(start) < RestorePatience)
            {
                ended.WaitHandle.WaitOne(RetryPause);
            }
        }
    }

    /// <summary>Runs what reads disks and encodes for long on a thread that is none of the pool.</summary>
    private async Task OnArchiveThreadAsync(Action<CancellationToken> work, CancellationToken cancellation)
    {
        ThrowIfStopped();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _stopping.Token);
        await _archiveRoom.WaitAsync(ended.Token).ConfigureAwait(false);
        try
        {
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var thread = new Thread(() =>
            {
                try
                {
                    work(ended.Token);
                    done.SetResult();
                }
#pragma warning disable CA1031 // Whatever ends the work reaches its caller.
                catch (Exception cause)
#pragma warning restore CA1031
                {
                    done.SetException(cause);
                }
            })
            { Name = "praetor-archive", IsBackground = true };
            thread.Start();
            await done.Task.ConfigureAwait(false);
        }
        finally
        {
            _archiveRoom.Release();
        }
    }

    private void OnChanged(ChangeSet changes)
    {
        _sessionTimers.OnApplied(changes);
        if (changes.Everything)
            StateReplaced?.Invoke();
    }
}
