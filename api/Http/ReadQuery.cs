using Praetor.Api.Http.Json;
using Praetor.Core.Mvcc;
using Praetor.Core.State;

namespace Praetor.Api.Http;

/// <summary>How a read ended.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Text">Text of an error; null for a JSON body or none.</param>
public readonly record struct ReadOutcome(int Status, string? Text)
{
    /// <summary>200 with what was written to the JSON writer.</summary>
    public static ReadOutcome Found => new(200, null);

    /// <summary>404 without body, with index headers.</summary>
    public static ReadOutcome NotFoundEmpty => new(404, null);

    /// <summary>An error text with index headers.</summary>
    public static ReadOutcome Refused(int status, string text) => new(status, text);
}

/// <summary>Something that a blocking query can wait for. Immutable; all members are pure functions of the root they are given.</summary>
public abstract class WatchedRead
{
    /// <summary>What wakes a waiter of this read.</summary>
    public abstract WatchTopic Topic { get; }

    /// <summary>What else wakes a waiter, as of the state in which the wait begins; for the few reads that no single topic covers.</summary>
    public virtual IReadOnlyList<WatchTopic> FurtherTopics(StateRoot root) => [];

    /// <summary>X-Consul-Index of the result (0 is shown as 1).</summary>
    public abstract long IndexOf(StateRoot root);

    /// <summary>
    /// True for a read of one thing that does not exist: its waiters sleep on although the table's index moves (http-core 2.2).
    /// </summary>
    public virtual bool IsMissing(StateRoot root) => false;
}

/// <summary>One blocking-capable read of the replicated state with a JSON body. Made per request; <see cref="ApiRequest.AnswerAsync(ReadQuery)"/> drives it.</summary>
public abstract class ReadQuery : WatchedRead
{
    /// <summary>
    /// Owner under which the rendered body may be kept and shared by all waiters and later readers. The body must depend on nothing but that
    /// owner and <see cref="ShareKey"/>. Null: never shared.
    /// </summary>
    public virtual DerivedAnswers? Shared(StateRoot root) => null;

    /// <summary>
    /// Distinguishes queries under one owner: kind, parameters, filter. Not index, wait, token or indentation, which
    /// the caller adds.
    /// </summary>
    public virtual string ShareKey => "";

    /// <summary>Writes the body; called at most once per root. What it wrote is dropped unless it returns <see cref="ReadOutcome.Found"/>.</summary>
    public abstract ReadOutcome Render(StateRoot root, GoJsonWriter json);

    /// <summary>Whether X-Consul-Effective-Consistency is sent (http-core 1.5).</summary>
    public virtual bool EffectiveConsistencyHeader => true;

    /// <summary>Whether an error (no leader) still carries index 1 and known leader false (http-core 1.5).</summary>
    public virtual bool MetadataOnErrors => true;

    /// <summary>Whether <c>?cached</c> has a meaning here (http-core 3), and so X-Cache is sent.</summary>
    public virtual bool Cacheable => false;
}
