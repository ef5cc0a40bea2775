using Praetor.Load.Wire;

namespace Praetor.Load.Scenarios;

/// <summary>SRV and A queries of services of 50 instances, half each. Each copy is a socket with one query under way.</summary>
public sealed class DnsScenario : Scenario
{
    private const ushort TypeA = 1;
    private const ushort TypeSrv = 33;

    private static readonly string[] Names = [.. Enumerable.Range(0, Requests.Services).Select(static service => $"web{service}.service.consul")];

    /// <inheritdoc/>
    public override string Name => "dns";

    /// <inheritdoc/>
    public override string Description => "SRV and A of webN.service.consul over UDP, 50 instances";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Steps => ["SRV", "A"];

    /// <inheritdoc/>
    public override DataSet Needs => DataSet.Services;

    /// <inheritdoc/>
    public override Channel CreateChannel(LoadTarget target)
    {
        ArgumentNullException.ThrowIfNull(target);
        return new DnsChannel(target.Dns, ReceiveBuffer);
    }

    /// <inheritdoc/>
    public override int WriteRequest(RequestWriter writer, Channel channel, long number)
    {
        var id = (ushort)number;
        var step = (int)(number & 1);
        ((DnsChannel)channel).Expect(id);
        DnsChannel.WriteQuery(writer, id, Names[number / 2 % Names.Length], step == 0 ? TypeSrv : TypeA);
        return step;
    }
}
