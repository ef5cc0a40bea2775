using System.Net;
using System.Net.Sockets;
using System.Numerics;
using Microsoft.Extensions.Logging;
using Praetor.Core.Ports;

namespace Praetor.Transport.Gossip;

/// <summary>The datagram half of the gossip port. Allocates nothing per datagram. Sending is thread-safe, receiving is one loop.</summary>
internal sealed class DatagramSocket(Socket socket, string pool, PacketSeal seal, GossipOptions options, PacketDrops drops, ILogger log) : IDisposable
{
    private const int MaxDatagramBytes = 64 * 1024;

    // Longer than this no member sends: such datagrams stay off the stack.
    private const int StackBytes = 2048;

    private readonly EndPointCache _endPoints = new();

    /// <summary>Sends a datagram; false if it was dropped.</summary>
    public bool TrySend(IPEndPoint to, ReadOnlySpan<byte> packet)
    {
        if (packet.Length > Math.Min(options.MaxDatagramBytes, StackBytes) - seal.OverheadBytes)
        {
            drops.Count(PacketDrop.TooLong);
            return false;
        }

        Span<byte> datagram = stackalloc byte[StackBytes + PacketSeal.MaxOverheadBytes];
        int size = seal.Seal(SealKind.Packet, packet, datagram);
        try
        {
            return socket.SendTo(datagram[..size], SocketFlags.None, _endPoints.AddressOf(to)) == size;
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            // No route, full buffer, or the end: a datagram may always be lost.
            drops.Count(PacketDrop.NotSent);
            return false;
        }
    }

    /// <summary>Receives until disposed.</summary>
    public async Task ReceiveAllAsync(IPacketReceiver receiver)
    {
        byte[] datagram = GC.AllocateUninitializedArray<byte>(MaxDatagramBytes, pinned: true);
        byte[] opened = GC.AllocateUninitializedArray<byte>(MaxDatagramBytes);
        var from = new SocketAddress(socket.AddressFamily);
        while (true)
        {
            int size;
            try
            {
                size = await socket.ReceiveFromAsync(datagram, SocketFlags.None, from).ConfigureAwait(false);
            }
            catch (SocketException failure) when (failure.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionRefused or SocketError.MessageSize
                or SocketError.HostUnreachable or SocketError.NetworkUnreachable)
            {
                // What an earlier datagram of ours met; it concerns this loop only in that the call returns.
                continue;
            }
            catch (Exception end) when (end is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted or SocketError.Interrupted })
            {
                return;
            }

            Take(receiver, from, datagram.AsSpan(0, size), opened);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => socket.Dispose();

    private void Take(IPacketReceiver receiver, SocketAddress from, ReadOnlySpan<byte> datagram, Span<byte> scratch)
    {
        if (seal.TryOpen(SealKind.Packet, datagram, scratch, out ReadOnlySpan<byte> packet) is { } drop)
        {
            Drop(drop, from);
            return;
        }

        IPEndPoint sender = _endPoints.EndPointOf(from);
        try
        {
            receiver.OnPacket(sender, packet);
        }
        catch (InvalidDataException)
        {
            Drop(PacketDrop.Malformed, from);
        }
#pragma warning disable CA1031 // One packet that meets a fault must not end gossip.
        catch (Exception fault)
#pragma warning restore CA1031
        {
            GossipLog.PacketFailed(log, pool, sender, fault);
        }
    }

    /// <summary>Told at the 1st, 2nd, 4th, 8th ... of its kind: a flood of packets makes no flood of lines.</summary>
    private void Drop(PacketDrop drop, SocketAddress from)
    {
        long count = drops.Count(drop);
        if (BitOperations.IsPow2(count))
            GossipLog.PacketDropped(log, pool, _endPoints.EndPointOf(from), drop, count);
    }
}
