using Praetor.Api.Http.Json;
using Praetor.Core.Mvcc;
using Praetor.Core.State;
using Praetor.Core.State.Catalog;
using Praetor.Runtime;

namespace Praetor.Api.Http.Operator;

/// <summary>operator/usage: how many nodes, services and instances there are (http-core 10). The service of the servers themselves is not billable.</summary>
internal sealed class UsageQuery(string datacenter, ReadConsistency consistency) : ReadQuery
{
    private const string OwnService = "consul";

    /// <summary>Kinds of the mesh in the order of the answer; plain services are in none of them.</summary>
    private static readonly string[] s_meshKinds =
        [ServiceKinds.ApiGateway, "connect-native", ServiceKinds.ConnectProxy, ServiceKinds.IngressGateway, ServiceKinds.MeshGateway, ServiceKinds.TerminatingGateway];

    public override WatchTopic Topic => WatchTopic.Table(WatchTable.Services);

    public override IReadOnlyList<WatchTopic> FurtherTopics(StateRoot root) => [WatchTopic.Table(WatchTable.Nodes)];

    public override long IndexOf(StateRoot root) => Math.Max(root.Catalog.ServicesIndex, root.Catalog.NodesIndex);

    public override ReadOutcome Render(StateRoot root, GoJsonWriter json)
    {
        int instances = 0;
        int billable = 0;
        int[] mesh = new int[s_meshKinds.Length];
        foreach (ServiceRecord service in root.Catalog.Services())
        {
            instances++;
            int kind = Array.IndexOf(s_meshKinds, service.ConnectNative ? "connect-native" : service.Kind);
            if (kind >= 0)
                mesh[kind]++;
            if (service.Kind.Length == 0 && !service.Name.Equals(OwnService, StringComparison.OrdinalIgnoreCase))
                billable++;
        }

        json.BeginObject();
        json.Name("Usage"u8);
        json.BeginObject();
        json.Name(datacenter);
        json.BeginObject();
        json.Member("Services"u8, root.Catalog.ServiceNames().Count());
        json.Member("ServiceInstances"u8, instances);
        json.Name("ConnectServiceInstances"u8);
        json.BeginObject();
        for (int i = 0; i < mesh.Length; i++)
        {
            json.Name(s_meshKinds[i]);
            json.Number(mesh[i]);
        }

        json.EndObject();
        json.Member("BillableServiceInstances"u8, billable);
        json.Member("Nodes"u8, root.Catalog.Nodes().Count());
        json.EndObject();
        json.EndObject();
        AnswerMetadata.Write(json, IndexOf(root), AnswerMetadata.NameOf(consistency));
        json.EndObject();
        return ReadOutcome.Found;
    }
}
