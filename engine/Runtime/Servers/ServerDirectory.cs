using System.Globalization;
using System.Net;
using Praetor.Core.Gossip;
using Praetor.Core.Ports;

namespace Praetor.Runtime.Servers;

/// <summary>A server of this datacenter as gossip knows it.</summary>
/// <param name="Id">Node id.</param>
/// <param name="Name">Node name.</param>
/// <param name="Address">host:port of its RPC port.</param>
/// <param name="Status">Whether it answers.</param>
/// <param name="Expect">Its bootstrap_expect; 0 if it has none.</param>
/// <param name="IsBootstrap">It runs in bootstrap mode.</param>
public sealed record DatacenterServer(string Id, string Name, string Address, MemberStatus Status, int Expect, bool IsBootstrap)
{
    /// <summary>It for calls.</summary>
    public ServerAddress Target => new(Id, Address);

    /// <summary>The server that a member is; null if it is none that can be used (gossip-raft 3.1).</summary>
    public static DatacenterServer? Of(Member member)
    {
        IReadOnlyDictionary<string, string> tags = member.Tags;
        if (tags.GetValueOrDefault("role") != "consul" || tags.GetValueOrDefault("id", "") is not { Length: > 0 } id || !IPAddress.TryParse(member.Addr, out IPAddress? address)
            || !TryNumber(tags, "port", out int port) || !TryNumber(tags, "vsn", out _) || !tags.ContainsKey("build"))
            return null;
        TryNumber(tags, "expect", out int expect);
        return new DatacenterServer(id, member.Name, new IPEndPoint(address, port).ToString(), member.Status, expect, tags.ContainsKey("bootstrap"));
    }

    private static bool TryNumber(IReadOnlyDictionary<string, string> tags, string name, out int number) =>
        int.TryParse(tags.GetValueOrDefault(name), NumberStyles.None, CultureInfo.InvariantCulture, out number);
}

/// <summary>
/// The servers of this datacenter: whom gossip knows, by id. A server's identity is its id; where it is, is what gossip says now. Thread-safe;
/// readers never wait.
/// </summary>
public sealed class ServerDirectory(Func<IReadOnlyList<Member>> members)
{
    private Listing _listing = new([], []);

    /// <summary>Servers, those that failed too; not those that left.</summary>
    public IReadOnlyList<DatacenterServer> All => Current.Servers;

    /// <summary>A server by id; null if gossip does not know it.</summary>
    public DatacenterServer? Find(string id) => Current.Servers.FirstOrDefault(server => server.Id == id);

    /// <summary>Where a server is; null if gossip does not know it.</summary>
    public string? AddressOf(string id) => Find(id)?.Address;

    private Listing Current
    {
        get
        {
            IReadOnlyList<Member> now = members();
            Listing listing = Volatile.Read(ref _listing);
            if (ReferenceEquals(listing.Members, now))
                return listing;
            listing = new Listing(now, [.. now.Where(static member => member.Status is MemberStatus.Alive or MemberStatus.Leaving or MemberStatus.Failed)
                .Select(DatacenterServer.Of).OfType<DatacenterServer>()]);
            Volatile.Write(ref _listing, listing);
            return listing;
        }
    }

    private sealed record Listing(IReadOnlyList<Member> Members, IReadOnlyList<DatacenterServer> Servers);
}
