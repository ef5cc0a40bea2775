using System.Collections.Concurrent;
using System.Diagnostics;
using System.Threading.Tasks.Sources;
using Praetor.Core.State;

namespace Praetor.Runtime;

/// <summary>One command on its way through log and apply loop. Pooled: it returns itself when its result has been taken.</summary>
internal sealed class Proposal : IValueTaskSource<CommandResult>
{
    private static readonly ConcurrentQueue<Proposal> Pool = new();
    private const int MaxPooled = 4096;

    private ManualResetValueTaskSourceCore<CommandResult> _result = new() { RunContinuationsAsynchronously = true };

    /// <summary>The command; it belongs to the proposer, who keeps it until the proposal ends.</summary>
    public CommandBuffer Command { get; private set; } = null!;

    /// <summary>When it was made, a timestamp of <see cref="Stopwatch"/>.</summary>
    public long RentedAt { get; private set; }

    public static Proposal Rent(CommandBuffer command)
    {
        if (!Pool.TryDequeue(out Proposal? proposal))
            proposal = new Proposal();
        proposal.Command = command;
        proposal.RentedAt = Stopwatch.GetTimestamp();
        return proposal;
    }

    public ValueTask<CommandResult> Task => new(this, _result.Version);

    /// <summary>Ends it; the proposer goes on within this call. On a thread of the pool only.</summary>
    public void CompleteHere(CommandResult result)
    {
        _result.RunContinuationsAsynchronously = false;
        _result.SetResult(result);
    }

    /// <summary>Ends it with an error; the proposer goes on elsewhere.</summary>
    public void Fail(Exception cause)
    {
        _result.RunContinuationsAsynchronously = true;
        _result.SetException(cause);
    }

    CommandResult IValueTaskSource<CommandResult>.GetResult(short token)
    {
        try
        {
            return _result.GetResult(token);
        }
        finally
        {
            _result.Reset();
            if (Pool.Count < MaxPooled)
                Pool.Enqueue(this);
        }
    }

    ValueTaskSourceStatus IValueTaskSource<CommandResult>.GetStatus(short token) => _result.GetStatus(token);

    void IValueTaskSource<CommandResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _result.OnCompleted(continuation, state, token, flags);
}
