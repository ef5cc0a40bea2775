using Praetor.Api.Http.Catalog;
using Praetor.Api.Http.Json;
using Praetor.Core.Gossip;
using Praetor.Core.Gossip.Coordinates;
using Praetor.Core.State.Catalog;
using Praetor.Runtime.Agent;

namespace Praetor.Api.Http.Agent;

/// <summary>Objects of the agent's endpoints as JSON, with the field order clients know (http-agent 2.3, 2.7, 2.8). No state.</summary>
internal static class AgentJson
{
    private static readonly ServiceProxy NoProxy = new();

    /// <summary>A local service.</summary>
    /// <param name="json">Output.</param>
    /// <param name="service">The service.</param>
    /// <param name="datacenter">Own datacenter.</param>
    /// <param name="contentHash">Shown only where one service is asked for.</param>
    public static void Service(GoJsonWriter json, LocalService service, string datacenter, string contentHash = "")
    {
        ServiceRecord record = service.Record;
        json.BeginObject();
        json.MemberIfNotEmpty("Kind"u8, record.Kind);
        json.Member("ID"u8, record.Id);
        json.Member("Service"u8, record.Name);
        json.Name("Tags"u8);
        json.StringListOrEmpty(record.Tags);
        json.Name("Meta"u8);
        json.StringMapOrEmpty(record.Meta);
        json.Member("Port"u8, record.Port);
        json.Member("Address"u8, record.Address);
        json.MemberIfNotEmpty("SocketPath"u8, record.SocketPath);
        if (record.TaggedAddresses is { Count: > 0 } tagged)
        {
            json.Name("TaggedAddresses"u8);
            CatalogJson.TaggedAddresses(json, tagged);
        }

        json.Name("Weights"u8);
        CatalogJson.Weights(json, record.Weights.Passing == 0 ? record.Weights with { Passing = 1 } : record.Weights);
        json.Member("EnableTagOverride"u8, record.EnableTagOverride);
        json.MemberIfNotEmpty("ContentHash"u8, contentHash);
        if (record.Kind == ServiceKinds.ConnectProxy || ServiceKinds.IsGateway(record.Kind))
        {
            json.Name("Proxy"u8);
            Proxy(json, record.Proxy ?? NoProxy);
        }

        if (record.ConnectNative)
        {
            json.Name("Connect"u8);
            CatalogJson.Connect(json, record);
        }

        json.MemberIfNotEmpty("Datacenter"u8, datacenter);
        if (record.Locality is { } locality)
        {
            json.Name("Locality"u8);
            CatalogJson.Locality(json, locality);
        }

        json.EndObject();
    }

    /// <summary>A check as health/service shows it: the type is not filled in, the definition is one of zeros.</summary>
    public static void ServiceCheck(GoJsonWriter json, CheckRecord check)
    {
        json.BeginObject();
        json.Member("Node"u8, check.Node);
        json.Member("CheckID"u8, check.CheckId);
        json.Member("Name"u8, check.Name);
        json.Member("Status"u8, check.Status);
        json.Member("Notes"u8, check.Notes);
        json.Member("Output"u8, check.Output);
        json.Member("ServiceID"u8, check.ServiceId);
        json.Member("ServiceName"u8, check.ServiceName);
        json.Name("ServiceTags"u8);
        json.StringList(check.ServiceTags is { Length: > 0 } tags ? tags : null);
        json.Member("Type"u8, "");
        json.Member("ExposedPort"u8, 0);
        json.Name("Definition"u8);
        json.Raw(ZeroDefinition);
        json.Member("CreateIndex"u8, 0);
        json.Member("ModifyIndex"u8, 0);
        json.EndObject();
    }

    /// <summary>A coordinate (http-core 8.2).</summary>
    public static void Coordinate(GoJsonWriter json, Coordinate coordinate)
    {
        json.BeginObject();
        json.Name("Vec"u8);
        json.BeginArray();
        foreach (double part in coordinate.Vec)
            json.Number(part);
        json.EndArray();
        json.Member("Error"u8, coordinate.Error);
        json.Member("Adjustment"u8, coordinate.Adjustment);
        json.Member("Height"u8, coordinate.Height);
        json.EndObject();
    }

