using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using Praetor.Api.Dns.Answers;
using Praetor.Api.Dns.Lookups;
using Praetor.Api.Dns.Sockets;

namespace Praetor.Api.Dns.Recursion;

/// <summary>One attempt to answer; its reply has <see cref="IDnsAnswers.LengthBytes"/> free in front.</summary>
/// <param name="packet">The request. Any bytes.</param>
/// <param name="asker">How it came and from where.</param>
/// <param name="resolved">What recursors told of hosts; null while they were not asked.</param>
/// <param name="cancellation">Ends the attempt.</param>
internal delegate ValueTask<PooledReply> AnswerOnce(ReadOnlyMemory<byte> packet, LateAsker asker, ResolvedHosts? resolved, CancellationToken cancellation);

/// <summary>Answers with the help of recursors where it takes them: whole questions (dns 9) and hosts that answers lead to (dns 5). Thread-safe.</summary>
/// <param name="once">Answers from the state.</param>
/// <param name="responders">Write failures.</param>
/// <param name="recursors">Know the rest of the world.</param>
internal sealed class RecursiveAnswers(AnswerOnce once, ResponderPool responders, Recursors recursors) : IDnsAnswers
{
    /// <summary>Answers from a state at hand.</summary>
    public RecursiveAnswers(ResponderPool responders, Recursors recursors)
        : this((packet, asker, resolved, cancellation) => responders.AnswerAsync(packet, asker, resolved, IDnsAnswers.LengthBytes, cancellation), responders, recursors)
    {
    }

    /// <inheritdoc/>
    public async ValueTask<(byte[]? Frame, int Length)> FrameAsync(ReadOnlyMemory<byte> packet, DnsTransport transport, IPAddress? client, CancellationToken cancellation)
    {
        var asker = new LateAsker(transport, client?.GetAddressBytes() ?? []);
        PooledReply reply = await once(packet, asker, null, cancellation).ConfigureAwait(false);
        if (reply.Length == Responder.NeedsHosts)
            reply = await once(packet, asker, await ResolveAsync(reply.Wanted, cancellation).ConfigureAwait(false), cancellation).ConfigureAwait(false);
        if (reply.Length == Responder.Recurse)
            reply = await RecurseAsync(packet, transport, cancellation).ConfigureAwait(false);
        if (reply.Array is not { } frame)
            return (null, 0);
        BinaryPrimitives.WriteUInt16BigEndian(frame, (ushort)reply.Length);
        return (frame, IDnsAnswers.LengthBytes + reply.Length);
    }

    private async Task<ResolvedHosts> ResolveAsync(IReadOnlyList<byte[]> wanted, CancellationToken cancellation)
    {
        var told = new Task<IReadOnlyList<HostRecord>>[wanted.Count];
        for (int i = 0; i < told.Length; i++)
            told[i] = recursors.ResolveAsync(wanted[i], cancellation).AsTask();
        var hosts = new ResolvedHosts();
        for (int i = 0; i < told.Length; i++)
            hosts.Add(wanted[i], await told[i].ConfigureAwait(false));
        return hosts;
    }

    private async ValueTask<PooledReply> RecurseAsync(ReadOnlyMemory<byte> packet, DnsTransport transport, CancellationToken cancellation)
    {
        if (await recursors.ForwardAsync(packet, transport, cancellation).ConfigureAwait(false) is not { } told)
        {
            using LentResponder lent = responders.Take();
            return lent.Keep(lent.Responder.FailRecursion(packet.Span, transport, lent.Buffer), IDnsAnswers.LengthBytes);
        }

        byte[] frame = ArrayPool<byte>.Shared.Rent(IDnsAnswers.LengthBytes + told.Length);
        told.CopyTo(frame, IDnsAnswers.LengthBytes);
        return new PooledReply(frame, told.Length, []);
    }
}
