using System.Globalization;
using System.Text;
using System.Text.Json;
using Praetor.Api.Cli.Client;
using Praetor.Api.Cli.Flags;

namespace Praetor.Api.Cli.Commands.Operator;

/// <summary>operator usage instances (cli 8).</summary>
internal sealed class UsageInstancesCommand : ClientCommand
{
    private readonly BoolFlag _billable;
    private readonly BoolFlag _connect;
    private readonly BoolFlag _all;

    /// <summary>Declares the flags.</summary>
    public UsageInstancesCommand() : base(ClientFlagGroups.Server)
    {
        _billable = Declare(new BoolFlag("billable", "Shows only plain and native instances."));
        _connect = Declare(new BoolFlag("connect", "Shows only instances in the mesh."));
        _all = Declare(new BoolFlag("all-datacenters", "Asks all datacenters."));
    }

    /// <summary>The group's help.</summary>
    public static GroupCommand Group() => new("operator usage <subcommand> [options] [args]", """
        Tells how much of what there is.

            $ consul operator usage instances
        """);

    /// <inheritdoc/>
    public override string Usage => "operator usage instances [options]";

    /// <inheritdoc/>
    public override string Description => """
        Counts service instances, services and nodes.
        """;

    /// <inheritdoc/>
    public override async Task<int> RunAsync(CliCall call, CancellationToken cancellation)
    {
        var (io, billable, connect, all) = (call.Io, _billable.Get(call.Flags), _connect.Get(call.Flags), _all.Get(call.Flags));
        if (call.TooMany(0) is { } tooMany)
            return io.Fail(tooMany);
        if (billable && connect)
            return io.Fail("Cannot specify both -billable and -connect flags");
        using var client = Connect(call);
        if (client is null)
            return ExitCode.Failure;
        var answer = await client.GetAsync(new ApiQuery("/v1/operator/usage").WithFlag("global", all).WithFlag("stale", Client.IsStale(call.Flags)), cancellation).ConfigureAwait(false);
        using var json = answer.Error is null ? answer.ReadJson(out _) : null;
        if (json is null)
            return io.Fail($"Error fetching usage information: {answer.Error ?? "the agent's answer is not JSON"}");
        JsonMember[] datacenters = [.. json.RootElement.Field("Usage").Members().OrderBy(static each => each.Name, StringComparer.Ordinal)];
        var text = new StringBuilder();
        if (!connect)
            WriteBillable(text, datacenters, all);
        if (!billable)
            WriteConnect(text, datacenters, all);
        io.Out.Write(text.ToString());
        return ExitCode.Success;
    }

    private static void WriteBillable(StringBuilder text, JsonMember[] datacenters, bool withDatacenter)
    {
        text.Append(CultureInfo.InvariantCulture, $"Billable Service Instances Total: {Sum(datacenters, "BillableServiceInstances")}\n");
        foreach (var datacenter in datacenters)
            text.Append(CultureInfo.InvariantCulture, $"{datacenter.Name} Billable Service Instances: {datacenter.Value.Number("BillableServiceInstances")}\n");
        var services = new List<string[]> { Row(withDatacenter, "Datacenter", "Services", "Service instances") };
        foreach (var datacenter in datacenters)
            services.Add(Row(withDatacenter, datacenter.Name, Text(datacenter.Value.Number("Services")), Text(datacenter.Value.Number("BillableServiceInstances"))));
        if (withDatacenter)
        {
            services.Add(["", "", ""]);
            services.Add(["Total", Text(Sum(datacenters, "Services")), Text(Sum(datacenters, "BillableServiceInstances"))]);
        }

        text.Append("\nBillable Services\n").Append(ColumnTable.FormatTabs(services));
        List<string[]> nodes = [["Datacenter", "Count"]];
        nodes.AddRange(datacenters.Select(static datacenter => new[] { datacenter.Name, Text(datacenter.Value.Number("Nodes")) }));
        nodes.Add(["", ""]);
        nodes.Add(["Total", Text(Sum(datacenters, "Nodes"))]);
        text.Append("\n\nNodes\n").Append(ColumnTable.FormatTabs(nodes)).Append("\n\n");
    }

    private static void WriteConnect(StringBuilder text, JsonMember[] datacenters, bool withDatacenter)
    {
        var rows = new List<string[]> { Row(withDatacenter, "Datacenter", "Type", "Service instances") };
        long total = 0;
        foreach (var datacenter in datacenters)
        {
            foreach (var kind in datacenter.Value.Field("ConnectServiceInstances").Members().OrderBy(static each => each.Name, StringComparer.Ordinal))
            {
                rows.Add(Row(withDatacenter, datacenter.Name, kind.Name, kind.Value.AsText()));
                total += kind.Value.GetInt64();
            }
        }

        if (withDatacenter)
        {
            rows.Add(["", "", ""]);
            rows.Add(["Total", "", Text(total)]);
        }

        text.Append("Connect Services\n").Append(ColumnTable.FormatTabs(rows));
    }

    private static string[] Row(bool withDatacenter, string datacenter, string first, string second) => withDatacenter ? [datacenter, first, second] : [first, second];

    private static long Sum(JsonMember[] datacenters, string name) => datacenters.Sum(datacenter => datacenter.Value.Number(name));

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
