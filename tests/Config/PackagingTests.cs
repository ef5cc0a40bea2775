using System.Net;
using Praetor.Api.Config;

namespace Praetor.Tests.Config;

/// <summary>The configuration that distributions install (api/Packaging).</summary>
public sealed class PackagingTests
{
    private static string Directory([System.Runtime.CompilerServices.CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "api", "Packaging", "consul.d"));

    [Fact]
    public void All_files_together_are_a_server_without_a_warning_that_is_not_wanted()
    {
        var host = new HostFacts("n1", static () => [new HostAddress("eth0", IPAddress.Parse("10.0.0.11"), 24, true), new HostAddress("eth1", IPAddress.Parse("192.168.1.1"), 24, false)]);
        string[] files = [.. System.IO.Directory.GetFiles(Directory()).Order(StringComparer.Ordinal)];

        ConfigLoad load = ConfigLoader.Load(new ConfigInput { Paths = files, Format = "hcl" }, host);

        Assert.Null(load.Error);
        Assert.Equal(["bootstrap_expect > 0: expecting 3 servers"], load.Warnings);
        Assert.Equal(("10.0.0.11", true, 3, "web"), (load.Config!.Addresses.Bind.ToString(), load.Config.Server, load.Config.BootstrapExpect, Assert.Single(load.Config.Registrations.Services).Service.Name));
    }

    [Fact]
    public void Without_the_examples_it_is_a_client()
    {
        var host = new HostFacts("n1", static () => [new HostAddress("eth0", IPAddress.Parse("10.0.0.20"), 24, true)]);

        ConfigLoad load = ConfigLoader.Load(new ConfigInput { Paths = [Path.Combine(Directory(), "consul.hcl")] }, host);

        Assert.Null(load.Error);
        Assert.Empty(load.Warnings);
        Assert.False(load.Config!.Server);
    }
}
