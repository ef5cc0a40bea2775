using System.Collections;
using System.Globalization;
using Praetor.Api.Config;
using Praetor.Core.Codec;

namespace Praetor.Tests.Config;

/// <summary>Every key of the configuration reference (config 5 and 6): that it is there, its type, its default, that it is read, and whether a reload changes it.</summary>
public sealed class ReferenceTests
{
    /// <summary>One key.</summary>
    /// <param name="Key">Its path.</param>
    /// <param name="Type">What it holds.</param>
    /// <param name="Read">What the agent makes of it; null for a key without effect.</param>
    /// <param name="Default">That, if the key is not set.</param>
    /// <param name="Sample">Another value, as JSON.</param>
    /// <param name="IsReloadable">Marked R in the reference.</param>
    /// <param name="Context">Other keys that it needs.</param>
    private sealed record Row(string Key, ConfigType Type, Func<AgentConfig, object?>? Read, string Default, string Sample, bool IsReloadable = false, string Context = "");

    private static readonly Row[] s_rows =
    [
        // Identity and general.
        new("server", ConfigType.Bool, static c => c.Server, "false", "true"),
        new("datacenter", ConfigType.String, static c => c.Datacenter, "dc1", "\"dc2\""),
        new("primary_datacenter", ConfigType.String, static c => c.PrimaryDatacenter, "dc1", "\"dc2\""),
        new("node_name", ConfigType.String, static c => c.NodeName, "host1", "\"n9\""),
        new("node_id", ConfigType.String, static c => c.NodeId, "", "\"0b2f3a54-6a0f-4a9d-8f0a-0123456789ab\""),
        new("disable_host_node_id", ConfigType.Bool, static c => c.DisableHostNodeId, "true", "false"),
        new("node_meta", ConfigType.StringMap, static c => c.NodeMeta, "", "{\"a\":\"b\"}", IsReloadable: true),
        new("locality.region", ConfigType.String, static c => c.LocalityRegion, "", "\"r\""),
        new("locality.zone", ConfigType.String, static c => c.LocalityZone, "", "\"z\"", Context: "\"locality\": {\"region\": \"r\"}"),
        new("data_dir", ConfigType.String, static c => c.DataDirectory, "/nowhere/data", "\"/nowhere/else\""),
        new("pid_file", ConfigType.String, static c => c.PidFile, "", "\"/nowhere/pid\""),
        new("protocol", ConfigType.Int, null, "", "2"),
        new("auto_reload_config", ConfigType.Bool, static c => c.AutoReload, "false", "true"),
        new("leave_on_terminate", ConfigType.Bool, static c => c.LeaveOnTerminate, "true", "false"),
        new("skip_leave_on_interrupt", ConfigType.Bool, static c => c.SkipLeaveOnInterrupt, "false", "true"),
        new("rejoin_after_leave", ConfigType.Bool, static c => c.Cluster.RejoinAfterLeave, "false", "true"),
        new("server_rejoin_age_max", ConfigType.String, static c => c.Cluster.ServerRejoinAgeMax, "168h0m0s", "\"200h\""),
        new("translate_wan_addrs", ConfigType.Bool, static c => c.TranslateWanAddresses, "false", "true"),
        new("tagged_addresses", ConfigType.StringMap, static c => c.Addresses.Tagged.GetValueOrDefault("x"), "", "{\"x\":\"1.2.3.4\"}"),
        new("disable_coordinates", ConfigType.Bool, static c => c.DisableCoordinates, "false", "true"),
        new("disable_remote_exec", ConfigType.Bool, static c => c.DisableRemoteExec, "true", "false"),
        new("disable_update_check", ConfigType.Bool, null, "", "true"),
        new("disable_anonymous_signature", ConfigType.Bool, null, "", "true"),
        new("disable_http_unprintable_char_filter", ConfigType.Bool, static c => c.AllowUnprintableInPaths, "false", "true"),
        new("enable_debug", ConfigType.Bool, static c => c.EnableDebug, "false", "true", IsReloadable: true),
        new("enable_central_service_config", ConfigType.Bool, null, "", "true"),
        new("enable_agent_tls_for_checks", ConfigType.Bool, static c => c.Checks.AgentTls, "false", "true"),
        new("enable_script_checks", ConfigType.Bool, static c => c.Checks.ScriptsFromRemote, "false", "true"),
        new("enable_local_script_checks", ConfigType.Bool, static c => c.Checks.ScriptsFromFiles, "false", "true"),
        new("check_update_interval", ConfigType.String, static c => c.Checks.UpdateInterval, "5m0s", "\"1m\""),
        new("check_output_max_size", ConfigType.Int, static c => c.Checks.OutputMaxSizeBytes, "4096", "100"),
        new("discard_check_output", ConfigType.Bool, static c => c.Checks.DiscardOutput, "false", "true", IsReloadable: true),
        new("default_query_time", ConfigType.String, static c => c.DefaultQueryTime, "5m0s", "\"1m\""),
        new("max_query_time", ConfigType.String, static c => c.MaxQueryTime, "10m0s", "\"1m\""),
        new("discovery_max_stale", ConfigType.String, static c => c.DiscoveryMaxStale, "0s", "\"1m\""),
        new("session_ttl_min", ConfigType.String, static c => c.SessionTtlMin, "10s", "\"1m\""),
        new("use_streaming_backend", ConfigType.Bool, null, "", "true"),
        new("rpc.enable_streaming", ConfigType.Bool, null, "", "true"),
        new("cache.entry_fetch_rate", ConfigType.Float, null, "", "2.5", IsReloadable: true),
        new("cache.entry_fetch_max_burst", ConfigType.Int, null, "", "3", IsReloadable: true),
        new("default_intention_policy", ConfigType.String, static c => c.DefaultIntentionPolicy, "", "\"deny\""),
        new("experiments", ConfigType.StringList, static c => c.Experiments, "", "[\"x\"]"),
        new("reporting.license.enabled", ConfigType.Bool, null, "", "true"),
        new("snapshot_agent", ConfigType.OpaqueMap, null, "", "{\"x\":{\"y\":1}}"),
        new("cloud.resource_id", ConfigType.String, null, "", "\"x\""),
        new("cloud.client_id", ConfigType.String, null, "", "\"x\""),
        new("cloud.client_secret", ConfigType.String, null, "", "\"x\""),
        new("cloud.hostname", ConfigType.String, null, "", "\"x\""),
        new("cloud.auth_url", ConfigType.String, null, "", "\"x\""),
        new("cloud.scada_address", ConfigType.String, null, "", "\"x\""),
        new("server_name", ConfigType.String, static c => c.ServerName, "", "\"x\""),
        // Addresses, ports, sockets.
        new("bind_addr", ConfigType.String, static c => c.Addresses.Bind, "0.0.0.0", "\"127.0.0.9\""),
        new("advertise_addr", ConfigType.String, static c => c.Addresses.Advertise, "10.1.2.3", "\"1.2.3.4\""),
        new("advertise_addr_wan", ConfigType.String, static c => c.Addresses.AdvertiseWan, "10.1.2.3", "\"1.2.3.4\""),
        new("advertise_addr_ipv4", ConfigType.String, static c => c.Addresses.Tagged.GetValueOrDefault("lan_ipv4"), "10.1.2.3", "\"1.2.3.4\""),
        new("advertise_addr_ipv6", ConfigType.String, static c => c.Addresses.Tagged.GetValueOrDefault("lan_ipv6"), "", "\"2600::1\""),
        new("advertise_addr_wan_ipv4", ConfigType.String, static c => c.Addresses.Tagged.GetValueOrDefault("wan_ipv4"), "10.1.2.3", "\"1.2.3.4\""),
        new("advertise_addr_wan_ipv6", ConfigType.String, static c => c.Addresses.Tagged.GetValueOrDefault("wan_ipv6"), "", "\"2600::1\""),
        new("client_addr", ConfigType.String, static c => c.Addresses.Client, "127.0.0.1", "\"127.0.0.9\""),
        new("addresses.dns", ConfigType.String, static c => c.Addresses.Dns, "127.0.0.1:8600", "\"127.0.0.9\""),
        new("addresses.http", ConfigType.String, static c => c.Addresses.Http, "127.0.0.1:8500", "\"127.0.0.9\""),
        new("addresses.https", ConfigType.String, static c => c.Addresses.Https, "127.0.0.1:8501", "\"127.0.0.9\"", Context: "\"ports\": {\"https\": 8501}"),
        new("addresses.grpc", ConfigType.String, static c => c.Addresses.Grpc, "127.0.0.1:8502", "\"127.0.0.9\"", Context: "\"ports\": {\"grpc\": 8502}"),
        new("addresses.grpc_tls", ConfigType.String, static c => c.Addresses.GrpcTls, "127.0.0.1:8503", "\"127.0.0.9\"", Context: "\"ports\": {\"grpc_tls\": 8503}"),
        new("serf_lan", ConfigType.String, static c => c.Addresses.SerfLan, "0.0.0.0:8301", "\"127.0.0.9\""),
        new("serf_wan", ConfigType.String, static c => c.Addresses.SerfWan, "0.0.0.0:8302", "\"127.0.0.9\""),
        new("ports.dns", ConfigType.Int, static c => c.Ports.Dns, "8600", "1"),
        new("ports.http", ConfigType.Int, static c => c.Ports.Http, "8500", "1"),
        new("ports.https", ConfigType.Int, static c => c.Ports.Https, "-1", "1"),
        new("ports.grpc", ConfigType.Int, static c => c.Ports.Grpc, "-1", "1"),
        new("ports.grpc_tls", ConfigType.Int, static c => c.Ports.GrpcTls, "-1", "1"),
        new("ports.server", ConfigType.Int, static c => c.Ports.Server, "8300", "1"),
        new("ports.serf_lan", ConfigType.Int, static c => c.Ports.SerfLan, "8301", "1"),
        new("ports.serf_wan", ConfigType.Int, static c => c.Ports.SerfWan, "8302", "-1"),
        new("ports.sidecar_min_port", ConfigType.Int, static c => c.Ports.Sidecar.Min, "21000", "1"),
        new("ports.sidecar_max_port", ConfigType.Int, static c => c.Ports.Sidecar.Max, "21255", "22000"),
        new("ports.expose_min_port", ConfigType.Int, static c => c.Ports.Expose.Min, "21500", "1"),
        new("ports.expose_max_port", ConfigType.Int, static c => c.Ports.Expose.Max, "21755", "22000"),
        new("ports.proxy_min_port", ConfigType.Int, null, "", "1"),
        new("ports.proxy_max_port", ConfigType.Int, null, "", "22000"),
        new("unix_sockets.user", ConfigType.String, static c => c.Addresses.SocketUser, "", "\"u\""),
        new("unix_sockets.group", ConfigType.String, static c => c.Addresses.SocketGroup, "", "\"1\""),
        new("unix_sockets.mode", ConfigType.String, static c => c.Addresses.SocketMode, "", "\"600\""),
        // Cluster formation.
        new("bootstrap", ConfigType.Bool, static c => c.Bootstrap, "false", "true", Context: "\"server\": true"),
        new("bootstrap_expect", ConfigType.Int, static c => c.BootstrapExpect, "0", "3", Context: "\"server\": true"),
        new("retry_join", ConfigType.StringList, static c => c.Cluster.RetryJoin, "", "[\"a\"]"),
        new("retry_join_wan", ConfigType.StringList, static c => c.Cluster.RetryJoinWan, "", "[\"a\"]"),
        new("retry_interval", ConfigType.String, static c => c.Cluster.RetryInterval, "30s", "\"1m\""),
        new("retry_interval_wan", ConfigType.String, static c => c.Cluster.RetryIntervalWan, "30s", "\"1m\""),
        new("retry_max", ConfigType.Int, static c => c.Cluster.RetryMax, "0", "3"),
        new("retry_max_wan", ConfigType.Int, static c => c.Cluster.RetryMaxWan, "0", "3"),
        new("serf_lan_allowed_cidrs", ConfigType.StringList, static c => c.Cluster.AllowedLan, "", "[\"10.0.0.0/8\"]"),
        new("serf_wan_allowed_cidrs", ConfigType.StringList, static c => c.Cluster.AllowedWan, "", "[\"10.0.0.0/8\"]"),
        new("primary_gateways", ConfigType.StringList, static c => c.Cluster.PrimaryGateways, "", "[\"a\"]", Context: "\"server\": true, \"primary_datacenter\": \"dc0\""),
        new("primary_gateways_interval", ConfigType.String, static c => c.Cluster.PrimaryGatewaysInterval, "30s", "\"1m\""),
        new("reconnect_timeout", ConfigType.String, static c => c.Cluster.ReconnectTimeout, "72h0m0s", "\"100h\""),
        new("reconnect_timeout_wan", ConfigType.String, static c => c.Cluster.ReconnectTimeoutWan, "72h0m0s", "\"100h\""),
        new("advertise_reconnect_timeout", ConfigType.String, static c => c.Cluster.AdvertiseReconnectTimeout, "0s", "\"100h\""),
        new("encrypt", ConfigType.String, static c => c.Cluster.EncryptKey, "", "\"pUqJrVyVRj5jsiYEkM/tFQYfWyJIv4s3XkvDwy7Cu5s=\""),
        new("encrypt_verify_incoming", ConfigType.Bool, static c => c.Cluster.EncryptVerifyIncoming, "true", "false"),
        new("encrypt_verify_outgoing", ConfigType.Bool, static c => c.Cluster.EncryptVerifyOutgoing, "true", "false"),
        new("disable_keyring_file", ConfigType.Bool, static c => c.Cluster.DisableKeyringFile, "false", "true"),
        new("gossip_lan.gossip_nodes", ConfigType.Int, static c => c.Cluster.Lan.GossipNodes, "3", "9"),
        new("gossip_lan.gossip_interval", ConfigType.String, static c => c.Cluster.Lan.GossipInterval, "200ms", "\"1s\""),
        new("gossip_lan.probe_interval", ConfigType.String, static c => c.Cluster.Lan.ProbeInterval, "1s", "\"9s\""),
        new("gossip_lan.probe_timeout", ConfigType.String, static c => c.Cluster.Lan.ProbeTimeout, "500ms", "\"1s\""),
        new("gossip_lan.suspicion_mult", ConfigType.Int, static c => c.Cluster.Lan.SuspicionMult, "4", "9"),
        new("gossip_lan.retransmit_mult", ConfigType.Int, static c => c.Cluster.Lan.RetransmitMult, "4", "9"),
        new("gossip_wan.gossip_nodes", ConfigType.Int, static c => c.Cluster.Wan.GossipNodes, "3", "9"),
        new("gossip_wan.gossip_interval", ConfigType.String, static c => c.Cluster.Wan.GossipInterval, "500ms", "\"1s\""),
        new("gossip_wan.probe_interval", ConfigType.String, static c => c.Cluster.Wan.ProbeInterval, "5s", "\"9s\""),
        new("gossip_wan.probe_timeout", ConfigType.String, static c => c.Cluster.Wan.ProbeTimeout, "3s", "\"1s\""),
        new("gossip_wan.suspicion_mult", ConfigType.Int, static c => c.Cluster.Wan.SuspicionMult, "6", "9"),
        new("gossip_wan.retransmit_mult", ConfigType.Int, static c => c.Cluster.Wan.RetransmitMult, "4", "9"),
        // Server, raft, performance, limits.
        new("performance.raft_multiplier", ConfigType.Int, static c => c.Raft.Multiplier, "5", "1", IsReloadable: true),
        new("performance.leave_drain_time", ConfigType.String, static c => c.Raft.LeaveDrainTime, "5s", "\"1m\""),
        new("performance.rpc_hold_timeout", ConfigType.String, static c => c.Raft.RpcHoldTimeout, "7s", "\"1m\""),
        new("performance.grpc_keepalive_interval", ConfigType.String, static c => c.Raft.GrpcKeepaliveInterval, "30s", "\"1m\""),
        new("performance.grpc_keepalive_timeout", ConfigType.String, static c => c.Raft.GrpcKeepaliveTimeout, "20s", "\"1m\""),
        new("performance.enable_xds_load_balancing", ConfigType.Bool, null, "", "true"),
        new("raft_protocol", ConfigType.Int, null, "", "3"),
        new("raft_snapshot_threshold", ConfigType.Int, static c => c.Raft.SnapshotThreshold, "16384", "9", IsReloadable: true),
        new("raft_snapshot_interval", ConfigType.String, static c => c.Raft.SnapshotInterval, "30s", "\"1m\"", IsReloadable: true),
        new("raft_trailing_logs", ConfigType.Int, static c => c.Raft.TrailingLogs, "10240", "9", IsReloadable: true),
        new("raft_prevote_disabled", ConfigType.Bool, static c => c.Raft.PreVoteDisabled, "false", "true"),
        new("raft_logstore.backend", ConfigType.String, null, "", "\"wal\""),
        new("raft_logstore.disable_log_cache", ConfigType.Bool, null, "", "true"),
        new("raft_logstore.verification.enabled", ConfigType.Bool, null, "", "true"),
        new("raft_logstore.verification.interval", ConfigType.String, null, "", "\"1m\""),
        new("raft_logstore.boltdb.no_freelist_sync", ConfigType.Bool, null, "", "true"),
        new("raft_logstore.wal.segment_size_mb", ConfigType.Int, null, "", "64"),
        new("autopilot.cleanup_dead_servers", ConfigType.Bool, static c => c.Autopilot.CleanupDeadServers, "true", "false"),
        new("autopilot.last_contact_threshold", ConfigType.String, static c => c.Autopilot.LastContactThreshold, "200ms", "\"1s\""),
        new("autopilot.max_trailing_logs", ConfigType.Int, static c => c.Autopilot.MaxTrailingLogs, "250", "9"),
        new("autopilot.min_quorum", ConfigType.Uint, static c => c.Autopilot.MinQuorum, "0", "3"),
        new("autopilot.server_stabilization_time", ConfigType.String, static c => c.Autopilot.ServerStabilizationTime, "10s", "\"1m\""),
        new("limits.http_max_conns_per_client", ConfigType.Int, static c => c.Limits.HttpMaxConnsPerClient, "200", "9", IsReloadable: true),
        new("limits.https_handshake_timeout", ConfigType.String, static c => c.Limits.HttpsHandshakeTimeout, "5s", "\"1m\""),
        new("limits.rpc_handshake_timeout", ConfigType.String, static c => c.Limits.RpcHandshakeTimeout, "5s", "\"1m\""),
        new("limits.rpc_client_timeout", ConfigType.String, static c => c.Limits.RpcClientTimeout, "1m0s", "\"2m\"", IsReloadable: true),
        new("limits.rpc_rate", ConfigType.Float, static c => c.Limits.RpcRate, "-1", "5", IsReloadable: true),
        new("limits.rpc_max_burst", ConfigType.Int, static c => c.Limits.RpcMaxBurst, "1000", "9", IsReloadable: true),
        new("limits.rpc_max_conns_per_client", ConfigType.Int, static c => c.Limits.RpcMaxConnsPerClient, "100", "9", IsReloadable: true),
        new("limits.kv_max_value_size", ConfigType.Uint, static c => c.Limits.KvMaxValueSizeBytes, "524288", "9"),
        new("limits.txn_max_req_len", ConfigType.Uint, static c => c.Limits.TxnMaxRequestBytes, "524288", "9"),
        new("limits.request_limits.mode", ConfigType.String, static c => c.Limits.RequestMode, "disabled", "\"enforcing\"", IsReloadable: true),
        new("limits.request_limits.read_rate", ConfigType.Float, static c => c.Limits.ReadRate, "-1", "9", IsReloadable: true),
        new("limits.request_limits.write_rate", ConfigType.Float, static c => c.Limits.WriteRate, "-1", "9", IsReloadable: true),
        new("config_entries.bootstrap", ConfigType.OpaqueList, null, "", "[]", IsReloadable: true),
        new("xds.update_max_per_second", ConfigType.Float, null, "", "9", IsReloadable: true),
        // ACL.
        new("acl.enabled", ConfigType.Bool, static c => c.Acl.Enabled, "false", "true"),
        new("acl.default_policy", ConfigType.String, static c => c.Acl.DefaultPolicy, "allow", "\"deny\""),
        new("acl.down_policy", ConfigType.String, static c => c.Acl.DownPolicy, "extend-cache", "\"deny\""),
        new("acl.token_ttl", ConfigType.String, static c => c.Acl.TokenTtl, "30s", "\"1m\""),
        new("acl.policy_ttl", ConfigType.String, static c => c.Acl.PolicyTtl, "30s", "\"1m\""),
        new("acl.role_ttl", ConfigType.String, static c => c.Acl.RoleTtl, "0s", "\"1m\""),
        new("acl.enable_key_list_policy", ConfigType.Bool, static c => c.Acl.EnableKeyListPolicy, "false", "true"),
        new("acl.enable_token_replication", ConfigType.Bool, static c => c.Acl.EnableTokenReplication, "false", "true"),
        new("acl.enable_token_persistence", ConfigType.Bool, static c => c.Acl.EnableTokenPersistence, "false", "true"),
        new("acl.tokens.initial_management", ConfigType.String, static c => c.Acl.Tokens.GetValueOrDefault("initial_management"), "", "\"t\"", IsReloadable: true),
        new("acl.tokens.agent", ConfigType.String, static c => c.Acl.Tokens.GetValueOrDefault("agent"), "", "\"t\"", IsReloadable: true),
        new("acl.tokens.agent_recovery", ConfigType.String, static c => c.Acl.Tokens.GetValueOrDefault("agent_recovery"), "", "\"t\"", IsReloadable: true),
        new("acl.tokens.default", ConfigType.String, static c => c.Acl.Tokens.GetValueOrDefault("default"), "", "\"t\"", IsReloadable: true),
        new("acl.tokens.replication", ConfigType.String, static c => c.Acl.Tokens.GetValueOrDefault("replication"), "", "\"t\"", IsReloadable: true),
        new("acl.tokens.config_file_service_registration", ConfigType.String, static c => c.Acl.Tokens.GetValueOrDefault("config_file_service_registration"), "", "\"t\"", IsReloadable: true),
        new("acl.tokens.dns", ConfigType.String, static c => c.Acl.Tokens.GetValueOrDefault("dns"), "", "\"t\"", IsReloadable: true),
        // DNS.
        new("domain", ConfigType.String, static c => c.Dns.Domain, "consul.", "\"x.\""),
        new("alt_domain", ConfigType.String, static c => c.Dns.AltDomain, "", "\"x.\""),
        new("recursors", ConfigType.StringList, static c => c.Dns.Recursors, "", "[\"1.2.3.4\"]", IsReloadable: true),
        new("dns_config.allow_stale", ConfigType.Bool, static c => c.Dns.AllowStale, "true", "false", IsReloadable: true),
        new("dns_config.max_stale", ConfigType.String, static c => c.Dns.MaxStale, "87600h0m0s", "\"1m\"", IsReloadable: true),
        new("dns_config.node_ttl", ConfigType.String, static c => c.Dns.NodeTtl, "0s", "\"1m\"", IsReloadable: true),
        new("dns_config.service_ttl", ConfigType.StringMap, static c => c.Dns.ServiceTtl.GetValueOrDefault("*"), "0s", "{\"*\":\"1m\"}", IsReloadable: true),
        new("dns_config.enable_truncate", ConfigType.Bool, static c => c.Dns.EnableTruncate, "false", "true", IsReloadable: true),
        new("dns_config.only_passing", ConfigType.Bool, static c => c.Dns.OnlyPassing, "false", "true", IsReloadable: true),
        new("dns_config.disable_compression", ConfigType.Bool, static c => c.Dns.DisableCompression, "false", "true", IsReloadable: true),
        new("dns_config.use_cache", ConfigType.Bool, static c => c.Dns.UseCache, "false", "true", IsReloadable: true),
        new("dns_config.cache_max_age", ConfigType.String, static c => c.Dns.CacheMaxAge, "0s", "\"1m\"", IsReloadable: true),
        new("dns_config.a_record_limit", ConfigType.Int, static c => c.Dns.ARecordLimit, "0", "9", IsReloadable: true),
        new("dns_config.udp_answer_limit", ConfigType.Int, static c => c.Dns.UdpAnswerLimit, "3", "9", IsReloadable: true),
        new("dns_config.recursor_strategy", ConfigType.String, static c => c.Dns.RecursorStrategy, "sequential", "\"random\"", IsReloadable: true),
        new("dns_config.recursor_timeout", ConfigType.String, static c => c.Dns.RecursorTimeout, "2s", "\"1m\"", IsReloadable: true),
        new("dns_config.enable_additional_node_meta_txt", ConfigType.Bool, static c => c.Dns.NodeMetaTxt, "true", "false", IsReloadable: true),
        new("dns_config.soa.refresh", ConfigType.Uint, static c => c.Dns.Soa.Refresh, "3600", "9", IsReloadable: true),
        new("dns_config.soa.retry", ConfigType.Uint, static c => c.Dns.Soa.Retry, "600", "9", IsReloadable: true),
        new("dns_config.soa.expire", ConfigType.Uint, static c => c.Dns.Soa.Expire, "86400", "9", IsReloadable: true),
        new("dns_config.soa.min_ttl", ConfigType.Uint, static c => c.Dns.Soa.MinTtl, "0", "9", IsReloadable: true),
        // HTTP and UI.
        new("http_config.block_endpoints", ConfigType.StringList, static c => c.Http.BlockEndpoints, "", "[\"/v1/x\"]"),
        new("http_config.response_headers", ConfigType.StringMap, static c => c.Http.ResponseHeaders.GetValueOrDefault("A"), "", "{\"A\":\"b\"}"),
        new("http_config.allow_write_http_from", ConfigType.StringList, static c => c.Http.AllowWriteFrom, "", "[\"10.0.0.0/8\"]"),
        new("http_config.use_cache", ConfigType.Bool, static c => c.Http.UseCache, "true", "false"),
        new("http_config.max_header_bytes", ConfigType.Int, static c => c.Http.MaxHeaderBytes, "0", "9"),
        new("ui_config.enabled", ConfigType.Bool, static c => c.Http.UiEnabled, "false", "true"),
        new("ui_config.dir", ConfigType.String, static c => c.Http.UiDirectory, "", "\"/x\""),
        new("ui_config.content_path", ConfigType.String, static c => c.Http.UiContentPath, "/ui/", "\"/x/\""),
        new("ui_config.metrics_provider", ConfigType.String, null, "", "\"prometheus\"", IsReloadable: true),
        new("ui_config.metrics_provider_files", ConfigType.StringList, null, "", "[\"x\"]", IsReloadable: true),
        new("ui_config.metrics_provider_options_json", ConfigType.String, null, "", "\"{}\"", IsReloadable: true),
        new("ui_config.metrics_proxy.base_url", ConfigType.String, static c => c.Http.MetricsProxy.BaseUrl, "", "\"http://x\"", IsReloadable: true),
        new("ui_config.metrics_proxy.add_headers", ConfigType.BlockList, static c => c.Http.MetricsProxy.AddHeaders, "", "[{\"name\":\"a\",\"value\":\"b\"}]", IsReloadable: true),
        new("ui_config.metrics_proxy.path_allowlist", ConfigType.StringList, static c => c.Http.MetricsProxy.PathAllowlist, "", "[\"/x\"]", IsReloadable: true),
        new("ui_config.dashboard_url_templates", ConfigType.StringMap, null, "", "{\"a\":\"http://x\"}", IsReloadable: true),
        // Logging.
        new("log_level", ConfigType.String, static c => c.Log.Level, "INFO", "\"WARN\"", IsReloadable: true),
        new("log_json", ConfigType.Bool, static c => c.Log.Json, "false", "true"),
        new("log_file", ConfigType.String, static c => c.Log.File, "", "\"/x\""),
        new("log_rotate_duration", ConfigType.String, static c => c.Log.RotateDuration, "24h0m0s", "\"1m\""),
        new("log_rotate_bytes", ConfigType.Int, static c => c.Log.RotateBytes, "0", "9"),
        new("log_rotate_max_files", ConfigType.Int, static c => c.Log.RotateMaxFiles, "0", "9"),
        new("enable_syslog", ConfigType.Bool, static c => c.Log.Syslog, "false", "true"),
        new("syslog_facility", ConfigType.String, static c => c.Log.SyslogFacility, "LOCAL0", "\"USER\""),
        // Connect, peering, auto_*.
        new("connect.enabled", ConfigType.Bool, static c => c.Mesh.ConnectEnabled, "true", "false"),
        new("connect.ca_provider", ConfigType.String, static c => c.Mesh.CaProvider, "", "\"consul\""),
        new("connect.ca_config", ConfigType.OpaqueMap, null, "", "{\"x\":{\"y\":1}}"),
        new("connect.enable_mesh_gateway_wan_federation", ConfigType.Bool, null, "", "true", Context: "\"server\": true"),
        new("peering.enabled", ConfigType.Bool, static c => c.Mesh.PeeringEnabled, "true", "false"),
        new("auto_encrypt.tls", ConfigType.Bool, static c => c.Mesh.AutoEncryptTls, "false", "true"),
        new("auto_encrypt.allow_tls", ConfigType.Bool, static c => c.Mesh.AutoEncryptAllowTls, "false", "true", Context: "\"server\": true"),
        new("auto_encrypt.dns_san", ConfigType.StringList, null, "", "[\"x\"]"),
        new("auto_encrypt.ip_san", ConfigType.StringList, null, "", "[\"1.2.3.4\"]"),
        new("auto_config.enabled", ConfigType.Bool, null, "", "false"),
        new("auto_config.intro_token", ConfigType.String, null, "", "\"x\""),
        new("auto_config.intro_token_file", ConfigType.String, null, "", "\"x\""),
        new("auto_config.server_addresses", ConfigType.StringList, null, "", "[\"x\"]"),
        new("auto_config.dns_sans", ConfigType.StringList, null, "", "[\"x\"]"),
        new("auto_config.ip_sans", ConfigType.StringList, null, "", "[\"1.2.3.4\"]"),
        new("auto_config.authorization.enabled", ConfigType.Bool, null, "", "true"),
        new("auto_config.authorization.static.claim_assertions", ConfigType.StringList, null, "", "[\"x\"]"),
        new("auto_config.authorization.static.allow_reuse", ConfigType.Bool, null, "", "true"),
        // Telemetry.
        new("telemetry.metrics_prefix", ConfigType.String, static c => c.Telemetry.Prefix, "consul", "\"x\""),
        new("telemetry.disable_hostname", ConfigType.Bool, static c => c.Telemetry.DisableHostName, "false", "true"),
        new("telemetry.statsd_address", ConfigType.String, static c => c.Telemetry.StatsdAddress, "", "\"x:1\""),
        new("telemetry.statsite_address", ConfigType.String, static c => c.Telemetry.StatsiteAddress, "", "\"x:1\""),
        new("telemetry.dogstatsd_addr", ConfigType.String, static c => c.Telemetry.DogstatsdAddress, "", "\"x:1\""),
        new("telemetry.dogstatsd_tags", ConfigType.StringList, static c => c.Telemetry.DogstatsdTags, "", "[\"x\"]"),
        new("telemetry.prometheus_retention_time", ConfigType.String, static c => c.Telemetry.PrometheusRetention, "0s", "\"1m\""),
        new("telemetry.prefix_filter", ConfigType.StringList, static c => c.Telemetry.Filters, "", "[\"+x\"]", IsReloadable: true),
        new("telemetry.filter_default", ConfigType.Bool, static c => c.Telemetry.FilterDefault, "true", "false"),
        new("telemetry.enable_host_metrics", ConfigType.Bool, static c => c.Telemetry.OfHost, "false", "true"),
        new("telemetry.disable_per_tenancy_usage_metrics", ConfigType.Bool, null, "", "true"),
        new("telemetry.retry_failed_connection", ConfigType.Bool, static c => c.Telemetry.RetryFailedConnection, "true", "false"),
        new("telemetry.circonus_api_token", ConfigType.String, static c => c.Telemetry.HasCirconus, "false", "\"x\""),
        new("telemetry.circonus_api_app", ConfigType.String, null, "", "\"x\""),
        new("telemetry.circonus_api_url", ConfigType.String, null, "", "\"x\""),
        new("telemetry.circonus_submission_interval", ConfigType.String, null, "", "\"x\""),
        new("telemetry.circonus_submission_url", ConfigType.String, static c => c.Telemetry.HasCirconus, "false", "\"x\""),
        new("telemetry.circonus_check_id", ConfigType.String, null, "", "\"x\""),
        new("telemetry.circonus_check_force_metric_activation", ConfigType.String, null, "", "\"x\""),
        new("telemetry.circonus_check_instance_id", ConfigType.String, null, "", "\"x\""),
        new("telemetry.circonus_check_search_tag", ConfigType.String, null, "", "\"x\""),
        new("telemetry.circonus_check_display_name", ConfigType.String, null, "", "\"x\""),
        new("telemetry.circonus_check_tags", ConfigType.String, null, "", "\"x\""),
        new("telemetry.circonus_broker_id", ConfigType.String, null, "", "\"x\""),
        new("telemetry.circonus_broker_select_tag", ConfigType.String, null, "", "\"x\""),
        // TLS.
        new("tls.defaults.ca_file", ConfigType.String, static c => c.Tls.Https.CaFile, "", "\"/x\"", IsReloadable: true),
        new("tls.defaults.ca_path", ConfigType.String, static c => c.Tls.Https.CaPath, "", "\"/x\"", IsReloadable: true),
        new("tls.defaults.cert_file", ConfigType.String, static c => c.Tls.Https.CertFile, "", "\"/x\"", IsReloadable: true),
        new("tls.defaults.key_file", ConfigType.String, static c => c.Tls.Https.KeyFile, "", "\"/x\"", IsReloadable: true),
        new("tls.defaults.tls_min_version", ConfigType.String, static c => c.Tls.Https.MinVersion, "TLSv1_2", "\"TLSv1_3\"", IsReloadable: true),
        new("tls.defaults.tls_cipher_suites", ConfigType.String, static c => c.Tls.Https.CipherSuites, "", "\"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256\"", IsReloadable: true),
        new("tls.defaults.verify_incoming", ConfigType.Bool, static c => c.Tls.Https.VerifyIncoming, "false", "true", IsReloadable: true),
        new("tls.defaults.verify_outgoing", ConfigType.Bool, static c => c.Tls.Https.VerifyOutgoing, "false", "true", IsReloadable: true),
        new("tls.internal_rpc.ca_file", ConfigType.String, static c => c.Tls.InternalRpc.CaFile, "", "\"/x\"", IsReloadable: true),
        new("tls.internal_rpc.ca_path", ConfigType.String, static c => c.Tls.InternalRpc.CaPath, "", "\"/x\"", IsReloadable: true),
        new("tls.internal_rpc.cert_file", ConfigType.String, static c => c.Tls.InternalRpc.CertFile, "", "\"/x\"", IsReloadable: true),
        new("tls.internal_rpc.key_file", ConfigType.String, static c => c.Tls.InternalRpc.KeyFile, "", "\"/x\"", IsReloadable: true),
        new("tls.internal_rpc.tls_min_version", ConfigType.String, static c => c.Tls.InternalRpc.MinVersion, "TLSv1_2", "\"TLSv1_3\"", IsReloadable: true),
        new("tls.internal_rpc.tls_cipher_suites", ConfigType.String, static c => c.Tls.InternalRpc.CipherSuites, "", "\"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256\"", IsReloadable: true),
        new("tls.internal_rpc.verify_incoming", ConfigType.Bool, static c => c.Tls.InternalRpc.VerifyIncoming, "false", "true", IsReloadable: true),
        new("tls.internal_rpc.verify_outgoing", ConfigType.Bool, static c => c.Tls.InternalRpc.VerifyOutgoing, "false", "true", IsReloadable: true),
        new("tls.https.ca_file", ConfigType.String, static c => c.Tls.Https.CaFile, "", "\"/x\"", IsReloadable: true),
        new("tls.https.ca_path", ConfigType.String, static c => c.Tls.Https.CaPath, "", "\"/x\"", IsReloadable: true),
        new("tls.https.cert_file", ConfigType.String, static c => c.Tls.Https.CertFile, "", "\"/x\"", IsReloadable: true),
        new("tls.https.key_file", ConfigType.String, static c => c.Tls.Https.KeyFile, "", "\"/x\"", IsReloadable: true),
        new("tls.https.tls_min_version", ConfigType.String, static c => c.Tls.Https.MinVersion, "TLSv1_2", "\"TLSv1_3\"", IsReloadable: true),
        new("tls.https.tls_cipher_suites", ConfigType.String, static c => c.Tls.Https.CipherSuites, "", "\"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256\"", IsReloadable: true),
        new("tls.https.verify_incoming", ConfigType.Bool, static c => c.Tls.Https.VerifyIncoming, "false", "true", IsReloadable: true),
        new("tls.https.verify_outgoing", ConfigType.Bool, static c => c.Tls.Https.VerifyOutgoing, "false", "true", IsReloadable: true),
        new("tls.grpc.ca_file", ConfigType.String, static c => c.Tls.Grpc.CaFile, "", "\"/x\"", IsReloadable: true),
        new("tls.grpc.ca_path", ConfigType.String, static c => c.Tls.Grpc.CaPath, "", "\"/x\"", IsReloadable: true),
        new("tls.grpc.cert_file", ConfigType.String, static c => c.Tls.Grpc.CertFile, "", "\"/x\"", IsReloadable: true),
        new("tls.grpc.key_file", ConfigType.String, static c => c.Tls.Grpc.KeyFile, "", "\"/x\"", IsReloadable: true),
        new("tls.grpc.tls_min_version", ConfigType.String, static c => c.Tls.Grpc.MinVersion, "TLSv1_2", "\"TLSv1_3\"", IsReloadable: true),
        new("tls.grpc.tls_cipher_suites", ConfigType.String, static c => c.Tls.Grpc.CipherSuites, "", "\"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256\"", IsReloadable: true),
        new("tls.grpc.verify_incoming", ConfigType.Bool, static c => c.Tls.Grpc.VerifyIncoming, "false", "true", IsReloadable: true),
        new("tls.defaults.verify_server_hostname", ConfigType.Bool, static c => c.Tls.VerifyServerHostname, "false", "true", IsReloadable: true),
        new("tls.internal_rpc.verify_server_hostname", ConfigType.Bool, static c => c.Tls.VerifyServerHostname, "false", "true", IsReloadable: true),
        new("tls.grpc.use_auto_cert", ConfigType.Bool, static c => c.Tls.Grpc.UseAutoCert, "false", "true", IsReloadable: true),
        // Deprecated, enterprise and ignored.
        new("acl_agent_master_token", ConfigType.String, static c => c.Acl.Tokens.GetValueOrDefault("agent_recovery"), "", "\"t\""),
        new("acl_master_token", ConfigType.String, static c => c.Acl.Tokens.GetValueOrDefault("initial_management"), "", "\"t\""),
        new("acl_agent_token", ConfigType.String, static c => c.Acl.Tokens.GetValueOrDefault("agent"), "", "\"t\""),
        new("acl_token", ConfigType.String, static c => c.Acl.Tokens.GetValueOrDefault("default"), "", "\"t\""),
        new("acl_replication_token", ConfigType.String, static c => c.Acl.Tokens.GetValueOrDefault("replication"), "", "\"t\""),
        new("enable_acl_replication", ConfigType.Bool, static c => c.Acl.EnableTokenReplication, "false", "true"),
        new("acl_datacenter", ConfigType.String, static c => c.PrimaryDatacenter, "dc1", "\"dc3\""),
        new("acl_default_policy", ConfigType.String, static c => c.Acl.DefaultPolicy, "allow", "\"deny\""),
        new("acl_down_policy", ConfigType.String, static c => c.Acl.DownPolicy, "extend-cache", "\"deny\""),
        new("acl_ttl", ConfigType.String, static c => c.Acl.TokenTtl, "30s", "\"1m\""),
        new("acl_enable_key_list_policy", ConfigType.Bool, static c => c.Acl.EnableKeyListPolicy, "false", "true"),
        new("ca_file", ConfigType.String, static c => c.Tls.Https.CaFile, "", "\"/x\""),
        new("ca_path", ConfigType.String, static c => c.Tls.Https.CaPath, "", "\"/x\""),
        new("cert_file", ConfigType.String, static c => c.Tls.Https.CertFile, "", "\"/x\""),
        new("key_file", ConfigType.String, static c => c.Tls.Https.KeyFile, "", "\"/x\""),
        new("tls_cipher_suites", ConfigType.String, static c => c.Tls.Https.CipherSuites, "", "\"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256\""),
        new("tls_min_version", ConfigType.String, static c => c.Tls.Https.MinVersion, "TLSv1_2", "\"tls13\""),
        new("verify_incoming", ConfigType.Bool, static c => c.Tls.Https.VerifyIncoming, "false", "true"),
        new("verify_outgoing", ConfigType.Bool, static c => c.Tls.InternalRpc.VerifyOutgoing, "false", "true"),
        new("verify_incoming_rpc", ConfigType.Bool, static c => c.Tls.InternalRpc.VerifyIncoming, "false", "true"),
        new("verify_incoming_https", ConfigType.Bool, static c => c.Tls.Https.VerifyIncoming, "false", "true"),
        new("verify_server_hostname", ConfigType.Bool, static c => c.Tls.VerifyServerHostname, "false", "true"),
        new("tls_prefer_server_cipher_suites", ConfigType.Bool, null, "", "true"),
        new("start_join", ConfigType.StringList, static c => c.Cluster.RetryJoin, "", "[\"a\"]"),
        new("start_join_wan", ConfigType.StringList, static c => c.Cluster.RetryJoinWan, "", "[\"a\"]"),
        new("ui", ConfigType.Bool, static c => c.Http.UiEnabled, "false", "true"),
        new("ui_dir", ConfigType.String, static c => c.Http.UiDirectory, "", "\"/x\""),
        new("ui_content_path", ConfigType.String, static c => c.Http.UiContentPath, "/ui/", "\"/x/\""),
        new("read_replica", ConfigType.Bool, null, "", "true"),
        new("non_voting_server", ConfigType.Bool, null, "", "true"),
        new("segment", ConfigType.String, null, "", "\"\""),
        new("partition", ConfigType.String, null, "", "\"x\""),
        new("autopilot.redundancy_zone_tag", ConfigType.String, null, "", "\"x\""),
        new("autopilot.upgrade_version_tag", ConfigType.String, null, "", "\"x\""),
        new("autopilot.disable_upgrade_migration", ConfigType.Bool, null, "", "true"),
        new("dns_config.prefer_namespace", ConfigType.Bool, null, "", "true", IsReloadable: true),
        new("acl.msp_disable_bootstrap", ConfigType.Bool, null, "", "true"),
        new("audit", ConfigType.OpaqueMap, null, "", "{\"x\":1}"),
        new("license_path", ConfigType.String, null, "", "\"x\""),
        new("ae_interval", ConfigType.String, null, "", "\"1m\""),
        new("check_deregister_interval_min", ConfigType.String, null, "", "\"1m\""),
        new("check_reap_interval", ConfigType.String, null, "", "\"1m\""),
        new("sync_coordinate_rate_target", ConfigType.Float, null, "", "9"),
        new("sync_coordinate_interval_min", ConfigType.String, null, "", "\"1m\""),
        new("segment_limit", ConfigType.Int, null, "", "9"),
        new("segment_name_limit", ConfigType.Int, null, "", "9"),
        new("connect.test_ca_leaf_root_change_spread", ConfigType.String, null, "", "\"1m\""),
        new("peering.test_allow_peer_registrations", ConfigType.Bool, null, "", "true"),
        new("consul", ConfigType.OpaqueMap, null, "", "{\"x\":1}"),
        new("revision", ConfigType.String, null, "", "\"x\""),
        new("version", ConfigType.String, null, "", "\"x\""),
        new("build_date", ConfigType.String, null, "", "\"x\""),
        // Definitions.
        new("services", ConfigType.BlockList, static c => c.Registrations.Services, "", "[{\"name\":\"x\"}]", IsReloadable: true),
        new("checks", ConfigType.BlockList, static c => c.Registrations.Checks, "", "[{\"name\":\"x\",\"ttl\":\"1m\"}]", IsReloadable: true),
        new("watches", ConfigType.OpaqueList, static c => c.Registrations.Watches, "", "[{\"type\":\"nodes\",\"args\":[\"x\"]}]", IsReloadable: true),
    ];

