namespace Praetor.Tests.Config;

/// <summary>Values that are of the right type and yet wrong, and the order in which they are told (config 3, 5, 7).</summary>
public class ConfigMeaningTests
{
    [Theory]
    [InlineData("""{"datacenter":"a b"}""", "datacenter can only contain lowercase alphanumeric, - or _ characters. received: \"a b\"")]
    [InlineData("""{"datacenter":""}""", "datacenter cannot be empty")]
    [InlineData("""{"primary_datacenter":"a b"}""", "primary_datacenter can only contain lowercase alphanumeric, - or _ characters. received: \"a b\"")]
    [InlineData("""{"data_dir":""}""", "data_dir cannot be empty")]
    [InlineData("""{"data_dir":"/proc/version"}""", "data_dir \"/proc/version\" is not a directory")]
    [InlineData("""{"node_name":" "}""", "node_name cannot be empty")]
    [InlineData("""{"locality":{"zone":"z"}}""", "locality is invalid: zone cannot be set without region")]
    [InlineData("""{"segment":"x"}""", "Network segments are not supported in this version of Consul")]
    [InlineData("""{"raft_protocol":2}""", "raft_protocol version 2 is not supported by this version of Consul")]
    [InlineData("""{"bootstrap":true}""", "'bootstrap = true' requires 'server = true'")]
    [InlineData("""{"bootstrap_expect":3}""", "'bootstrap_expect > 0' requires 'server = true'")]
    [InlineData("""{"server":true,"bootstrap_expect":-1}""", "bootstrap_expect cannot be -1. Must be greater than or equal to zero")]
    [InlineData("""{"server":true,"bootstrap_expect":3,"bootstrap":true}""", "'bootstrap_expect > 0' and 'bootstrap = true' are mutually exclusive")]
    [InlineData("""{"check_output_max_size":0}""", "check_output_max_size must be positive, to discard check output use the discard_check_output flag")]
    [InlineData("""{"autopilot":{"max_trailing_logs":-1}}""", "autopilot.max_trailing_logs cannot be -1. Must be greater than or equal to zero")]
    [InlineData("""{"dns_config":{"udp_answer_limit":-1}}""", "dns_config.udp_answer_limit cannot be -1. Must be greater than or equal to zero")]
    [InlineData("""{"performance":{"raft_multiplier":11}}""", "performance.raft_multiplier cannot be 11. Must be between 1 and 10")]
    [InlineData("""{"cache":{"entry_fetch_rate":0}}""", "cache.entry_fetch_rate must be strictly positive, was: 0")]
    [InlineData("""{"node_meta":{"c.d":"y"}}""", "node_meta invalid: Couldn't load metadata pair ('c.d', 'y'): Key contains invalid characters")]
    [InlineData("""{"encrypt":"!"}""", "encrypt has invalid key: illegal base64 data at input byte 0")]
    [InlineData("""{"alt_domain":"node.x"}""", "alt_domain cannot start with {service,connect,node,query,addr,dc1}")]
    [InlineData("""{"ui_config":{"content_path":"/a b/"}}""", "ui-content-path can only contain alphanumeric, -, _, or /. received: \"/a b/\"")]
    [InlineData("""{"ui_config":{"content_path":"v1"}}""", "ui-content-path cannot have 'v[0-9]'. received: \"/v1/\"")]
    [InlineData("""{"ui_config":{"metrics_provider":"X"}}""", "ui_config.metrics_provider can only contain lowercase alphanumeric, - or _ characters. received: \"X\"")]
    [InlineData("""{"ui_config":{"metrics_proxy":{"path_allowlist":["x"]}}}""", "ui_config.metrics_proxy.path_allowlist: path \"x\" is not an absolute path")]
    [InlineData("""{"connect":{"ca_provider":"x"}}""", "x is not a valid CA provider")]
    [InlineData("""{"connect":{"enable_mesh_gateway_wan_federation":true}}""", "'connect.enable_mesh_gateway_wan_federation = true' requires 'server = true'")]
    [InlineData("""{"primary_gateways":["a"]}""", "'primary_gateways' requires 'server = true'")]
    [InlineData("""{"raft_logstore":{"backend":"x"}}""", "raft_logstore.backend must be one of 'boltdb' or 'wal'")]
    [InlineData("""{"raft_logstore":{"wal":{"segment_size_mb":0}}}""", "raft_logstore.wal.segment_size_mb cannot be less than 1MB")]
    [InlineData("""{"server":true,"auto_encrypt":{"tls":true}}""", "auto_encrypt.tls can only be used on a client.")]
    [InlineData("""{"server":true,"advertise_reconnect_timeout":"1h"}""", "advertise_reconnect_timeout can only be used on a client")]
    [InlineData("""{"tls":{"grpc":{"verify_outgoing":true}}}""", "verify_outgoing is not valid in the tls.grpc stanza")]
    [InlineData("""{"tls":{"https":{"use_auto_cert":true}}}""", "use_auto_cert is only valid in the tls.grpc stanza")]
    [InlineData("""{"http_config":{"allow_write_http_from":["x"]}}""", "allow_write_http_from: invalid cidr: x")]
    [InlineData("""{"limits":{"http_max_conns_per_client":100000000}}""", null)]
    public void A_wrong_value_is_told(string json, string? error)
    {
        var told = ConfigHarness.Error(json);

        if (error is not null)
            Assert.Equal(error, told);
        else
            Assert.Matches(@"^system allows a max of \d+ file descriptors, but limits.http_max_conns_per_client: 100000000 needs at least 100000020$", told);
    }

