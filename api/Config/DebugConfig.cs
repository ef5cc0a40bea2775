using System.Net;
using Praetor.Api.Http.Json;
using Praetor.Core;
using Praetor.Core.Codec;

namespace Praetor.Api.Config;

/// <summary>
/// The configuration as <c>agent/self</c> shows it under DebugConfig (http-agent 2.1): names that clients know, sorted; durations and addresses as text;
/// secrets as <c>hidden</c> whether they are set or not.
/// </summary>
public static partial class DebugConfig
{
    private const string Hidden = "hidden";

    /// <summary>Writes one object.</summary>
    public static void Write(AgentConfig config, GoJsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(json);
        var fields = new SortedList<string, object?>(StringComparer.Ordinal);
        AddGeneral(fields, config);
        AddAddresses(fields, config);
        AddCluster(fields, config);
        AddServer(fields, config);
        AddAcl(fields, config);
        AddDns(fields, config);
        AddHttp(fields, config);
        AddGroups(fields, config);
        json.Any(fields);
    }

    private static void AddGeneral(SortedList<string, object?> fields, AgentConfig config)
    {
        fields["AutoReloadConfig"] = config.Raw.FindPath("auto_reload_config")?.AsBool ?? false;
        fields["Bootstrap"] = config.Bootstrap;
        fields["BootstrapExpect"] = Number(config.BootstrapExpect);
        fields["BuildDate"] = ProductVersion.BuildDate;
        fields["CheckOutputMaxSize"] = Number(config.Checks.OutputMaxSizeBytes);
        fields["CheckUpdateInterval"] = Duration(config.Checks.UpdateInterval);
        fields["CheckDeregisterIntervalMin"] = "1m0s";
        fields["CheckReapInterval"] = "30s";
        fields["Checks"] = config.Registrations.Checks.Select(check => (object?)check.Name).ToList();
        fields["DataDir"] = config.DataDirectory;
        fields["Datacenter"] = config.Datacenter;
        fields["DefaultIntentionPolicy"] = config.DefaultIntentionPolicy;
        fields["DefaultQueryTime"] = Duration(config.DefaultQueryTime);
        fields["DevMode"] = config.DevMode;
        fields["DisableCoordinates"] = config.DisableCoordinates;
        fields["DisableHTTPUnprintableCharFilter"] = config.AllowUnprintableInPaths;
        fields["DisableHostNodeID"] = config.DisableHostNodeId;
        fields["DisableRemoteExec"] = config.DisableRemoteExec;
        fields["DiscardCheckOutput"] = config.Checks.DiscardOutput;
        fields["DiscoveryMaxStale"] = Duration(config.DiscoveryMaxStale);
        fields["EnableAgentTLSForChecks"] = config.Checks.AgentTls;
        fields["EnableDebug"] = config.EnableDebug;
        fields["EnableLocalScriptChecks"] = config.Checks.ScriptsFromFiles;
        fields["EnableRemoteScriptChecks"] = config.Checks.ScriptsFromRemote;
        fields["Experiments"] = Texts(config.Experiments);
        fields["LeaveOnTerm"] = config.LeaveOnTerminate;
        fields["MaxQueryTime"] = Duration(config.MaxQueryTime);
        fields["NodeID"] = config.NodeId;
        fields["NodeMeta"] = Map(config.NodeMeta);
        fields["NodeName"] = config.NodeName;
        fields["PidFile"] = config.PidFile;
        fields["PrimaryDatacenter"] = config.PrimaryDatacenter;
        fields["Revision"] = "";
        fields["ServerMode"] = config.Server;
        fields["ServerName"] = config.ServerName;
        fields["Services"] = config.Registrations.Services.Select(service => (object?)service.Service.Name).ToList();
        fields["SessionTTLMin"] = Duration(config.SessionTtlMin);
        fields["SkipLeaveOnInt"] = config.SkipLeaveOnInterrupt;
        fields["TranslateWANAddrs"] = config.TranslateWanAddresses;
        fields["Version"] = ProductVersion.ConsulLevel;
        fields["VersionPrerelease"] = "";
    }

    private static void AddAddresses(SortedList<string, object?> fields, AgentConfig config)
    {
        var (addresses, ports) = (config.Addresses, config.Ports);
        fields["AdvertiseAddrLAN"] = addresses.Advertise.ToString();
        fields["AdvertiseAddrWAN"] = addresses.AdvertiseWan.ToString();
        fields["BindAddr"] = addresses.Bind.ToString();
        fields["ClientAddrs"] = addresses.Client.Select(address => (object?)address.ToString()).ToList();
        fields["ConnectSidecarMaxPort"] = Number(ports.Sidecar.Max);
        fields["ConnectSidecarMinPort"] = Number(ports.Sidecar.Min);
        // DNS listens on both networks and is shown so.
        fields["DNSAddrs"] = addresses.Dns.SelectMany(listener => new object?[] { listener.ToUri(), listener.ToUri("udp") }).ToList();
        fields["DNSPort"] = Number(ports.Dns);
        fields["ExposeMaxPort"] = Number(ports.Expose.Max);
        fields["ExposeMinPort"] = Number(ports.Expose.Min);
        fields["GRPCAddrs"] = Listeners(addresses.Grpc);
        fields["GRPCPort"] = Number(ports.Grpc);
        fields["GRPCTLSAddrs"] = Listeners(addresses.GrpcTls);
        fields["GRPCTLSPort"] = Number(ports.GrpcTls);
        fields["HTTPAddrs"] = Listeners(addresses.Http);
        fields["HTTPPort"] = Number(ports.Http);
        fields["HTTPSAddrs"] = Listeners(addresses.Https);
        fields["HTTPSPort"] = Number(ports.Https);
        fields["RPCAdvertiseAddr"] = Tcp(addresses.RpcAdvertise);
        fields["RPCBindAddr"] = Tcp(new IPEndPoint(addresses.Bind, ports.Server));
        fields["SerfAdvertiseAddrLAN"] = Tcp(new IPEndPoint(addresses.Advertise, ports.SerfLan));
        fields["SerfAdvertiseAddrWAN"] = ports.SerfWan > 0 ? Tcp(new IPEndPoint(addresses.AdvertiseWan, ports.SerfWan)) : "";
        fields["SerfBindAddrLAN"] = Tcp(addresses.SerfLan);
        fields["SerfBindAddrWAN"] = addresses.SerfWan is { } wan ? Tcp(wan) : "";
        fields["SerfPortLAN"] = Number(ports.SerfLan);
        fields["SerfPortWAN"] = Number(ports.SerfWan);
        fields["ServerPort"] = Number(ports.Server);
        fields["TaggedAddresses"] = Map(addresses.Tagged);
        fields["UnixSocketGroup"] = addresses.SocketGroup;
        fields["UnixSocketMode"] = addresses.SocketMode;
        fields["UnixSocketUser"] = addresses.SocketUser;
    }

    // The JSON writer takes every number as a double; all of these are exact in it.
    private static object Number(double value) => value;

    private static string Duration(TimeSpan value) => GoDuration.Format(GoDuration.FromTimeSpan(value));

    private static string Tcp(IPEndPoint address) => $"tcp://{address}";

    private static List<object?> Texts(IEnumerable<string> values) => [.. values];

    private static List<object?> Listeners(IEnumerable<ListenAddress> listeners) => [.. listeners.Select(listener => listener.ToUri())];

    private static SortedList<string, object?> Map(IReadOnlyDictionary<string, string> map)
    {
        var sorted = new SortedList<string, object?>(StringComparer.Ordinal);
        foreach (var (key, value) in map)
            sorted[key] = value;
        return sorted;
    }
}
