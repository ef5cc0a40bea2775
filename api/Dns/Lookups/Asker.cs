using Praetor.Api.Dns.Answers;
using Praetor.Core.State;

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

/// <summary>The same for answers that take time.</summary>
/// <param name="Transport">How the request came.</param>
/// <param name="Address">The client's address: 4 or 16 bytes; empty if it is not known.</param>
/// <param name="Agent">Node name of the agent that it asked; null for this one.</param>
internal readonly record struct LateAsker(DnsTransport Transport, byte[] Address, string? Agent = null);

/// <summary>What was gathered for an answer that could not be given at once.</summary>
/// <param name="Hosts">What recursors told of hosts; null while they were not asked.</param>
/// <param name="Fresh">A state as new as the leader's; null while the leader was not asked.</param>
public readonly record struct Gathered(ResolvedHosts? Hosts, StateRoot? Fresh);