    public static TheoryData<string> Keys { get; } = [.. s_rows.Select(static row => row.Key)];

    [Theory]
    [MemberData(nameof(Keys))]
    public void A_key_is_there_with_its_type(string key)
    {
        ConfigField? field = null;
        ConfigBlock? block = AgentSchema.Root;
        foreach (string part in key.Split('.'))
        {
            field = block?.Find(part);
            block = field?.Block;
        }

        Assert.Equal(RowOf(key).Type, field?.Type);
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void A_key_has_its_default_and_does_what_it_says(string key)
    {
        Row row = RowOf(key);
        AgentConfig unset = Load(row.Context);
        Assert.Equal(row.Default, row.Read is null ? "" : Show(row.Read(unset)));

        string path = row.Sample;
        foreach (string part in key.Split('.').Reverse())
            path = $"{{\"{part}\": {path}}}";
        ConfigLoad load = ConfigLoader.Load(new ConfigInput { Fragments = ["""{"data_dir":"/nowhere/data"}""", $"{{{row.Context}}}", path] }, ConfigHarness.Host);

        Assert.Null(load.Error);
        if (row.Read is not null)
            Assert.NotEqual(row.Default, Show(row.Read(load.Config!)));
    }

    [Fact]
    public void The_keys_that_a_reload_changes_are_those_of_the_reference() =>
        Assert.Equal(s_rows.Where(static row => row.IsReloadable).Select(static row => row.Key), s_rows.Where(static row => ReloadableKeys.Contains(row.Key)).Select(static row => row.Key));

    [Fact]
    public void The_table_knows_every_key_that_there_is()
    {
        // Made here and not in the reference: JWT fields of auto_config, further fields of cloud and license, one definition alone, TLS keys that are refused where they stand.
        string[] unlisted =
        [
            "acl.tokens.agent_master", "acl.tokens.managed_service_provider", "acl.tokens.master", "check", "cloud.management_token", "cloud.node_id", "cloud.node_name", "connect.enable_serverless_plugin",
            "license_poll_base_time", "license_poll_max_time", "license_update_base_time", "license_update_max_time", "raft_boltdb.NoFreelistSync", "segments", "service", "tls.defaults.use_auto_cert", "tls.grpc.verify_outgoing", "tls.grpc.verify_server_hostname", "tls.https.use_auto_cert", "tls.https.verify_server_hostname",
            "tls.internal_rpc.use_auto_cert", "version_metadata", "version_prerelease",
        ];
        IEnumerable<string> known = s_rows.Select(static row => row.Key).Concat(unlisted);
        Assert.Equal([], All(AgentSchema.Root, "").Where(static key => !key.StartsWith("auto_config.authorization.static.", StringComparison.Ordinal)).Except(known));
    }

    private static Row RowOf(string key) => s_rows.Single(row => row.Key == key);

    private static AgentConfig Load(string context) => ConfigHarness.Good($"{{{context}}}");

    private static IEnumerable<string> All(ConfigBlock block, string prefix) => block.Fields.SelectMany(field =>
        field is { Type: ConfigType.Block, Block: { } inner } && field.Name is not ("service" or "check") ? All(inner, $"{prefix}{field.Name}.") : [prefix + field.Name]);

    private static string Show(object? value) => value switch
    {
        null => "",
        string text => text,
        bool flag => flag ? "true" : "false",
        TimeSpan time => GoDuration.Format(GoDuration.FromTimeSpan(time)),
        IEnumerable list => string.Join(',', list.Cast<object>().Select(Show)),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
