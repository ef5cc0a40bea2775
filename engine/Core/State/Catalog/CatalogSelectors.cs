using Praetor.Core.Filtering;
using Praetor.Core.Gossip;

namespace Praetor.Core.State.Catalog;

/// <summary>An instance with its node, as catalog/service lists it.</summary>
public readonly record struct ServiceNodeRow(NodeRecord Node, ServiceRecord Service);

/// <summary>
/// What filters can select of the catalog's items (http-core 4.4). Indexes, Locality, Namespace, Definition and Proxy.Config never are.
/// </summary>
public static class CatalogSelectors
{
    private static readonly ServiceProxy NoProxy = new();

    private static readonly SelectorSchema<ServiceAddress> Address = new SelectorSchema<ServiceAddress>()
        .String("Address", static a => a.Address)
        .Int("Port", static a => a.Port);

    private static readonly SelectorSchema<ServiceWeights> Weights = new SelectorSchema<ServiceWeights>()
        .Int("Passing", static w => w.Passing)
        .Int("Warning", static w => w.Warning);

    private static readonly SelectorSchema<ServiceRecord> Connect = new SelectorSchema<ServiceRecord>()
        .Bool("Native", static s => s.ConnectNative);

    private static readonly SelectorSchema<ServiceProxy> Proxy = ProxySelectors.Create();

    /// <summary>catalog/nodes.</summary>
    public static SelectorSchema<NodeRecord> Node { get; } = new SelectorSchema<NodeRecord>()
        .String("ID", static n => n.Id)
        .String("Node", static n => n.Name)
        .String("Partition", static _ => "")
        .String("PeerName", static _ => "")
        .String("Address", static n => n.Address)
        .String("Datacenter", static n => n.Datacenter)
        .StringMap("TaggedAddresses", static n => n.TaggedAddresses)
        .StringMap("Meta", static n => n.Meta);

    /// <summary>catalog/node, catalog/node-services, agent/services.</summary>
    public static SelectorSchema<ServiceRecord> NodeService { get; } = new SelectorSchema<ServiceRecord>()
        .String("Kind", static s => s.Kind)
        .String("ID", static s => s.Id)
        .String("Service", static s => s.Name)
        .String("Address", static s => s.Address)
        .String("SocketPath", static s => s.SocketPath)
        .String("PeerName", static _ => "")
        .StringList("Tags", static s => s.Tags)
        .Int("Port", static s => s.Port)
        .Object("Weights", static s => s.Weights, Weights)
        .Bool("EnableTagOverride", static s => s.EnableTagOverride)
        .Object("Connect", static s => s, Connect)
        .StringMap("Meta", static s => s.Meta)
        .ObjectMap("TaggedAddresses", static s => s.TaggedAddresses, Address)
        .Object("Proxy", static s => s.Proxy ?? NoProxy, Proxy);

    /// <summary>catalog/services, catalog/service, catalog/connect.</summary>
    public static SelectorSchema<ServiceNodeRow> ServiceNode { get; } = new SelectorSchema<ServiceNodeRow>()
        .String("ID", static r => r.Node.Id)
        .String("Node", static r => r.Node.Name)
        .String("Address", static r => r.Node.Address)
        .String("Datacenter", static r => r.Node.Datacenter)
        .String("PeerName", static _ => "")
        .StringMap("TaggedAddresses", static r => r.Node.TaggedAddresses)
        .StringMap("NodeMeta", static r => r.Node.Meta)
        .String("ServiceKind", static r => r.Service.Kind)
        .String("ServiceID", static r => r.Service.Id)
        .String("ServiceName", static r => r.Service.Name)
        .String("ServiceAddress", static r => r.Service.Address)
        .String("ServiceSocketPath", static r => r.Service.SocketPath)
        .StringList("ServiceTags", static r => r.Service.Tags)
        .StringMap("ServiceMeta", static r => r.Service.Meta)
        .ObjectMap("ServiceTaggedAddresses", static r => r.Service.TaggedAddresses, Address)
        .Int("ServicePort", static r => r.Service.Port)
        .Object("ServiceWeights", static r => r.Service.Weights, Weights)
        .Bool("ServiceEnableTagOverride", static r => r.Service.EnableTagOverride)
        .Object("ServiceConnect", static r => r.Service, Connect)
        .Object("ServiceProxy", static r => r.Service.Proxy ?? NoProxy, Proxy);

    /// <summary>health/node, health/checks, health/state, agent/checks.</summary>
    public static SelectorSchema<CheckRecord> HealthCheck { get; } = new SelectorSchema<CheckRecord>()
        .String("Node", static c => c.Node)
        .String("CheckID", static c => c.CheckId)
        .String("Name", static c => c.Name)
        .String("Status", static c => c.Status)
        .String("Notes", static c => c.Notes)
        .String("Output", static c => c.Output)
        .String("ServiceID", static c => c.ServiceId)
        .String("ServiceName", static c => c.ServiceName)
        .String("Type", static c => c.Type)
        .String("Interval", static c => c.Interval)
        .String("Timeout", static c => c.Timeout)
        .String("PeerName", static _ => "")
        .StringList("ServiceTags", static c => c.ServiceTags)
        .Int("ExposedPort", static c => c.ExposedPort);

    /// <summary>health/service, health/connect, health/ingress, internal/ui/services.</summary>
    public static SelectorSchema<ServiceInstance> CheckServiceNode { get; } = new SelectorSchema<ServiceInstance>()
        .Object("Node", static i => i.Node, Node)
        .Object("Service", static i => i.Service, NodeService)
        .ObjectList("Checks", static i => i.Checks, HealthCheck);

    /// <summary>internal/ui/nodes.</summary>
    public static SelectorSchema<NodeView> NodeInfo { get; } = new SelectorSchema<NodeView>()
        .String("ID", static v => v.Node.Id)
        .String("Node", static v => v.Node.Name)
        .String("Partition", static _ => "")
        .String("PeerName", static _ => "")
        .String("Address", static v => v.Node.Address)
        .StringMap("TaggedAddresses", static v => v.Node.TaggedAddresses)
        .StringMap("Meta", static v => v.Node.Meta)
        .ObjectList("Services", static v => v.Services, NodeService)
        .ObjectList("Checks", static v => v.Checks, HealthCheck);

    /// <summary>agent/members.</summary>
    public static SelectorSchema<Member> AgentMember { get; } = new SelectorSchema<Member>()
        .String("Name", static m => m.Name)
        .String("Addr", static m => m.Addr)
        .Uint("Port", 16, static m => (ulong)m.Port)
        .StringMap("Tags", static m => m.Tags)
        .Int("Status", static m => (long)m.Status)
        .Uint("ProtocolMin", 8, static m => (ulong)m.ProtocolMin)
        .Uint("ProtocolMax", 8, static m => (ulong)m.ProtocolMax)
        .Uint("ProtocolCur", 8, static m => (ulong)m.ProtocolCur)
        .Uint("DelegateMin", 8, static m => (ulong)m.DelegateMin)
        .Uint("DelegateMax", 8, static m => (ulong)m.DelegateMax)
        .Uint("DelegateCur", 8, static m => (ulong)m.DelegateCur);
}
