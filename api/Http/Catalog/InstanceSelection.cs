using Praetor.Core.State.Catalog;

namespace Praetor.Api.Http.Catalog;

/// <summary>
/// Which instances of a service an answer keeps, in the order of http-agent 1.4: tags, node metadata, filter, passing. Immutable.
/// </summary>
/// <param name="tags">Tags that an instance must have, in any case.</param>
/// <param name="nodeMeta">Metadata its node must have.</param>
/// <param name="filter">The compiled filter.</param>
/// <param name="onlyPassing">Whether instances with a check that is not passing go.</param>
public sealed class InstanceSelection(IReadOnlyList<string> tags, NodeMetaFilter nodeMeta, Predicate<ServiceInstance> filter, bool onlyPassing)
{
    /// <summary>True if the instance stays.</summary>
    public bool Keeps(ServiceInstance instance) =>
        HasTags(instance.Service)
        && nodeMeta.Matches(instance.Node)
        && filter(instance)
        && (!onlyPassing || instance.AllPassing);

    /// <summary>All tags asked for; an empty one matches only an empty tag.</summary>
    private bool HasTags(ServiceRecord service)
    {
        for (int i = 0; i < tags.Count; i++)
        {
            if (service.Tags is null || !service.Tags.Contains(tags[i], StringComparer.OrdinalIgnoreCase))
                return false;
        }

        return true;
    }
}
