using System.Globalization;
using System.Text;
using Praetor.Load.Wire;

namespace Praetor.Load.Scenarios;

/// <summary>Requests that several scenarios share.</summary>
internal static class Requests
{
    public const int Keys = 10_000;
    public const int KeysRead = 1000;
    public const int ValueBytes = 128;
    public const int Services = 10;
    public const int Instances = 500;
    public const string WatchedKey = "/v1/kv/watched/key";
    public const string WatchedService = "/v1/health/service/web0?passing";
    public const string KeyPrefix = "/v1/kv/bench/0/";

    private static readonly byte[] Value = [.. Enumerable.Repeat((byte)'x', ValueBytes)];
    private static readonly byte[][] Registrations = [.. Enumerable.Range(0, Instances).Select(static i =>
    {
        var writer = new RequestWriter();
        Register(writer, "node", "web", i);
        return writer.Written.ToArray();
    })];

    public static void PutKey(RequestWriter writer, long number) => writer.Put(KeyPrefix, number % Keys, Value);

    public static void GetKey(RequestWriter writer, long number, string query = "") => writer.Get(KeyPrefix, (number % KeysRead) + 1, query);

    public static void Health(RequestWriter writer, long number) => writer.Get("/v1/health/service/web", number % Services, "?passing");

    public static void Catalog(RequestWriter writer, long number) => writer.Get("/v1/catalog/service/web", number % Services);

    /// <summary>Registers one of the 500 instances of the data, always with the same bytes.</summary>
    public static void RegisterAgain(RequestWriter writer, long number) => writer.Add(Registrations[number % Instances]);

    /// <summary>
    /// Registers instance <paramref name="i"/>: a node with a service of two tags and one meta pair, a service check and a check of the node. Not serfHealth: who
    /// has that and is in no pool is taken out by the leader after two minutes.
    /// <paramref name="output"/> is the service check's output.
    /// </summary>
    public static void Register(RequestWriter writer, string node, string service, long i, string output = "", string version = "1.0")
    {
        var body = $$$"""
            {"Node":"{{{node}}}{{{i}}}","Address":"10.{{{i >> 16 & 255}}}.{{{i >> 8 & 255}}}.{{{i & 255}}}",
            "Service":{"Service":"{{{service}}}{{{i % Services}}}","ID":"{{{service}}}-{{{i}}}","Port":{{{8000 + (i % 1000)}}},"Tags":["v1","primary"],"Meta":{"version":"{{{version}}}"}},
            "Checks":[{"CheckID":"service:{{{service}}}-{{{i}}}","Name":"http","ServiceID":"{{{service}}}-{{{i}}}","Status":"passing","Output":"{{{output}}}"},
            {"CheckID":"externalNodeHealth","Name":"External Node Status","Status":"passing","Output":"Node alive or reachable"}]}
            """;
        writer.Put("/v1/catalog/register", -1, Encoding.ASCII.GetBytes(body));
    }

    /// <summary>Registers an instance of web0 anew with something changed that its watchers see.</summary>
    public static void ChangeService(RequestWriter writer, long version) =>
        Register(writer, "node", "web", 0, version: version.ToString(CultureInfo.InvariantCulture));

    /// <summary>Changes the check of an instance of any service but web0.</summary>
    public static void ChangeOtherService(RequestWriter writer, long number) =>
        Register(writer, "node", "web", (number % (Services - 1)) + 1, output: string.Create(CultureInfo.InvariantCulture, $"run {number}"));

    /// <summary>Writes the watched key.</summary>
    public static void ChangeKey(RequestWriter writer, long version) =>
        writer.Put(WatchedKey, -1, Encoding.ASCII.GetBytes(version.ToString(CultureInfo.InvariantCulture)));
}
