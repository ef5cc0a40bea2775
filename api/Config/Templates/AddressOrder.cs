using Praetor.Core.Codec;

namespace Praetor.Api.Config.Templates;

/// <summary>Orders of <c>sort</c> (config 3): clauses separated by commas, each with + or -, earlier ones first.</summary>
internal static class AddressOrder
{
    /// <summary>Sorts; what no clause tells apart stays in its order.</summary>
    /// <exception cref="TemplateException">No such clause.</exception>
    public static List<object?> Sort(string clauses, IEnumerable<InterfaceAddress> addresses)
    {
        List<Comparison<InterfaceAddress>> orders = [.. clauses.Split(',').Select(Of)];
        return [.. addresses.Order(Comparer<InterfaceAddress>.Create((one, other) => orders.Select(order => order(one, other)).FirstOrDefault(static found => found != 0)))];
    }

    private static Comparison<InterfaceAddress> Of(string clause)
    {
        string name = clause.Trim().ToLowerInvariant();
        Comparison<InterfaceAddress> ascending = name.TrimStart('+', '-') switch
        {
            "address" => static (one, other) => one.IsIPv4 == other.IsIPv4 ? one.Value.CompareTo(other.Value) : 0,
            "default" => static (one, other) => other.Host.HasDefaultRoute.CompareTo(one.Host.HasDefaultRoute),
            "name" => static (one, other) => string.CompareOrdinal(one.Interface, other.Interface),
            "port" => static (_, _) => 0,
            "private" => static (one, other) => IsPrivate(other).CompareTo(IsPrivate(one)),
            // The larger network has the smaller mask; masks of different lengths are not compared.
            "size" => static (one, other) => one.IsIPv4 == other.IsIPv4 ? one.PrefixLength.CompareTo(other.PrefixLength) : 0,
            "type" => static (one, other) => other.IsIPv4.CompareTo(one.IsIPv4),
            _ => throw new TemplateException($"unknown sort type: {GoQuote.Quote(clause)}"),
        };
        return name.StartsWith('-') ? (one, other) => ascending(other, one) : ascending;
    }

    private static bool IsPrivate(InterfaceAddress address) => SpecialNetworks.Contain(6890, address.Address) is true;
}
