using System.Globalization;
using Praetor.Core.Codec;

namespace Praetor.Core.State.Catalog;

/// <summary>What the structure rules need to know of a <c>Connect.SidecarService</c> block; no such block is null.</summary>
/// <param name="HasId">The block names its own ID.</param>
/// <param name="HasNestedSidecar">The block holds a sidecar of its own.</param>
public readonly record struct SidecarFacts(bool HasId, bool HasNestedSidecar);

/// <summary>
/// The structure a service must have, whether it comes to an agent or straight to the catalog (http-agent 2.9 "Structure messages").
/// Pure; the texts are what clients see.
/// </summary>
public static class ServiceRules
{
    private const string Wildcard = "*";
    private const int MaxPort = 65535;

    /// <summary>Everything that is wrong with the service, in the order in which it is reported; empty if nothing is.</summary>
    public static List<string> StructureErrors(ServiceRecord service, SidecarFacts? sidecar)
    {
        var errors = new List<string>();
        if (service.Locality is { Zone.Length: > 0, Region.Length: 0 })
            errors.Add("zone cannot be set without region");
        if (service.Kind == ServiceKinds.ConnectProxy)
            AddProxyErrors(service, errors);
        if (ServiceKinds.IsGateway(service.Kind))
            AddGatewayErrors(service, sidecar, errors);
        if (sidecar is { HasId: true })
            errors.Add("A SidecarService cannot specify an ID as this is managed by the agent");
        if (sidecar is { HasNestedSidecar: true })
            errors.Add("A SidecarService cannot have a nested SidecarService");
        if (service.ConnectNative && !HasListener(service))
            errors.Add("Port or SocketPath must be set for a Connect native service.");
        return errors;
    }

    /// <summary>Several errors as one text: <c>2 errors occurred:</c>, one line each, and an empty line.</summary>
    public static string Combine(IReadOnlyList<string> errors)
    {
        string header = errors.Count == 1
            ? "1 error occurred:\n"
            : errors.Count.ToString(CultureInfo.InvariantCulture) + " errors occurred:\n";
        return header + string.Concat(errors.Select(static error => $"\t* {error}\n")) + "\n";
    }

    /// <summary>What an agent answers to weights out of range; null if they are fine. The catalog falls back to 1/1 instead.</summary>
    public static string? WeightsError(ServiceWeights weights)
    {
        if (weights.Passing < 1)
            return "Passing must be greater than 0";
        if (weights.Warning < 0)
            return "Warning must be greater or equal than 0";
        return Math.Max(weights.Passing, weights.Warning) > MaxPort ? "DNS Weight must be between 0 and 65535" : null;
    }

    /// <summary>An address that means "every interface" and so leads nowhere.</summary>
    public static bool IsWildcardAddress(string address) => address is "0.0.0.0" or "::" or "[::]";

    /// <summary>DNS can carry the name as one label: letters, digits and dashes, 1 to 63 of them.</summary>
    public static bool IsDnsName(string name) =>
        name.Length is > 0 and <= 63 && name.All(static c => char.IsAsciiLetterOrDigit(c) || c == '-');

    private static void AddProxyErrors(ServiceRecord service, List<string> errors)
    {
        ServiceProxy proxy = service.Proxy ?? new ServiceProxy();
        if (!HasListener(service))
            errors.Add($"Port or SocketPath must be set for a {service.Kind}");
        if (string.IsNullOrWhiteSpace(proxy.DestinationServiceName))
            errors.Add("Proxy.DestinationServiceName must be non-empty for Connect proxy services");
        if (proxy.DestinationServiceName == Wildcard)
            errors.Add("Proxy.DestinationServiceName must not be a wildcard for Connect proxy services");
        if (service.ConnectNative)
            errors.Add("A Proxy cannot also be Connect Native, only typical services");
        AddUpstreamErrors(proxy.Upstreams ?? [], errors);
        AddExposeErrors(proxy.ExposePaths ?? [], errors);
    }

