using System.Globalization;
using Praetor.Core.Codec;

namespace Praetor.Api.Config.Templates;

/// <summary>The functions on the machine's addresses (config 3, Address templates).</summary>
internal sealed class AddressFunctions(HostFacts host)
{
    private const string Usable = "default,type,size";

    private static readonly HashSet<string> s_names =
    [
        "GetAllInterfaces", "GetDefaultInterfaces", "GetPrivateInterfaces", "GetPublicInterfaces", "GetPrivateIP", "GetPrivateIPs", "GetPublicIP", "GetPublicIPs", "GetInterfaceIP",
        "GetInterfaceIPs", "include", "exclude", "sort", "limit", "offset", "unique", "attr", "Attr", "join", "math",
    ];

    private List<InterfaceAddress>? _all;

    /// <summary>Whether there is a function of that name.</summary>
    public static bool IsKnown(string name) => s_names.Contains(name) || TemplateValues.Function(name) is not null;

    /// <summary>All addresses of the machine; asked for once.</summary>
    public IReadOnlyList<object?> All => [.. Addresses];

    private List<InterfaceAddress> Addresses => _all ??= [.. host.Addresses().Select(InterfaceAddress.Of)];

    /// <summary>A function by name; null if there is none.</summary>
    public TemplateFunction? Find(string name) => name switch
    {
        "GetAllInterfaces" => arguments => Want(arguments, 0, All),
        "GetDefaultInterfaces" => arguments => Want(arguments, 0, new List<object?>(Addresses.Where(static address => address.Host.HasDefaultRoute))),
        "GetPrivateInterfaces" => arguments => Want(arguments, 0, OfKind(isPrivate: true)),
        "GetPublicInterfaces" => arguments => Want(arguments, 0, OfKind(isPrivate: false)),
        "GetPrivateIP" => arguments => Want(arguments, 0, First(OfKind(isPrivate: true))),
        "GetPublicIP" => arguments => Want(arguments, 0, First(OfKind(isPrivate: false))),
        "GetPrivateIPs" => arguments => Want(arguments, 0, Join("address", " ", OfKind(isPrivate: true))),
        "GetPublicIPs" => arguments => Want(arguments, 0, Join("address", " ", OfKind(isPrivate: false))),
        "GetInterfaceIP" => arguments => Join("address", " ", [.. OfInterface(Text(arguments, 0, 1), "forwardable").Take(1)]),
        "GetInterfaceIPs" => arguments => Join("address", " ", OfInterface(Text(arguments, 0, 1), null)),
        "include" => arguments => Filtered(arguments, "include", isKept: true),
        "exclude" => arguments => Filtered(arguments, "exclude", isKept: false),
        "sort" => static arguments => AddressOrder.Sort(Text(arguments, 0, 2), List(arguments, 1)),
        "limit" => static arguments => new List<object?>(List(arguments, 1).Take((int)Math.Clamp(Number(arguments, 2), 0, int.MaxValue))),
        "offset" => static arguments => Offset(Number(arguments, 2), List(arguments, 1)),
        "unique" => static arguments => Unique(Text(arguments, 0, 2), List(arguments, 1)),
        "attr" or "Attr" => static arguments => Attribute(Text(arguments, 0, 2), arguments[1]),
        "join" => static arguments => Join(Text(arguments, 0, 3), Text(arguments, 1, 3), [.. List(arguments, 2)]),
        "math" => static arguments => new List<object?>(List(arguments, 2).Select(address => AddressMath.Apply(Text(arguments, 0, 3), Text(arguments, 1, 3), address))),
        _ => TemplateValues.Function(name),
    };

    /// <summary>Addresses that packets may be sent to from elsewhere, of interfaces that are up; those of the default route first.</summary>
    private List<object?> OfKind(bool isPrivate) => AddressOrder.Sort(Usable, Addresses.Where(address =>
        AddressKinds.IsForwardable(address.Address) && address.Host.Flags.HasFlag(InterfaceFlags.Up) && SpecialNetworks.Contain(6890, address.Address) == isPrivate));

