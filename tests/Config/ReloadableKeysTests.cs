using Praetor.Api.Config;

namespace Praetor.Tests.Config;

/// <summary>What a reload cannot change is told (config 4).</summary>
public sealed class ReloadableKeysTests
{
    [Theory]
    [InlineData("{}", "{}", "")]
    [InlineData("""{"log_level": "INFO"}""", """{"log_level": "DEBUG", "service": {"name": "x"}}""", "")]
    [InlineData("""{"ports": {"http": 1, "dns": 2}}""", """{"ports": {"http": 1, "dns": 3}}""", "ports.dns")]
    [InlineData("""{"ports": {"http": 1}}""", "{}", "ports.http")]
    [InlineData("""{"retry_join": ["a"], "bind_addr": "1.2.3.4"}""", """{"retry_join": ["a", "b"], "bind_addr": "1.2.3.4"}""", "retry_join")]
    [InlineData("""{"ui_config": {"enabled": true, "metrics_proxy": {"base_url": "http://a"}}}""", """{"ui_config": {"enabled": false, "metrics_proxy": {"base_url": "http://b"}}}""", "ui_config.enabled")]
    [InlineData("""{"limits": {"rpc_rate": 1, "kv_max_value_size": 2}}""", """{"limits": {"rpc_rate": 2, "kv_max_value_size": 3}}""", "limits.kv_max_value_size")]
    [InlineData("""{"telemetry": {"prefix_filter": ["+a"], "filter_default": true}}""", """{"telemetry": {"prefix_filter": ["+b"], "filter_default": false}}""", "telemetry.filter_default")]
    public void Keys_that_wait_for_a_restart(string running, string loaded, string keys)
    {
        Assert.Equal(keys, string.Join(' ', ReloadableKeys.Pending(ConfigHarness.Load(running).Config!.Raw, ConfigHarness.Load(loaded).Config!.Raw)));
    }
}
