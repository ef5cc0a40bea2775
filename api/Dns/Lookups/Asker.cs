using Praetor.Api.Dns.Answers;

namespace Praetor.Api.Dns.Lookups;

/// <summary>Who asks, and how.</summary>
/// <param name="transport">How the request came.</param>
/// <param name="address">The client's address: 4 or 16 bytes; empty if it is not known.</param>
/// <param name="agent">Node name of the agent that it asked; null for this one.</param>
public readonly ref struct Asker(DnsTransport transport, ReadOnlySpan<byte> address, string? agent = null)
{
    /// <summary>How the request came.</summary>
    public DnsTransport Transport { get; } = transport;

    /// <summary>The client's address: 4 or 16 bytes; empty if it is not known.</summary>
    public ReadOnlySpan<byte> Address { get; } = address;

    /// <summary>Node name of the agent that it asked; null for this one.</summary>
    public string? Agent { get; } = agent;
}
