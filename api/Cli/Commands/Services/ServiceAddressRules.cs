using System.Net;

namespace Praetor.Api.Cli.Commands.Services;

/// <summary>What is refused as an address before anything is sent (cli 8, services). Pure.</summary>
internal static class ServiceAddressRules
{
    private const int MaxColons = 7;
    private const int MaxDots = 3;

    /// <summary>What is wrong with the address of a service; null if nothing is.</summary>
    public static string? Error(string address)
    {
        if (address.Length == 0 || IPAddress.TryParse(address, out _))
            return null;
        if (IsMalformed(address))
            return $"malformed IP address: {address}";
        return HasPort(address) ? "address should not contain port" : null;
    }

    private static bool HasPort(string address) =>
        address.LastIndexOf(':') is > 0 and var colon && colon < address.Length - 1 && address.AsSpan(colon + 1).IndexOfAnyExceptInRange('0', '9') < 0
        && (address.Count(c => c == ':') == 1 || address[colon - 1] == ']');

    private static bool IsMalformed(string address)
    {
        var parts = address.Split('.');
        return address.Contains("..", StringComparison.Ordinal)
            || address.Contains(":::", StringComparison.Ordinal)
            || address.Split("::").Length > 2
            || address.Count(c => c == ':') > MaxColons
            || (parts.Length - 1 > MaxDots && parts.Count(part => part.Length > 0 && part.All(char.IsAsciiDigit)) > 2);
    }
}
