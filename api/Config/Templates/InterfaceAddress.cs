using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Praetor.Api.Config.Templates;

/// <summary>An address of an interface with its network, as templates see it. Immutable.</summary>
/// <param name="Host">Where it is.</param>
/// <param name="Value">The address as a number of 32 or 128 bits.</param>
/// <param name="PrefixLength">Bits of the network.</param>
internal sealed record InterfaceAddress(HostAddress Host, UInt128 Value, int PrefixLength)
{
    /// <summary>An address as the machine has it.</summary>
    public static InterfaceAddress Of(HostAddress host) => new(host, ToNumber(host.Address), host.PrefixLength);

    /// <summary>Name of the interface.</summary>
    public string Interface => Host.Interface;

    /// <summary>IPv4, not IPv6.</summary>
    public bool IsIPv4 => Host.Address.AddressFamily == AddressFamily.InterNetwork;

    /// <summary>32 or 128.</summary>
    public int Bits => IsIPv4 ? 32 : 128;

    /// <summary>All ones in <see cref="Bits"/>.</summary>
    public UInt128 AllOnes => IsIPv4 ? uint.MaxValue : UInt128.MaxValue;

    /// <summary>Ones in the bits of the network.</summary>
    public UInt128 Mask => MaskOf(PrefixLength);

    /// <summary>The first address of the network.</summary>
    public UInt128 Network => Value & Mask;

    /// <summary>The last address of the network.</summary>
    public UInt128 Last => Network | (AllOnes & ~Mask);

    /// <summary>The address alone.</summary>
    public IPAddress Address => ToAddress(Value);

    /// <summary>A mask of so many bits.</summary>
    public UInt128 MaskOf(int bits) => bits == 0 ? 0 : AllOnes & ~((UInt128.One << (Bits - bits)) - 1);

    /// <summary>A number as an address of the same kind.</summary>
    public IPAddress ToAddress(UInt128 value)
    {
        Span<byte> bytes = stackalloc byte[16];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt128BigEndian(bytes, value);
        return new IPAddress(IsIPv4 ? bytes[12..] : bytes);
    }

    /// <summary>An address as a number.</summary>
    public static UInt128 ToNumber(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        address.TryWriteBytes(address.AddressFamily == AddressFamily.InterNetwork ? bytes[12..] : bytes, out _);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    /// <summary>An attribute for <c>attr</c> and <c>join</c> (config 3).</summary>
    /// <exception cref="TemplateException">There is none of that name.</exception>
    public string Attribute(string name) => name.ToLowerInvariant() switch
    {
        "name" => Interface,
        "flags" => Host.Flags == 0 ? "0" : Host.Flags.ToString().ToLowerInvariant().Replace(", ", "|", StringComparison.Ordinal),
        "string" => ToString(),
        "type" => IsIPv4 ? "IPv4" : "IPv6",
        "address" or "host" => Address.ToString(),
        "binary" => Padded("b", Bits),
        "hex" => Padded("x", Bits / 4),
        "octets" => string.Join(' ', Address.GetAddressBytes()),
        "port" => "0",
        "network" => PrefixLength == Bits ? ToAddress(Network).ToString() : $"{ToAddress(Network)}/{PrefixLength}",
        "netmask" => ToAddress(Mask).ToString(),
        "mask_bits" => PrefixLength.ToString(CultureInfo.InvariantCulture),
        "first_usable" => ToAddress(Network + (IsIPv4 && PrefixLength < 31 ? UInt128.One : UInt128.Zero)).ToString(),
        "last_usable" => ToAddress(Last - (IsIPv4 && PrefixLength < 31 ? UInt128.One : UInt128.Zero)).ToString(),
        "size" => PrefixLength == 0 && !IsIPv4 ? "340282366920938463463374607431768211456" : (UInt128.One << (Bits - PrefixLength)).ToString(CultureInfo.InvariantCulture),
        "broadcast" when IsIPv4 => ToAddress(Last).ToString(),
        "uint32" when IsIPv4 => Value.ToString(CultureInfo.InvariantCulture),
        "uint128" when !IsIPv4 => Value.ToString(CultureInfo.InvariantCulture),
        "broadcast" or "uint32" or "uint128" or "path" => "",
        _ => throw new TemplateException($"unsupported attribute name {Praetor.Core.Codec.GoQuote.Quote(name)}"),
    };

    /// <summary>Address and network: 10.0.0.5/8.</summary>
    public override string ToString() => PrefixLength == Bits ? Address.ToString() : $"{Address}/{PrefixLength}";

    private string Padded(string format, int width) => Value.ToString(format, CultureInfo.InvariantCulture).TrimStart('0').PadLeft(width, '0');
}
