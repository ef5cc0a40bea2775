using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using Praetor.Core.Codec;
using Praetor.Core.Mvcc;

namespace Praetor.Core.State.Catalog;

/// <summary>The addresses under which clients in the mesh reach a service, whichever instance they get (mesh, virtual IPs).</summary>
/// <param name="Service">Name of the service.</param>
/// <param name="Number">Its address counted from 240.0.0.0: 1 is 240.0.0.1.</param>
/// <param name="Instances">Instances of it in the mesh.</param>
/// <param name="Manual">Addresses that an operator gave it, in order.</param>
public sealed record VirtualIp(string Service, uint Number, int Instances, IReadOnlyList<string> Manual)
{
    private const uint Base = 0xF000_0000;

    /// <summary>The address as a number.</summary>
    public uint Bits => Base + Number;

    /// <summary>The address as text.</summary>
    public string Address
    {
        get
        {
            Span<byte> bytes = stackalloc byte[4];
            BinaryPrimitives.WriteUInt32BigEndian(bytes, Bits);
            return string.Create(CultureInfo.InvariantCulture, $"{bytes[0]}.{bytes[1]}.{bytes[2]}.{bytes[3]}");
        }
    }

    internal void Write(FieldWriter writer)
    {
        writer.Text(Service);
        writer.UInt(Number);
        writer.Int(Instances);
        writer.TextList(Manual);
    }

    internal static VirtualIp Read(ref FieldReader reader) => new(reader.Text(), (uint)reader.UInt(), (int)reader.Int(), reader.TextList() ?? []);
}

/// <summary>Which service has which virtual address. Immutable.</summary>
public sealed class VirtualIps
{
    /// <summary>Name of the tagged address that instances in the mesh show it under.</summary>
    public const string Tag = "consul-virtual";

    /// <summary>Most addresses that an operator may give a service.</summary>
    public const int MaxManual = 8;

    /// <summary>None.</summary>
    public static readonly VirtualIps Empty = new();

    internal OrderedIndex<VirtualIp> ByService { get; init; } = OrderedIndex<VirtualIp>.Empty;

    /// <summary>Numbers that were given back, big-endian.</summary>
    internal OrderedIndex<byte> Free { get; init; } = OrderedIndex<byte>.Empty;

    /// <summary>Manual address to the service that has it.</summary>
    internal OrderedIndex<string> ByManual { get; init; } = OrderedIndex<string>.Empty;

    /// <summary>Highest number given so far.</summary>
    internal uint Last { get; init; }

    /// <summary>Addresses of a service; null if it has none.</summary>
    public VirtualIp? Find(string service) => ByService.TryGet(CatalogKey.Of(service), out VirtualIp? found) ? found : null;

    /// <summary>Says what is wrong with addresses that an operator gives to a service; null if nothing is (mesh, virtual IPs).</summary>
    public static string? CheckManual(IReadOnlyList<string> addresses)
    {
        if (addresses.Count > MaxManual)
            return $"cannot associate more than {MaxManual} manual virtual IPs with the same service";
        foreach (string address in addresses)
        {
            if (!IPAddress.TryParse(address, out IPAddress? parsed) || parsed.AddressFamily != System.Net.Sockets.AddressFamily.InterNetwork || parsed.ToString() != address)
                return $"{GoQuote.Quote(address)} is not a valid IPv4 address";
        }

        return null;
    }
}

/// <summary>Virtual addresses in one apply batch: the first free one for each service that gets an instance in the mesh, given back with its last.</summary>
internal sealed class VirtualIpBatch(VirtualIps table)
{
    /// <summary>240.0.0.0/4 without its first and last address.</summary>
    private const uint MaxNumber = 0x0FFF_FFFE;

    private readonly OrderedIndexBatch<VirtualIp> _byService = table.ByService.Begin();
    private readonly OrderedIndexBatch<byte> _free = table.Free.Begin();
    private readonly OrderedIndexBatch<string> _byManual = table.ByManual.Begin();
    private uint _last = table.Last;

    public bool HasChanged { get; private set; }

    public VirtualIps Commit() => !HasChanged ? table : new VirtualIps { ByService = _byService.Commit(), Free = _free.Commit(), ByManual = _byManual.Commit(), Last = _last };

    /// <summary>The service as it is stored: with its virtual address if it is an endpoint in the mesh. Counts it, and no longer counts what it replaces.</summary>
    public ServiceRecord Take(ServiceRecord given, ServiceRecord? replaced)
    {
        string? before = replaced is null ? null : CountedFor(replaced);
        string? destination = MeshEndpoints.DestinationOf(given);
        bool isSame = before is not null && destination is not null && CatalogKey.Lower(before) == CatalogKey.Lower(destination);
        if (before is not null && !isSame)
            GiveBack(before);
        VirtualIp? ip = destination is not { Length: > 0 } ? null : isSame ? Find(destination) : Count(destination);
        return WithTag(given, ip);
    }

