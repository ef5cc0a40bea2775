using Praetor.Core.State.Catalog;
using Praetor.Runtime.Agent;
using Praetor.Runtime.Agent.Checks;

namespace Praetor.Api.Http.Agent;

/// <summary>What a registration must obey before the agent looks at it, in the order clients see (http-agent 2.9 "Validation order"). Pure.</summary>
internal static class ServiceRegisterRules
{
    private const string BadStatus = "Status for checks must 'passing', 'warning', 'critical'";

    /// <summary>The first thing that is wrong (400); null if nothing is.</summary>
    public static string? Refusal(ServiceDefinition definition)
    {
        ServiceRecord service = definition.Service;
        if (service.Name.Length == 0)
            return "Missing service name";
        if (ServiceRules.IsWildcardAddress(service.Address))
            return "Invalid service address";
        if (ServiceRules.WeightsError(service.Weights) is { } weights)
            return $"Invalid Weights: {weights}";
        if (MetadataRules.ServiceError(service.Kind, service.Meta) is { } meta)
            return $"Invalid Service Meta: {meta}";
        if (ServiceRules.StructureErrors(service, FactsOf(definition.Sidecar)) is { Count: > 0 } structure)
            return $"Validation failed: {ServiceRules.Combine(structure)}";
        return CheckRefusal(definition.Checks, "Invalid check: ")
            ?? (definition.Sidecar is { } block ? CheckRefusal(block.Checks, "Invalid check in sidecar_service: ") : null)
            ?? SidecarRefusal(definition);
    }

    /// <summary>A status a client may set.</summary>
    public static bool IsStatus(string status) => status is CheckStatus.Passing or CheckStatus.Warning or CheckStatus.Critical;

    private static string? CheckRefusal(IReadOnlyList<CheckSpec> checks, string prefix)
    {
        foreach (CheckSpec check in checks)
        {
            if (CheckRules.Validate(check) is { } refusal)
                return prefix + refusal;
        }

        return checks.Any(static check => check.Status.Length > 0 && !IsStatus(check.Status)) ? BadStatus : null;
    }

    private static string? SidecarRefusal(ServiceDefinition definition)
    {
        if (Sidecar.Of(definition) is not { } sidecar)
            return null;
        ServiceRecord service = sidecar.Service;
        // The agent is about to assign a port.
        ServiceRecord listening = service.Port == 0 && service.SocketPath.Length == 0 ? service with { Port = 1 } : service;
        return ServiceRules.StructureErrors(listening, null) is { Count: > 0 } structure ? $"Failed Validation: {ServiceRules.Combine(structure)}" : null;
    }

    private static SidecarFacts? FactsOf(ServiceDefinition? sidecar) =>
        sidecar is null ? null : new SidecarFacts(sidecar.Service.Id.Length > 0, sidecar.Sidecar is not null);
}
