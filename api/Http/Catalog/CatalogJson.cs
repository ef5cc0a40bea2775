using Praetor.Api.Http.Json;
using Praetor.Core.State.Catalog;

namespace Praetor.Api.Http.Catalog;

/// <summary>
/// Catalog records as JSON objects, with the field order and the choice between null, empty and absent that clients know
/// (http-agent 5.1). Shared by every room that shows catalog records. No state; allocates nothing.
/// </summary>
public static partial class CatalogJson
{
    /// <summary>A node.</summary>
    public static void Node(GoJsonWriter json, NodeRecord node)
    {
        json.BeginObject();
        json.Member("ID"u8, node.Id);
        json.Member("Node"u8, node.Name);
        json.Member("Address"u8, node.Address);
        json.Member("Datacenter"u8, node.Datacenter);
        json.Name("TaggedAddresses"u8);
        json.StringMap(node.TaggedAddresses);
        json.Name("Meta"u8);
        json.StringMap(node.Meta);
        if (node.Locality is not null)
        {
            json.Name("Locality"u8);
            Locality(json, node.Locality);
        }

        json.Member("CreateIndex"u8, node.CreateIndex);
        json.Member("ModifyIndex"u8, node.ModifyIndex);
        json.EndObject();
    }

    /// <summary>A service as node lists and health answers show it.</summary>
    public static void NodeService(GoJsonWriter json, ServiceRecord service)
    {
        json.BeginObject();
        json.MemberIfNotEmpty("Kind"u8, service.Kind);
        json.Member("ID"u8, service.Id);
        json.Member("Service"u8, service.Name);
        json.Name("Tags"u8);
        json.StringListOrEmpty(service.Tags);
        json.Member("Address"u8, service.Address);
        if (service.TaggedAddresses is { Count: > 0 })
        {
            json.Name("TaggedAddresses"u8);
            TaggedAddresses(json, service.TaggedAddresses);
        }

        json.Name("Meta"u8);
        json.StringMap(service.Meta);
        json.MemberIfNotZero("Port"u8, service.Port);
        json.MemberIfNotEmpty("SocketPath"u8, service.SocketPath);
        json.Name("Weights"u8);
        Weights(json, service.Weights);
        json.Member("EnableTagOverride"u8, service.EnableTagOverride);
        if (service.Locality is not null)
        {
            json.Name("Locality"u8);
            Locality(json, service.Locality);
        }

        json.Name("Proxy"u8);
        Proxy(json, service.Proxy);
        json.Name("Connect"u8);
        Connect(json, service);
        json.Member("PeerName"u8, "");
        json.Member("CreateIndex"u8, service.CreateIndex);
        json.Member("ModifyIndex"u8, service.ModifyIndex);
        json.EndObject();
    }

    /// <summary>An instance with its node, flattened, as catalog/service and catalog/connect show it.</summary>
    public static void ServiceNode(GoJsonWriter json, NodeRecord node, ServiceRecord service)
    {
        json.BeginObject();
        json.Member("ID"u8, node.Id);
        json.Member("Node"u8, node.Name);
        json.Member("Address"u8, node.Address);
        json.Member("Datacenter"u8, node.Datacenter);
        json.Name("TaggedAddresses"u8);
        json.StringMap(node.TaggedAddresses);
        json.Name("NodeMeta"u8);
        json.StringMap(node.Meta);
        json.Member("ServiceKind"u8, service.Kind);
        json.Member("ServiceID"u8, service.Id);
        json.Member("ServiceName"u8, service.Name);
        json.Name("ServiceTags"u8);
        json.StringListOrEmpty(service.Tags);
        json.Member("ServiceAddress"u8, service.Address);
        if (service.TaggedAddresses is { Count: > 0 })
        {
            json.Name("ServiceTaggedAddresses"u8);
            TaggedAddresses(json, service.TaggedAddresses);
        }

        json.Name("ServiceWeights"u8);
        Weights(json, service.Weights);
        json.Name("ServiceMeta"u8);
        json.StringMapOrEmpty(service.Meta);
        json.Member("ServicePort"u8, service.Port);
        json.Member("ServiceSocketPath"u8, service.SocketPath);
        json.Member("ServiceEnableTagOverride"u8, service.EnableTagOverride);
        json.Name("ServiceProxy"u8);
        Proxy(json, service.Proxy);
        json.Name("ServiceConnect"u8);
        Connect(json, service);
        json.Name("ServiceLocality"u8);
        if (service.Locality is null)
            json.Null();
        else
            Locality(json, service.Locality);
        json.Member("CreateIndex"u8, service.CreateIndex);
        json.Member("ModifyIndex"u8, service.ModifyIndex);
        json.EndObject();
    }

    /// <summary>An instance with its node and checks, as health/service and health/connect show it.</summary>
    public static void CheckServiceNode(GoJsonWriter json, ServiceInstance instance)
    {
        json.BeginObject();
        json.Name("Node"u8);
        Node(json, instance.Node);
        json.Name("Service"u8);
        NodeService(json, instance.Service);
        json.Name("Checks"u8);
        json.BeginArray();
        foreach (CheckRecord check in instance.Checks)
            HealthCheck(json, check);
        json.EndArray();
        json.EndObject();
    }

    /// <summary>Tagged addresses of a service, by tag.</summary>
    public static void TaggedAddresses(GoJsonWriter json, IReadOnlyDictionary<string, ServiceAddress> addresses)
    {
        json.BeginObject();
        foreach ((string tag, ServiceAddress address) in addresses)
        {
            json.Name(tag);
            json.BeginObject();
            json.Member("Address"u8, address.Address);
            json.Member("Port"u8, address.Port);
            json.EndObject();
        }

        json.EndObject();
    }

    /// <summary>DNS weights.</summary>
    public static void Weights(GoJsonWriter json, ServiceWeights weights)
    {
        json.BeginObject();
        json.Member("Passing"u8, weights.Passing);
        json.Member("Warning"u8, weights.Warning);
        json.EndObject();
    }

    /// <summary>Region and zone.</summary>
    public static void Locality(GoJsonWriter json, Locality locality)
    {
        json.BeginObject();
        json.Member("Region"u8, locality.Region);
        json.Member("Zone"u8, locality.Zone);
        json.EndObject();
    }

    /// <summary><c>{"Native":true}</c> or <c>{}</c>.</summary>
    public static void Connect(GoJsonWriter json, ServiceRecord service)
    {
        json.BeginObject();
        json.MemberIfTrue("Native"u8, service.ConnectNative);
        json.EndObject();
    }
}
