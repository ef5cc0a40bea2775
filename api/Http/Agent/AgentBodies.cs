using Praetor.Api.Http.Catalog;
using Praetor.Api.Http.Json;
using Praetor.Core.State.Catalog;
using Praetor.Runtime.Agent;
using Praetor.Runtime.Agent.Checks;

namespace Praetor.Api.Http.Agent;

/// <summary>
/// Decodes service registrations (http-agent 2.9). Names match in any case, a few have a second spelling, all others are refused;
/// inside Connect they are passed over. No state.
/// </summary>
public static class AgentBodies
{
    /// <summary>A sidecar may not hold a sidecar; what lies deeper still is not looked at.</summary>
    private const int MaxSidecarDepth = 2;

    /// <summary>Decodes a registration.</summary>
    /// <exception cref="GoJsonException">The body does not decode.</exception>
    public static ServiceDefinition ReadService(ReadOnlySpan<byte> body)
    {
        var json = new GoJsonReader(body);
        return ReadService(ref json, 0) ?? new ServiceDefinition { Service = new ServiceRecord() };
    }

    private static ServiceDefinition? ReadService(ref GoJsonReader json, int depth)
    {
        if (!json.BeginObject("structs.ServiceDefinition"))
            return null;
        var service = new ServiceRecord();
        ServiceDefinition? sidecar = null;
        CheckSpec? check = null;
        List<CheckSpec> checks = [];
        string token = "";
        while (json.NextField(out string name))
        {
            switch (name)
            {
                case "kind": service = service with { Kind = json.ReadString(service.Kind) }; break;
                case "id": service = service with { Id = json.ReadString(service.Id) }; break;
                case "name": service = service with { Name = json.ReadString(service.Name) }; break;
                case "tags": service = service with { Tags = json.ReadStringList() }; break;
                case "address": service = service with { Address = json.ReadString(service.Address) }; break;
                case "taggedaddresses" or "tagged_addresses": service = service with { TaggedAddresses = ServiceBodies.ReadTaggedAddresses(ref json) }; break;
                case "meta": service = service with { Meta = json.ReadStringMap() }; break;
                case "port": service = service with { Port = json.ReadInt(service.Port) }; break;
                case "socketpath": service = service with { SocketPath = json.ReadString(service.SocketPath) }; break;
                case "weights": service = service with { Weights = ServiceBodies.ReadWeights(ref json) ?? ServiceWeights.Default }; break;
                case "enabletagoverride" or "enable_tag_override": service = service with { EnableTagOverride = json.ReadBool(service.EnableTagOverride) }; break;
                case "locality": service = service with { Locality = ServiceBodies.ReadLocality(ref json) }; break;
                case "proxy": service = service with { Proxy = ProxyBodies.Read(ref json) }; break;
                case "connect": service = service with { ConnectNative = ReadConnect(ref json, depth, out sidecar) }; break;
                case "check": check = CheckSpecBodies.ReadOfService(ref json); break;
                case "checks": ReadChecks(ref json, checks); break;
                case "token": token = json.ReadString(token); break;
                default: json.UnknownField(); break;
            }
        }

        // An empty Check says nothing; an empty element of Checks is a check with everything missing.
        if (check is not null && check != CheckSpecBodies.Nothing)
            checks.Insert(0, check);
        return new ServiceDefinition { Service = service, Checks = checks, Sidecar = sidecar, Token = depth == 0 ? "" : token };
    }

    private static bool ReadConnect(ref GoJsonReader json, int depth, out ServiceDefinition? sidecar)
    {
        bool native = false;
        sidecar = null;
        if (!json.BeginObject("structs.ServiceConnect"))
            return native;
        while (json.NextField(out string name))
        {
            switch (name)
            {
                case "native": native = json.ReadBool(native); break;
                case "sidecarservice" or "sidecar_service" when depth < MaxSidecarDepth: sidecar = ReadService(ref json, depth + 1); break;
                default: json.SkipValue(); break;
            }
        }

        return native;
    }

    private static void ReadChecks(ref GoJsonReader json, List<CheckSpec> checks)
    {
        checks.Clear();
        if (!json.BeginArray("structs.CheckTypes"))
            return;
        while (json.NextElement())
        {
            if (CheckSpecBodies.ReadOfService(ref json) is { } check)
                checks.Add(check);
        }
    }
}
