using Praetor.Load.Wire;

namespace Praetor.Load.Scenarios;

/// <summary>SRV and A queries of services of 50 instances, half each; a few under way per socket.</summary>
public sealed class DnsScenario : Scenario
{
    private const ushort TypeA = 1;
    private const ushort TypeSrv = 33;

    private static readonly string[] Names = [.. Enumerable.Range(0, Requests.Services).Select(static service => $"web{service}.service.consul")];
    private static readonly byte[][] Queries = [.. Names.SelectMany(static name => new[] { Query(name, TypeSrv), Query(name, TypeA) })];

    /// <inheritdoc/>
    public override string Name => "dns";

    /// <inheritdoc/>
    public override string Description => "SRV and A of webN.service.consul over UDP, 50 instances";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Steps => ["SRV", "A"];

    /// <inheritdoc/>
    public override DataSet Needs => DataSet.Services;

    /// <inheritdoc/>
    public override int DefaultConnections => 16;

    /// <inheritdoc/>
    public override Channel CreateChannel(LoadTarget target)
    {
        ArgumentNullException.ThrowIfNull(target);
        return new DnsChannel(target.Dns, ReceiveBuffer);
    }

    /// <inheritdoc/>
    public override int WriteRequest(RequestWriter writer, long number)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Add(Queries[number % Queries.Length]);
        return (int)(number & 1);
    }

    private static byte[] Query(string name, ushort type)
    {
        var writer = new RequestWriter();
        DnsChannel.WriteQuery(writer, name, type);
        return writer.Written.ToArray();
    }
}
