using System.Net;
using System.Net.Sockets;

namespace Praetor.Load.Wire;

/// <summary>What reading a channel brought.</summary>
public enum Received : byte
{
    /// <summary>Not yet a whole answer.</summary>
    Pending,

    /// <summary>A whole answer as expected.</summary>
    Ok,

    /// <summary>A whole answer, but not the expected one.</summary>
    Fail,

    /// <summary>The connection is of no more use.</summary>
    Closed,
}

/// <summary>One connection with at most one request under way. Never blocks once open.</summary>
public abstract class Channel(IPEndPoint target) : IDisposable
{
    /// <summary>The socket to wait for.</summary>
    public Socket? Socket { get; private set; }

    /// <summary>Bytes of the last whole answer.</summary>
    public abstract long AnswerBytes { get; }

    /// <summary>Connects, anew if it was connected before.</summary>
    public void Open()
    {
        Socket?.Dispose();
        Socket = CreateSocket(target.AddressFamily);
        Socket.Connect(target);
        Socket.Blocking = false;
    }

    /// <summary>Sends a request; false if the connection is of no more use.</summary>
    public bool Send(ReadOnlySpan<byte> request)
    {
        while (!request.IsEmpty)
        {
            var sent = Socket!.Send(request, SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock)
                Socket.Poll(Timeout.InfiniteTimeSpan, SelectMode.SelectWrite);
            else if (error != SocketError.Success)
                return false;
            request = request[sent..];
        }

        return true;
    }

    /// <summary>Reads what is there.</summary>
    public abstract Received Receive();

    /// <inheritdoc/>
    public void Dispose()
    {
        Socket?.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>A socket of the right kind, not yet connected.</summary>
    protected abstract Socket CreateSocket(AddressFamily family);
}
