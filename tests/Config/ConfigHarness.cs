using System.Net;
using Praetor.Api.Config;

namespace Praetor.Tests.Config;

/// <summary>Loads configurations on a made-up host with one private address.</summary>
internal static class ConfigHarness
{
    public static HostFacts Host { get; } = new("host1", () => [
        new HostAddress("lo", IPAddress.Loopback, 8, false),
        new HostAddress("eth0", IPAddress.Parse("10.1.2.3"), 24, true),
        new HostAddress("eth0", IPAddress.Parse("2001:4860::1"), 64, true),
        new HostAddress("eth1", IPAddress.Parse("198.18.7.7"), 16, false),
    ]);

    /// <summary>Loads one JSON source as a -hcl fragment of a server with a data directory.</summary>
    public static ConfigLoad Load(string json, bool dev = false) => ConfigLoader.Load(
        new ConfigInput { DevMode = dev, Fragments = ["""{"data_dir":"/nowhere/data"}""", json] }, Host);

    public static AgentConfig Good(string json, bool dev = false)
    {
        var load = Load(json, dev);
        Assert.Null(load.Error);
        return load.Config!;
    }

    public static string Error(string json, bool dev = false)
    {
        var load = Load(json, dev);
        Assert.Null(load.Config);
        return load.Error!;
    }
}
