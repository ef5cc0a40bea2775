using System.Collections.Concurrent;

namespace Praetor.Core.State;

/// <summary>
/// A bounded bag of answers derived from one immutable object; it dies with that object, so entries are never invalidated.
/// Any thread may read and add. When full, new answers are simply not kept.
/// </summary>
public sealed class DerivedAnswers
{
    /// <summary>Distinct (query, form) pairs per object; more means hostile or generated queries, which gain nothing from sharing.</summary>
    public const int Capacity = 32;

    private ConcurrentDictionary<string, object>? _answers;

    /// <summary>The answer kept under <paramref name="key"/>, or null.</summary>
    public T? Find<T>(string key) where T : class =>
        _answers is { } answers && answers.TryGetValue(key, out object? kept) ? kept as T : null;

    /// <summary>Keeps an answer; if another thread was first, returns that one, so that all share a single copy.</summary>
    public T Keep<T>(string key, T answer) where T : class
    {
        ConcurrentDictionary<string, object> answers = _answers ?? Interlocked.CompareExchange(ref _answers, new(), null) ?? _answers!;
        if (answers.Count >= Capacity)
            return Find<T>(key) ?? answer;
        return answers.GetOrAdd(key, answer) as T ?? answer;
    }
}
