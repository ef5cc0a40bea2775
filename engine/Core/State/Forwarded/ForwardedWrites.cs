using System.Buffers.Binary;
using Praetor.Core.Mvcc;

namespace Praetor.Core.State.Forwarded;

/// <summary>What is known of a node that forwards writes.</summary>
/// <param name="Settled">Writes below this number have been answered: their results are forgotten.</param>
/// <param name="LastIndex">Log index of its last write.</param>
public readonly record struct ForwardingOrigin(long Settled, long LastIndex);

/// <summary>
/// Results of forwarded writes whose answer may still be on its way, so that a write that is sent again because its fate was unknown is answered and not applied twice
/// (design, rule 7). Part of the replicated state: every server must recognise a retry, whoever leads. Immutable.
/// </summary>
/// <param name="origins">By origin.</param>
/// <param name="results">By origin and number.</param>
public sealed class ForwardedWrites(OrderedIndex<ForwardingOrigin> origins, OrderedIndex<CommandResult> results)
{
    /// <summary>Nothing was forwarded.</summary>
    public static readonly ForwardedWrites Empty = new(OrderedIndex<ForwardingOrigin>.Empty, OrderedIndex<CommandResult>.Empty);

    /// <summary>Length of an origin's id in bytes.</summary>
    public const int OriginBytes = 16;

    /// <summary>Who forwards.</summary>
    public OrderedIndex<ForwardingOrigin> Origins { get; } = origins;

    /// <summary>Results that are kept.</summary>
    public OrderedIndex<CommandResult> Results { get; } = results;

    /// <summary>Length of a result's key in bytes.</summary>
    internal const int KeyBytes = OriginBytes + sizeof(long);

    /// <summary>Writes the key of a result: by origin, then by number.</summary>
    internal static ReadOnlySpan<byte> ResultKey(ReadOnlySpan<byte> origin, long number, Span<byte> key)
    {
        origin.CopyTo(key);
        BinaryPrimitives.WriteInt64BigEndian(key[OriginBytes..], number);
        return key[..KeyBytes];
    }
}

/// <summary>The writes of one apply batch to <see cref="ForwardedWrites"/>. Owned by the apply loop.</summary>
internal sealed class ForwardedBatch(ForwardedWrites table)
{
    /// <summary>An origin that was silent for so many log entries is gone: nobody waits for an answer that long.</summary>
    public const long IdleEntries = 1 << 20;

    /// <summary>What a transaction has read is kept for its answer up to this length; a retry of a longer one is told that it was applied, and no more.</summary>
    private const int MaxKeptPayload = 1024 * 1024;

    /// <summary>Results are forgotten so many at a time: one by one, each took a walk and a copy of a node's keys.</summary>
    private const int ForgottenTogether = 16;

    private readonly OrderedIndexBatch<ForwardingOrigin> _origins = table.Origins.Begin();
    private readonly OrderedIndexBatch<CommandResult> _results = table.Results.Begin();

    /// <summary>The result of a write that was applied before.</summary>
    public bool TryGet(ReadOnlySpan<byte> origin, long number, out CommandResult result) => _results.TryGet(ForwardedWrites.ResultKey(origin, number, stackalloc byte[ForwardedWrites.KeyBytes]), out result);

    /// <summary>True if the origin itself has said that it knows this write's result: what comes now is a message that was under way for too long.</summary>
    public bool IsSettled(ReadOnlySpan<byte> origin, long number) => _origins.TryGet(origin, out ForwardingOrigin known) && number < known.Settled;

    /// <summary>Keeps a result, and forgets those of which the origin says that it has them.</summary>
    public void Keep(ReadOnlySpan<byte> origin, long number, long settled, CommandResult result)
    {
        bool isKnown = _origins.TryGet(origin, out ForwardingOrigin known);
        if (!isKnown)
            ForgetIdle(result.Index);
        settled = Math.Max(settled, known.Settled);
        if (settled / ForgottenTogether > known.Settled / ForgottenTogether)
            Forget(origin, (ulong)settled - 1);
        if (result.Payload is { Length: > MaxKeptPayload })
            result = new CommandResult(result.Index, CommandOutcome.Refused, "the transaction was applied, its answer is lost");
        _results.Set(ForwardedWrites.ResultKey(origin, number, stackalloc byte[ForwardedWrites.KeyBytes]), result);
        _origins.Set(origin, new ForwardingOrigin(settled, result.Index));
    }

    public void RestoreOrigin(byte[] origin, ForwardingOrigin known) => _origins.Set(origin, known);

    public void RestoreResult(byte[] key, CommandResult result) => _results.Set(key, result);

    public ForwardedWrites Commit() => new(_origins.Commit(), _results.Commit());

    private void Forget(ReadOnlySpan<byte> origin, ulong last) => _results.RemoveRange(
        ForwardedWrites.ResultKey(origin, 0, stackalloc byte[ForwardedWrites.KeyBytes]), ForwardedWrites.ResultKey(origin, (long)last, stackalloc byte[ForwardedWrites.KeyBytes]));

    private void ForgetIdle(long index)
    {
        var idle = new List<ReadOnlyMemory<byte>>();
        foreach ((ReadOnlyMemory<byte> origin, ForwardingOrigin known) in _origins.Scan([]))
        {
            if (index - known.LastIndex > IdleEntries)
                idle.Add(origin);
        }

        foreach (ReadOnlyMemory<byte> origin in idle)
        {
            Forget(origin.Span, ulong.MaxValue);
            _origins.Remove(origin.Span);
        }
    }
}
