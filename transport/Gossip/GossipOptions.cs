namespace Praetor.Transport.Gossip;

/// <summary>Limits and times of the gossip port (gossip-raft 1.1).</summary>
public sealed record GossipOptions
{
    /// <summary>Largest datagram that is sent, with everything, bytes: under the MTU of any usual path.</summary>
    public int MaxDatagramBytes { get; init; } = 1400;

    /// <summary>Receive buffer that the system is asked for, bytes.</summary>
    public int ReceiveBufferBytes { get; init; } = 2 * 1024 * 1024;

    /// <summary>Exchanges from outside that run at once; more are refused.</summary>
    public int MaxInboundExchanges { get; init; } = 128;

    /// <summary>Bytes that all exchanges from outside together may hold: many at once must not fill the memory.</summary>
    public long MaxInboundBytes { get; init; } = 128L * 1024 * 1024;

    /// <summary>Longest time for an exchange from outside, its answer included.</summary>
    public TimeSpan ExchangeTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
