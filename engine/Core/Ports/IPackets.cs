using System.Net;

namespace Praetor.Core.Ports;

/// <summary>
/// How gossip reaches other members: datagrams, and exchanges (one request, one answer, of any size up to <see cref="MaxExchangeBytes"/>)
/// over streams for push-pull and for probes where datagrams do not pass. Sealing is the implementation's business. Thread-safe.
/// End points are treated as immutable values.
/// </summary>
public interface IPackets
{
    /// <summary>Largest message of an exchange, bytes (gossip-raft 1.1).</summary>
    const int MaxExchangeBytes = 20 * 1024 * 1024;

    /// <summary>Largest datagram payload, bytes: what is left of 1400 after sealing.</summary>
    int MaxPacketBytes { get; }

    /// <summary>Sends a datagram. Never blocks; false if it was dropped here. The bytes are borrowed for the call.</summary>
    bool TrySend(IPEndPoint to, ReadOnlySpan<byte> packet);

    /// <summary>Connects, sends a request, returns the answer, which the caller owns. <paramref name="timeout"/> covers all of it.</summary>
    /// <exception cref="PacketExchangeException">No answer, or a refusal; the text says which.</exception>
    ValueTask<ReadOnlyMemory<byte>> ExchangeAsync(IPEndPoint to, ReadOnlyMemory<byte> request, TimeSpan timeout, CancellationToken cancellation);
}

/// <summary>The other end of <see cref="IPackets"/>.</summary>
public interface IPacketReceiver
{
    /// <summary>A datagram whose seal or checksum was right. Called one at a time; must not block. The bytes are borrowed for the call; <paramref name="from"/> may be kept.</summary>
    void OnPacket(IPEndPoint from, ReadOnlySpan<byte> packet);

    /// <summary>A request over a stream; the answer goes back. Any number run at once up to the implementation's bound. The request is the receiver's to keep.</summary>
    /// <exception cref="PacketExchangeException">A refusal: its text goes to the caller.</exception>
    ValueTask<ReadOnlyMemory<byte>> OnExchangeAsync(IPEndPoint from, ReadOnlyMemory<byte> request, CancellationToken cancellation);
}

/// <summary>An exchange brought no answer.</summary>
/// <param name="message">Why, as operators see it.</param>
public sealed class PacketExchangeException(string message, Exception? cause = null) : Exception(message, cause);
