using System.Buffers;
using System.Collections.Concurrent;
using Praetor.Api.Dns.Wire;
using Praetor.Core.State;
using Praetor.Runtime;

namespace Praetor.Api.Dns.Lookups;

/// <summary>Responders with a reply buffer, lent for the time of one answer: as many as answers are made at the same instant. Thread-safe.</summary>
internal sealed class ResponderPool(DnsBackend backend, ulong seed)
{
    private readonly ConcurrentBag<LentResponder> _idle = [];
    private int _created;

    /// <summary>Lends one; disposing of it gives it back.</summary>
    public LentResponder Take() => _idle.TryTake(out LentResponder? lent)
        ? lent
        : new LentResponder(new Responder(backend, seed + (ulong)Interlocked.Increment(ref _created)), _idle);

    /// <summary>Answers from the state, if need be from the leader's (dns 10).</summary>
    /// <param name="packet">The request. Any bytes.</param>
    /// <param name="asker">Who asks, and how.</param>
    /// <param name="hosts">What recursors told of hosts; null while they were not asked.</param>
    /// <param name="offset">Bytes to leave free in front of the reply.</param>
    /// <param name="cancellation">Ends the waiting for the leader.</param>
    public async ValueTask<PooledReply> AnswerAsync(ReadOnlyMemory<byte> packet, LateAsker asker, ResolvedHosts? hosts, int offset, CancellationToken cancellation)
    {
        PooledReply reply = Answer(packet.Span, asker, new Gathered(hosts, null), offset);
        if (reply.Length != Responder.NeedsFresh)
            return reply;
        try
        {
            StateRoot fresh = await backend.State.ReadFreshAsync(cancellation).ConfigureAwait(false);
            return Answer(packet.Span, asker, new Gathered(hosts, fresh), offset);
        }
#pragma warning disable CA1031 // one question must never stop a connection; whatever it met is logged and told to the client
        catch (Exception fault) when (fault is not OperationCanceledException)
#pragma warning restore CA1031
        {
            if (fault is not NoLeaderException)
                DnsLog.AnswerFailed(backend.Logger, fault);
            using LentResponder lent = Take();
            return lent.Keep(lent.Responder.Fail(packet.Span, asker.Transport, lent.Buffer), offset);
        }
    }

    private PooledReply Answer(ReadOnlySpan<byte> packet, LateAsker asker, Gathered gathered, int offset)
    {
        using LentResponder lent = Take();
        return lent.Keep(lent.Responder.Answer(packet, new Asker(asker.Transport, asker.Address, asker.Agent), lent.Buffer, gathered), offset);
    }
}

/// <summary>A responder and the buffer it writes to. Not thread-safe.</summary>
internal sealed class LentResponder(Responder responder, ConcurrentBag<LentResponder> owner) : IDisposable
{
    /// <summary>The responder.</summary>
    public Responder Responder { get; } = responder;

    /// <summary>Where it shall write.</summary>
    public byte[] Buffer { get; } = new byte[DnsLimits.MessageBytes];

    /// <summary>What was written, as something to keep.</summary>
    /// <param name="length">What the responder returned.</param>
    /// <param name="offset">Bytes to leave free in front of the reply.</param>
    public PooledReply Keep(int length, int offset)
    {
        if (length <= 0)
            return new PooledReply(null, length, length == Responder.NeedsHosts ? [.. Responder.WantedHosts] : []);
        byte[] answer = ArrayPool<byte>.Shared.Rent(offset + length);
        Buffer.AsSpan(0, length).CopyTo(answer.AsSpan(offset));
        return new PooledReply(answer, length, []);
    }

    /// <inheritdoc/>
    public void Dispose() => owner.Add(this);
}

/// <summary>A reply in an array of the shared pool, which belongs to whoever holds this; or what it takes to get one.</summary>
/// <param name="Array">The reply, from the offset on that was asked for; null if there is none (yet).</param>
/// <param name="Length">Its bytes; 0 = say nothing; else as <see cref="Responder.Answer"/> returns it.</param>
/// <param name="Wanted">Hosts to resolve if <paramref name="Length"/> is <see cref="Responder.NeedsHosts"/>.</param>
internal readonly record struct PooledReply(byte[]? Array, int Length, IReadOnlyList<byte[]> Wanted);
