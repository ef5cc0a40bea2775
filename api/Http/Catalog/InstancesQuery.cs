using Praetor.Api.Http.Json;
using Praetor.Core.Mvcc;
using Praetor.Core.State;
using Praetor.Core.State.Catalog;

namespace Praetor.Api.Http.Catalog;

/// <summary>How an instance is shown.</summary>
internal delegate void InstanceForm(GoJsonWriter json, ServiceInstance instance);

/// <summary>
/// The instances of one service name: catalog/service and health/service. Index and waiters are those of the service alone, and what is
/// rendered is kept with the service's view until anything of it changes.
/// </summary>
internal sealed class InstancesQuery(string service, InstanceForm form, InstanceSelection selection, string shareKey) : ReadQuery
{
    /// <summary>The order of the rows; null for that of the catalog. An order depends on coordinates, so such an answer is never shared.</summary>
    public NearOrder? Near { get; init; }

    public override WatchTopic Topic { get; } = WatchTopic.Service(service);

    public override bool Cacheable => true;

    /// <summary>Health answers carry no metadata on errors, catalog answers do (http-core 1.5).</summary>
    public override bool MetadataOnErrors => ErrorMetadata;

    public override string ShareKey => shareKey;

    public required bool ErrorMetadata { get; init; }

    public override long IndexOf(StateRoot root) => root.Catalog.Service(service).Index;

    public override DerivedAnswers? Shared(StateRoot root)
    {
        ServiceView view = root.Catalog.Service(service);
        return view.Instances.Length == 0 || Near is not null ? null : view.Derived;
    }

    public override ReadOutcome Render(StateRoot root, GoJsonWriter json)
    {
        json.BeginArray();
        ServiceInstance[] instances = root.Catalog.Service(service).Instances;
        foreach (ServiceInstance instance in Near?.Apply(root, instances, static instance => instance.Node.Name) ?? instances)
        {
            if (selection.Keeps(instance))
                form(json, instance);
        }

        json.EndArray();
        return ReadOutcome.Found;
    }
}
