using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Praetor.Api.Dns.Answers;
using Praetor.Api.Dns.Wire;

namespace Praetor.Api.Dns.Sockets;

/// <summary>One client connection: frames of a 2-byte length and a message, answered one by one in order (dns 1).</summary>
internal sealed class TcpConnection(Socket socket, IDnsAnswers answers, TimeProvider time, RequestLog log)
{
    private const int FrameBytes = 2;

    private IPAddress? _client;
    private byte[] _buffer = [];
    private int _start;
    private int _end;

    /// <summary>Serves until the client leaves, is too slow, or has had its share of queries. Never faults.</summary>
    public async Task ServeAsync(CancellationToken stopping)
    {
        using Socket owned = socket;
        _buffer = ArrayPool<byte>.Shared.Rent(SocketPolicy.ConnectionBufferBytes);
        string reason = "query limit";
        try
        {
            socket.NoDelay = true;
            _client = (socket.RemoteEndPoint as IPEndPoint)?.Address;
            using CancellationTokenSource patience = new(SocketPolicy.FirstQueryTimeout, time);
            await using CancellationTokenRegistration registration = stopping.UnsafeRegister(static p => ((CancellationTokenSource)p!).Cancel(), patience);
            for (int query = 0; query < SocketPolicy.MaxQueriesPerConnection; query++)
            {
                if (await ReadFrameAsync(patience.Token).ConfigureAwait(false) is not { } packet)
                {
                    reason = "closed by client";
                    break;
                }
                await AnswerAsync(packet, patience).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            reason = stopping.IsCancellationRequested ? "shutting down" : "timeout";
        }
        catch (SocketException e)
        {
            reason = e.Message;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }
        if (log.IsOn)
            DnsLog.ConnectionEnded(log.Logger, RemoteText(), reason);
    }

    /// <summary>The next message, valid until the next call; null if the client closed the connection.</summary>
    private async ValueTask<ReadOnlyMemory<byte>?> ReadFrameAsync(CancellationToken patience)
    {
        if (!await FillAsync(FrameBytes, patience).ConfigureAwait(false))
            return null;
        int length = BinaryPrimitives.ReadUInt16BigEndian(_buffer.AsSpan(_start));
        if (!await FillAsync(FrameBytes + length, patience).ConfigureAwait(false))
            return null;
        ReadOnlyMemory<byte> packet = _buffer.AsMemory(_start + FrameBytes, length);
        _start += FrameBytes + length;
        return packet;
    }

    /// <summary>Reads until so many bytes are buffered; false at the end of the stream.</summary>
    private async ValueTask<bool> FillAsync(int count, CancellationToken patience)
    {
        while (_end - _start < count)
        {
            MakeRoom(count);
            int received = await socket.ReceiveAsync(_buffer.AsMemory(_end), SocketFlags.None, patience).ConfigureAwait(false);
            if (received == 0)
                return false;
            _end += received;
        }
        return true;
    }

    private void MakeRoom(int count)
    {
        byte[] old = _buffer;
        if (count > old.Length)
            _buffer = ArrayPool<byte>.Shared.Rent(count);
        old.AsSpan(_start, _end - _start).CopyTo(_buffer);
        _end -= _start;
        _start = 0;
        if (!ReferenceEquals(old, _buffer))
            ArrayPool<byte>.Shared.Return(old);
    }

    private async ValueTask AnswerAsync(ReadOnlyMemory<byte> packet, CancellationTokenSource patience)
    {
        long begun = log.Begin();
        // The time that servers and recursors take is not the client's.
        ValueTask<(byte[]? Frame, int Length)> answer = answers.FrameAsync(packet, DnsTransport.Tcp, _client, patience.Token);
        if (!answer.IsCompleted)
            patience.CancelAfter(Timeout.InfiniteTimeSpan);
        (byte[]? frame, int length) = await answer.ConfigureAwait(false);
        patience.CancelAfter(SocketPolicy.IdleTimeout);
        if (frame is null)
            return;
        try
        {
            for (ReadOnlyMemory<byte> rest = frame.AsMemory(0, length); !rest.IsEmpty;)
                rest = rest[await socket.SendAsync(rest, SocketFlags.None, patience.Token).ConfigureAwait(false)..];
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(frame);
        }
        if (log.IsOn)
            log.Served(packet.Span, begun, socket.RemoteEndPoint, "tcp");
    }

    private string RemoteText()
    {
        try
        {
            return socket.RemoteEndPoint?.ToString() ?? "";
        }
        catch (SocketException)
        {
            return ""; // already gone
        }
    }
}
