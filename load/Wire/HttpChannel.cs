using System.Net;
using System.Net.Sockets;

namespace Praetor.Load.Wire;

/// <summary>An HTTP/1.1 connection that stays open. All channels of one thread share one receive buffer.</summary>
public sealed class HttpChannel(IPEndPoint target, byte[] receiveBuffer) : SocketChannel(target)
{
    private const int ExpectedStatus = 200;

    /// <summary>Length of [], the answer of a server that has lost what was put in.</summary>
    private const int EmptyListBytes = 2;

    private HttpAnswerParser _parser = new();

    /// <summary>X-Consul-Index of the last whole answer.</summary>
    public long Index => _parser.Index;

    /// <summary>Status of the last whole answer.</summary>
    public int Status => _parser.Status;

    /// <inheritdoc/>
    public override long AnswerBytes => _parser.BodyBytes;

    /// <inheritdoc/>
    public override Received Receive(out int slot)
    {
        slot = 0;
        while (true)
        {
            var count = Socket!.Receive(receiveBuffer, SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock)
                return Received.Pending;
            if (error != SocketError.Success || count == 0)
                return Received.Closed;
            try
            {
                // More than the answer: what the next request would read is not its own.
                if (_parser.Feed(receiveBuffer.AsSpan(0, count), out var consumed))
                    return consumed != count ? Received.Closed : _parser is { Status: ExpectedStatus, BodyBytes: not EmptyListBytes } ? Received.Ok : Received.Fail;
            }
            catch (FormatException)
            {
                return Received.Closed;
            }

            // Less than asked for: the rest has not come yet, and asking again would only cost.
            if (count < receiveBuffer.Length)
                return Received.Pending;
        }
    }

    /// <inheritdoc/>
    protected override Socket CreateSocket(AddressFamily family)
    {
        _parser = new HttpAnswerParser();
        return new Socket(family, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    }
}
