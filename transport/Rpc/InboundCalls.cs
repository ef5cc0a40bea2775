using System.Buffers;
using Microsoft.Extensions.Logging;
using Praetor.Core.Ports;
using Praetor.Transport.Framing;

namespace Praetor.Transport.Rpc;

/// <summary>The calls that one connection has running here. Thread-safe.</summary>
internal sealed class InboundCalls(string from, IServerCallee callee, FrameSender sender, RpcOptions options, RpcDrops drops, ILogger log)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<uint, CancellationTokenSource> _running = [];
    private bool _isClosed;

    /// <summary>How many run.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _running.Count;
        }
    }

    /// <summary>Starts a call. Null if it was started or rejected, else why the connection cannot go on. The body is borrowed for this method.</summary>
    public RpcDrop? Start(in FrameHeader header, in ReadOnlySequence<byte> body)
    {
        var cancel = new CancellationTokenSource();
        bool isRejected;
        lock (_gate)
        {
            if (_isClosed)
                return null;
            isRejected = _running.Count >= options.MaxCallsPerConnection;
            if (!isRejected && !_running.TryAdd(header.StreamId, cancel))
                return RpcDrop.UnexpectedFrame;
        }

        if (isRejected)
        {
            drops.Count(RpcDrop.TooManyCalls);
            sender.TryAppend(FrameType.Rejected, 0, header.StreamId, "too many calls run on this connection"u8, int.MaxValue);
            return null;
        }

        byte[]? request = FrameBody.Own(header, body, options.MaxFrameBytes);
        if (request is null)
            return RpcDrop.MalformedBody;
        _ = AnswerAsync(header.Method, header.StreamId, request, cancel.Token);
        return null;
    }

    /// <summary>The caller no longer wants an answer. A call that ended already is no error: the two crossed.</summary>
    public void Cancel(uint streamId) => Take(streamId, out _)?.Cancel();

    /// <summary>The connection is gone: nobody wants any answer.</summary>
    public void CancelAll()
    {
        CancellationTokenSource[] running;
        lock (_gate)
        {
            _isClosed = true;
            running = [.. _running.Values];
            _running.Clear();
        }

        foreach (CancellationTokenSource cancel in running)
            cancel.Cancel();
    }

    private CancellationTokenSource? Take(uint streamId, out int left)
    {
        lock (_gate)
        {
            bool isTaken = _running.Remove(streamId, out CancellationTokenSource? cancel);
            left = _running.Count;
            return isTaken ? cancel : null;
        }
    }

    private async Task AnswerAsync(byte method, uint streamId, byte[] request, CancellationToken cancellation)
    {
        (FrameType Type, byte Code, ReadOnlyMemory<byte> Body) answer;
        try
        {
            ReadOnlyMemory<byte> result = await callee.AnswerAsync(from, (ServerMethod)method, request, cancellation).ConfigureAwait(false);
            answer = result.Length <= options.MaxFrameBytes
                ? (FrameType.Answer, method, result)
                : (FrameType.Error, (byte)0, FrameBody.Text($"the answer has {result.Length} bytes, more than {options.MaxFrameBytes}"));
        }
        catch (ServerErrorException refusal)
        {
            answer = (FrameType.Error, refusal.Code, FrameBody.Text(refusal.Message));
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return;
        }
#pragma warning disable CA1031 // The caller and the log hear of it; other calls go on.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            RpcLog.CallFailed(log, from, method, fault);
            answer = (FrameType.Error, (byte)0, FrameBody.Text(fault.Message));
        }

        // Who removes the call from the table is the one who ends it: a cancelled call is not answered.
        if (Take(streamId, out int left) is not null)
            sender.TryAppend(answer.Type, answer.Code, streamId, answer.Body.Span, int.MaxValue, left);
    }
}