    [Theory]
    [InlineData("""{"dns_config":{"node_ttl":"10"}}""", "dns_config.node_ttl: invalid duration: \"10\": time: missing unit in duration \"10\"")]
    [InlineData("""{"ports":{"https":70000}}""", "ports.https: invalid port: 70000")]
    [InlineData("""{"server_rejoin_age_max":"1h"}""", "server_rejoin_age_max: duration '1h' cannot be less than: 6h0m0s")]
    [InlineData("""{"performance":{"grpc_keepalive_interval":"1ms"}}""", "performance.grpc_keepalive_interval: duration '1ms' cannot be less than: 1s")]
    [InlineData("""{"limits":{"request_limits":{"mode":"x"}}}""", "limits.request_limits.mode: invalid mode: \"x\"")]
    [InlineData("""{"dns_config":{"recursor_strategy":"x"}}""", "dns_config.recursor_strategy: invalid strategy: \"x\"")]
    [InlineData("""{"tls":{"https":{"tls_min_version":"x"}}}""", "tls.https.tls_min_version: invalid TLS version: no matching TLS version found for x, please specify one of [TLS_AUTO, TLSv1_0, TLSv1_1, TLSv1_2, TLSv1_3]")]
    [InlineData("""{"tls":{"https":{"tls_cipher_suites":"X"}}}""", "tls.https.tls_cipher_suites: invalid TLS cipher suites: no matching Consul Agent TLS cipher suite found for X")]
    [InlineData("""{"service":{"name":"web","weights":{"passing":0}}}""", "Invalid weight definition for service web: Passing must be greater than 0")]
    [InlineData("""{"service":{"name":"web","socket_path":"/s","port":1}}""", "service web cannot have both socket path /s and address/port")]
    [InlineData("""{"service":{"name":"web","meta":{"a.b":"c"}}}""", "invalid meta for service web: Couldn't load metadata pair ('a.b', 'c'): Key contains invalid characters")]
    [InlineData("""{"service":{"name":"web","connect":{"sidecar_service":{"id":"x"}}}}""", "sidecar_service can't specify an ID")]
    [InlineData("""{"service":{"name":"web","connect":{"sidecar_service":{"connect":{"sidecar_service":{}}}}}}""", "sidecar_service can't have a nested sidecar_service")]
    [InlineData("""{"check":{"id":"c","ttl":"x"}}""", "check[c].ttl: invalid duration: \"x\": time: invalid duration \"x\"")]
    [InlineData("""{"client_addr":"1.2.3"}""", "client_addr: invalid ip address: 1.2.3")]
    [InlineData("""{"serf_lan":"127.0.0.1 127.0.0.2"}""", "serf_lan: multiple addresses found: 127.0.0.1 127.0.0.2")]
    [InlineData("""{"advertise_addr_ipv4":"::1"}""", "advertise_addr_ipv4 must be an ipv4 address")]
    public void Bad_values_are_collected(string json, string error) => Assert.Equal($"1 error occurred:\n\t* {error}\n\n", ConfigHarness.Error(json));

