using System.Globalization;
using Praetor.Core.Codec;

namespace Praetor.Api.Config.Templates;

/// <summary>What <c>math</c> does to an address (config 3).</summary>
internal static class AddressMath
{
    /// <summary>Applies an operation: address and network take a number with its sign, mask takes bits.</summary>
    /// <exception cref="TemplateException">No such operation, or no such value.</exception>
    public static InterfaceAddress Apply(string operation, string value, InterfaceAddress address) => operation.ToLowerInvariant() switch
    {
        "address" => address with { Value = unchecked(address.Value + (UInt128)Signed(operation, value)) & address.AllOnes },
        "network" => address with { Value = InNetwork(address, Signed(operation, value)) },
        "mask" => Masked(address, value, operation),
        _ => throw new TemplateException($"unsupported math operation: {GoQuote.Quote(operation)}"),
    };

    /// <summary>From the first address on, or from the last one back; what leaves the network comes in again at its other end.</summary>
    private static UInt128 InNetwork(InterfaceAddress address, Int128 steps)
    {
        UInt128 hosts = address.AllOnes & ~address.Mask;
        UInt128 offset = unchecked((UInt128)steps) & hosts;
        return address.Network + offset;
    }

    private static InterfaceAddress Masked(InterfaceAddress address, string value, string operation)
    {
        if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int bits))
            throw new TemplateException($"unable to convert {GoQuote.Quote(value)} to int for operation {GoQuote.Quote(operation)}");
        if (bits > address.Bits)
            throw new TemplateException($"parameter for operation {GoQuote.Quote(operation)} on {(address.IsIPv4 ? "ipv4" : "ipv6")} addresses must be between 0 and {address.Bits}");
        return address with { Value = address.Value & address.MaskOf(bits), PrefixLength = Math.Min(bits, address.PrefixLength) };
    }

    private static Int128 Signed(string operation, string value)
    {
        string trimmed = value.Trim();
        if (trimmed.Length == 0 || trimmed[0] is not ('+' or '-'))
            throw new TemplateException($"sign (+/-) is required for operation {GoQuote.Quote(operation)}");
        return long.TryParse(trimmed, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw new TemplateException($"unable to convert {GoQuote.Quote(value)} to int for operation {GoQuote.Quote(operation)}");
    }
}
