using System.Globalization;
using Praetor.Core.State.Catalog;
using Praetor.Runtime.Agent.Checks;

namespace Praetor.Runtime.Agent;

/// <summary>What <c>Connect.SidecarService</c> becomes (http-agent 2.9 "SidecarService"). Pure.</summary>
public static class Sidecar
{
    /// <summary>What follows a service's id and name in those of its sidecar.</summary>
    public const string Suffix = "-sidecar-proxy";

    private const string Loopback = "127.0.0.1";
    private static readonly TimeSpan ListeningInterval = TimeSpan.FromSeconds(10);

    /// <summary>The sidecar's definition, all but a port that is still to be assigned; null if none was asked for.</summary>
    public static ServiceDefinition? Of(ServiceDefinition parent)
    {
        if (parent.Sidecar is not { } block)
            return null;
        ServiceRecord service = parent.Service;
        string id = service.Id.Length == 0 ? service.Name : service.Id;
        ServiceRecord sidecar = block.Service;
        return block with
        {
            Service = sidecar with
            {
                Id = id + Suffix,
                Name = sidecar.Name.Length > 0 ? sidecar.Name : service.Name + Suffix,
                Kind = sidecar.Kind.Length > 0 ? sidecar.Kind : ServiceKinds.ConnectProxy,
                Meta = sidecar.Meta is { Count: > 0 } ? sidecar.Meta : service.Meta,
                Tags = sidecar.Tags is { Length: > 0 } ? sidecar.Tags : service.Tags,
                Locality = sidecar.Locality ?? service.Locality,
                Address = sidecar.Address.Length > 0 ? sidecar.Address : service.Address,
                Proxy = WithDestination(sidecar.Proxy ?? new ServiceProxy(), service, id),
            },
            Sidecar = null,
            Token = block.Token.Length > 0 ? block.Token : parent.Token,
        };
    }

    /// <summary>The checks a sidecar gets if it brings none: something listens, and the service behind it is well.</summary>
    public static IReadOnlyList<CheckSpec> DefaultChecks(ServiceRecord sidecar)
    {
        string parentId = sidecar.Id[..^Suffix.Length];
        string host = sidecar.Address.Length > 0 ? sidecar.Address : sidecar.Proxy?.LocalServiceAddress ?? "";
        string port = sidecar.Port.ToString(CultureInfo.InvariantCulture);
        return
        [
            new CheckSpec { Name = "Connect Sidecar Listening", Tcp = host.Contains(':') ? $"[{host}]:{port}" : $"{host}:{port}", Interval = ListeningInterval },
            new CheckSpec { Name = $"Connect Sidecar Aliasing {parentId}", AliasService = parentId },
        ];
    }

    /// <summary>The port a sidecar had before, else the lowest that no local service uses; null, and why, if there is none.</summary>
    public static int? AssignPort(string sidecarId, LocalSnapshot local, AgentOptions options, out string? refusal)
    {
        int min = options.SidecarMinPort;
        int max = options.SidecarMaxPort;
        refusal = null;
        if (min < 1 || max < 1)
        {
            refusal = "no port provided for sidecar_service and auto-assignment disabled in config";
            return null;
        }

        if (local.Services.TryGetValue(sidecarId, out LocalService? previous) && previous.Record.Port >= min && previous.Record.Port <= max)
            return previous.Record.Port;
        var used = local.Services.Values.Select(service => service.Record.Port).ToHashSet();
        for (int port = min; port <= max; port++)
        {
            if (!used.Contains(port))
                return port;
        }

        refusal = $"no port provided for sidecar_service and none left in the configured range [{min}, {max}]";
        return null;
    }

    private static ServiceProxy WithDestination(ServiceProxy proxy, ServiceRecord service, string serviceId)
    {
        proxy = proxy with
        {
            DestinationServiceName = proxy.DestinationServiceName.Length > 0 ? proxy.DestinationServiceName : service.Name,
            DestinationServiceId = proxy.DestinationServiceId.Length > 0 ? proxy.DestinationServiceId : serviceId,
        };
        bool addressComplete = proxy.LocalServiceAddress.Length > 0 && proxy.LocalServicePort >= 1;
        if (proxy.LocalServiceSocketPath.Length > 0 || addressComplete)
            return proxy;
        if (service.SocketPath.Length > 0)
            return proxy with { LocalServiceSocketPath = service.SocketPath };
        return proxy with
        {
            LocalServiceAddress = proxy.LocalServiceAddress.Length > 0 ? proxy.LocalServiceAddress : Loopback,
            LocalServicePort = proxy.LocalServicePort >= 1 ? proxy.LocalServicePort : service.Port,
        };
    }
}
