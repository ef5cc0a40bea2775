using System.Diagnostics.CodeAnalysis;

namespace Praetor.Core.Filtering;

/// <summary>
/// What of an item can be selected, declared by code (http-core 4.4): names, kinds, and how to get the value. Built once, then
/// immutable and shared. Accessors run for every item on hot paths: they must not allocate.
/// </summary>
public sealed class SelectorSchema<T> : ISelectable<T>
{
    private readonly Dictionary<string, Field> _fields = new(StringComparer.Ordinal);

    private delegate bool Field(FilterNode.Match match, int depth, out Predicate<T>? test, out string? error);

    /// <summary>A string field.</summary>
    public SelectorSchema<T> String(string name, Func<T, string> get) => Add(name, get, ScalarKinds.String);

    /// <summary>A signed integer field.</summary>
    public SelectorSchema<T> Int(string name, Func<T, long> get) => Add(name, get, ScalarKinds.Int);

    /// <summary>An unsigned integer field of 8, 16, 32 or 64 bits; values that do not fit are refused.</summary>
    public SelectorSchema<T> Uint(string name, int bits, Func<T, ulong> get) => Add(name, get, ScalarKinds.Uint(bits));

    /// <summary>A floating-point field.</summary>
    public SelectorSchema<T> Float(string name, Func<T, double> get) => Add(name, get, ScalarKinds.Float);

    /// <summary>A boolean field.</summary>
    public SelectorSchema<T> Bool(string name, Func<T, bool> get) => Add(name, get, ScalarKinds.Bool);

    /// <summary>A list of strings; null counts as empty.</summary>
    public SelectorSchema<T> StringList(string name, Func<T, IReadOnlyList<string>?> get) => AddList(name, get, ScalarKinds.String, StringItems.TryBind);

    /// <summary>A map of strings; null counts as empty.</summary>
    public SelectorSchema<T> StringMap(string name, Func<T, IReadOnlyDictionary<string, string>?> get) => AddMap(name, get, ScalarKinds.String);

    /// <summary>An object with fields of its own.</summary>
    public SelectorSchema<T> Object<TPart>(string name, Func<T, TPart> get, SelectorSchema<TPart> schema) => Add(name, get, schema);

    /// <summary>A list of objects; null counts as empty; a match holds if any element matches.</summary>
    public SelectorSchema<T> ObjectList<TItem>(string name, Func<T, IReadOnlyList<TItem>?> get, SelectorSchema<TItem> schema) =>
        AddList(name, get, schema, items: null);

    /// <summary>A map of objects; null counts as empty.</summary>
    public SelectorSchema<T> ObjectMap<TItem>(string name, Func<T, IReadOnlyDictionary<string, TItem>?> get, SelectorSchema<TItem> schema) =>
        AddMap(name, get, schema);

    bool ISelectable<T>.TryBind(FilterNode.Match match, int depth, out Predicate<T>? test, out string? error) =>
        TryBind(match, depth, out test, out error);

    /// <summary>Binds a match whose selector names one of this schema's fields at a depth.</summary>
    internal bool TryBind(FilterNode.Match match, int depth, [NotNullWhen(true)] out Predicate<T>? test, [NotNullWhen(false)] out string? error)
    {
        test = null;
        if (depth == match.Selector.Length)
            error = SelectorErrors.WrongOperator(match);
        else if (!_fields.TryGetValue(match.Selector[depth], out var field))
            error = SelectorErrors.NotValid(match, depth);
        else
            return field(match, depth + 1, out test, out error) && test is not null;
        return false;
    }

    private SelectorSchema<T> Add<TValue>(string name, Func<T, TValue> get, ISelectable<TValue> kind)
    {
        _fields.Add(name, (match, depth, out test, out error) =>
        {
            test = null;
            if (!kind.TryBind(match, depth, out var inner, out error))
                return false;
            test = item => inner!(get(item));
            return true;
        });
        return this;
    }

    private SelectorSchema<T> AddList<TItem>(
        string name, Func<T, IReadOnlyList<TItem>?> get, ISelectable<TItem> kind, ListTests<TItem>.Binder? items)
    {
        _fields.Add(name, (match, depth, out test, out error) =>
        {
            test = null;
            if (!ListTests<TItem>.TryBind(match, depth, kind, items, out var inner, out error))
                return false;
            test = item => inner!(get(item));
            return true;
        });
        return this;
    }

    private SelectorSchema<T> AddMap<TItem>(string name, Func<T, IReadOnlyDictionary<string, TItem>?> get, ISelectable<TItem> kind)
    {
        _fields.Add(name, (match, depth, out test, out error) =>
        {
            test = null;
            if (!MapTests<TItem>.TryBind(match, depth, kind, out var inner, out error))
                return false;
            test = item => inner!(get(item));
            return true;
        });
        return this;
    }
}

/// <summary>Something a selector can end in or lead through.</summary>
internal interface ISelectable<T>
{
    /// <summary>Makes the test of a match whose selector has been followed up to a depth; false with the refusal.</summary>
    bool TryBind(FilterNode.Match match, int depth, out Predicate<T>? test, out string? error);
}

/// <summary>Refusals about selectors (http-core 4.3).</summary>
internal static class SelectorErrors
{
    /// <summary>The part at that depth does not exist.</summary>
    internal static string NotValid(FilterNode.Match match, int depth) => $"Selector {match.QuotedSelector(depth + 1)} is not valid";

    /// <summary>What is selected does not know the operator.</summary>
    internal static string WrongOperator(FilterNode.Match match) =>
        $"Invalid match operator \"{match.Operator.Name()}\" for selector {match.QuotedSelector()}";
}