    /// <summary>A member of a pool.</summary>
    public static void Member(GoJsonWriter json, Member member)
    {
        json.BeginObject();
        json.Member("Name"u8, member.Name);
        json.Member("Addr"u8, member.Addr);
        json.Member("Port"u8, member.Port);
        json.Name("Tags"u8);
        json.StringMapOrEmpty(member.Tags);
        json.Member("Status"u8, (int)member.Status);
        json.Member("ProtocolMin"u8, member.ProtocolMin);
        json.Member("ProtocolMax"u8, member.ProtocolMax);
        json.Member("ProtocolCur"u8, member.ProtocolCur);
        json.Member("DelegateMin"u8, member.DelegateMin);
        json.Member("DelegateMax"u8, member.DelegateMax);
        json.Member("DelegateCur"u8, member.DelegateCur);
        json.EndObject();
    }

    private static ReadOnlySpan<byte> ZeroDefinition =>
        """{"Interval":"0s","Timeout":"0s","DeregisterCriticalServiceAfter":"0s","HTTP":"","Header":null,"Method":"","Body":"","TLSServerName":"","TLSSkipVerify":false,"TCP":"","TCPUseTLS":false,"UDP":"","GRPC":"","OSService":"","GRPCUseTLS":false}"""u8;

    /// <summary>The Proxy block as the agent shows it: another order than the catalog's, and no Mode when it is empty.</summary>
    private static void Proxy(GoJsonWriter json, ServiceProxy proxy)
    {
        json.BeginObject();
        CatalogJson.EnvoyExtensionsIfSet(json, proxy.EnvoyExtensions);
        json.MemberIfNotEmpty("DestinationServiceName"u8, proxy.DestinationServiceName);
        json.MemberIfNotEmpty("DestinationServiceID"u8, proxy.DestinationServiceId);
        json.MemberIfNotEmpty("LocalServiceAddress"u8, proxy.LocalServiceAddress);
        json.MemberIfNotZero("LocalServicePort"u8, proxy.LocalServicePort);
        json.MemberIfNotEmpty("LocalServiceSocketPath"u8, proxy.LocalServiceSocketPath);
        json.MemberIfNotEmpty("Mode"u8, proxy.Mode);
        CatalogJson.TransparentProxyIfSet(json, proxy.TransparentProxy);
        CatalogJson.RawIfSet(json, "Config"u8, proxy.ConfigJson);
        if (proxy.Upstreams is { Length: > 0 } upstreams)
        {
            json.Name("Upstreams"u8);
            json.BeginArray();
            foreach (ServiceUpstream upstream in upstreams)
                Upstream(json, upstream);
            json.EndArray();
        }

        json.Name("MeshGateway"u8);
        CatalogJson.MeshGateway(json, proxy.MeshGatewayMode);
        json.Name("Expose"u8);
        CatalogJson.Expose(json, proxy);
        CatalogJson.AccessLogsIfSet(json, proxy.AccessLogs);
        json.EndObject();
    }

    private static void Upstream(GoJsonWriter json, ServiceUpstream upstream)
    {
        json.BeginObject();
        json.MemberIfNotEmpty("DestinationType"u8, upstream.DestinationType);
        json.MemberIfNotEmpty("DestinationPartition"u8, upstream.DestinationPartition);
        json.MemberIfNotEmpty("DestinationNamespace"u8, upstream.DestinationNamespace);
        json.MemberIfNotEmpty("DestinationPeer"u8, upstream.DestinationPeer);
        json.Member("DestinationName"u8, upstream.DestinationName);
        json.MemberIfNotEmpty("Datacenter"u8, upstream.Datacenter);
        json.MemberIfNotEmpty("LocalBindAddress"u8, upstream.LocalBindAddress);
        json.MemberIfNotZero("LocalBindPort"u8, upstream.LocalBindPort);
        json.MemberIfNotEmpty("LocalBindSocketPath"u8, upstream.LocalBindSocketPath);
        json.MemberIfNotEmpty("LocalBindSocketMode"u8, upstream.LocalBindSocketMode);
        CatalogJson.RawIfSet(json, "Config"u8, upstream.ConfigJson);
        json.Name("MeshGateway"u8);
        CatalogJson.MeshGateway(json, upstream.MeshGatewayMode);
        json.EndObject();
    }
}