    private List<object?> OfInterface(string pattern, string? flag)
    {
        Predicate<InterfaceAddress> isNamed = AddressFilters.Of("include", "name", pattern);
        return AddressOrder.Sort("type,size", Addresses.Where(address => isNamed(address) && (flag is null || AddressFilters.Of("include", "flag", flag)(address))));
    }

    private static string First(List<object?> addresses) => addresses.OfType<InterfaceAddress>().FirstOrDefault(static address => address.Host.HasDefaultRoute)?.Address.ToString() ?? "";

    private static List<object?> Filtered(IReadOnlyList<object?> arguments, string verb, bool isKept)
    {
        Predicate<InterfaceAddress> filter = AddressFilters.Of(verb, Text(arguments, 0, 3), Text(arguments, 1, 3));
        return [.. List(arguments, 2).Where(address => filter(address) == isKept)];
    }

    private static List<object?> Offset(long offset, IReadOnlyList<InterfaceAddress> addresses)
    {
        if (Math.Abs(offset) > addresses.Count)
            throw new TemplateException($"unable to seek past the end of the interface array: offset ({Math.Abs(offset)}) exceeds the number of interfaces ({addresses.Count})");
        return [.. addresses.Skip((int)(offset < 0 ? addresses.Count + offset : offset))];
    }

    /// <summary>Of neighbours that are alike only the first stays.</summary>
    private static List<object?> Unique(string what, IReadOnlyList<InterfaceAddress> addresses)
    {
        Func<InterfaceAddress, string> keyOf = what.ToLowerInvariant() switch
        {
            "address" => static address => address.ToString(),
            "name" => static address => address.Interface,
            _ => throw new TemplateException($"unsupported unique constraint {GoQuote.Quote(what)}"),
        };
        return [.. addresses.Where((address, i) => i == 0 || keyOf(address) != keyOf(addresses[i - 1]))];
    }

    private static string Attribute(string name, object? value) => value switch
    {
        InterfaceAddress address => address.Attribute(name),
        IReadOnlyList<object?> list => list.Count == 0 ? "" : ((InterfaceAddress)list[0]!).Attribute(name),
        _ => throw new TemplateException($"unable to obtain attribute {name} from type {TemplateValues.TypeOf(value)} ({TemplateValues.Print(value)})"),
    };

    private static string Join(string attribute, string separator, IReadOnlyList<object?> addresses) =>
        string.Join(separator, addresses.OfType<InterfaceAddress>().Select(address => address.Attribute(attribute)));

    private static object? Want(IReadOnlyList<object?> arguments, int count, object? value) =>
        arguments.Count == count ? value : throw new TemplateException($"wrong number of args: want {count} got {arguments.Count}");

    private static string Text(IReadOnlyList<object?> arguments, int at, int count) =>
        Want(arguments, count, arguments.ElementAtOrDefault(at)) as string ?? throw new TemplateException($"wrong type for value; expected string; got {TemplateValues.TypeOf(arguments[at])}");

    private static List<InterfaceAddress> List(IReadOnlyList<object?> arguments, int at) => arguments.ElementAtOrDefault(at) is IReadOnlyList<object?> list
        ? [.. list.Cast<InterfaceAddress>()]
        : throw new TemplateException($"wrong type for value; expected sockaddr.IfAddrs; got {TemplateValues.TypeOf(arguments.ElementAtOrDefault(at))}");

    /// <summary>A number, or one in quotes.</summary>
    private static long Number(IReadOnlyList<object?> arguments, int count) => Want(arguments, count, arguments.ElementAtOrDefault(0)) switch
    {
        long number => number,
        string text when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) => number,
        var other => throw new TemplateException($"wrong type for value; expected int; got {TemplateValues.TypeOf(other)}"),
    };
}