    /// <summary>An upstream with a fault of its own is not compared with the others.</summary>
    private static void AddUpstreamErrors(ServiceUpstream[] upstreams, List<string> errors)
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        var listeners = new HashSet<string>(StringComparer.Ordinal);
        foreach (ServiceUpstream upstream in upstreams)
        {
            string key = KeyOf(upstream);
            string listener = ListenerOf(upstream);
            if (UpstreamError(upstream) is { } error)
                errors.Add(error);
            else if (!keys.Add(key))
                errors.Add($"upstreams cannot contain duplicates of {key}");
            else if (!listeners.Add(listener))
                errors.Add($"upstreams cannot contain duplicates by local bind address and port or unix path; {GoQuote.Quote(listener)} is specified twice");
        }
    }

    private static string? UpstreamError(ServiceUpstream upstream)
    {
        if (upstream.DestinationType is not ("" or "service" or "prepared_query"))
            return $"unknown upstream destination type: {GoQuote.Quote(upstream.DestinationType)}";
        if (upstream.DestinationName.Length == 0)
            return "upstream destination name cannot be empty";
        if (upstream.DestinationName == Wildcard)
            return "upstream destination name cannot be a wildcard";
        if (upstream.DestinationPeer.Length > 0 && upstream.Datacenter.Length > 0)
            return "upstream cannot specify both destination peer and datacenter";
        bool hasSocket = upstream.LocalBindSocketPath.Length > 0;
        if (upstream.LocalBindPort == 0 && !hasSocket)
            return "upstream local bind port or local socket path must be defined and nonzero";
        return upstream.LocalBindPort != 0 && hasSocket
            ? "only one of upstream local bind port or local socket path can be defined and nonzero"
            : null;
    }

    private static string KeyOf(ServiceUpstream upstream) =>
        $"[type={GoQuote.Quote(upstream.DestinationType)}, name={GoQuote.Quote(upstream.DestinationName)}, "
        + $"partition={GoQuote.Quote(upstream.DestinationPartition)}, namespace={GoQuote.Quote(upstream.DestinationNamespace)}, "
        + $"peer={GoQuote.Quote(upstream.DestinationPeer)}, datacenter={GoQuote.Quote(upstream.Datacenter)}]";

    private static string ListenerOf(ServiceUpstream upstream)
    {
        if (upstream.LocalBindPort == 0)
            return upstream.LocalBindSocketPath;
        string host = upstream.LocalBindAddress.Length == 0 ? "127.0.0.1" : upstream.LocalBindAddress;
        string port = upstream.LocalBindPort.ToString(CultureInfo.InvariantCulture);
        return host.Contains(':') ? $"[{host}]:{port}" : $"{host}:{port}";
    }

    private static void AddExposeErrors(ExposePath[] paths, List<string> errors)
    {
        var listeners = new HashSet<int>();
        foreach (ExposePath path in paths)
        {
            if (path.Path.Length == 0)
                errors.Add("expose.paths: empty path exposed");
            if (!listeners.Add(path.ListenerPort))
                errors.Add("expose.paths: duplicate listener ports exposed");
            if (path.ListenerPort is <= 0 or > MaxPort)
                errors.Add($"expose.paths: invalid listener port: {path.ListenerPort.ToString(CultureInfo.InvariantCulture)}");
        }
    }

    private static void AddGatewayErrors(ServiceRecord service, SidecarFacts? sidecar, List<string> errors)
    {
        if (service.Port == 0 && service.Kind is ServiceKinds.MeshGateway or ServiceKinds.TerminatingGateway)
            errors.Add($"Port must be non-zero for a {service.Kind}");
        if (sidecar is not null)
            errors.Add($"A {service.Kind} cannot have a sidecar service defined");
        ServiceProxy proxy = service.Proxy ?? new ServiceProxy();
        AddIf(proxy.DestinationServiceName.Length > 0, "DestinationServiceName");
        AddIf(proxy.DestinationServiceId.Length > 0, "DestinationServiceID");
        AddIf(proxy.LocalServiceAddress.Length > 0, "LocalServiceAddress");
        AddIf(proxy.LocalServicePort != 0, "LocalServicePort");
        AddIf(proxy.LocalServiceSocketPath.Length > 0, "LocalServiceSocketPath");
        AddIf(proxy.Upstreams is { Length: > 0 }, "Upstreams");

        void AddIf(bool isSet, string field)
        {
            if (isSet)
                errors.Add($"The Proxy.{field} configuration is invalid for a {service.Kind}");
        }
    }

    private static bool HasListener(ServiceRecord service) => service.Port != 0 || service.SocketPath.Length > 0;
}
