using System.Diagnostics;
using System.Runtime.CompilerServices;
using Praetor.Core.Codec;
using Praetor.Core.Ports;
using Praetor.Core.State;
using Praetor.Runtime.Telemetry;

namespace Praetor.Runtime;

/// <summary>Writes: proposed here on a leader, sent to the leader elsewhere, held while there is none.</summary>
public sealed partial class ServerRuntime
{
    /// <summary>Between two attempts when nothing has changed in between.</summary>
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(25);

    /// <summary>
    /// Proposes a command and waits until it is durable and applied. Takes ownership of the buffer at once. An acknowledged command
    /// is never lost. What no leader takes is tried again within the hold time, and applied once however often it is sent.
    /// </summary>
    /// <exception cref="NoLeaderException">No leader within the hold time; nothing was written.</exception>
    /// <exception cref="OverloadedException">The proposal queue is full; nothing was written.</exception>
    /// <exception cref="LeadershipLostException">It may or may not be written.</exception>
    /// <exception cref="ServerStoppedException">This server died meanwhile: it may or may not be written.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<CommandResult> ProposeAsync(CommandBuffer command, CancellationToken cancellation)
    {
        using (command)
        {
            long begun = Stopwatch.GetTimestamp();
            CommandKind kind = Commands.KindOf(command.Span);
            if (IsReadyLeader)
            {
                try
                {
                    CommandResult result = await Enqueue(command).ConfigureAwait(false);
                    _meters?.Written(kind, ServerMeters.Since(begun));
                    return result;
                }
                catch (NotLeaderException)
                {
                    // It is not in the log: try again like any write that finds no leader.
                }
            }

            CommandResult elsewhere = await ProposeAnywhereAsync(command, cancellation).ConfigureAwait(false);
            _meters?.Written(kind, ServerMeters.Since(begun));
            return elsewhere;
        }
    }

    /// <summary>
    /// Tries until the hold time is over. From the first attempt that may have reached a leader the command carries a number, so that however often it is sent, it is applied
    /// once.
    /// </summary>
    private async ValueTask<CommandResult> ProposeAnywhereAsync(CommandBuffer command, CancellationToken cancellation)
    {
        if (_calls is null)
            return await ProposeAloneAsync(command, cancellation).ConfigureAwait(false);
        (long number, long settled) = _writeNumbers.Begin();
        using CommandBuffer forwarded = Commands.Forward(_writeNumbers.Origin, number, settled, command.Span);
        bool mayBeWritten = false;
        try
        {
            var hold = new HoldTime(_time, _options.RpcHoldTime);
            do
            {
                ThrowIfStopped();
                try
                {
                    if (IsReadyLeader)
                        return await Enqueue(forwarded).ConfigureAwait(false);
                    if (LeaderElsewhere is { } leader)
                        return ResultCodec.Decode((await CallLeaderAsync(leader, ServerMethod.Propose, forwarded.Memory, cancellation).ConfigureAwait(false)).Span);
                }
                catch (ServerErrorException refused) when (refused.Code is (byte)ServerError.Overloaded)
                {
                    throw new OverloadedException();
                }
                catch (Exception again) when (IsWorthAnotherTry(again))
                {
                    mayBeWritten |= again is LeadershipLostException or ServerCallException { MayHaveRun: true } or ServerErrorException { Code: (byte)ServerError.LeadershipLost };
                }
            }
            while (await WaitForChangeAsync(hold, cancellation).ConfigureAwait(false));
        }
        finally
        {
            _writeNumbers.End(number);
        }

        throw mayBeWritten ? new LeadershipLostException() : new NoLeaderException();
    }

    private static bool IsWorthAnotherTry(Exception failure) =>
        failure is NotLeaderException or LeadershipLostException or ServerCallException
            or ServerErrorException { Code: (byte)ServerError.NotLeader or (byte)ServerError.LeadershipLost };

    private async ValueTask<CommandResult> ProposeAloneAsync(CommandBuffer command, CancellationToken cancellation)
    {
        var hold = new HoldTime(_time, _options.RpcHoldTime);
        do
        {
            ThrowIfStopped();
            if (IsReadyLeader)
                return await Enqueue(command).ConfigureAwait(false);
        }
        while (await WaitForChangeAsync(hold, cancellation).ConfigureAwait(false));
        throw new NoLeaderException();
    }

    private ValueTask<CommandResult> Enqueue(CommandBuffer command)
    {
        Proposal proposal = Proposal.Rent(command);
        _meters?.Proposals.Add(1);
        ValueTask<CommandResult> result = proposal.Task;
        if (!_raftLoop.TryPropose(proposal, out bool overloaded))
            proposal.Fail(overloaded ? new OverloadedException() : new ServerStoppedException(_stopped.Task.Exception?.InnerException));
        return result;
    }

    /// <summary>Waits until leadership may have changed; false when the hold time is over.</summary>
    private async Task<bool> WaitForChangeAsync(HoldTime hold, CancellationToken cancellation)
    {
        TimeSpan left = hold.Left;
        if (left <= TimeSpan.Zero)
            return false;
        TimeSpan pause = LeaderElsewhere is null && _calls is null ? left : RetryPause;
        using var timer = new CancellationTokenSource(pause < left ? pause : left, _time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _stopping.Token, timer.Token);
        Task changed = _leaderSignal.Next;
        if (IsReadyLeader)
            return true;
        try
        {
            await changed.WaitAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            cancellation.ThrowIfCancellationRequested();
            ThrowIfStopped();
        }

        return IsReadyLeader || hold.Left > TimeSpan.Zero;
    }

    /// <summary>How much of the time for which requests are held is left.</summary>
    private readonly struct HoldTime(TimeProvider time, TimeSpan length)
    {
        private readonly long _start = time.GetTimestamp();

        public TimeSpan Left => length - time.GetElapsedTime(_start);
    }
}

/// <summary>Errors that servers tell each other by number. On the wire: values are frozen.</summary>
internal enum ServerError : byte
{
    /// <summary>Something else: the text says what.</summary>
    Other = 0,

    /// <summary>Not the leader; nothing was done.</summary>
    NotLeader = 1,

    /// <summary>Too many writes are queued; nothing was done.</summary>
    Overloaded = 2,

    /// <summary>It may or may not be done.</summary>
    LeadershipLost = 3,
}

/// <summary>The wire form of <see cref="CommandResult"/>.</summary>
internal static class ResultCodec
{
    public static byte[] Encode(CommandResult result)
    {
        using var buffer = new CommandBuffer(64);
        var writer = new FieldWriter(buffer);
        writer.Int(result.Index);
        writer.Byte((byte)result.Outcome);
        writer.OptionalText(result.Refusal);
        if (result.Payload is { } payload)
            writer.Bytes(payload);
        return buffer.Span.ToArray();
    }

    /// <summary>Reads what <see cref="Encode"/> wrote.</summary>
    /// <exception cref="InvalidDataException">Malformed.</exception>
    public static CommandResult Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new FieldReader(bytes);
        return new CommandResult(reader.Int(), (CommandOutcome)reader.Byte(), reader.OptionalText(), reader.AtEnd ? null : reader.Bytes().ToArray());
    }
}
