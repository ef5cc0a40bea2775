using BenchmarkDotNet.Attributes;
using Praetor.Core.Filtering;
using Praetor.Core.State.Catalog;

namespace Praetor.Bench.Filtering;

/// <summary>Filters over instances, as health/service uses them. Budget: 0 B per item matched.</summary>
[MemoryDiagnoser]
[ShortRunJob]
public class FilterBench
{
    private readonly ServiceInstance _instance = new(
        new NodeRecord { Name = "node-17", Address = "10.0.0.17", Meta = new SortedList<string, string> { ["rack"] = "r1" } },
        new ServiceRecord { Name = "web", Id = "web-1", Port = 8080, Tags = ["prod", "v2"], Meta = new SortedList<string, string> { ["env"] = "prod" } },
        [new CheckRecord { CheckId = "serfHealth", Status = "passing" }, new CheckRecord { CheckId = "service:web-1", Status = "passing" }]);

    private Filter<ServiceInstance> _filter = null!;

    /// <summary>From one comparison to a regular expression.</summary>
    [Params("Service.Port == 8080", "Service.Meta.env == prod and prod in Service.Tags and Checks.Status != critical", "Node.Node matches `^node-[0-9]+$`")]
    public string Expression { get; set; } = "";

    /// <summary>Compiles the expression once.</summary>
    [GlobalSetup]
    public void Setup() => _filter = Compile();

    /// <summary>One item.</summary>
    [Benchmark]
    public bool Matches() => _filter.Matches(_instance);

    /// <summary>Once per request.</summary>
    [Benchmark]
    public Filter<ServiceInstance> Compile() =>
        Filter.TryCompile(Expression, CatalogSelectors.CheckServiceNode, out var filter, out var refusal)
            ? filter
            : throw new InvalidOperationException(refusal.Text);
}
