using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Praetor.Core.Ports;
using Praetor.Transport.Framing;
using Praetor.Transport.Tls;

namespace Praetor.Transport.Rpc;

/// <summary>
/// One accepted connection from handshake to end. Frames are read by one loop; calls run at once and are answered in any order; while
/// answers wait for a slow reader, no further frames are read from it.
/// </summary>
internal sealed class RpcServerConnection(ConnectionContext transport, NodeIdentity identity, IServerCallee callee, RpcOptions options, TlsContext? tls,
    TimeProvider time, RpcDrops drops, ILogger log)
{
    private readonly Lock _gate = new();
    private InboundCalls? _calls;
    private InboundStream? _stream;
    private long _lastFrameAt = time.GetTimestamp();
    private bool _isClosed;

    /// <summary>Serves until either side closes. Never throws.</summary>
    public async Task ServeAsync()
    {
        AcceptedConnection? accepted = null;
        try
        {
            accepted = await new ServerHandshake(identity, options, tls, time, drops, log).AcceptAsync(transport).ConfigureAwait(false);
            if (accepted is { Hello.Lane: Lane.Stream or Lane.AgentStream })
                await ServeStreamAsync(accepted).ConfigureAwait(false);
            else if (accepted is not null)
                await ServeFramesAsync(accepted).ConfigureAwait(false);
        }
        catch (Exception broken) when (broken is IOException or OperationCanceledException or ObjectDisposedException or CryptographicException)
        {
            // The other side went away or this one closed; what is left is to clean up.
        }
#pragma warning disable CA1031 // A fault ends its connection, not the server.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            RpcLog.CallFailed(log, accepted?.Hello.NodeId ?? "", 0, fault);
        }
        finally
        {
            await EndAsync(accepted).ConfigureAwait(false);
        }
    }

    /// <summary>Closes at once; <paramref name="drop"/> is counted if there is one.</summary>
    public void Close(RpcDrop? drop, string reason)
    {
        lock (_gate)
        {
            if (_isClosed)
                return;
            _isClosed = true;
        }

        if (drop is { } counted)
        {
            drops.Count(counted);
            if (counted != RpcDrop.Idle)
                RpcLog.Closed(log, transport.RemoteEndPoint, reason);
        }

        transport.Abort(new ConnectionAbortedException(reason));
    }

    /// <summary>Closes a connection on which nothing happens. The handshake has a timer of its own.</summary>
    public void CloseIfIdle()
    {
        TimeSpan silent = time.GetElapsedTime(Volatile.Read(ref _lastFrameAt));
        if (_calls is { Count: 0 } && silent > options.ServerIdleTimeout)
            Close(RpcDrop.Idle, "idle");
        else if (_stream is { IsWaiting: true } && silent > options.StreamStallTimeout)
            Close(RpcDrop.Idle, "the stream does not move");
    }

    private async Task ServeFramesAsync(AcceptedConnection accepted)
    {
        var sender = new FrameSender(_ => Close(null, "broken"));
        sender.Attach(accepted.Output, options.Compress && accepted.Hello.Features.HasFlag(Features.Compression));
        var calls = new InboundCalls(accepted.Hello.NodeId, callee, sender, options, drops, log);
        _calls = calls;
        try
        {
            while (true)
            {
                ReadResult read = await accepted.Input.ReadAsync().ConfigureAwait(false);
                ReadOnlySequence<byte> buffer = read.Buffer;
                FrameRead found;
                while ((found = FrameReader.TryRead(ref buffer, options.MaxFrameBytes, out FrameHeader header, out ReadOnlySequence<byte> body)) == FrameRead.Frame)
                {
                    Volatile.Write(ref _lastFrameAt, time.GetTimestamp());
                    if (Take(accepted.Hello, calls, header, body) is { } drop)
                    {
                        Close(drop, $"{drop} ({header.Type})");
                        return;
                    }

                    if (sender.IsFull(options.MaxQueuedCallBytes))
                        await sender.WhenRoomAsync(options.MaxQueuedCallBytes).ConfigureAwait(false);
                }

                accepted.Input.AdvanceTo(buffer.Start, buffer.End);
                if (found != FrameRead.Incomplete)
                {
                    Close(found == FrameRead.TooLong ? RpcDrop.FrameTooLong : RpcDrop.MalformedFrame, found == FrameRead.TooLong ? "frame too long" : "malformed frame");
                    return;
                }

                if (read.IsCompleted)
                    return;
            }
        }
        finally
        {
            sender.Close(new ConnectionAbortedException());
            calls.CancelAll();
        }
    }

    /// <summary>Null if the frame was taken, else why the connection cannot go on.</summary>
    private RpcDrop? Take(Hello hello, InboundCalls calls, in FrameHeader header, in ReadOnlySequence<byte> body)
    {
        switch (header.Type)
        {
            case FrameType.Message when hello.Lane == Lane.Messages && header.StreamId == 0:
                return TakeMessage(hello.NodeId, header, body);
            case FrameType.Call when hello.Lane == Lane.Calls && header.StreamId != 0:
                return calls.Start(header, body);
            case FrameType.Cancel when hello.Lane == Lane.Calls && header.Length == 0:
                calls.Cancel(header.StreamId);
                return null;
            default:
                return RpcDrop.UnexpectedFrame;
        }
    }

    private RpcDrop? TakeMessage(string from, in FrameHeader header, in ReadOnlySequence<byte> body)
    {
        byte[]? message = FrameBody.Own(header, body, options.MaxFrameBytes);
        if (message is null)
            return RpcDrop.MalformedBody;
        try
        {
            callee.Receive(from, (ServerMethod)header.Method, message);
            return null;
        }
        catch (InvalidDataException malformed)
        {
            RpcLog.MessageFailed(log, from, header.Method, malformed);
            return RpcDrop.MalformedMessage;
        }
    }

    private async Task ServeStreamAsync(AcceptedConnection accepted)
    {
        var stream = new InboundStream(accepted.Input, options, onFrame: () => Volatile.Write(ref _lastFrameAt, time.GetTimestamp()));
        _stream = stream;
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(transport.ConnectionClosed);
        var answer = new FrameBuffer();
        try
        {
            (byte method, byte[] header) = await stream.OpenAsync(gone.Token).ConfigureAwait(false);
            try
            {
                // What agents may not do to the state of a server they may not do by a stream either.
                if (accepted.Hello.Lane == Lane.AgentStream && (ServerMethod)method != ServerMethod.HttpStream)
                    throw new ServerErrorException(0, $"method {method} is not for agents");
                await callee.TakeStreamAsync(accepted.Hello.NodeId, (ServerMethod)method, header, stream, new ReplyStream(accepted.Output, options), gone.Token).ConfigureAwait(false);
                answer.Append(FrameType.Answer, FrameFlags.None, method, 0, default);
            }
            catch (ServerErrorException refusal)
            {
                answer.Append(FrameType.Error, FrameFlags.None, refusal.Code, 0, FrameBody.Text(refusal.Message));
            }
            catch (Exception fault) when (fault is not OperationCanceledException && stream.Violation is null && !gone.IsCancellationRequested)
            {
                RpcLog.CallFailed(log, accepted.Hello.NodeId, method, fault);
                answer.Append(FrameType.Error, FrameFlags.None, 0, 0, FrameBody.Text(fault.Message));
            }
        }
        catch (InvalidDataException) when (stream.Violation is { } drop)
        {
            Close(drop, $"{drop} in a stream");
            return;
        }

        await accepted.Output.WriteAsync(answer.Memory, gone.Token).ConfigureAwait(false);
        answer.Release();
        await stream.DrainAsync(gone.Token).ConfigureAwait(false);
    }

    private async Task EndAsync(AcceptedConnection? accepted)
    {
        try
        {
            if (accepted is not null && !_isClosed)
                await accepted.Output.FlushAsync().ConfigureAwait(false);
            await transport.Transport.Output.CompleteAsync().ConfigureAwait(false);
            await transport.Transport.Input.CompleteAsync().ConfigureAwait(false);
            if (accepted?.Output is System.Net.Security.SslStream secured)
                await secured.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception broken) when (broken is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // It is gone already.
        }

        await transport.DisposeAsync().ConfigureAwait(false);
    }
}
