using System.Net;
using System.Net.Sockets;

namespace Praetor.Load.Wire;

/// <summary>A channel over a socket that never blocks once it is open.</summary>
public abstract class SocketChannel(IPEndPoint target) : Channel
{
    /// <summary>The socket to wait for.</summary>
    public Socket? Socket { get; private set; }

    /// <inheritdoc/>
    public override void Open()
    {
        Socket?.Dispose();
        Socket = CreateSocket(target.AddressFamily);
        Socket.Connect(target);
        Socket.Blocking = false;
    }

    /// <inheritdoc/>
    public override bool Send(int slot, Span<byte> request)
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

    /// <inheritdoc/>
    public override void Dispose()
    {
        Socket?.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>A socket of the right kind, not yet connected.</summary>
    protected abstract Socket CreateSocket(AddressFamily family);
}
