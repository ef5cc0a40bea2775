using System.Net;
using Praetor.Api.Dns.Answers;

namespace Praetor.Api.Dns.Sockets;

/// <summary>Where answers that may take time come from. Thread-safe.</summary>
internal interface IDnsAnswers
{
    /// <summary>Bytes in front of the reply.</summary>
    const int LengthBytes = 2;

    /// <summary>
    /// The reply with its 2-byte length in front, in an array of the shared pool that belongs to the caller, so that a client that reads
    /// slowly holds no more than its own reply. Null: say nothing. The packet is borrowed until the task completes. The client is null if its address is not known.
    /// </summary>
    ValueTask<(byte[]? Frame, int Length)> FrameAsync(ReadOnlyMemory<byte> packet, DnsTransport transport, IPAddress? client, CancellationToken cancellation);
}
