using System.Net;
using Praetor.Api.Config;

namespace Praetor.Tests.Config;

/// <summary>Addresses, templates, defaults (config 3).</summary>
public class AddressTests
{
    [Theory]
    [InlineData("""{}""", "10.1.2.3")]
    [InlineData("""{"bind_addr":"127.0.0.5"}""", "127.0.0.5")]
    [InlineData("""{"bind_addr":"[::]"}""", "2001:4860::1")]
    [InlineData("""{"bind_addr":"::1"}""", "::1")]
    [InlineData("""{"advertise_addr":"1.2.3.4"}""", "1.2.3.4")]
    [InlineData("""{"bind_addr":"{{ GetPrivateIP }}"}""", "10.1.2.3")]
    [InlineData("""{"bind_addr":"{{GetPublicIP}}"}""", "2001:4860::1")]
    [InlineData("""{"bind_addr":"{{ GetInterfaceIP \"eth1\" }}"}""", "198.18.7.7")]
    [InlineData("""{"bind_addr":"{{ GetInterfaceIP \"eth.\" }}"}""", "198.18.7.7")]
    public void The_advertised_address_is_derived(string json, string address) => Assert.Equal(address, ConfigHarness.Good(json).Addresses.Advertise.ToString());

    [Theory]
    [InlineData("""{"bind_addr":""}""", "bind_addr cannot be empty")]
    [InlineData("""{"bind_addr":"{{ Bogus }}"}""", "bind_addr cannot be empty")]
    [InlineData("""{"bind_addr":"{{ GetInterfaceIP \"nope\" }}"}""", "bind_addr cannot be empty")]
    [InlineData("""{"bind_addr":"1.2.3.4 5.6.7.8"}""", "bind_addr cannot contain multiple addresses. Use 'addresses.{dns,http,https}' instead.")]
    [InlineData("""{"bind_addr":"unix:///x"}""", "bind_addr cannot be a unix socket")]
    [InlineData("""{"advertise_addr":"0.0.0.0"}""", "Advertise address cannot be 0.0.0.0, :: or [::]")]
    [InlineData("""{"addresses":{"dns":"unix:///x"}}""", "DNS address cannot be a unix socket")]
    [InlineData("""{"recursors":["0.0.0.0"]}""", "DNS recursor address cannot be 0.0.0.0, :: or [::]")]
    [InlineData("""{"ports":{"server":0}}""", "server-port must be greater than zero")]
    [InlineData("""{"ports":{"serf_lan":-1}}""", "serf-lan-port must be greater than zero")]
    [InlineData("""{"ports":{"sidecar_min_port":5,"sidecar_max_port":4}}""", "sidecar_min_port must be less than sidecar_max_port. To disable, set both to zero.")]
    public void Wrong_addresses_are_fatal(string json, string error) => Assert.Equal(error, ConfigHarness.Error(json));

    [Fact]
    public void A_wrong_template_is_told_elsewhere_than_in_bind_addr() => Assert.Equal(
        "1 error occurred:\n\t* client_addr: error parsing \"{{ Bogus }}\": unable to parse template \"{{ Bogus }}\": template: sockaddr.Parse:1: function \"Bogus\" not defined\n\n",
        ConfigHarness.Error("""{"client_addr":"{{ Bogus }}"}"""));

    [Theory]
    [InlineData(0, "No private IPv4 address found")]
    [InlineData(2, "Multiple private IPv4 addresses found. Please configure one with 'bind' and/or 'advertise'.")]
    public void Without_exactly_one_private_address_the_operator_must_choose(int count, string error)
    {
        HostAddress[] addresses = [.. Enumerable.Range(1, count).Select(i => new HostAddress("eth0", IPAddress.Parse($"10.0.0.{i}"), 8, true))];
        var load = ConfigLoader.Load(new ConfigInput { Fragments = ["""{"data_dir":"/x"}"""] }, new HostFacts("h", () => addresses));

        Assert.Equal(error, load.Error);
    }

    [Fact]
    public void Listeners_take_client_addresses_unless_they_have_their_own()
    {
        var config = ConfigHarness.Good("""{"client_addr":"127.0.0.1 ::1","addresses":{"http":"unix:///run/http.sock 127.0.0.2"},"ports":{"dns":53,"http":80,"https":0}}""");

        Assert.Equal(["127.0.0.1:53", "[::1]:53"], config.Addresses.Dns.Select(listener => listener.ToString()));
        Assert.Equal(["unix:///run/http.sock", "tcp://127.0.0.2:80"], config.Addresses.Http.Select(listener => listener.ToUri()));
        Assert.Empty(config.Addresses.Https);
    }

    [Fact]
    public void Tagged_addresses_are_derived_beside_those_given()
    {
        var config = ConfigHarness.Good("""{"advertise_addr_wan":"1.2.3.4","tagged_addresses":{"mine":"x"},"advertise_addr_ipv6":"2001:db8::9"}""");

        Assert.Equal("lan=10.1.2.3 lan_ipv4=10.1.2.3 lan_ipv6=2001:db8::9 mine=x wan=1.2.3.4 wan_ipv4=1.2.3.4",
            string.Join(' ', config.Addresses.Tagged.Select(pair => $"{pair.Key}={pair.Value}")));
    }

    [Fact]
    public void Servers_listen_for_gRPC_with_TLS_and_clients_do_not() =>
        Assert.Equal((8503, -1), (ConfigHarness.Good("""{"server":true}""").Ports.GrpcTls, ConfigHarness.Good("{}").Ports.GrpcTls));

    [Fact]
    public void Recursors_are_listed_once() =>
        Assert.Equal(["8.8.8.8", "1.1.1.1:5353"], ConfigHarness.Good("""{"recursors":["8.8.8.8","1.1.1.1:5353","8.8.8.8"]}""").Dns.Recursors);

    [Fact]
    public void Networks_may_have_host_bits() =>
        Assert.Equal("10.1.2.0/23", ConfigHarness.Good("""{"serf_lan_allowed_cidrs":["10.1.3.4/23"]}""").Cluster.AllowedLan[0].ToString());
}
