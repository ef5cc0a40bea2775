using System.Collections.Immutable;
using Praetor.Core.State.Catalog;

namespace Praetor.Runtime.Agent;

/// <summary>What the catalog has to be told, taken at one moment.</summary>
/// <param name="Node">The node as it should be.</param>
/// <param name="NodeInSync">The catalog's node record needs no rewriting.</param>
/// <param name="DepartedServices">Ids to deregister, with the token to do it with.</param>
/// <param name="DepartedChecks">Ids to deregister, with the token to do it with.</param>
/// <param name="Services">Services to register.</param>
/// <param name="Checks">Checks to register.</param>
internal sealed record PendingSync(NodeRecord Node, bool NodeInSync, IReadOnlyList<KeyValuePair<string, string>> DepartedServices,
    IReadOnlyList<KeyValuePair<string, string>> DepartedChecks, IReadOnlyList<LocalService> Services, IReadOnlyList<LocalCheck> Checks);

/// <summary>The side that anti-entropy sees: what is out of sync, and what it learned.</summary>
internal sealed partial class LocalState
{
    private const string ServerServiceId = "consul";
    private const string SerfCheckId = "serfHealth";

    private readonly Dictionary<string, string> _departedServices = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _departedChecks = new(StringComparer.Ordinal);
    private NodeRecord _node;
    private bool _nodeInSync;

    /// <summary>The node as the catalog should hold it; a new one is pushed at the next sync.</summary>
    public NodeRecord Node
    {
        get => Volatile.Read(ref _node);
        set
        {
            lock (_gate)
            {
                _nodeInSync = _nodeInSync && CatalogCodec.SameContent(_node, value);
                _node = value;
            }
        }
    }

    /// <summary>Everything the catalog does not know. Outputs that were deferred go with their check, so their deferral ends.</summary>
    public PendingSync TakePending()
    {
        lock (_gate)
        {
            var checks = new List<LocalCheck>();
            foreach (LocalCheck check in _snapshot.Checks.Values)
            {
                if (check.InSync)
                    continue;
                ForgetDeferral(check.Record.CheckId);
                checks.Add(check with { Deferral = 0 });
            }

            Publish(_snapshot with { Checks = _snapshot.Checks.SetItems(checks.Select(check => KeyValuePair.Create(check.Record.CheckId, check))) });
            return new PendingSync(_node, _nodeInSync, [.. _departedServices], [.. _departedChecks],
                [.. _snapshot.Services.Values.Where(service => !service.InSync)], checks);
        }
    }

    /// <summary>The catalog holds this node record now.</summary>
    public void NodePushed(NodeRecord pushed)
    {
        lock (_gate)
            _nodeInSync = ReferenceEquals(_node, pushed);
    }

    /// <summary>The catalog holds this service now (or has refused it for good, which comes to the same until the next full sync).</summary>
    public void ServicePushed(LocalService pushed)
    {
        lock (_gate)
        {
            string id = pushed.Record.Id;
            if (_snapshot.Services.TryGetValue(id, out LocalService? now) && now.Version == pushed.Version)
                Publish(_snapshot with { Services = _snapshot.Services.SetItem(id, now with { InSync = true, HasFreshTags = false }) });
        }
    }

    /// <summary>The catalog holds this check now; an output that is newer than that is deferred like any other.</summary>
    public void CheckPushed(LocalCheck pushed)
    {
        lock (_gate)
        {
            string id = pushed.Record.CheckId;
            if (!_snapshot.Checks.TryGetValue(id, out LocalCheck? now) || now.Version != pushed.Version)
                return;
            bool newerOutput = now.Record.Output != pushed.Record.Output;
            now = now with { InSync = true, Deferral = newerOutput && now.Deferral == 0 ? Defer(id) : now.Deferral };
            Publish(_snapshot with { Checks = _snapshot.Checks.SetItem(id, now) });
        }
    }

    /// <summary>The catalog no longer holds this service.</summary>
    public void ServiceGone(string id)
    {
        lock (_gate)
            _departedServices.Remove(id);
    }

    /// <summary>The catalog no longer holds this check.</summary>
    public void CheckGone(string id)
    {
        lock (_gate)
            _departedChecks.Remove(id);
    }

    /// <summary>Learns from the catalog what is out of sync (http-agent 4.2). What changed here meanwhile keeps its own mark.</summary>
    public void Compare(NodeView? held)
    {
        LocalSnapshot local = Snapshot;
        NodeRecord node = Node;
        var heldServices = (held?.Services ?? []).ToDictionary(service => service.Id, StringComparer.OrdinalIgnoreCase);
        var heldChecks = (held?.Checks ?? []).ToDictionary(check => check.CheckId, StringComparer.OrdinalIgnoreCase);
        var services = local.Services.Values.Select(service => (Old: service, New: CatalogComparison.Service(service, heldServices.GetValueOrDefault(service.Record.Id)))).ToList();
        var adopted = services.ToDictionary(pair => pair.Old.Record.Id, pair => pair.New.Record.Tags, StringComparer.Ordinal);
        var checks = local.Checks.Values.Select(check => (Old: check,
            New: CatalogComparison.Check(check, adopted.GetValueOrDefault(check.Record.ServiceId, check.Record.ServiceTags), heldChecks.GetValueOrDefault(check.Record.CheckId)))).ToList();
        List<TaskCompletionSource> waiters = [];
        lock (_gate)
        {
            if (ReferenceEquals(_node, node))
                _nodeInSync = !CatalogComparison.NodeDiffers(node, held?.Node);
            var newServices = _snapshot.Services.ToBuilder();
            foreach ((LocalService old, LocalService compared) in services)
            {
                if (!ReferenceEquals(newServices.GetValueOrDefault(old.Record.Id), old))
                    continue;
                newServices[old.Record.Id] = compared;
                if (compared.ContentHash != old.ContentHash && _serviceWaiters.Remove(old.Record.Id, out TaskCompletionSource? waiting))
                    waiters.Add(waiting);
            }

            var newChecks = _snapshot.Checks.ToBuilder();
            foreach ((LocalCheck old, LocalCheck compared) in checks)
            {
                if (ReferenceEquals(newChecks.GetValueOrDefault(old.Record.CheckId), old))
                    newChecks[old.Record.CheckId] = compared;
            }

            Publish(new LocalSnapshot(newServices.ToImmutable(), newChecks.ToImmutable()));
            DepartStrangers(heldServices.Keys, heldChecks.Keys);
        }

        foreach (TaskCompletionSource waiting in waiters)
            waiting.TrySetResult();
    }

    /// <summary>What the catalog has on this node and nobody registered here has to go.</summary>
    private void DepartStrangers(IEnumerable<string> heldServices, IEnumerable<string> heldChecks)
    {
        var ownServices = new HashSet<string>(_snapshot.Services.Keys, StringComparer.OrdinalIgnoreCase) { ServerServiceId };
        var ownChecks = new HashSet<string>(_snapshot.Checks.Keys, StringComparer.OrdinalIgnoreCase) { SerfCheckId };
        foreach (string id in heldServices.Where(id => !ownServices.Contains(id)))
            _departedServices.TryAdd(id, "");
        foreach (string id in heldChecks.Where(id => !ownChecks.Contains(id)))
            _departedChecks.TryAdd(id, "");
    }

    /// <summary>Notes that the catalog has to forget a check. Called under the lock.</summary>
    private void Depart(LocalCheck check)
    {
        ForgetDeferral(check.Record.CheckId);
        _departedChecks[check.Record.CheckId] = check.Token;
    }
}
