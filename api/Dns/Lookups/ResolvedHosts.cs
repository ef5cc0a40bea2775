using Praetor.Api.Dns.Names;

namespace Praetor.Api.Dns.Lookups;

/// <summary>What recursors told of the hosts that an answer leads to, by name in lower case. Immutable once it is handed on.</summary>
public sealed class ResolvedHosts
{
    private readonly List<(byte[] Host, IReadOnlyList<HostRecord> Records)> _hosts = [];

    /// <summary>Hosts and their records.</summary>
    public IReadOnlyList<(byte[] Host, IReadOnlyList<HostRecord> Records)> All => _hosts;

    /// <summary>Adds what is known of a host: nothing, too, is an answer.</summary>
    public void Add(byte[] host, IReadOnlyList<HostRecord> records) => _hosts.Add((host, records));

    /// <summary>Records of a host; none if nobody knows it.</summary>
    public IReadOnlyList<HostRecord> Of(ReadOnlySpan<byte> host)
    {
        Span<byte> lower = stackalloc byte[Wire.DnsLimits.NameBytes];
        NameText.ToLower(host, lower[..host.Length]);
        foreach ((byte[] known, IReadOnlyList<HostRecord> records) in _hosts)
        {
            if (lower[..host.Length].SequenceEqual(known))
                return records;
        }

        return [];
    }
}
