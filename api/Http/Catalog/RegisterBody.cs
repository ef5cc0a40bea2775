using Praetor.Core.State.Catalog;

namespace Praetor.Api.Http.Catalog;

/// <summary>
/// What the body of catalog/register said (http-agent 5.2). <see cref="Refusal"/> is everything that can be refused without looking at the
/// catalog, in the order in which clients see it; <see cref="ToRequest"/> fills in the defaults.
/// </summary>
public sealed class RegisterBody
{
    /// <summary>Datacenter; empty = own.</summary>
    public string Datacenter { get; set; } = "";

    /// <summary>Some part of the body names a peer.</summary>
    public bool HasPeer { get; set; }

    /// <summary>The node, without datacenter.</summary>
    public NodeRecord Node { get; set; } = new() { Name = "" };

    /// <summary>Leave an existing node untouched.</summary>
    public bool SkipNodeUpdate { get; set; }

    /// <summary>The service as given.</summary>
    public ServiceRecord? Service { get; set; }

    /// <summary>Weights as given.</summary>
    public ServiceWeights? Weights { get; set; }

    /// <summary>What the service says of a sidecar.</summary>
    public SidecarFacts? Sidecar { get; set; }

    /// <summary>Checks as given.</summary>
    public List<CheckRecord> Checks { get; } = [];

    /// <summary>The single check, which counts after the others.</summary>
    public CheckRecord? Check { get; set; }

    /// <summary>Text of the first thing that is wrong; null if nothing is.</summary>
    public string? Refusal()
    {
        if (HasPeer)
            return "cannot register requests with PeerName in them";
        if (NodeRefusal() is { } nodeRefusal)
            return nodeRefusal;
        if (ServiceRefusal() is { } serviceRefusal)
            return serviceRefusal;
        foreach (CheckRecord check in AllChecks())
        {
            if (check.Node.Length > 0 && !string.Equals(check.Node, Node.Name, StringComparison.OrdinalIgnoreCase))
                return $"Node '{check.Node}' for check '{IdOf(check)}' doesn't match register request node '{Node.Name}'";
            if (IdOf(check).Length == 0)
                return "Must provide check ID or name (Check.CheckID, Check.Name)";
        }

        if (Service is not null && MetadataRules.ServiceError(Service.Kind, Service.Meta) is { } metaError)
            return $"failed inserting service: Invalid Service Meta for node {Node.Name} and serviceID {IdOf(Service)}: {metaError}";
        return null;
    }

    /// <summary>The request with all defaults; call it only when <see cref="Refusal"/> is null.</summary>
    public RegisterRequest ToRequest(string ownDatacenter)
    {
        var checks = new List<CheckRecord>();
        foreach (CheckRecord check in AllChecks())
            checks.Add(WithDefaults(check));
        return new RegisterRequest
        {
            Node = Node with { Datacenter = ownDatacenter },
            SkipNodeUpdate = SkipNodeUpdate,
            Service = Service is null ? null : ServiceOn(Service.Node),
            Checks = checks,
        };
    }

    /// <summary>The service with its defaults, on a node.</summary>
    public ServiceRecord ServiceOn(string node) => Service! with { Node = node, Id = IdOf(Service), Weights = ValidWeights() };

    private string? NodeRefusal()
    {
        if (Node.Name.Length == 0)
            return "Must provide node";
        if (Node.Id.Length > 0 && NodeIds.Error(Node.Id) is { } idError)
            return $"Bad node ID: {idError}";
        return Node.Address.Length == 0 && !SkipNodeUpdate ? "Must provide address if SkipNodeUpdate is not set" : null;
    }

    /// <summary>What is wrong with the service; null if nothing is, or there is none.</summary>
    public string? ServiceRefusal()
    {
        if (Service is not { } service)
            return null;
        List<string> structure = ServiceRules.StructureErrors(service, Sidecar);
        if (structure.Count > 0)
            return ServiceRules.Combine(structure);
        if (service.Name.Length == 0)
        {
            return service.Id.Length == 0
                ? "Must provide service name (Service.Service)"
                : "Must provide service name (Service.Service) when service ID is provided";
        }

        return ServiceRules.IsWildcardAddress(service.Address) ? "Invalid service address" : null;
    }

    private IEnumerable<CheckRecord> AllChecks() => Check is null ? Checks : Checks.Append(Check);

    private CheckRecord WithDefaults(CheckRecord check) => check with
    {
        Node = Node.Name,
        CheckId = IdOf(check),
        Status = check.Status.Length == 0 ? CheckStatus.Critical : check.Status,
        Type = check.Type.Length == 0 ? CheckTypes.Of(check.Definition) : check.Type,
    };

    private ServiceWeights ValidWeights() =>
        Weights is not null && ServiceRules.WeightsError(Weights) is null ? Weights : ServiceWeights.Default;

    private static string IdOf(CheckRecord check) => check.CheckId.Length == 0 ? check.Name : check.CheckId;

    private static string IdOf(ServiceRecord service) => service.Id.Length == 0 ? service.Name : service.Id;
}

/// <summary>What the body of catalog/deregister said (http-agent 5.3).</summary>
/// <param name="Datacenter">Datacenter; empty = own.</param>
/// <param name="PeerName">Peer the thing was imported from; empty = none.</param>
/// <param name="Request">What is to go.</param>
public sealed record DeregisterBody(string Datacenter, string PeerName, DeregisterRequest Request)
{
    /// <summary>Text of what is wrong; null if nothing is.</summary>
    public string? Refusal() => Request.Node.Length == 0 ? "Must provide node" : null;
}
