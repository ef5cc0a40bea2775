using Praetor.Api.Http.Json;
using Praetor.Core.State.Catalog;

namespace Praetor.Api.Http.Catalog;

/// <summary>Decodes the bodies of catalog/register and catalog/deregister (http-agent 5.2, 5.3). No state.</summary>
public static class CatalogBodies
{
    private const string NamespaceRefusal = "json: unknown field \"Namespace\"";

    /// <summary>Decodes a registration.</summary>
    /// <exception cref="GoJsonException">The body does not decode.</exception>
    public static RegisterBody ReadRegister(ReadOnlySpan<byte> body)
    {
        var json = new GoJsonReader(body);
        var given = new RegisterBody();
        if (!json.BeginObject("structs.RegisterRequest"))
            return given;
        string peer = "";
        while (json.NextField(out string name))
        {
            switch (name)
            {
                case "datacenter": given.Datacenter = json.ReadString(given.Datacenter); break;
                case "id": given.Node = given.Node with { Id = json.ReadString(given.Node.Id) }; break;
                case "node": given.Node = given.Node with { Name = json.ReadString(given.Node.Name) }; break;
                case "address": given.Node = given.Node with { Address = json.ReadString(given.Node.Address) }; break;
                case "taggedaddresses": given.Node = given.Node with { TaggedAddresses = json.ReadStringMap() }; break;
                case "nodemeta": given.Node = given.Node with { Meta = json.ReadStringMap() }; break;
                case "locality": given.Node = given.Node with { Locality = ServiceBodies.ReadLocality(ref json) }; break;
                case "skipnodeupdate": given.SkipNodeUpdate = json.ReadBool(given.SkipNodeUpdate); break;
                case "service": ReadService(ref json, given); break;
                case "check": given.Check = ReadCheck(ref json, given); break;
                case "checks": ReadChecks(ref json, given); break;
                case "peername": peer = json.ReadString(peer); break;
                case "token": json.ReadString(); break;
                case "createindex" or "modifyindex": json.ReadULong(); break;
                default: json.UnknownField(); break;
            }
        }

        given.HasPeer |= peer.Length > 0;
        return given;
    }

    /// <summary>Decodes a deregistration.</summary>
    /// <exception cref="GoJsonException">The body does not decode.</exception>
    public static DeregisterBody ReadDeregister(ReadOnlySpan<byte> body)
    {
        var json = new GoJsonReader(body);
        string datacenter = "";
        string node = "";
        string serviceId = "";
        string checkId = "";
        string peer = "";
        if (json.BeginObject("structs.DeregisterRequest"))
        {
            while (json.NextField(out string name))
            {
                switch (name)
                {
                    case "datacenter": datacenter = json.ReadString(datacenter); break;
                    case "node": node = json.ReadString(node); break;
                    case "serviceid": serviceId = json.ReadString(serviceId); break;
                    case "checkid": checkId = json.ReadString(checkId); break;
                    case "peername": peer = json.ReadString(peer); break;
                    case "token" or "address": json.ReadString(); break;
                    default: json.UnknownField(); break;
                }
            }
        }

        return new DeregisterBody(datacenter, peer, new DeregisterRequest(node, serviceId, checkId));
    }

    /// <summary>What a client reads of a body that does not decode.</summary>
    public static string RefusalOf(GoJsonException refusal) => refusal.Message == NamespaceRefusal
        ? $"Request decode failed: {refusal.Message} - Namespaces are a Consul Enterprise feature"
        : $"Request decode failed: {refusal.Message}";

    /// <summary>A service as the catalog holds it.</summary>
    internal static void ReadService(ref GoJsonReader json, RegisterBody given)
    {
        if (!json.BeginObject("structs.NodeService"))
            return;
        var service = new ServiceRecord();
        string peer = "";
        while (json.NextField(out string name))
        {
            switch (name)
            {
                case "kind": service = service with { Kind = json.ReadString(service.Kind) }; break;
                case "id": service = service with { Id = json.ReadString(service.Id) }; break;
                case "service": service = service with { Name = json.ReadString(service.Name) }; break;
                case "tags": service = service with { Tags = json.ReadStringList() }; break;
                case "address": service = service with { Address = json.ReadString(service.Address) }; break;
                case "taggedaddresses": service = service with { TaggedAddresses = ServiceBodies.ReadTaggedAddresses(ref json) }; break;
                case "meta": service = service with { Meta = json.ReadStringMap() }; break;
                case "port": service = service with { Port = json.ReadInt(service.Port) }; break;
                case "socketpath": service = service with { SocketPath = json.ReadString(service.SocketPath) }; break;
                case "weights": given.Weights = ServiceBodies.ReadWeights(ref json); break;
                case "enabletagoverride": service = service with { EnableTagOverride = json.ReadBool(service.EnableTagOverride) }; break;
                case "locality": service = service with { Locality = ServiceBodies.ReadLocality(ref json) }; break;
                case "proxy": service = service with { Proxy = ProxyBodies.Read(ref json) }; break;
                case "connect": service = service with { ConnectNative = ReadConnect(ref json, given) }; break;
                case "peername": peer = json.ReadString(peer); break;
                case "modifyindex": service = service with { ModifyIndex = (long)Math.Min(json.ReadULong(), long.MaxValue) }; break;
                case "createindex": json.ReadULong(); break;
                default: json.UnknownField(); break;
            }
        }

        given.HasPeer |= peer.Length > 0;
        given.Service = service;
    }

    /// <summary>The Connect block: Native counts, a sidecar is only looked at, the rest is passed over.</summary>
    private static bool ReadConnect(ref GoJsonReader json, RegisterBody given)
    {
        bool native = false;
        if (!json.BeginObject("structs.ServiceConnect"))
            return native;
        while (json.NextField(out string name))
        {
            switch (name)
            {
                case "native": native = json.ReadBool(native); break;
                case "sidecarservice" or "sidecar_service": given.Sidecar = ReadSidecar(ref json); break;
                default: json.SkipValue(); break;
            }
        }

        return native;
    }

    private static SidecarFacts? ReadSidecar(ref GoJsonReader json)
    {
        if (!json.BeginObject("structs.ServiceDefinition"))
            return null;
        bool hasId = false;
        bool isNested = false;
        while (json.NextField(out string name))
        {
            switch (name)
            {
                case "id": hasId = json.ReadString().Length > 0; break;
                case "connect": isNested = HoldsSidecar(ref json); break;
                default: json.SkipValue(); break;
            }
        }

        return new SidecarFacts(hasId, isNested);
    }

    private static bool HoldsSidecar(ref GoJsonReader json)
    {
        bool holds = false;
        if (!json.BeginObject("structs.ServiceConnect"))
            return holds;
        while (json.NextField(out string name))
        {
            if (name is "sidecarservice" or "sidecar_service")
                holds = json.NextKind() != GoJsonKind.Null;
            json.SkipValue();
        }

        return holds;
    }

    private static CheckRecord? ReadCheck(ref GoJsonReader json, RegisterBody given)
    {
        bool hasPeer = false;
        CheckRecord? check = CheckBodies.Read(ref json, ref hasPeer);
        given.HasPeer |= hasPeer;
        return check;
    }

    private static void ReadChecks(ref GoJsonReader json, RegisterBody given)
    {
        given.Checks.Clear();
        if (!json.BeginArray("structs.HealthChecks"))
            return;
        while (json.NextElement())
        {
            if (ReadCheck(ref json, given) is { } check)
                given.Checks.Add(check);
        }
    }
}
