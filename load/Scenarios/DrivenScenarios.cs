namespace Praetor.Load.Scenarios;

/// <summary>The scenarios that a <see cref="ScenarioRunner"/> drives, by name.</summary>
public static class DrivenScenarios
{
    private static readonly Func<Scenario>[] s_all =
    [
        static () => new KvPut(), static () => new KvGet(), static () => new KvGet(stale: true), static () => new HealthService(), static () => new CatalogService(),
        static () => new DnsScenario(), static () => new Mixed(), static () => new TxnPut(), static () => new SessionRenew(),
        static () => new RegisterStorm(), static () => new RegisterNew(),
    ];

    private static readonly Func<Scenario>[] s_etcd = [static () => new EtcdPut(), static () => new EtcdRange(stale: false), static () => new EtcdRange(stale: true)];

    /// <summary>All that an agent can be asked, in the order in which they run.</summary>
    public static IReadOnlyList<(string Name, string Description)> All { get; } = [.. s_all.Select(static make => make()).Select(static scenario => (scenario.Name, scenario.Description))];

    /// <summary>A new scenario; null if there is none of the name for what the target is.</summary>
    public static Scenario? Make(string name, bool isEtcd = false) => (isEtcd ? s_etcd : s_all).Select(static make => make()).FirstOrDefault(scenario => scenario.Name == name);

    /// <summary>What puts in the data.</summary>
    public static IEnumerable<(Scenario Scenario, int Requests)> Fills(DataSet data, bool isEtcd = false)
    {
        if (data.HasFlag(DataSet.Keys))
            yield return (isEtcd ? new EtcdPut("fill") : new FillKeys(), Requests.Keys);
        if (data.HasFlag(DataSet.Services) && !isEtcd)
            yield return (new FillServices(), Requests.Instances);
    }
}
