using static Praetor.Api.Config.ConfigKeys;

namespace Praetor.Api.Config;

/// <summary>Keys of services, checks and watches.</summary>
internal static partial class AgentSchema
{
    private static IEnumerable<ConfigField> Registrations()
    {
        var check = Check();
        var service = Service(check);
        // A sidecar is itself a service. That it must not have one in turn is a rule with a text of its own.
        service.Add(Block("connect", Bools("native"), Block("sidecar_service", service)));
        return [.. Block("service", service), .. Blocks("services", service), .. Block("check", check), .. Blocks("checks", check), .. OpaqueLists("watches")];
    }

    private static ConfigBlock Check() => new ConfigBlock(
        Strings("id", "name", "notes", "service_id", "token", "status", "shell", "docker_container_id", "http", "method", "body", "tcp", "udp", "grpc",
            "h2ping", "os_service", "alias_node", "alias_service", "tls_server_name", "interval", "timeout", "ttl", "deregister_critical_service_after"),
        Bools("disable_redirects", "tcp_use_tls", "grpc_use_tls", "h2ping_use_tls", "tls_skip_verify"),
        Ints("success_before_passing", "failures_before_warning", "failures_before_critical", "output_max_size"),
        Lists("args"),
        ListMaps("header"))
        .WithAliases("serviceid=service_id", "scriptargs=args", "dockercontainerid=docker_container_id", "tlsskipverify=tls_skip_verify",
            "deregistercriticalserviceafter=deregister_critical_service_after");

    private static ConfigBlock Service(ConfigBlock check) => new(
        Strings("id", "name", "kind", "address", "socket_path", "token"),
        Ints("port"),
        Bools("enable_tag_override"),
        Lists("tags"),
        Maps("meta"),
        BlockMap("tagged_addresses", new ConfigBlock(Strings("address"), Ints("port"))),
        Block("weights", Ints("passing", "warning")),
        Block("check", check),
        Blocks("checks", check),
        Block("proxy", Proxy()),
        Block("locality", Strings("region", "zone")));

    private static ConfigBlock Proxy() => new(
        Strings("destination_service_name", "destination_service_id", "local_service_address", "local_service_socket_path", "mode"),
        Ints("local_service_port"),
        Opaque("config"),
        Blocks("upstreams", new ConfigBlock(
            Strings("destination_type", "destination_name", "destination_namespace", "destination_partition", "destination_peer", "datacenter",
                "local_bind_address", "local_bind_socket_path", "local_bind_socket_mode"),
            Ints("local_bind_port"),
            Opaque("config"),
            Block("mesh_gateway", Strings("mode")))),
        Block("mesh_gateway", Strings("mode")),
        Block("expose", Bools("checks"), Blocks("paths", new ConfigBlock(Strings("path", "protocol"), Ints("listener_port", "local_path_port")))),
        Block("transparent_proxy", Ints("outbound_listener_port"), Bools("dialed_directly")),
        Block("access_logs", Bools("enabled", "disable_listener_logs"), Strings("type", "path", "json_format", "text_format")),
        Blocks("envoy_extensions", new ConfigBlock(Strings("name", "consul_version", "envoy_version"), Bools("required"), Opaque("arguments"))));
}
