using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Praetor.Core.Gossip;
using Praetor.Core.Ports;
using Praetor.Runtime.Gossip;

namespace Praetor.Tests.Gossip;

/// <summary>The shell around a pool.</summary>
public sealed class GossipLoopTests
{
    [Fact]
    public async Task Exchanges_that_fail_at_once_in_the_middle_of_a_step_end_their_joins_with_the_reason()
    {
        var identity = new GossipIdentity { Pool = PoolKind.Lan, Name = "n1", EndPoint = new IPEndPoint(IPAddress.Loopback, 1), Tags = new SortedList<string, string> { ["dc"] = "dc1" } };
        await using var loop = new GossipLoop(identity, GossipProfile.Lan, null, 1, TimeProvider.System, NullLogger.Instance);
        loop.Start(new NoWay(), new Nobody());

        string?[] ends = await Task.WhenAll(Enumerable.Range(2, 50).Select(port => loop.JoinAsync(new IPEndPoint(IPAddress.Loopback, port))));

        Assert.All(ends, static end => Assert.Equal("no way", end));
    }

    [Theory]
    [InlineData("10.0.0.1", "10.0.0.1", 8301)]
    [InlineData("10.0.0.1:7000", "10.0.0.1", 7000)]
    [InlineData("host.example", "host.example", 8301)]
    [InlineData("[2001:db8::1]:7000", "2001:db8::1", 7000)]
    [InlineData("[2001:db8::1]", "2001:db8::1", 8301)]
    [InlineData("2001:db8::1", "2001:db8::1", 8301)]
    [InlineData("n1/10.0.0.1:7000", "10.0.0.1", 7000)]
    public void An_address_to_join_has_a_host_and_perhaps_a_port_and_a_name(string text, string host, int port) =>
        Assert.Equal((host, port), SeedAddress.Split(text, 8301));

    [Theory]
    [InlineData("")]
    [InlineData("host:0")]
    [InlineData("host:port")]
    [InlineData("[::1")]
    [InlineData("10.0.0.1:99999")]
    public void What_is_no_address_is_refused(string text) => Assert.Throws<FormatException>(() => SeedAddress.Split(text, 8301));

    private sealed class NoWay : IPackets
    {
        public int MaxPacketBytes => 1400;

        public bool TrySend(IPEndPoint to, ReadOnlySpan<byte> packet) => false;

        public ValueTask<ReadOnlyMemory<byte>> ExchangeAsync(IPEndPoint to, ReadOnlyMemory<byte> request, TimeSpan timeout, CancellationToken cancellation) =>
            throw new PacketExchangeException("no way");
    }

    private sealed class Nobody : IPoolListener
    {
        public ValueTask OnMemberAsync(MemberChange change) => ValueTask.CompletedTask;

        public ValueTask OnEventAsync(PoolEvent happened) => ValueTask.CompletedTask;
    }
}
