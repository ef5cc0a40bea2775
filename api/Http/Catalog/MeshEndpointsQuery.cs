using Praetor.Api.Http.Json;
using Praetor.Core.Mvcc;
using Praetor.Core.State;
using Praetor.Core.State.Catalog;

namespace Praetor.Api.Http.Catalog;

/// <summary>
/// The endpoints of a service in the mesh: catalog/connect and health/connect. A proxy may appear or go under any service name, so the index
/// is that of the services table or of the services that hold endpoints now, whichever is higher: no change is missed, and checks of
/// other services wake nobody.
/// </summary>
internal sealed class MeshEndpointsQuery(string destination, InstanceForm form, InstanceSelection selection) : ReadQuery
{
    /// <summary>The order of the rows; null for that of the catalog. An order depends on coordinates, so such an answer is never shared.</summary>
    public NearOrder? Near { get; init; }

    public override WatchTopic Topic => WatchTopic.Table(WatchTable.Services);

    public override bool Cacheable => true;

    public override bool MetadataOnErrors => ErrorMetadata;

    public required bool ErrorMetadata { get; init; }

    public override IReadOnlyList<WatchTopic> FurtherTopics(StateRoot root) =>
        MeshEndpoints.NamesOf(root.Catalog, destination).ToList().ConvertAll(WatchTopic.Service);

    public override long IndexOf(StateRoot root)
    {
        long index = root.Catalog.ServicesIndex;
        foreach (string name in MeshEndpoints.NamesOf(root.Catalog, destination))
            index = Math.Max(index, root.Catalog.Service(name).Index);
        return index;
    }

    public override ReadOutcome Render(StateRoot root, GoJsonWriter json)
    {
        json.BeginArray();
        IEnumerable<ServiceInstance> endpoints = MeshEndpoints.Of(root.Catalog, destination);
        foreach (ServiceInstance instance in Near?.Apply(root, endpoints, static instance => instance.Node.Name) ?? endpoints)
        {
            if (selection.Keeps(instance))
                form(json, instance);
        }

        json.EndArray();
        return ReadOutcome.Found;
    }
}
