namespace Praetor.Core.Filtering;

/// <summary>Matches on lists: emptiness and membership of the list itself, else any element (http-core 4.2).</summary>
internal static class ListTests<TItem>
{
    /// <summary>Membership tests, for lists that have them.</summary>
    internal delegate bool Binder(FilterNode.Match match, out Predicate<IReadOnlyList<TItem>?>? test);

    internal static bool TryBind(
        FilterNode.Match match,
        int depth,
        ISelectable<TItem> kind,
        Binder? items,
        out Predicate<IReadOnlyList<TItem>?>? test,
        out string? error)
    {
        error = null;
        if (depth == match.Selector.Length)
        {
            test = match.Operator switch
            {
                FilterOperator.IsEmpty => static list => list is not { Count: > 0 },
                FilterOperator.IsNotEmpty => static list => list is { Count: > 0 },
                _ => null,
            };
            if (test is null && (items is null || !items(match, out test)))
                error = SelectorErrors.WrongOperator(match);
            return error is null;
        }
        test = null;
        if (!kind.TryBind(match, depth, out var inner, out error))
            return false;
        test = list => AnyMatches(list, inner!);
        return true;
    }

    private static bool AnyMatches(IReadOnlyList<TItem>? list, Predicate<TItem> test)
    {
        if (list is TItem[] array)
        {
            foreach (var item in array)
            {
                if (test(item))
                    return true;
            }
            return false;
        }
        for (var i = 0; i < list?.Count; i++)
        {
            if (test(list[i]))
                return true;
        }
        return false;
    }
}

/// <summary>Membership in a list of strings: the exact element.</summary>
internal static class StringItems
{
    internal static bool TryBind(FilterNode.Match match, out Predicate<IReadOnlyList<string>?>? test)
    {
        var value = match.Value;
        test = match.Operator switch
        {
            FilterOperator.In => list => Contains(list, value),
            FilterOperator.NotIn => list => !Contains(list, value),
            _ => null,
        };
        return test is not null;
    }

    private static bool Contains(IReadOnlyList<string>? list, string value)
    {
        if (list is string[] array)
            return Array.IndexOf(array, value) >= 0;
        for (var i = 0; i < list?.Count; i++)
        {
            if (list[i] == value)
                return true;
        }
        return false;
    }
}

/// <summary>Matches on maps: emptiness and keys of the map itself, else the value under a key (http-core 4.2).</summary>
internal static class MapTests<TItem>
{
    internal static bool TryBind(
        FilterNode.Match match,
        int depth,
        ISelectable<TItem> kind,
        out Predicate<IReadOnlyDictionary<string, TItem>?>? test,
        out string? error)
    {
        error = null;
        if (depth == match.Selector.Length)
        {
            var value = match.Value;
            test = match.Operator switch
            {
                FilterOperator.IsEmpty => static map => map is not { Count: > 0 },
                FilterOperator.IsNotEmpty => static map => map is { Count: > 0 },
                FilterOperator.In => map => map is not null && map.ContainsKey(value),
                FilterOperator.NotIn => map => map is null || !map.ContainsKey(value),
                _ => null,
            };
            if (test is null)
                error = SelectorErrors.WrongOperator(match);
            return error is null;
        }
        test = null;
        if (!kind.TryBind(match, depth + 1, out var inner, out error))
            return false;
        var key = match.Selector[depth];
        var ofMissing = match.Operator.OfMissingKey();
        test = map => map is not null && map.TryGetValue(key, out var item) ? inner!(item) : ofMissing;
        return true;
    }
}
