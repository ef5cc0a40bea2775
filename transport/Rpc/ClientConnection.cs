using System.Buffers;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Praetor.Core.Ports;
using Praetor.Transport.Framing;

namespace Praetor.Transport.Rpc;

/// <summary>
/// One connection to a server, from the attempt to make it to its end; never used again after that. Messages may queue while it is
/// being made, calls wait. When it ends, each call is told whether it may have run. Thread-safe.
/// </summary>
#pragma warning disable CA1001 // The token source has no timer and no wait handle; closing may cancel it after all else has ended.
internal sealed class ClientConnection
#pragma warning restore CA1001
{
    private readonly Dialer _dialer;
    private readonly ServerAddress _to;
    private readonly Lane _lane;
    private readonly RpcOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Action<ClientConnection> _onClosed;
    private readonly FrameSender _sender;
    private readonly CancellationTokenSource _closing = new();
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();
    private readonly Dictionary<uint, PendingCall> _calls = [];
    private readonly ITimer _deadline;
    private ServerCallException? _closed;
    private long _armedFor = long.MaxValue;
    private long _lastUseAt;
    private uint _lastStreamId;

    /// <summary>A connection that is not being made yet; <paramref name="onClosed"/> is called once when it has ended.</summary>
    public ClientConnection(Dialer dialer, ServerAddress to, Lane lane, RpcOptions options, TimeProvider time, ILogger log, Action<ClientConnection> onClosed)
    {
        _dialer = dialer;
        _to = to;
        _lane = lane;
        _options = options;
        _time = time;
        _log = log;
        _onClosed = onClosed;
        _sender = new FrameSender(broken => Close(broken.Message, broken));
        _deadline = time.CreateTimer(static connection => ((ClientConnection)connection!).ExpireCalls(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _lastUseAt = time.GetTimestamp();
    }

    /// <summary>True once the server has said welcome, also after the end.</summary>
    public bool WasOpened { get; private set; }

    /// <summary>True when it has ended.</summary>
    public bool IsClosed => Volatile.Read(ref _closed) is not null;

    /// <summary>Makes the connection and serves it until its end. Never throws.</summary>
    public async Task RunAsync()
    {
        try
        {
            TimeSpan timeout = _lane == Lane.Messages ? _options.MessageDialTimeout : _options.DialTimeout;
            using DialedConnection dialed = await _dialer.DialAsync(_to, _lane, timeout, _closing.Token).ConfigureAwait(false);
            RpcLog.Connected(_log, _to.Address, _lane);
            WasOpened = true;
            _sender.Attach(dialed.Output, _options.Compress && dialed.Welcome.Features.HasFlag(Features.Compression));
            _opened.TrySetResult();
            Close(await ReadAllAsync(dialed).ConfigureAwait(false), null);
        }
        catch (ServerCallException failure)
        {
            RpcLog.NotConnected(_log, _to.Address, _lane, failure.Message);
            Close(failure);
        }
        catch (Exception broken) when (broken is IOException or OperationCanceledException or ObjectDisposedException or SocketException or CryptographicException)
        {
            Close(broken is OperationCanceledException ? "the connection was closed here" : broken.Message, broken);
        }
#pragma warning disable CA1031 // All callers hear of it.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            Close(fault.Message, fault);
        }

        await _deadline.DisposeAsync().ConfigureAwait(false);
        _onClosed(this);
    }

    /// <summary>Sends a message; false if it was dropped.</summary>
    public bool TrySend(byte method, ReadOnlySpan<byte> message)
    {
        Volatile.Write(ref _lastUseAt, _time.GetTimestamp());
        int room = WasOpened ? _options.MaxQueuedMessageBytes : _options.MaxQueuedWhileConnectingBytes;
        return message.Length <= room && _sender.TryAppend(FrameType.Message, method, 0, message, room) != FrameSender.NotAppended;
    }

    /// <summary>Calls; <paramref name="dueAt"/> is a timestamp.</summary>
    /// <exception cref="ServerCallException">No answer.</exception>
    /// <exception cref="ServerErrorException">The server says no.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> CallAsync(byte method, ReadOnlyMemory<byte> request, long dueAt, CancellationToken cancellation)
    {
        if (!_opened.Task.IsCompletedSuccessfully)
            await WaitAsync(_opened.Task, dueAt, cancellation).ConfigureAwait(false);
        PendingCall call;
        while ((call = Start(method, request.Span, dueAt)) is { SentAt: FrameSender.NotAppended })
            await WaitAsync(_sender.WhenRoomAsync(_options.MaxQueuedCallBytes), dueAt, cancellation).ConfigureAwait(false);
        if (!cancellation.CanBeCanceled)
            return await call.Task.ConfigureAwait(false);
        using (cancellation.UnsafeRegister(static (state, token) => { (ClientConnection c, PendingCall p) = ((ClientConnection, PendingCall))state!; c.Cancel(p, token); }, (this, call)))
            return await call.Task.ConfigureAwait(false);
    }

    /// <summary>Ends the connection.</summary>
    public void Close(string reason, Exception? cause) => Close(new ServerCallException($"connection to server {_to.Id} at {_to.Address} was lost: {reason}", mayHaveRun: false, cause));

    /// <summary>Ends the connection if nothing was asked of it for long.</summary>
    public void CloseIfIdle()
    {
        lock (_gate)
        {
            if (_calls.Count > 0 || _time.GetElapsedTime(Volatile.Read(ref _lastUseAt)) < _options.ClientIdleTimeout)
                return;
        }

        Close("idle", null);
    }

    private void Close(ServerCallException reason)
    {
        PendingCall[] calls;
        lock (_gate)
        {
            if (_closed is not null)
                return;
            Volatile.Write(ref _closed, reason);
            calls = [.. _calls.Values];
            _calls.Clear();
        }

        _sender.Close(reason);
        if (WasOpened)
            RpcLog.Lost(_log, _to.Address, _lane, reason.Message);
        // After the sender is closed this does not grow: what lies beyond never left.
        long handedOver = _sender.HandedOverBytes;
        foreach (PendingCall call in calls)
            call.TrySetException(call.SentAt < handedOver ? new ServerCallException(reason.Message, mayHaveRun: true, reason.InnerException) : reason);
        _opened.TrySetResult();
        _closing.Cancel();
    }

    /// <summary>Registers and sends a call. If there was no room its <see cref="PendingCall.SentAt"/> says so.</summary>
    private PendingCall Start(byte method, ReadOnlySpan<byte> request, long dueAt)
    {
        PendingCall call;
        int underWay;
        lock (_gate)
        {
            if (_closed is not null)
                throw _closed;
            // 0 names no call; a number in use after four billion calls is passed over.
            do
                _lastStreamId = _lastStreamId == uint.MaxValue ? 1 : _lastStreamId + 1;
            while (_calls.ContainsKey(_lastStreamId));
            call = new PendingCall(_lastStreamId, dueAt);
            underWay = _calls.Count;
            _calls.Add(call.StreamId, call);
            Volatile.Write(ref _lastUseAt, _time.GetTimestamp());
            if (dueAt < _armedFor)
                Arm(dueAt);
        }

        long sentAt = _sender.TryAppend(FrameType.Call, method, call.StreamId, request, _options.MaxQueuedCallBytes, underWay);
        call.SentAt = sentAt;
        if (sentAt == FrameSender.NotAppended)
            TryTake(call.StreamId, out _);
        return call;
    }

    private async Task<string> ReadAllAsync(DialedConnection dialed)
    {
        while (true)
        {
            System.IO.Pipelines.ReadResult read = await dialed.Input.ReadAsync(_closing.Token).ConfigureAwait(false);
            ReadOnlySequence<byte> buffer = read.Buffer;
            FrameRead found;
            while ((found = FrameReader.TryRead(ref buffer, _options.MaxFrameBytes, out FrameHeader header, out ReadOnlySequence<byte> body)) == FrameRead.Frame)
            {
                if (!Take(header, body))
                    return $"the server sent a frame that has no place here ({header.Type})";
            }

            dialed.Input.AdvanceTo(buffer.Start, buffer.End);
            if (found != FrameRead.Incomplete)
                return found == FrameRead.TooLong ? "the server sent a frame that is too long" : "the server sent a malformed frame";
            if (read.IsCompleted)
                return "the server closed it";
        }
    }

    private bool Take(in FrameHeader header, in ReadOnlySequence<byte> body)
    {
        if (header.Type is not (FrameType.Answer or FrameType.Error or FrameType.Rejected))
            return false;
        // An answer that nobody waits for any more crossed with its cancellation.
        if (!TryTake(header.StreamId, out PendingCall? call))
            return header.StreamId != 0;
        switch (header.Type)
        {
            case FrameType.Answer when FrameBody.Own(header, body, _options.MaxFrameBytes) is { } answer:
                call.TrySetResult(answer);
                return true;
            case FrameType.Answer:
                call.TrySetException(new ServerCallException("the answer does not decompress", mayHaveRun: true));
                return false;
            case FrameType.Error:
                call.TrySetException(new ServerErrorException(header.Method, FrameBody.Text(body)));
                return true;
            default:
                call.TrySetException(new ServerCallException(FrameBody.Text(body), mayHaveRun: false));
                return true;
        }
    }

    private bool TryTake(uint streamId, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out PendingCall? call)
    {
        lock (_gate)
            return _calls.Remove(streamId, out call);
    }

    private void Cancel(PendingCall call, CancellationToken token)
    {
        if (!TryTake(call.StreamId, out _))
            return;
        _sender.TryAppend(FrameType.Cancel, 0, call.StreamId, default, int.MaxValue);
        call.TrySetCanceled(token);
    }

    private async ValueTask WaitAsync(Task task, long dueAt, CancellationToken cancellation)
    {
        try
        {
            TimeSpan left = _time.GetElapsedTime(_time.GetTimestamp(), dueAt);
            await task.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, _time, cancellation).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new ServerCallException($"server {_to.Id} at {_to.Address} could not be asked in time", mayHaveRun: false);
        }
    }

    private void ExpireCalls()
    {
        List<PendingCall> expired = [];
        lock (_gate)
        {
            long now = _time.GetTimestamp();
            long next = long.MaxValue;
            foreach (PendingCall call in _calls.Values)
            {
                if (call.DueAt <= now)
                    expired.Add(call);
                else
                    next = Math.Min(next, call.DueAt);
            }

            foreach (PendingCall call in expired)
                _calls.Remove(call.StreamId);
            _armedFor = long.MaxValue;
            if (next != long.MaxValue)
                Arm(next);
        }

        foreach (PendingCall call in expired)
        {
            _sender.TryAppend(FrameType.Cancel, 0, call.StreamId, default, int.MaxValue);
            call.TrySetException(new ServerCallException($"server {_to.Id} at {_to.Address} did not answer in time", mayHaveRun: true));
        }
    }

    /// <summary>One timer for all calls, set to the earliest.</summary>
    private void Arm(long dueAt)
    {
        if (_closed is not null)
            return;
        _armedFor = dueAt;
        TimeSpan left = _time.GetElapsedTime(_time.GetTimestamp(), dueAt);
        // Timers count whole milliseconds: a little late rather than one too early.
        _deadline.Change(left > TimeSpan.Zero ? left + TimeSpan.FromMilliseconds(1) : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }
}
