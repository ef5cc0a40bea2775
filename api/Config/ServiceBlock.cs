using Praetor.Core.Codec;
using Praetor.Core.State.Catalog;
using Praetor.Runtime.Agent;
using Praetor.Runtime.Agent.Checks;

namespace Praetor.Api.Config;

/// <summary>Reads a service's block (config 5, service).</summary>
internal static class ServiceBlock
{
    /// <summary>Bad values are reported through <paramref name="keys"/>.</summary>
    public static ServiceDefinition Read(ConfigValue block, ConfigReader keys)
    {
        var connect = block.Find("connect") ?? ConfigValue.NewObject();
        var sidecar = connect.Find("sidecar_service");
        var service = ReadRecord(block, connect);
        ReportValues(service, keys);
        if (sidecar is not null && sidecar.Text("id").Length > 0)
            keys.Report("sidecar_service can't specify an ID");
        if (sidecar?.FindPath("connect.sidecar_service") is not null)
            keys.Report("sidecar_service can't have a nested sidecar_service");
        IEnumerable<ConfigValue> checks = [.. block.Find("check") is { } single ? [single] : Array.Empty<ConfigValue>(), .. block.Blocks("checks")];
        return new ServiceDefinition
        {
            Service = service,
            Checks = [.. checks.Select(check => CheckBlock.Read(check, keys))],
            Sidecar = sidecar is null ? null : Read(sidecar, keys),
            Token = block.Text("token"),
        };
    }

    /// <summary>The first rule the definition breaks; null if it is sound.</summary>
    public static string? Validate(ServiceDefinition definition)
    {
        var errors = ServiceRules.StructureErrors(definition.Service, definition.Sidecar is null ? null : default(SidecarFacts));
        if (errors.Count > 0)
            return ServiceRules.Combine(errors);
        foreach (var check in definition.Checks)
        {
            if (CheckRules.Validate(check) is { } error)
                return $"check {GoQuote.Quote(check.Name)}: {error}";
        }

        return null;
    }

    private static ServiceRecord ReadRecord(ConfigValue block, ConfigValue connect) => new()
    {
        Kind = block.Text("kind") is var kind && (kind == ServiceKinds.ConnectProxy || ServiceKinds.IsGateway(kind)) ? kind : ServiceKinds.Typical,
        Id = block.Text("id"),
        Name = block.Text("name"),
        Tags = block.Find("tags") is null ? null : block.Texts("tags"),
        Address = block.Text("address"),
        Port = block.Integer("port"),
        SocketPath = block.Text("socket_path"),
        TaggedAddresses = ReadTaggedAddresses(block.Find("tagged_addresses")),
        Meta = block.TextMap("meta"),
        Weights = block.Find("weights") is { } weights
            ? new ServiceWeights(weights.Integer("passing", 1), weights.Integer("warning", 1))
            : ServiceWeights.Default,
        EnableTagOverride = block.Flag("enable_tag_override"),
        Locality = block.Find("locality") is { } locality ? new Locality(locality.Text("region"), locality.Text("zone")) : null,
        Proxy = block.Find("proxy") is { } proxy ? ProxyBlock.Read(proxy) : null,
        ConnectNative = connect.Flag("native"),
    };

    private static SortedList<string, ServiceAddress>? ReadTaggedAddresses(ConfigValue? map)
    {
        if (map is null)
            return null;
        var addresses = new SortedList<string, ServiceAddress>(StringComparer.Ordinal);
        foreach (var (name, address) in map.Members)
            addresses[name] = new ServiceAddress(address.Text("address"), address.Integer("port"));
        return addresses;
    }

    private static void ReportValues(ServiceRecord service, ConfigReader keys)
    {
        if (MetadataRules.ServiceError(service.Kind, service.Meta) is { } metaError)
            keys.Report($"invalid meta for service {service.Name}: {metaError}");
        if (ServiceRules.WeightsError(service.Weights) is { } weightsError)
            keys.Report($"Invalid weight definition for service {service.Name}: {weightsError}");
        if (service.SocketPath.Length > 0 && (service.Port != 0 || service.Address.Length > 0))
            keys.Report($"service {service.Name} cannot have both socket path {service.SocketPath} and address/port");
    }
}
