using System.Diagnostics;
using Praetor.Core.Ports;
using Praetor.Core.State;
using Praetor.Core.State.Txn;
using Praetor.Runtime.Telemetry;

namespace Praetor.Runtime;

/// <summary>Reads from the own state on any server: it only asks the leader how far that state must be (design, rule 5).</summary>
public sealed partial class ServerRuntime
{
    private volatile bool _hasHeardOfLeader;

    /// <summary>A root at least as fresh as the consistency asks for. Completes synchronously on a leader with a lease.</summary>
    /// <exception cref="NoLeaderException">No leader within the hold time.</exception>
    public ValueTask<StateRoot> ReadAsync(ReadConsistency consistency, CancellationToken cancellation)
    {
        ThrowIfStopped();
        // A server that never heard of a leader may be anything, even new: it has nothing to be stale with (gossip-raft 8).
        if (consistency == ReadConsistency.Stale && _hasHeardOfLeader)
            return ValueTask.FromResult(Root);
        return MayReadAtOnce(consistency) ? ValueTask.FromResult(Root) : ReadConfirmedAsync(consistency, cancellation);
    }

    /// <summary>True while <see cref="Root"/> is what <see cref="ReadConsistency.Default"/> asks for: on a leader with a lease.</summary>
    public bool IsFresh => MayReadAtOnce(ReadConsistency.Default);

    /// <summary>A transaction that only reads, on a root as fresh as the consistency asks for.</summary>
    /// <exception cref="NoLeaderException">No leader within the hold time.</exception>
    public async Task<TxnOutcome> ReadTxnAsync(IReadOnlyList<TxnOp> ops, ReadConsistency consistency, CancellationToken cancellation)
    {
        StateRoot root = await ReadAsync(consistency, cancellation).ConfigureAwait(false);
        using IDisposable pinned = _apply.Pin(root);
        return await StateMachine.ReadAsync(root, Heap, ops, cancellation).ConfigureAwait(false);
    }

    /// <summary>True on a leader whose lease runs, and for a set of one, which is its own quorum.</summary>
    private bool MayReadAtOnce(ReadConsistency consistency)
    {
        if (!IsReadyLeader)
            return false;
        long until = Volatile.Read(ref _leaseUntilMs);
        return until == long.MaxValue || (consistency == ReadConsistency.Default && _raftLoop.NowMs < until);
    }

    private async ValueTask<StateRoot> ReadConfirmedAsync(ReadConsistency consistency, CancellationToken cancellation)
    {
        var hold = new HoldTime(_time, _options.RpcHoldTime);
        long begun = Stopwatch.GetTimestamp();
        do
        {
            ThrowIfStopped();
            if (MayReadAtOnce(consistency))
                return Root;
            try
            {
                if (await ReadIndexAsync(consistency).WaitAsync(cancellation).ConfigureAwait(false) is { } index && await AppliedAsync(index, hold, cancellation).ConfigureAwait(false))
                {
                    _meters?.ConsistentRead.Record(ServerMeters.Since(begun));
                    return Root;
                }
            }
            catch (Exception again) when (again is NoLeaderException or ServerCallException or ServerErrorException)
            {
                // Reading changes nothing: whatever happened, asking again is safe.
            }
        }
        while (await WaitForChangeAsync(hold, cancellation).ConfigureAwait(false));
        throw new NoLeaderException();
    }

    /// <summary>The index that must be applied here before reading; null while no leader is known.</summary>
    private async Task<long?> ReadIndexAsync(ReadConsistency consistency)
    {
        if (IsReadyLeader)
            return await _raftLoop.Reads.ConfirmAsync().ConfigureAwait(false);
        if (LeaderElsewhere is null)
            return null;
        SharedAsk<ReadConsistency, long> ask = consistency == ReadConsistency.Consistent ? _askConsistent : _askDefault;
        return await ask.AskAsync(consistency, out _).ConfigureAwait(false);
    }

    /// <summary>What a leader answers to another server's question.</summary>
    private async Task<long> AnswerReadIndexAsync(ReadConsistency consistency)
    {
        if (MayReadAtOnce(consistency))
            return Root.Index;
        if (!IsReadyLeader)
            throw new NotLeaderException();
        return await _raftLoop.Reads.ConfirmAsync().ConfigureAwait(false);
    }

    private async Task<long> AskLeaderAsync(ReadConsistency consistency)
    {
        ServerAddress leader = LeaderElsewhere ?? throw new NoLeaderException();
        ReadOnlyMemory<byte> answer = await CallLeaderAsync(leader, ServerMethod.ReadIndex, new[] { (byte)consistency }, _stopping.Token).ConfigureAwait(false);
        return BitConverter.ToInt64(answer.Span);
    }

    /// <summary>Waits until the state is that far; false when the hold time is over.</summary>
    private async Task<bool> AppliedAsync(long index, HoldTime hold, CancellationToken cancellation)
    {
        while (Root.Index < index)
        {
            Task applied = _appliedSignal.Next;
            if (Root.Index >= index)
                break;
            TimeSpan left = hold.Left;
            if (left <= TimeSpan.Zero)
                return false;
            try
            {
                await applied.WaitAsync(left, _time, cancellation).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                return Root.Index >= index;
            }
        }

        return true;
    }
}
