using System.Globalization;
using System.Text;
using Praetor.Load.Scenarios;
using Praetor.Load.Wire;

namespace Praetor.Load.Growth;

/// <summary>Where keys and services of a grown store lie, and in which order they are asked: all over the place, so that no cache of a processor helps.</summary>
internal static class Grown
{
    public const string KeyPrefix = "/v1/kv/grow/";
    public const int InstancesOfService = 10;
    public const int InstancesOfNode = 20;
    private const long Stride = 2_654_435_761; // the golden ratio of 2^32, odd: all numbers are met

    /// <summary>Number <paramref name="number"/> of so many, scattered.</summary>
    public static long Scatter(long number, int count) => number * Stride % count;
}

/// <summary>Transactions that put in the keys from one number on to another.</summary>
internal sealed class GrowKeys(int from, int to) : Scenario
{
    private const int Puts = 64;

    private static readonly string s_value = Convert.ToBase64String([.. Enumerable.Repeat((byte)'x', Requests.ValueBytes)]);

    public override string Name => "grow-keys";

    public override string Description => "transactions of 64 new keys";

    public int Transactions => (to - from + Puts - 1) / Puts;

    public override int WriteRequest(RequestWriter writer, long number)
    {
        var body = new StringBuilder("[");
        long first = from + (number * Puts);
        for (long key = first; key < Math.Min(first + Puts, to); key++)
            body.Append(CultureInfo.InvariantCulture, $"{(key > first ? "," : "")}{{\"KV\":{{\"Verb\":\"set\",\"Key\":\"grow/{key}\",\"Value\":\"{s_value}\"}}}}");
        writer.Put("/v1/txn", -1, Encoding.ASCII.GetBytes(body.Append(']').ToString()));
        return 0;
    }
}

/// <summary>One of all keys is read.</summary>
internal sealed class GrownGet(int keys) : Scenario
{
    public override string Name => "kv-get";

    public override string Description => "GET of one of all keys";

    public override int WriteRequest(RequestWriter writer, long number)
    {
        writer.Get(Grown.KeyPrefix, Grown.Scatter(number, keys));
        return 0;
    }
}

/// <summary>One of all keys is written anew.</summary>
internal sealed class GrownPut(int keys) : Scenario
{
    private static readonly byte[] s_value = [.. Enumerable.Repeat((byte)'y', Requests.ValueBytes)];

    public override string Name => "kv-put";

    public override string Description => "PUT of one of all keys";

    public override int WriteRequest(RequestWriter writer, long number)
    {
        writer.Put(Grown.KeyPrefix, Grown.Scatter(number, keys), s_value);
        return 0;
    }
}

/// <summary>Registers the instances from one number on to another: ten of each service, twenty on each node.</summary>
internal sealed class GrowInstances(int from) : Scenario
{
    public override string Name => "grow-instances";

    public override string Description => "registrations of new instances";

    public override int WriteRequest(RequestWriter writer, long number)
    {
        long instance = from + number, node = instance / Grown.InstancesOfNode, service = instance / Grown.InstancesOfService;
        string body = $$$"""
            {"Node":"grown{{{node}}}","Address":"10.{{{node >> 16 & 255}}}.{{{node >> 8 & 255}}}.{{{node & 255}}}",
            "Service":{"Service":"grown{{{service}}}","ID":"grown-{{{instance}}}","Port":{{{8000 + (instance % 1000)}}},"Tags":["v1","primary"],"Meta":{"version":"1.0"}},
            "Check":{"CheckID":"service:grown-{{{instance}}}","Name":"http","ServiceID":"grown-{{{instance}}}","Status":"passing"}}
            """;
        writer.Put("/v1/catalog/register", -1, Encoding.ASCII.GetBytes(body));
        return 0;
    }
}

/// <summary>Healthy instances of one of all services.</summary>
internal sealed class GrownHealth(int services) : Scenario
{
    public override string Name => "health-service";

    public override string Description => "health of one of all services";

    public override int WriteRequest(RequestWriter writer, long number)
    {
        writer.Get("/v1/health/service/grown", Grown.Scatter(number, services), "?passing");
        return 0;
    }
}

/// <summary>SRV of one of all services.</summary>
internal sealed class GrownDns(int services) : Scenario
{
    private const ushort TypeSrv = 33;

    public override string Name => "dns";

    public override string Description => "SRV of one of all services";

    public override int DefaultConnections => 16;

    public override Channel CreateChannel(LoadTarget target) => new DnsChannel(target.Dns, ReceiveBuffer);

    public override int WriteRequest(RequestWriter writer, long number)
    {
        DnsChannel.WriteQuery(writer, string.Create(CultureInfo.InvariantCulture, $"grown{Grown.Scatter(number, services)}.service.consul"), TypeSrv);
        return 0;
    }
}
