using System.Net;
using Praetor.Api.Config;
using Praetor.Api.Config.Templates;

namespace Praetor.Tests.Config;

/// <summary>Address templates (config 3), on a machine with two cards, a loopback and a card that is down.</summary>
public sealed class AddressTemplateTests
{
    private const InterfaceFlags Loopback = InterfaceFlags.Up | InterfaceFlags.Loopback | InterfaceFlags.Running;

    private static readonly HostFacts s_host = new("host1", static () => [
        Address("lo", "127.0.0.1", 8, flags: Loopback), Address("lo", "::1", 128, flags: Loopback),
        Address("eth1", "192.168.7.9", 24), Address("eth1", "203.0.113.5", 24), Address("eth1", "fe80::1", 64),
        Address("eth0", "10.1.2.3", 16, isDefault: true), Address("eth0", "10.1.2.4", 16, isDefault: true), Address("eth0", "8.8.4.4", 29, isDefault: true), Address("eth0", "2600::5", 64, isDefault: true),
        Address("wlan0", "172.16.0.1", 12, flags: InterfaceFlags.Broadcast),
    ]);

    [Theory]
    // Whole lists, helpers.
    [InlineData("""{{ GetPrivateIP }}""", "10.1.2.3")]
    [InlineData("""{{ GetPrivateIPs }}""", "10.1.2.3 10.1.2.4 192.168.7.9")]
    [InlineData("""{{ GetPublicIP }}""", "8.8.4.4")]
    [InlineData("""{{ GetPublicIPs }}""", "8.8.4.4 2600::5")]
    [InlineData("""{{ GetInterfaceIP "eth1" }}""", "192.168.7.9")]
    [InlineData("""{{ GetInterfaceIPs "eth1" }}""", "192.168.7.9 203.0.113.5 fe80::1")]
    [InlineData("""{{ GetInterfaceIP "eth9" }}""", "")]
    [InlineData("""{{ GetAllInterfaces | join "name" "," }}""", "lo,lo,eth1,eth1,eth1,eth0,eth0,eth0,eth0,wlan0")]
    [InlineData("""{{ GetDefaultInterfaces | join "address" " " }}""", "10.1.2.3 10.1.2.4 8.8.4.4 2600::5")]
    [InlineData("""{{ GetPrivateInterfaces | attr "address" }}""", "10.1.2.3")]
    [InlineData("""{{ GetPublicInterfaces | limit 1 | join "string" " " }}""", "8.8.4.4/29")]
    // Filters.
    [InlineData("""{{ GetAllInterfaces | include "name" "^eth" | include "type" "ipv4" | join "address" " " }}""", "192.168.7.9 203.0.113.5 10.1.2.3 10.1.2.4 8.8.4.4")]
    [InlineData("""{{ GetAllInterfaces | include "network" "10.0.0.0/8|192.168.0.0/16" | join "address" " " }}""", "192.168.7.9 10.1.2.3 10.1.2.4")]
    [InlineData("""{{ GetAllInterfaces | include "rfc" "1918" | exclude "flags" "up" | attr "address" }}""", "172.16.0.1")]
    [InlineData("""{{ GetAllInterfaces | include "flags" "down" | attr "name" }}""", "wlan0")]
    [InlineData("""{{ GetAllInterfaces | include "flags" "up|loopback" | join "address" " " }}""", "127.0.0.1 ::1")]
    [InlineData("""{{ GetAllInterfaces | include "flag" "forwardable" | exclude "type" "IPv6" | include "size" "16" | join "address" " " }}""", "10.1.2.3 10.1.2.4")]
    [InlineData("""{{ GetAllInterfaces | include "address" "^10\\." | join "address" " " }}""", "10.1.2.3 10.1.2.4")]
    [InlineData("""{{ GetAllInterfaces | include "flags" "link-local unicast" | join "address" " " }}""", "fe80::1")]
    [InlineData("""{{ GetAllInterfaces | include "port" "0" | include "type" "unix" | join "address" " " }}""", "")]
    // Order, parts of lists.
    [InlineData("""{{ GetAllInterfaces | include "type" "ipv4" | sort "-size,+address" | join "mask_bits" " " }}""", "29 24 24 16 16 12 8")]
    [InlineData("""{{ GetAllInterfaces | sort "default,-type,size,+address" | limit 3 | join "address" " " }}""", "2600::5 10.1.2.3 10.1.2.4")]
    [InlineData("""{{ GetAllInterfaces | sort "name,-private,address" | unique "name" | join "address" " " }}""", "8.8.4.4 192.168.7.9 127.0.0.1 172.16.0.1")]
    [InlineData("""{{ GetDefaultInterfaces | offset 1 | limit 1 | attr "address" }} {{ GetDefaultInterfaces | offset -1 | attr "address" }} {{ GetDefaultInterfaces | offset "-2" | attr "address" }}""", "10.1.2.4 2600::5 8.8.4.4")]
    // Arithmetic.
    [InlineData("""{{ GetPrivateInterfaces | limit 1 | math "network" "+2" | attr "address" }} {{ GetPrivateInterfaces | limit 1 | math "network" "-1" | attr "address" }}""", "10.1.0.2 10.1.255.255")]
    [InlineData("""{{ GetPrivateInterfaces | limit 1 | math "address" "+256" | attr "address" }} {{ GetPrivateInterfaces | limit 1 | math "address" "-4" | attr "address" }}""", "10.1.3.3 10.1.1.255")]
    [InlineData("""{{ GetPrivateInterfaces | limit 1 | math "mask" "8" | attr "network" }} {{ GetPrivateInterfaces | limit 1 | math "mask" "24" | attr "string" }}""", "10.0.0.0/8 10.1.2.0/16")]
    [InlineData("""{{ GetInterfaceIPs "lo" }} {{ GetAllInterfaces | include "name" "lo" | include "type" "ipv4" | math "address" "-2130706434" | attr "address" }}""", "127.0.0.1 ::1 255.255.255.255")]
    // The language.
    [InlineData("""{{ GetPrivateIP }} 127.0.0.1""", "10.1.2.3 127.0.0.1")]
    [InlineData("""a{{- " b " -}} c""", "a b c")]
    [InlineData("""{{/* nothing */}}x{{- /* nothing }} at all */ -}} y""", "xy")]
    [InlineData("""{{ with GetPrivateIP }}{{ . }}{{ else }}none{{ end }} {{ with GetInterfaceIP "no" }}{{ . }}{{ else }}none{{ end }}""", "10.1.2.3 none")]
    [InlineData("""{{ range GetPrivateInterfaces }}{{ attr "address" . }}:{{ .Name }} {{ end }}""", "10.1.2.3:eth0 10.1.2.4:eth0 192.168.7.9:eth1")]
    [InlineData("""{{ range $i, $a := GetPrivateInterfaces }}{{ if eq $i 1 }}{{ break }}{{ end }}{{ $i }}={{ attr "address" $a }}{{ end }}""", "0=10.1.2.3")]
    [InlineData("""{{ $all := GetPrivateInterfaces }}{{ len $all }} {{ (index $all 2).Name }}""", "3 eth1")]
    [InlineData("""{{ $n := 1 }}{{ range GetPrivateInterfaces }}{{ $n = 2 }}{{ end }}{{ $n }}""", "2")]
    [InlineData("""{{ if and (gt (len GetPrivateIP) 3) (not false) }}yes{{ else }}no{{ end }} {{ if false }}a{{ else if true }}b{{ else }}c{{ end }}""", "yes b")]
    [InlineData("""{{ range . }}{{ if eq .Name "lo" }}{{ continue }}{{ end }}{{ .Name }} {{ end }}""", "eth1 eth1 eth1 eth0 eth0 eth0 eth0 wlan0")]
    [InlineData("""{{ printf "%s-%03d-%x-%q-%v" GetPrivateIP 7 255 "a" true }}""", "10.1.2.3-007-ff-\"a\"-true")]
    [InlineData("""{{ printf "%5s|%-5s|%.2s|%d%%" "ab" "ab" "abc" -3 | print }}""", "   ab|ab   |ab|-3%")]
    [InlineData("""{{ `raw` | printf "%s:%s" "x" }}""", "x:raw")]
    public void A_template_comes_to(string template, string expected)
    {
        Assert.Null(AddressTemplate.Expand(template, s_host, out string[] parts));
        Assert.Equal(expected.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries), parts);
    }

    [Theory]
    [InlineData("address", "10.1.2.3")]
    [InlineData("type", "IPv4")]
    [InlineData("string", "10.1.2.3/16")]
    [InlineData("network", "10.1.0.0/16")]
    [InlineData("netmask", "255.255.0.0")]
    [InlineData("mask_bits", "16")]
    [InlineData("broadcast", "10.1.255.255")]
    [InlineData("first_usable", "10.1.0.1")]
    [InlineData("last_usable", "10.1.255.254")]
    [InlineData("port", "0")]
    [InlineData("size", "65536")]
    [InlineData("hex", "0a010203")]
    [InlineData("binary", "00001010000000010000001000000011")]
    [InlineData("octets", "10 1 2 3")]
    [InlineData("uint32", "167838211")]
    [InlineData("uint128", "")]
    [InlineData("name", "eth0")]
    [InlineData("flags", "up|broadcast|multicast|running")]
    public void Attributes_of_an_address(string name, string value) => Assert.Equal(value, InterfaceAddress.Of(Address("eth0", "10.1.2.3", 16)).Attribute(name));

    [Theory]
    [InlineData("type", "IPv6")]
    [InlineData("network", "2600::/64")]
    [InlineData("netmask", "ffff:ffff:ffff:ffff::")]
    [InlineData("first_usable", "2600::")]
    [InlineData("last_usable", "2600::ffff:ffff:ffff:ffff")]
    [InlineData("size", "18446744073709551616")]
    [InlineData("uint128", "50510663839826803170344668290653093893")]
    public void Attributes_of_an_ipv6_address(string name, string value) => Assert.Equal(value, InterfaceAddress.Of(Address("eth0", "2600::5", 64)).Attribute(name));

    [Theory]
    [InlineData("{{ Bogus }}", "unable to parse template", "function \"Bogus\" not defined")]
    [InlineData("{{ GetPrivateIP", "unable to parse template", "unclosed action")]
    [InlineData("{{ \"x }}", "unable to parse template", "unterminated quoted string")]
    [InlineData("{{ }}", "unable to parse template", "missing value for command")]
    [InlineData("{{ if true }}x", "unable to parse template", "unexpected EOF")]
    [InlineData("{{ end }}", "unable to parse template", "unexpected {{end}}")]
    [InlineData("{{ $x }}", "unable to parse template", "undefined variable \"$x\"")]
    [InlineData("{{ (GetPrivateIP }}", "unable to parse template", "unclosed left paren")]
    [InlineData("{{ GetPrivateIP | }}", "unable to parse template", "missing value for command")]
    [InlineData("{{ template \"x\" }}", "unable to parse template", "template is not for addresses")]
    [InlineData("{{ GetAllInterfaces | include \"size\" \"x\" }}", "unable to execute sockaddr input", "error calling include: invalid exclude size argument (\"x\")")]
    [InlineData("{{ GetAllInterfaces | sort \"x\" }}", "unable to execute sockaddr input", "error calling sort: unknown sort type: \"x\"")]
    [InlineData("{{ GetAllInterfaces | include \"x\" \"y\" }}", "unable to execute sockaddr input", "error calling include: invalid include selector \"x\"")]
    [InlineData("{{ GetAllInterfaces | include \"rfc\" \"1\" }}", "unable to execute sockaddr input", "error calling include: unable to lookup RFC number \"1\": unsupported RFC 1")]
    [InlineData("{{ GetAllInterfaces | math \"network\" \"2\" }}", "unable to execute sockaddr input", "error calling math: sign (+/-) is required for operation \"network\"")]
    [InlineData("{{ GetAllInterfaces | attr \"x\" }}", "unable to execute sockaddr input", "error calling attr: unsupported attribute name \"x\"")]
    [InlineData("{{ GetInterfaceIP }}", "unable to execute sockaddr input", "error calling GetInterfaceIP: wrong number of args: want 1 got 0")]
    [InlineData("{{ GetAllInterfaces | offset 99 }}", "unable to execute sockaddr input", "error calling offset: unable to seek past the end of the interface array: offset (99) exceeds the number of interfaces (10)")]
    public void What_is_wrong_is_told(string template, string phase, string error)
    {
        string quoted = Praetor.Core.Codec.GoQuote.Quote(template);
        Assert.Equal($"error parsing {quoted}: {phase} {quoted}: template: sockaddr.Parse:1: {error}", AddressTemplate.Expand(template, s_host, out _));
    }

    [Fact]
    public void Random_templates_end_in_a_text_or_an_error()
    {
        string[] words = ["{{", "}}", "{{-", "-}}", " ", "if", "range", "with", "end", "else", "$x", ":=", "|", "(", ")", ".", ".Name", "\"a\"", "`", "'", "1", "-1", "GetAllInterfaces", "include", "sort",
            "attr", "join", "limit", "math", "printf", "\"%d\"", "len", "index", "eq", "and", "\"network\"", "\"+1\"", ",", "/*", "*/", "break", "%s", "\\"];
        for (int seed = 1; seed <= 20_000; seed++)
        {
            var random = new Random(seed);
            string template = "{{ " + string.Join(random.Next(2) == 0 ? " " : "", Enumerable.Range(0, random.Next(1, 25)).Select(_ => words[random.Next(words.Length)])) + " }}";
            AddressTemplate.Expand(template, s_host, out _);
        }
    }

    [Fact]
    public void Nesting_without_end_is_an_error()
    {
        Assert.NotNull(AddressTemplate.Expand("{{ " + new string('(', 100_000), s_host, out _));
        Assert.NotNull(AddressTemplate.Expand(string.Concat(Enumerable.Repeat("{{ if true }}", 50_000)), s_host, out _));
        Assert.NotNull(AddressTemplate.Expand(string.Concat(Enumerable.Repeat("{{ if true }}{{ else if true }}", 1)) + string.Concat(Enumerable.Repeat("{{ else if true }}", 50_000)), s_host, out _));
    }

    private static HostAddress Address(string name, string address, int prefix, bool isDefault = false,
        InterfaceFlags flags = InterfaceFlags.Up | InterfaceFlags.Broadcast | InterfaceFlags.Multicast | InterfaceFlags.Running) => new(name, IPAddress.Parse(address), prefix, isDefault, flags);
}
