using System.Runtime.ExceptionServices;

namespace Praetor.Runtime;

/// <summary>
/// Who takes the core's next turn. The raft thread does, but where this server is alone, whoever brings a proposal, or the end of a write to the disk, takes the turn itself if
/// nobody has it, which spares waking the raft thread. With followers that was no faster (bench/README.md), and a turn may then read from the disk what they lack.
/// </summary>
internal sealed partial class RaftLoop
{
    // All under the gate.
    private bool _isTurning;
    private bool _isAlone;
    private Exception? _failure;

    private bool HasWork => _incoming.Count > 0 || _posted.Count > 0 || _looks.Count > 0 || Reads.AnyWaiting;

    private bool IsTickDue => _nextTickMs is { } due && NowMs >= due;

    /// <inheritdoc/>
    protected override void Loop()
    {
        while (WaitForTurn())
        {
            Turn();
            EndTurn();
        }
    }

    private bool WaitForTurn()
    {
        lock (Gate)
        {
            // When the next tick is due is known between two turns only. Who ends a turn wakes this thread if the clock matters.
            while (_failure is null && (_isTurning || !(HasWork || Stopping || IsTickDue)))
                Sleep(_isTurning || _nextTickMs is not { } due ? Timeout.Infinite : (int)Math.Clamp(due - NowMs, 0, int.MaxValue));
            if (_failure is not null)
                ExceptionDispatchInfo.Throw(_failure);
            return TryBeginTurn();
        }
    }

    /// <summary>Something was put into the inbox: takes the turn if this server is alone and nobody has it, else sees to it that somebody does.</summary>
    private void TakeTurn()
    {
        bool isMine;
        lock (Gate)
        {
            // Who has the turn looks into the inbox when it ends; or it has been taken already.
            if (_isTurning || !HasWork)
                return;
            isMine = _isAlone && TryBeginTurn();
        }

        if (!isMine || TurnHere())
            Wake();
    }

    /// <summary>Takes the turn that has begun; true if the raft thread is to look.</summary>
    private bool TurnHere()
    {
        try
        {
            Turn();
            return EndTurn();
        }
#pragma warning disable CA1031 // The raft thread dies of it: its end reaches the owner of this loop.
        catch (Exception cause)
#pragma warning restore CA1031
        {
            // Nobody takes a turn any more.
            lock (Gate)
                _failure = cause;
            return true;
        }
    }

    /// <summary>Under the gate: takes what the inbox holds; false if the loop is to end.</summary>
    private bool TryBeginTurn()
    {
        if (Stopping)
            return false;
        Meters?.MainThread.Works();
        _isTurning = true;
        (_incoming, _proposals) = (_proposals, _incoming);
        (_posted, _events) = (_events, _posted);
        return true;
    }

    /// <summary>Lets others have the turn; true if the raft thread is to look: something has come, or the clock is needed.</summary>
    private bool EndTurn()
    {
        lock (Gate)
        {
            Meters?.MainThread.Waits();
            _isTurning = false;
            _isAlone = _raft.IsAlone;
            return !_isAlone || HasWork || Stopping;
        }
    }
}
