using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Praetor.Api.Config;

/// <summary>One address of this machine.</summary>
/// <param name="Interface">Interface name.</param>
/// <param name="Address">The address.</param>
/// <param name="PrefixLength">Bits of the network.</param>
/// <param name="HasDefaultRoute">The interface carries the default route.</param>
/// <param name="Flags">Properties of the interface.</param>
public sealed record HostAddress(string Interface, IPAddress Address, int PrefixLength, bool HasDefaultRoute,
    InterfaceFlags Flags = InterfaceFlags.Up | InterfaceFlags.Broadcast | InterfaceFlags.Multicast | InterfaceFlags.Running);

/// <summary>What the configuration asks about the machine it is loaded on.</summary>
/// <param name="HostName">Default of node_name.</param>
/// <param name="Addresses">Addresses of all interfaces; asked for only when a template or an unspecific address needs them.</param>
public sealed record HostFacts(string HostName, Func<IReadOnlyList<HostAddress>> Addresses)
{
    /// <summary>This machine.</summary>
    public static HostFacts OfThisMachine() => new(Environment.MachineName, ReadAddresses);

    private static List<HostAddress> ReadAddresses()
    {
        var addresses = new List<HostAddress>();
        foreach (var adapter in NetworkInterface.GetAllNetworkInterfaces())
        {
            var properties = adapter.GetIPProperties();
            var hasRoute = properties.GatewayAddresses.Count > 0;
            foreach (var unicast in properties.UnicastAddresses)
                addresses.Add(new HostAddress(adapter.Name, WithoutScope(unicast.Address), unicast.PrefixLength, hasRoute, FlagsOf(adapter)));
        }

        return addresses;
    }

    private static InterfaceFlags FlagsOf(NetworkInterface adapter)
    {
        bool isLoopback = adapter.NetworkInterfaceType == NetworkInterfaceType.Loopback;
        bool isPointToPoint = adapter.NetworkInterfaceType is NetworkInterfaceType.Ppp or NetworkInterfaceType.Tunnel;
        InterfaceFlags flags = adapter.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown ? InterfaceFlags.Up | InterfaceFlags.Running : 0;
        flags |= isLoopback ? InterfaceFlags.Loopback : isPointToPoint ? InterfaceFlags.PointToPoint : InterfaceFlags.Broadcast;
        return adapter.SupportsMulticast ? flags | InterfaceFlags.Multicast : flags;
    }

    /// <summary>A link-local address carries its interface's number, which means nothing elsewhere.</summary>
    private static IPAddress WithoutScope(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 ? new IPAddress(address.GetAddressBytes()) : address;
}
