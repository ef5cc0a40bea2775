using Praetor.Api.Http.Json;
using Praetor.Core.State.Catalog;

namespace Praetor.Api.Http.Catalog;

/// <summary>
/// Parts of service registrations that agent and catalog bodies have in common (http-agent 2.9, 5.2). All names in any case; unknown
/// fields are refused except where noted. No state.
/// </summary>
public static class ServiceBodies
{
    /// <summary>Weights as given; null if the value is null.</summary>
    public static ServiceWeights? ReadWeights(ref GoJsonReader json)
    {
        if (!json.BeginObject("structs.Weights"))
            return null;
        int passing = 0;
        int warning = 0;
        while (json.NextField(out string name))
        {
            switch (name)
            {
                case "passing": passing = json.ReadInt(passing); break;
                case "warning": warning = json.ReadInt(warning); break;
                default: json.UnknownField(); break;
            }
        }

        return new ServiceWeights(passing, warning);
    }

    /// <summary>Region and zone; null if the value is null.</summary>
    public static Locality? ReadLocality(ref GoJsonReader json)
    {
        if (!json.BeginObject("structs.Locality"))
            return null;
        string region = "";
        string zone = "";
        while (json.NextField(out string name))
        {
            switch (name)
            {
                case "region": region = json.ReadString(region); break;
                case "zone": zone = json.ReadString(zone); break;
                default: json.UnknownField(); break;
            }
        }

        return new Locality(region, zone);
    }

    /// <summary>Tagged addresses by tag (ordinal); null if the value is null.</summary>
    public static SortedList<string, ServiceAddress>? ReadTaggedAddresses(ref GoJsonReader json)
    {
        if (!json.BeginObject("map[string]structs.ServiceAddress"))
            return null;
        var addresses = new Dictionary<string, ServiceAddress>(StringComparer.Ordinal);
        while (json.NextKey(out string tag))
            addresses[tag] = ReadAddress(ref json);
        // Sorted once at the end: a hostile order of keys costs n log n, not n squared.
        return new SortedList<string, ServiceAddress>(addresses, StringComparer.Ordinal);
    }

    private static ServiceAddress ReadAddress(ref GoJsonReader json)
    {
        string address = "";
        int port = 0;
        if (json.BeginObject("structs.ServiceAddress"))
        {
            while (json.NextField(out string name))
            {
                switch (name)
                {
                    case "address": address = json.ReadString(address); break;
                    case "port": port = json.ReadInt(port); break;
                    default: json.UnknownField(); break;
                }
            }
        }

        return new ServiceAddress(address, port);
    }
}
