using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Praetor.Api.Dns;
using Praetor.Api.Dns.Recursion;

namespace Praetor.Tests.Dns;

/// <summary>dns 9, and what of dns 1, 5 and 8 takes recursors: a real server that asks real ones of the world outside.</summary>
public class RecursionTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    /// <summary>Longer than any answer takes on a busy machine, so that only silence is cut short.</summary>
    private static readonly TimeSpan s_recursorTimeout = TimeSpan.FromSeconds(10);

    private readonly DnsWorld _world = new DnsWorld().Node("n1", "10.0.0.1").Node("outside", "host.example.com")
        .Service("n1", "web", 80)
        .Service("n1", "far", 443, "far.example.com");

    private DnsServer Start(params string[] recursors) => Start(new DnsOptions { RecursorTimeout = s_recursorTimeout }, recursors);

    private DnsServer Start(DnsOptions options, string[] recursors) => DnsServer.Start(
        new DnsServerOptions
        {
            Addresses = [new IPEndPoint(IPAddress.Loopback, 0)],
            Datacenter = "dc1",
            Seed = 1,
            Options = options with { Recursors = recursors, Recurses = recursors.Length > 0 },
        },
        _world.State(), TimeProvider.System, NullLogger.Instance);

    private static Task<DnsMessage> AskAsync(DnsServer server, DnsQuery query, string transport = "udp") => DnsClient.AskAsync(server.EndPoints[0], query, transport);

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1", 53)]
    [InlineData("192.0.2.1:5353", "192.0.2.1", 5353)]
    [InlineData("2001:db8::1", "2001:db8::1", 53)]
    [InlineData("[2001:db8::1]", "2001:db8::1", 53)]
    [InlineData("[2001:db8::1]:54", "2001:db8::1", 54)]
    [InlineData("dns.example.com", "dns.example.com", 53)]
    [InlineData("dns.example.com:54", "dns.example.com", 54)]
    public void A_recursor_is_a_host_with_or_without_a_port(string text, string host, int port) => Assert.Equal((host, port), Recursors.Parse(text));

    [Theory]
    [InlineData("192.0.2.1:x", "address x: invalid port")]
    [InlineData("192.0.2.1:65536", "address 65536: invalid port")]
    [InlineData("a:b:53", "address a:b:53: too many colons in address")]
    [InlineData(":53", "address :53: missing host in address")]
    public void Anything_else_is_no_recursor(string text, string message) => Assert.Equal(message, Assert.Throws<FormatException>(() => Recursors.Parse(text)).Message);

    [Theory]
    [InlineData("udp")]
    [InlineData("tcp")]
    public async Task A_name_elsewhere_is_asked_of_a_recursor_over_the_transport_of_the_client(string transport)
    {
        await using var upstream = Upstream.Knowing(192, 0, 2, 7);
        await using DnsServer server = Start(upstream.Address);

        DnsQuery query = new("Example.COM") { EdnsSize = 1232, HasCookie = true };
        DnsMessage reply = await AskAsync(server, query, transport);

        Assert.Equal(("NOERROR", false, true), (reply.Code, reply.AA, reply.RA));
        Assert.Equal("Example.COM. 300 A 192.0.2.7", Assert.Single(reply.Answers).ToString());
        (string asked, byte[] request) = Assert.Single(upstream.Requests);
        Assert.Equal(transport, asked);
        Assert.Equal(query.ToBytes(), request); // unchanged
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task The_next_recursor_is_asked_when_one_does_not_know(int code)
    {
        await using var failing = Upstream.Failing(code);
        await using var good = Upstream.Knowing(192, 0, 2, 7);
        await using DnsServer server = Start(failing.Address, good.Address);

        Assert.Equal(["192.0.2.7"], (await AskAsync(server, new DnsQuery("example.com"))).AnswerData);
        Assert.Single(failing.Requests);
    }

    [Fact]
    public async Task NXDOMAIN_is_final()
    {
        await using var first = Upstream.Failing(3);
        await using var second = Upstream.Knowing(192, 0, 2, 7);
        await using DnsServer server = Start(first.Address, second.Address);

        Assert.Equal("NXDOMAIN", (await AskAsync(server, new DnsQuery("nosuch.example.com"))).Code);
        Assert.Empty(second.Requests);
    }

    [Theory]
    [InlineData("udp")]
    [InlineData("tcp")]
    public async Task When_all_fail_the_client_is_told_with_its_subnet(string transport)
    {
        await using var first = Upstream.Failing(2);
        await using var second = Upstream.Failing(5);
        await using DnsServer server = Start(first.Address, second.Address);

        DnsMessage reply = await AskAsync(server, new DnsQuery("example.com") { EdnsSize = 4096, Subnet = "192.0.2.0/24" }, transport);

        Assert.Equal(("SERVFAIL", false, true, (ushort?)4096, "1 192.0.2.0/24/0"), (reply.Code, reply.AA, reply.RA, reply.EdnsSize, reply.Subnet));
    }

    [Fact]
    public async Task Silence_and_a_closed_port_are_passed_over()
    {
        await using var silent = Upstream.Silent();
        string closed;
        await using (var gone = Upstream.Silent())
            closed = gone.Address;
        await using var good = Upstream.Knowing(192, 0, 2, 7);
        await using DnsServer server = Start(new DnsOptions { RecursorTimeout = TimeSpan.FromMilliseconds(200) }, [silent.Address, closed, "no address at all", good.Address]);

        Assert.Equal(["192.0.2.7"], (await AskAsync(server, new DnsQuery("example.com"))).AnswerData);
        Assert.Equal(["192.0.2.7"], (await AskAsync(server, new DnsQuery("example.com"), "tcp")).AnswerData);
    }

    [Fact]
    public async Task What_is_no_reply_to_the_question_is_not_taken_for_one()
    {
        await using var upstream = new Upstream(request => request[0] == 0x12
            ? Upstream.Reply(new DnsQuery("other.example.com") { Id = 0x1234 }.ToBytes(), 0, (null, 1, [203, 0, 113, 1]))
            : Upstream.Reply(request, 0, (null, 1, [192, 0, 2, 7])));
        await using DnsServer server = Start(new DnsOptions { RecursorTimeout = TimeSpan.FromMilliseconds(200) }, [upstream.Address]);

        Assert.Equal("SERVFAIL", (await AskAsync(server, new DnsQuery("example.com"))).Code);
        Assert.Equal("SERVFAIL", (await AskAsync(server, new DnsQuery("example.com"), "tcp")).Code);
        Assert.Equal("NOERROR", (await AskAsync(server, new DnsQuery("example.com") { Id = 7 })).Code);
    }

    [Fact]
    public async Task Hostile_replies_harm_nothing()
    {
        Random random = new(11);
        await using var hostile = new Upstream(request =>
        {
            byte[] reply = Upstream.Reply(request, 0, ("a.example.com", 5, [0xC0, 12]), (null, 1, [192, 0, 2, 7]), (null, 5, DnsQuery.WireName("b.example.com")));
            for (int i = 0; i < 6; i++)
                reply[12 + random.Next(reply.Length - 12)] = (byte)random.Next(256);
            return reply[..random.Next(12, reply.Length + 1)];
        });
        await using DnsServer server = Start(new DnsOptions { RecursorTimeout = TimeSpan.FromMilliseconds(5) }, [hostile.Address]);
        using UdpClient client = new(AddressFamily.InterNetwork);
        client.Connect(server.EndPoints[0]);
        for (ushort id = 0; id < 500; id++)
        {
            await client.SendAsync(new DnsQuery(id % 3 == 0 ? "example.com" : id % 3 == 1 ? "far.service.consul" : "outside.node.consul", id % 2 == 0 ? "A" : "SRV") { Id = id }.ToBytes());
            await client.ReceiveAsync(new CancellationTokenSource(s_patience).Token);
        }

        Assert.Equal(["10.0.0.1"], (await AskAsync(server, new DnsQuery("n1.node.consul"))).AnswerData);
        Assert.False(server.Stopped.IsCompleted);
    }

    [Fact]
    public async Task While_recursors_are_silent_the_catalog_is_answered()
    {
        await using var silent = Upstream.Silent();
        await using DnsServer server = Start(silent.Address);
        using UdpClient waiting = new(AddressFamily.InterNetwork);
        waiting.Connect(server.EndPoints[0]);
        for (int i = 0; i < 50; i++)
            await waiting.SendAsync(new DnsQuery("example.com").ToBytes());

        Assert.Equal(["10.0.0.1"], (await AskAsync(server, new DnsQuery("web.service.consul"))).AnswerData);
    }

    [Fact]
    public async Task DS_of_a_served_name_belongs_to_the_parent()
    {
        await using var upstream = Upstream.Failing(3);
        await using DnsServer server = Start(upstream.Address);

        Assert.Equal("NXDOMAIN", (await AskAsync(server, new DnsQuery("web.service.consul", "DS"))).Code);
        Assert.Single(upstream.Requests);
    }

    [Fact]
    public async Task Answers_of_the_catalog_say_that_recursion_is_available()
    {
        await using var upstream = Upstream.Silent();
        await using DnsServer server = Start(upstream.Address);

        DnsMessage reply = await AskAsync(server, new DnsQuery("web.service.consul"));

        Assert.Equal((true, true), (reply.AA, reply.RA));
        Assert.True((await AskAsync(server, new DnsQuery("nosuch.service.consul"))).RA);
        Assert.Empty(upstream.Requests);
    }

    [Theory]
    [InlineData("9.9.9.9.in-addr.arpa")]
    [InlineData("9.in-addr.arpa")]
    [InlineData("x.y.arpa")]
    public async Task An_address_that_the_catalog_does_not_know_is_asked_of_recursors(string name)
    {
        await using var upstream = new Upstream(request => Upstream.Reply(request, 0, (null, 12, DnsQuery.WireName("dns.example.net"))));
        await using DnsServer server = Start(upstream.Address);

        Assert.Equal(["dns.example.net."], (await AskAsync(server, new DnsQuery(name, "PTR"))).AnswerData);
        DnsMessage known = await AskAsync(server, new DnsQuery("1.0.0.10.in-addr.arpa", "PTR"));
        Assert.Equal(("n1.node.dc1.consul.", true, true), (Assert.Single(known.AnswerData), known.AA, known.RA));
        Assert.Single(upstream.Requests);
    }

    [Fact]
    public async Task A_service_behind_a_host_name_is_resolved_under_its_own_ttl()
    {
        await using var upstream = new Upstream(request => Upstream.Reply(request, 0,
            (null, 5, DnsQuery.WireName("real.example.net")), ("real.example.net", 1, [192, 0, 2, 1]), ("real.example.net", 16, [1, 65]), ("real.example.net", 1, [192, 0, 2, 2])));
        await using DnsServer server = Start(new DnsOptions { RecursorTimeout = s_recursorTimeout, ServiceTtl = new Dictionary<string, TimeSpan> { ["*"] = TimeSpan.FromSeconds(9) } }, [upstream.Address]);

        DnsMessage reply = await AskAsync(server, new DnsQuery("far.service.consul") { EdnsSize = 1232 });

        Assert.Equal(
            [
                "far.service.consul. 9 CNAME far.example.com.",
                "far.example.com. 9 CNAME real.example.net.",
                "real.example.net. 9 A 192.0.2.1",
                "real.example.net. 9 A 192.0.2.2",
            ],
            reply.Answers.Select(static record => record.ToString()));
        // Addresses of the first family alone are asked for, over UDP.
        (string transport, byte[] request) = Assert.Single(upstream.Requests);
        Assert.Equal("udp", transport);
        Assert.Equal([.. DnsQuery.WireName("far.example.com"), 0, 1, 0, 1], request[12..]);
    }

    [Fact]
    public async Task The_target_of_an_SRV_record_comes_with_its_addresses()
    {
        await using var upstream = Upstream.Knowing(192, 0, 2, 1);
        await using DnsServer server = Start(upstream.Address);

        DnsMessage reply = await AskAsync(server, new DnsQuery("far.service.consul", "SRV"));

        Assert.Equal("far.service.consul. 0 SRV 1 1 443 far.example.com.", Assert.Single(reply.Answers).ToString());
        Assert.Contains("far.example.com. 0 A 192.0.2.1", reply.Additional.Select(static record => record.ToString()));
    }

    [Fact]
    public async Task A_service_has_at_most_five_resolved_records_without_EDNS()
    {
        await using var upstream = new Upstream(request => Upstream.Reply(request, 0, [.. Enumerable.Range(1, 8).Select(i => ((string?)null, (ushort)1, new byte[] { 192, 0, 2, (byte)i }))]));
        await using DnsServer server = Start(upstream.Address);

        Assert.Equal(1 + 5, (await AskAsync(server, new DnsQuery("far.service.consul"), "tcp")).Answers.Count);
        Assert.Equal(1 + 8, (await AskAsync(server, new DnsQuery("far.service.consul") { EdnsSize = 4096 })).Answers.Count);
    }

    [Fact]
    public async Task A_node_behind_a_host_name_keeps_the_ttl_of_the_world_outside()
    {
        await using var upstream = Upstream.Knowing(192, 0, 2, 1);
        await using DnsServer server = Start(upstream.Address);

        Assert.Equal(
            ["outside.node.consul. 0 CNAME host.example.com.", "host.example.com. 300 A 192.0.2.1"],
            (await AskAsync(server, new DnsQuery("outside.node.consul"))).Answers.Select(static record => record.ToString()));
    }

    [Fact]
    public async Task A_host_that_nobody_knows_stays_an_alias()
    {
        await using var upstream = Upstream.Failing(2);
        await using DnsServer server = Start(upstream.Address);

        DnsMessage reply = await AskAsync(server, new DnsQuery("far.service.consul"));

        Assert.Equal(("NOERROR", "CNAME"), (reply.Code, Assert.Single(reply.Answers).Type));
    }

    [Fact]
    public async Task A_random_strategy_spreads_the_questions()
    {
        await using var first = Upstream.Knowing(192, 0, 2, 1);
        await using var second = Upstream.Knowing(192, 0, 2, 2);
        await using DnsServer server = Start(new DnsOptions { RecursorTimeout = s_recursorTimeout, RecursorStrategy = "random" }, [first.Address, second.Address]);

        for (int i = 0; i < 64; i++)
            await AskAsync(server, new DnsQuery("example.com"));

        Assert.NotEmpty(first.Requests);
        Assert.NotEmpty(second.Requests);
    }

    [Fact]
    public async Task A_reload_turns_recursion_on_and_off()
    {
        await using var upstream = Upstream.Knowing(192, 0, 2, 7);
        await using DnsServer server = Start();
        DnsMessage refused = await AskAsync(server, new DnsQuery("example.com") { EdnsSize = 1232 });
        Assert.Equal(("REFUSED", false, false, null), (refused.Code, refused.AA, refused.RA, refused.EdnsSize));

        server.Reload(new DnsOptions { Recursors = [upstream.Address], Recurses = true });
        Assert.Equal("NOERROR", (await AskAsync(server, new DnsQuery("example.com"))).Code);

        server.Reload(new DnsOptions());
        Assert.Equal("REFUSED", (await AskAsync(server, new DnsQuery("example.com"))).Code);
    }

    [Theory]
    [InlineData("0.0.0.0", "127.0.0.79")]
    [InlineData("::", "127.0.0.80")]
    public async Task On_a_wildcard_address_recursed_replies_leave_from_the_address_that_was_asked(string bound, string asked)
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6 || !bound.Contains(':'), "no IPv6 here");
        await using var upstream = Upstream.Knowing(192, 0, 2, 7);
        await using DnsServer server = DnsServer.Start(
            new DnsServerOptions { Addresses = [new IPEndPoint(IPAddress.Parse(bound), 0)], Datacenter = "dc1", Options = new DnsOptions { Recursors = [upstream.Address], Recurses = true } },
            _world.State(), TimeProvider.System, NullLogger.Instance);
        var target = new IPEndPoint(IPAddress.Parse(asked), server.EndPoints[0].Port);
        Assert.Equal(["192.0.2.7"], (await DnsClient.AskAsync(target, new DnsQuery("example.com"))).AnswerData);
    }
}
