namespace Praetor.Core.State.Catalog;

/// <summary>Nodes, service instances and checks as of one root. Immutable. All name lookups ignore case.</summary>
public sealed partial class CatalogTables
{
    /// <summary>Index of the nodes table (0 before the first write; HTTP shows 1).</summary>
    public partial long NodesIndex { get; }

    /// <summary>Index of the services table.</summary>
    public partial long ServicesIndex { get; }

    /// <summary>Index of the checks table.</summary>
    public partial long ChecksIndex { get; }

    /// <summary>The node of that name, or null.</summary>
    public partial NodeRecord? FindNode(string name);

    /// <summary>By name, else by unique prefix (at least 2 characters) of its UUID; null if none or ambiguous.</summary>
    public partial NodeRecord? FindNodeByNameOrId(string nameOrIdPrefix);

    /// <summary>All nodes by lower-case name.</summary>
    public partial IEnumerable<NodeRecord> Nodes();

    /// <summary>Services of a node by lower-case id.</summary>
    public partial IEnumerable<ServiceRecord> ServicesOfNode(string node);

    /// <summary>Checks of a node (node-level and of its services) by lower-case check id.</summary>
    public partial IEnumerable<CheckRecord> ChecksOfNode(string node);

    /// <summary>One instance, or null.</summary>
    public partial ServiceRecord? FindService(string node, string serviceId);

    /// <summary>One check, or null.</summary>
    public partial CheckRecord? FindCheck(string node, string checkId);

    /// <summary>All service instances by (lower-case node, lower-case id).</summary>
    public partial IEnumerable<ServiceRecord> Services();

    /// <summary>All checks by (lower-case node, lower-case check id).</summary>
    public partial IEnumerable<CheckRecord> Checks();

    /// <summary>Checks of one service name by (lower-case node, lower-case check id).</summary>
    public partial IEnumerable<CheckRecord> ChecksOfService(string service);

    /// <summary>Names (as registered, lower-case order) of all services with at least one instance.</summary>
    public partial IEnumerable<string> ServiceNames();

    /// <summary>The instances of a service; a view without instances (and the index of section 2.3) if there are none.</summary>
    public partial ServiceView Service(string name);

    /// <summary>Index of one node and all on it; for an unknown node the last node removal, else 0.</summary>
    public partial long NodeIndex(string node);

    /// <summary>Nodes whose Address equals the text, in name order (reverse DNS).</summary>
    public partial IEnumerable<NodeRecord> NodesByAddress(string address);

    /// <summary>Answers derived from all services together; dies when any service changes.</summary>
    public partial DerivedAnswers ServicesDerived { get; }

    /// <summary>Answers derived from all nodes together; dies when any node changes.</summary>
    public partial DerivedAnswers NodesDerived { get; }

    /// <summary>Answers derived from all checks together; dies when any check changes.</summary>
    public partial DerivedAnswers ChecksDerived { get; }

    /// <summary>True if applying the request would change nothing at all: the caller then answers without a log entry.</summary>
    public partial bool IsUnchangedBy(RegisterRequest request);

    /// <summary>True if applying the request would change nothing (nothing there to remove).</summary>
    public partial bool IsUnchangedBy(DeregisterRequest request);
}
