using Praetor.Api.Http.Json;
using Praetor.Core.State.Catalog;

namespace Praetor.Api.Http.Ui;

/// <summary>What the web UI lists of a service (http-agent 8). Pure.</summary>
/// <param name="catalog">The catalog, for the proxies in front of it.</param>
/// <param name="name">Its name.</param>
/// <param name="instances">The instances that count.</param>
internal sealed class ServiceSummary(CatalogTables catalog, string name, IReadOnlyList<ServiceInstance> instances)
{
    private const string ExternalSource = "external-source";

    /// <summary>The worst status of some checks; passing without any.</summary>
    public static string Worst(IEnumerable<CheckRecord> checks)
    {
        string worst = CheckStatus.Passing;
        foreach (CheckRecord check in checks)
        {
            if (check.Status == CheckStatus.Critical)
                return CheckStatus.Critical;
            if (check.Status == CheckStatus.Warning)
                worst = CheckStatus.Warning;
        }

        return worst;
    }

    /// <summary>True if there are proxies and all of them are transparent: one that is not is what the UI warns of.</summary>
    public static bool IsTransparent(IReadOnlyList<ServiceInstance> proxies) => proxies.Count > 0 && proxies.All(static proxy => proxy.Service.Proxy?.Mode == "transparent");

    /// <summary>Writes it.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="more">What follows in the same object; null for the members that only a listing has.</param>
    public void Write(GoJsonWriter json, Action<GoJsonWriter>? more = null)
    {
        List<ServiceInstance> proxies = [.. MeshEndpoints.Of(catalog, name).Where(static endpoint => endpoint.Service.Kind == ServiceKinds.ConnectProxy)];
        CheckRecord[] checks = [.. instances.Concat(proxies).SelectMany(static instance => instance.Checks).DistinctBy(static check => (check.Node, check.CheckId))];
        json.BeginObject();
        json.MemberIfNotEmpty("Kind"u8, instances[0].Service.Kind);
        json.Member("Name"u8, name);
        json.Member("Datacenter"u8, instances[0].Node.Datacenter);
        json.Name("Tags"u8);
        WriteList(json, instances.SelectMany(static instance => instance.Service.Tags ?? []));
        json.Name("Nodes"u8);
        WriteList(json, instances.Select(static instance => instance.Node.Name));
        json.Name("ExternalSources"u8);
        WriteList(json, instances.Select(static instance => instance.Service.Meta?.GetValueOrDefault(ExternalSource) ?? "").Where(static source => source.Length > 0));
        json.Member("InstanceCount"u8, instances.Count);
        json.Member("ChecksPassing"u8, checks.Count(static check => check.Status == CheckStatus.Passing));
        json.Member("ChecksWarning"u8, checks.Count(static check => check.Status == CheckStatus.Warning));
        json.Member("ChecksCritical"u8, checks.Count(static check => check.Status == CheckStatus.Critical));
        json.Name("GatewayConfig"u8);
        json.BeginObject();
        json.EndObject();
        json.Member("TransparentProxy"u8, IsTransparent(proxies));
        json.Member("ConnectNative"u8, instances.Any(static instance => instance.Service.ConnectNative));
        if (more is not null)
        {
            more(json);
        }
        else
        {
            json.Member("ConnectedWithProxy"u8, proxies.Count > 0);
            json.Member("ConnectedWithGateway"u8, false);
        }

        json.EndObject();
    }

    /// <summary>Each once, in order; null if there are none.</summary>
    private static void WriteList(GoJsonWriter json, IEnumerable<string> items)
    {
        string[] distinct = [.. items.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        json.StringList(distinct.Length == 0 ? null : distinct);
    }
}