    /// <summary>A service goes.</summary>
    public void Leave(ServiceRecord service)
    {
        if (CountedFor(service) is { } destination)
            GiveBack(destination);
    }

    /// <summary>An operator's addresses for a service, in place of those it had. Whoever had one of them loses it.</summary>
    /// <param name="unassignedFrom">Those, in order.</param>
    /// <returns>False if the service has no virtual address.</returns>
    public bool SetManual(string service, IReadOnlyList<string> addresses, out IReadOnlyList<string> unassignedFrom)
    {
        unassignedFrom = [];
        if (Find(service) is not { } ip)
            return false;
        var losers = new SortedSet<string>(StringComparer.Ordinal);
        foreach (string address in addresses)
        {
            if (_byManual.TryGet(CatalogKey.Of(address), out string? owner) && CatalogKey.Lower(owner) != CatalogKey.Lower(service) && Find(owner) is { } loser)
            {
                losers.Add(loser.Service);
                Put(loser with { Manual = [.. loser.Manual.Where(each => each != address)] });
            }
        }

        foreach (string address in ip.Manual)
            _byManual.Remove(CatalogKey.Of(address));
        string[] distinct = [.. addresses.Distinct(StringComparer.Ordinal)];
        foreach (string address in distinct)
            _byManual.Set(CatalogKey.Of(address), ip.Service);
        if (!ip.Manual.SequenceEqual(distinct))
            Put(ip with { Manual = distinct });
        unassignedFrom = [.. losers];
        return true;
    }

    /// <summary>Puts a service's addresses of a snapshot back.</summary>
    public void Restore(VirtualIp ip)
    {
        Put(ip);
        foreach (string address in ip.Manual)
            _byManual.Set(CatalogKey.Of(address), ip.Service);
    }

    /// <summary>Puts the free numbers of a snapshot back.</summary>
    public void RestoreFree(uint last, IReadOnlyList<uint> free)
    {
        _last = last;
        foreach (uint number in free)
            _free.Set(KeyOf(number), 0);
        HasChanged = true;
    }

    /// <summary>Only who shows the address was counted: what was stored before there were any was not.</summary>
    private static string? CountedFor(ServiceRecord service) =>
        service.TaggedAddresses?.ContainsKey(VirtualIps.Tag) == true && MeshEndpoints.DestinationOf(service) is { Length: > 0 } destination ? destination : null;

    private VirtualIp? Count(string destination)
    {
        if (Find(destination) is { } known)
            return Put(known with { Instances = known.Instances + 1 });
        return TakeNumber() is { } number ? Put(new VirtualIp(destination, number, 1, [])) : null;
    }

    private void GiveBack(string destination)
    {
        if (Find(destination) is not { } ip)
            return;
        if (ip.Instances > 1)
        {
            Put(ip with { Instances = ip.Instances - 1 });
            return;
        }

        _byService.Remove(CatalogKey.Of(destination));
        foreach (string address in ip.Manual)
            _byManual.Remove(CatalogKey.Of(address));
        _free.Set(KeyOf(ip.Number), 0);
        HasChanged = true;
    }

    private uint? TakeNumber()
    {
        foreach (KeyValuePair<ReadOnlyMemory<byte>, byte> free in _free.Scan([]))
        {
            _free.Remove(free.Key.Span);
            return BinaryPrimitives.ReadUInt32BigEndian(free.Key.Span);
        }

        return _last < MaxNumber ? ++_last : null;
    }

    private VirtualIp? Find(string service) => _byService.TryGet(CatalogKey.Of(service), out VirtualIp? found) ? found : null;

    private VirtualIp Put(VirtualIp ip)
    {
        _byService.Set(CatalogKey.Of(ip.Service), ip);
        HasChanged = true;
        return ip;
    }

    /// <summary>Shows this address and no other under the tag, whatever was given.</summary>
    private static ServiceRecord WithTag(ServiceRecord service, VirtualIp? ip)
    {
        if (ip is null && service.TaggedAddresses?.ContainsKey(VirtualIps.Tag) != true)
            return service;
        var addresses = new SortedList<string, ServiceAddress>(StringComparer.Ordinal);
        foreach ((string name, ServiceAddress address) in service.TaggedAddresses ?? new Dictionary<string, ServiceAddress>())
            addresses[name] = address;
        addresses.Remove(VirtualIps.Tag);
        if (ip is not null)
            addresses[VirtualIps.Tag] = new ServiceAddress(ip.Address, service.Port);
        return service with { TaggedAddresses = addresses.Count == 0 ? null : addresses };
    }

    private static byte[] KeyOf(uint number)
    {
        byte[] key = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(key, number);
        return key;
    }
}
