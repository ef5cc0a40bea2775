using System.Net;
using System.Net.Sockets;
using Praetor.Api.Config.Templates;

namespace Praetor.Api.Config;

/// <summary>Ports and addresses (config 3 and 5).</summary>
internal sealed partial class AgentConfigBuilder
{
    private const int DefaultGrpcTlsPort = 8503;
    private const string UnixPrefix = "unix://";

    private PortSettings? _ports;
    private AddressSettings? _addresses;

    private string? ReadPorts()
    {
        var sidecar = Range("sidecar", 21000, 21255);
        var expose = Range("expose", 21500, 21755);
        _ports = new PortSettings(
            _keys.Port("ports.dns", 8600), _keys.Port("ports.http", 8500), _keys.Port("ports.https", -1), _keys.Port("ports.grpc", -1),
            _keys.Port("ports.grpc_tls", _server ? DefaultGrpcTlsPort : -1), _keys.Port("ports.server", 8300), _keys.Port("ports.serf_lan", 8301),
            _keys.Port("ports.serf_wan", 8302), sidecar, expose);
        if (_keys.Long("ports.server", 8300) <= 0)
            return "server-port must be greater than zero";
        if (_keys.Long("ports.serf_lan", 8301) <= 0)
            return "serf-lan-port must be greater than zero";
        return CheckRange("proxy", Range("proxy", 20000, 20255)) ?? CheckRange("sidecar", sidecar) ?? CheckRange("expose", expose);
    }

    private PortRange Range(string name, int min, int max) =>
        new(_keys.Integer($"ports.{name}_min_port", min), _keys.Integer($"ports.{name}_max_port", max));

    private static string? CheckRange(string name, PortRange range) => range.Max < range.Min
        ? $"{name}_min_port must be less than {name}_max_port. To disable, set both to zero."
        : null;

    private string? ReadAddresses()
    {
        var ports = _ports!;
        if (ReadBindAddress(out var bind) is { } bindError)
            return bindError;
        if (IsAnyText("advertise_addr"))
            return "Advertise address cannot be 0.0.0.0, :: or [::]";
        if (IsAnyText("advertise_addr_wan"))
            return "Advertise WAN address cannot be 0.0.0.0, :: or [::]";
        var advertise = FirstIp("advertise_addr") ?? bind;
        if (AddressKinds.IsAny(advertise) && DetectAdvertise(advertise, out advertise) is { } detectError)
            return detectError;
        var advertiseWan = FirstIp("advertise_addr_wan") ?? advertise;
        var client = ReadClient();
        _addresses = new AddressSettings
        {
            Bind = bind,
            Advertise = advertise,
            AdvertiseWan = advertiseWan,
            SerfLan = new IPEndPoint(FirstIp("serf_lan") ?? bind, ports.SerfLan),
            SerfWan = ports.SerfWan > 0 ? new IPEndPoint(FirstIp("serf_wan") ?? bind, ports.SerfWan) : null,
            Client = client,
            Dns = Listeners("dns", client, ports.Dns),
            Http = Listeners("http", client, ports.Http),
            Https = Listeners("https", client, ports.Https),
            Grpc = Listeners("grpc", client, ports.Grpc),
            GrpcTls = Listeners("grpc_tls", client, ports.GrpcTls),
            Tagged = TaggedAddresses(advertise, advertiseWan),
            SocketUser = _keys.Text("unix_sockets.user"),
            SocketGroup = _keys.Text("unix_sockets.group"),
            SocketMode = _keys.Text("unix_sockets.mode"),
            RpcAdvertise = new IPEndPoint(advertise, ports.Server),
        };
        return null;
    }

    private string? ReadBindAddress(out IPAddress bind)
    {
        bind = IPAddress.Any;
        if (AddressTemplate.Expand(_keys.Text("bind_addr", "0.0.0.0"), _host, out var parts) is not null || parts.Length == 0)
            return "bind_addr cannot be empty";
        if (parts.Length > 1)
            return "bind_addr cannot contain multiple addresses. Use 'addresses.{dns,http,https}' instead.";
        if (parts[0].StartsWith(UnixPrefix, StringComparison.Ordinal))
            return "bind_addr cannot be a unix socket";
        return TryParseIp(parts[0], out bind) ? null : "bind_addr must be an ip address";
    }