    [Fact]
    public void Several_bad_values_are_told_at_once() => Assert.StartsWith(
        "2 errors occurred:\n\t* ports.https: invalid port: 70000\n\t* ", ConfigHarness.Error("""{"ports":{"https":70000},"session_ttl_min":"x"}"""), StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"service":{"name":"web","connect":{"native":true}}}""", "service \"web\": 1 error occurred:\n\t* Port or SocketPath must be set for a Connect native service.\n\n")]
    [InlineData("""{"service":{"name":"web","check":{"name":"c","http":"x"}}}""", "service \"web\": check \"c\": Interval must be > 0 for Script, HTTP, H2PING, TCP, UDP or OSService checks")]
    [InlineData("""{"check":{"name":"c"}}""", "check \"c\": TTL must be > 0 for TTL checks")]
    [InlineData("""{"check":{"name":"c","ttl":"1s","interval":"1s"}}""", "check \"c\": Interval and TTL cannot both be specified")]
    public void Definitions_are_validated(string json, string error) => Assert.Equal(error, ConfigHarness.Error(json));

    [Fact]
    public void Meaning_is_checked_before_collected_values() =>
        Assert.Equal("node_name cannot be empty", ConfigHarness.Error("""{"ports":{"https":70000},"node_name":""}"""));

    [Theory]
    [InlineData("""{"ports":{"http":8600}}""", "HTTP address 127.0.0.1:8600 already configured for DNS")]
    [InlineData("""{"ports":{"server":8301}}""", "Serf Advertise LAN address 10.1.2.3:8301 already configured for RPC Advertise")]
    public void Two_listeners_cannot_share_an_address(string json, string error) => Assert.Equal(error, ConfigHarness.Error(json));

    [Theory]
    [InlineData("""{"node_name":"a b"}""", "Node name \"a b\" will not be discoverable via DNS due to invalid characters. Valid characters include all alpha-numerics and dashes.")]
    [InlineData("""{"server":true,"bootstrap_expect":1}""", "BootstrapExpect is set to 1; this is the same as Bootstrap mode.")]
    [InlineData("""{"server":true,"bootstrap":true}""", "bootstrap = true: do not enable unless necessary")]
    [InlineData("""{"server":true,"bootstrap_expect":3}""", "bootstrap_expect > 0: expecting 3 servers")]
    [InlineData("""{"client_addr":""}""", "client_addr is empty, client services (DNS, HTTP, HTTPS, GRPC) will not be listening for connections")]
    [InlineData("""{"read_replica":true}""", "\"read_replica (or the deprecated non_voting_server)\" is a Consul Enterprise configuration and will have no effect")]
    [InlineData("""{"acl_token":"x"}""", "The 'acl_token' field is deprecated. Use the 'acl.tokens.default' field instead.")]
    [InlineData("""{"telemetry":{"prefix_filter":["x"]}}""", "Filter rule must begin with either '+' or '-': \"x\"")]
    public void What_is_only_unwise_is_a_warning(string json, string warning)
    {
        var load = ConfigHarness.Load(json);

        Assert.Null(load.Error);
        Assert.Contains(warning, load.Warnings);
    }

    [Fact]
    public void Dev_mode_refuses_to_wait_for_servers() =>
        Assert.Equal("'bootstrap_expect > 0' not allowed in dev mode", ConfigHarness.Error("""{"bootstrap_expect":3}""", dev: true));

    [Fact]
    public void Old_keys_give_way_to_new_ones_in_one_source()
    {
        var config = ConfigHarness.Good("""{"acl_token":"old","acl":{"tokens":{"default":"new"}},"acl_datacenter":"dc7","ui_dir":"/u"}""");

        Assert.Equal(("new", "dc7", true, "/u"), (config.Acl.Tokens["default"], config.PrimaryDatacenter, config.Acl.Enabled, config.Http.UiDirectory));
    }
}
