using Microsoft.Extensions.Logging.Abstractions;
using Praetor.Api.Dns;
using Praetor.Api.Dns.Answers;
using Praetor.Api.Dns.Lookups;
using Praetor.Api.Dns.Recursion;
using Praetor.Api.Dns.Sockets;
using Praetor.Runtime;

namespace Praetor.Tests.Dns;

/// <summary>How old an answer may be (dns 10): a follower whose leader knows a newer address.</summary>
public class FreshnessTests
{
    private static readonly DnsWorld s_leader = new DnsWorld().Node("n1", "10.0.0.2").Service("n1", "web").Service("n1", "web-proxy", proxyFor: "web");

    private int _asked;

    private DnsWorld Follower(DnsOptions options)
    {
        DnsWorld world = new DnsWorld(options).Node("n1", "10.0.0.1");
        world.IsFresh = false;
        world.ReadFreshAsync = async _ =>
        {
            _asked++;
            await Task.Yield();
            return s_leader.Root();
        };
        return world;
    }

    private static async Task<DnsMessage> AskAsync(DnsWorld world, string name)
    {
        var answers = new RecursiveAnswers(new ResponderPool(world.Backend, 1), new Recursors(() => world.Backend.Settings.Options, TimeProvider.System, NullLogger.Instance));
        (byte[]? frame, int length) = await ((IDnsAnswers)answers).FrameAsync(new DnsQuery(name).ToBytes(), DnsTransport.Udp, null, TestContext.Current.CancellationToken);
        return DnsMessage.Parse(frame!.AsSpan(IDnsAnswers.LengthBytes, length - IDnsAnswers.LengthBytes));
    }

    [Fact]
    public async Task By_default_every_server_answers_from_its_own_state()
    {
        DnsWorld world = Follower(new DnsOptions());
        world.SinceLeader = TimeSpan.FromHours(1);
        Assert.Equal(["10.0.0.1"], (await AskAsync(world, "n1.node.consul")).AnswerData);
        Assert.Equal(0, _asked);
    }

    [Theory]
    [InlineData("n1.node.consul", "10.0.0.2")]
    [InlineData("web.service.consul", "10.0.0.2")]
    [InlineData("consul.service.consul", "")]
    public async Task Without_stale_answers_the_leader_says_how_new_the_state_must_be(string name, string address)
    {
        Assert.Equal(address, string.Join(' ', (await AskAsync(Follower(new DnsOptions { AllowStale = false }), name)).AnswerData));
        Assert.Equal(1, _asked);
    }

    [Fact]
    public async Task What_needs_no_state_asks_nobody()
    {
        DnsWorld world = Follower(new DnsOptions { AllowStale = false });
        Assert.Equal(["10.0.0.9"], (await AskAsync(world, "0a000009.addr.consul")).AnswerData);
        Assert.Equal("NXDOMAIN", (await AskAsync(world, "nonsense.consul")).Code);
        Assert.Equal(0, _asked);
    }

    [Theory]
    [InlineData(9, "10.0.0.1", 0)]
    [InlineData(11, "10.0.0.2", 1)]
    public async Task A_state_older_than_max_stale_is_asked_of_the_leader(int seconds, string address, int asked)
    {
        DnsWorld world = Follower(new DnsOptions { MaxStale = TimeSpan.FromSeconds(10) });
        world.SinceLeader = TimeSpan.FromSeconds(seconds);
        Assert.Equal([address], (await AskAsync(world, "n1.node.consul")).AnswerData);
        Assert.Equal(asked, _asked);
    }

    [Fact]
    public async Task Virtual_addresses_always_come_from_the_leader()
    {
        Assert.Equal(["240.0.0.1"], (await AskAsync(Follower(new DnsOptions()), "web.virtual.consul")).AnswerData);
        Assert.Equal(1, _asked);
    }

    [Fact]
    public async Task A_leader_that_is_lost_meanwhile_is_SERVFAIL()
    {
        DnsWorld world = Follower(new DnsOptions { AllowStale = false });
        world.ReadFreshAsync = static _ => throw new NoLeaderException();
        DnsMessage reply = await AskAsync(world, "n1.node.consul");
        Assert.Equal(("SERVFAIL", true), (reply.Code, reply.AA));
    }
}
