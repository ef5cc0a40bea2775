using System.Net;
using System.Text;
using Praetor.Core.Codec;
using Praetor.Core.Filtering;

namespace Praetor.Api.Config;

/// <summary>
/// Addresses that may hold templates such as <c>{{ GetPrivateIP }}</c> or <c>{{ GetInterfaceIP "eth0" }}</c> (config 3). Plain text passes unchanged.
/// </summary>
internal static class AddressTemplate
{
    /// <summary>Expands a text and splits it at white space.</summary>
    /// <returns>Null with the parts, or what is wrong.</returns>
    public static string? Expand(string text, HostFacts host, out string[] parts)
    {
        parts = [];
        var expanded = new StringBuilder();
        var rest = text.AsSpan();
        for (var open = rest.IndexOf("{{"); open >= 0; open = rest.IndexOf("{{"))
        {
            expanded.Append(rest[..open]);
            var length = rest[(open + 2)..].IndexOf("}}");
            if (length < 0)
                return Error(text, "unclosed action");
            if (Evaluate(rest.Slice(open + 2, length).Trim(['-', ' ']).ToString(), host, out var value) is { } error)
                return Error(text, error);
            expanded.Append(value);
            rest = rest[(open + 2 + length + 2)..];
        }

        parts = expanded.Append(rest).ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return null;
    }

    private static string Error(string text, string detail) => $"error parsing {GoQuote.Quote(text)}: template: sockaddr.Parse:1: {detail}";

    private static string? Evaluate(string action, HostFacts host, out string value)
    {
        value = "";
        var space = action.IndexOf(' ', StringComparison.Ordinal);
        var function = space < 0 ? action : action[..space];
        var argument = space < 0 ? "" : action[space..].Trim().Trim('"');
        IEnumerable<HostAddress> found;
        switch (function)
        {
            case "GetPrivateIP" or "GetPrivateIPs":
                found = OfKind(host, AddressKinds.IsPrivate, onDefaultRoute: function == "GetPrivateIP");
                break;
            case "GetPublicIP" or "GetPublicIPs":
                found = OfKind(host, AddressKinds.IsPublic, onDefaultRoute: function == "GetPublicIP");
                break;
            case "GetInterfaceIP" or "GetInterfaceIPs":
                if (OfInterface(host, argument, forwardable: function == "GetInterfaceIP", out found) is { } error)
                    return error;
                break;
            default:
                return $"function {GoQuote.Quote(function)} not defined";
        }

        var addresses = Sort(found).Select(address => address.Address.ToString());
        value = function.EndsWith('s') ? string.Join(' ', addresses) : addresses.FirstOrDefault() ?? "";
        return null;
    }

    private static IEnumerable<HostAddress> OfKind(HostFacts host, Func<IPAddress, bool> kind, bool onDefaultRoute) =>
        host.Addresses().Where(address => kind(address.Address) && AddressKinds.IsForwardable(address.Address) && (!onDefaultRoute || address.HasDefaultRoute));

    private static string? OfInterface(HostFacts host, string pattern, bool forwardable, out IEnumerable<HostAddress> found)
    {
        found = [];
        if (!GoRegex.TryCompile(pattern, out var name, out var error))
            return $"error calling GetInterfaceIP: {error}";
        found = [.. host.Addresses().Where(address => name.IsMatch(address.Interface) && (!forwardable || AddressKinds.IsForwardable(address.Address)))];
        return null;
    }

    /// <summary>IPv4 first, larger networks first.</summary>
    private static IOrderedEnumerable<HostAddress> Sort(IEnumerable<HostAddress> addresses) =>
        addresses.OrderBy(address => AddressKinds.IsIPv4(address.Address) ? 0 : 1).ThenBy(address => address.PrefixLength);
}