    private string? DetectAdvertise(IPAddress any, out IPAddress advertise)
    {
        advertise = any;
        var isIPv4 = AddressKinds.IsIPv4(any);
        var kind = isIPv4 ? "private IPv4" : "public IPv6";
        List<IPAddress> found = [.. _host.Addresses().Where(static address => address.Flags.HasFlag(InterfaceFlags.Up)).Select(static address => address.Address)
            .Where(address => isIPv4 ? AddressKinds.IsIPv4(address) && AddressKinds.IsPrivate(address) : !AddressKinds.IsIPv4(address) && AddressKinds.IsPublic(address))
            .Distinct()];
        if (found.Count == 0)
            return $"No {kind} address found";
        if (found.Count > 1)
            return $"Multiple {kind} addresses found. Please configure one with 'bind' and/or 'advertise'.";
        advertise = found[0];
        return null;
    }

    private List<IPAddress> ReadClient()
    {
        var addresses = new List<IPAddress>();
        foreach (var part in Expand("client_addr", _keys.Text("client_addr", "127.0.0.1")))
        {
            if (TryParseIp(part, out var address))
                addresses.Add(address);
            else
                _keys.Report(part.StartsWith(UnixPrefix, StringComparison.Ordinal) ? "client_addr cannot be a unix socket" : $"client_addr: invalid ip address: {part}");
        }

        if (addresses.Count == 0 && _keys.Errors.Count == 0)
            _warnings.Add("client_addr is empty, client services (DNS, HTTP, HTTPS, GRPC) will not be listening for connections");
        return addresses;
    }

    private List<ListenAddress> Listeners(string name, List<IPAddress> client, int port)
    {
        if (port <= 0)
            return [];
        if (!_keys.IsSet($"addresses.{name}"))
            return [.. client.Select(address => new ListenAddress(new IPEndPoint(address, port), null))];
        var listeners = new List<ListenAddress>();
        foreach (var part in Expand($"addresses.{name}", _keys.Text($"addresses.{name}")))
        {
            if (part.StartsWith(UnixPrefix, StringComparison.Ordinal))
                listeners.Add(new ListenAddress(null, part[UnixPrefix.Length..]));
            else if (TryParseIp(part, out var address))
                listeners.Add(new ListenAddress(new IPEndPoint(address, port), null));
            else
                _keys.Report($"addresses.{name}: invalid ip address: {part}");
        }

        return listeners;
    }

    /// <summary>The one address of a key; null if it is unset or wrong (then it is reported).</summary>
    private IPAddress? FirstIp(string path)
    {
        var parts = Expand(path, _keys.Text(path));
        if (parts.Length == 0)
            return null;
        if (parts.Length > 1)
            _keys.Report($"{path}: multiple addresses found: {string.Join(' ', parts)}");
        else if (parts[0].StartsWith(UnixPrefix, StringComparison.Ordinal))
            _keys.Report($"{path} cannot be a unix socket");
        else if (TryParseIp(parts[0], out var address))
            return address;
        else
            _keys.Report($"{path}: invalid ip address: {parts[0]}");
        return null;
    }

    private string[] Expand(string path, string text)
    {
        if (AddressTemplate.Expand(text, _host, out var parts) is { } error)
            _keys.Report($"{path}: {error}");
        return parts;
    }

    private bool IsAnyText(string path) => _keys.Text(path) is "0.0.0.0" or "::" or "[::]";

    private static bool TryParseIp(string text, out IPAddress address)
    {
        address = IPAddress.Any;
        // "1" or "0x7f.1" are addresses for .NET, but not for Go.
        var isDotted = text.Contains(':', StringComparison.Ordinal) || text.Split('.') is [_, _, _, _];
        if (!isDotted || !IPAddress.TryParse(text.Trim('[', ']'), out var parsed))
            return false;
        address = parsed;
        return true;
    }

    private SortedList<string, string> TaggedAddresses(IPAddress lan, IPAddress wan)
    {
        var tagged = _keys.Map("tagged_addresses");
        tagged["lan"] = lan.ToString();
        tagged["wan"] = wan.ToString();
        AddFamily(tagged, "lan", "advertise_addr", lan);
        AddFamily(tagged, "wan", "advertise_addr_wan", wan);
        return tagged;
    }

    private void AddFamily(SortedList<string, string> tagged, string name, string path, IPAddress derived)
    {
        foreach (var (suffix, family) in new[] { ("ipv4", AddressFamily.InterNetwork), ("ipv6", AddressFamily.InterNetworkV6) })
        {
            var given = FirstIp($"{path}_{suffix}");
            if (given is not null && given.AddressFamily != family)
                _keys.Report($"{path}_{suffix} must be an {suffix} address");
            var address = given ?? (derived.AddressFamily == family ? derived : null);
            if (address is not null)
                tagged[$"{name}_{suffix}"] = address.ToString();
        }
    }
}
