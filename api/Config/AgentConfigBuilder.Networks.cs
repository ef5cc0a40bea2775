using System.Globalization;
using System.Net;

namespace Praetor.Api.Config;

/// <summary>Recursors and networks (config 3 and 5).</summary>
internal sealed partial class AgentConfigBuilder
{
    private readonly List<string> _recursors = [];
    private List<IPNetwork> _writeFrom = [];
    private List<IPNetwork> _allowedLan = [];
    private List<IPNetwork> _allowedWan = [];

    private string? ReadRecursors()
    {
        foreach (var recursor in _keys.List("recursors"))
        {
            foreach (var part in Expand("recursors", recursor))
            {
                if (part.StartsWith(UnixPrefix, StringComparison.Ordinal))
                    return $"DNS Recursors cannot be unix sockets: {part}";
                if (!_recursors.Contains(part))
                    _recursors.Add(part);
            }
        }

        return null;
    }

    private string? ReadNetworks() =>
        ReadNetworks("http_config.allow_write_http_from", "allow_write_http_from", out _writeFrom)
        ?? ReadNetworks("serf_lan_allowed_cidrs", "serf_lan_allowed_cidrs", out _allowedLan)
        ?? ReadNetworks("serf_wan_allowed_cidrs", "serf_wan_allowed_cidrs", out _allowedWan);

    private string? ReadNetworks(string path, string name, out List<IPNetwork> networks)
    {
        networks = [];
        foreach (var text in _keys.List(path))
        {
            if (!TryParseNetwork(text, out var network))
                return name == "allow_write_http_from" ? $"{name}: invalid cidr: {text}" : $"{name}: invalid CIDR address: {text}";
            networks.Add(network);
        }

        return null;
    }

    /// <summary>Bits of the host part are allowed and ignored, which IPNetwork itself refuses.</summary>
    private static bool TryParseNetwork(string text, out IPNetwork network)
    {
        network = default;
        if (text.Split('/') is not [var addressText, var bitsText] || !TryParseIp(addressText, out var address)
            || !int.TryParse(bitsText, NumberStyles.None, CultureInfo.InvariantCulture, out var bits) || bits > (AddressKinds.IsIPv4(address) ? 32 : 128))
            return false;
        var bytes = address.GetAddressBytes();
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] &= (byte)(0xff00 >> Math.Clamp(bits - (i * 8), 0, 8));
        network = new IPNetwork(new IPAddress(bytes), bits);
        return true;
    }

    /// <summary>Host part of host:port, [v6]:port or a bare host.</summary>
    private static string HostOf(string recursor)
    {
        if (recursor.StartsWith('['))
            return recursor[..(recursor.IndexOf(']', StringComparison.Ordinal) + 1)];
        return recursor.Count(c => c == ':') == 1 ? recursor.Split(':')[0] : recursor;
    }
}
