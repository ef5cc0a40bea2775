using System.Buffers;
using System.Text.Json;
using Praetor.Api.Config;
using Praetor.Api.Http.Json;

namespace Praetor.Tests.Config;

/// <summary>The configuration as agent/self shows it (http-agent 2.1).</summary>
public class DebugConfigTests
{
    private static JsonElement Shown(string json)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new GoJsonWriter();
        writer.Reset(buffer, pretty: false);
        DebugConfig.Write(ConfigHarness.Good(json, dev: true), writer);
        writer.Flush();
        return JsonDocument.Parse(buffer.WrittenMemory).RootElement;
    }

    [Fact]
    public void Addresses_durations_and_numbers_have_their_forms()
    {
        var shown = Shown("""{"ports":{"http":80},"check_update_interval":"90s"}""");

        Assert.Equal("""["tcp://127.0.0.1:80"]""", shown.GetProperty("HTTPAddrs").GetRawText());
        Assert.Equal("""["tcp://127.0.0.1:8600","udp://127.0.0.1:8600"]""", shown.GetProperty("DNSAddrs").GetRawText());
        Assert.Equal("\"1m30s\"", shown.GetProperty("CheckUpdateInterval").GetRawText());
        Assert.Equal("8502", shown.GetProperty("GRPCPort").GetRawText());
        Assert.Equal("8503", shown.GetProperty("GRPCTLSPort").GetRawText());
        Assert.Equal("true", shown.GetProperty("ConnectEnabled").GetRawText());
    }

    [Fact]
    public void Names_are_sorted()
    {
        string[] names = [.. Shown("{}").EnumerateObject().Select(member => member.Name)];

        Assert.Equal(names.Order(StringComparer.Ordinal), names);
    }

    [Fact]
    public void No_secret_is_shown()
    {
        const string secret = "c2VjcmV0LXNlY3JldC0xMg==";
        var text = Shown("""
            {"encrypt":"SECRET","acl":{"tokens":{"agent":"SECRET","default":"SECRET","initial_management":"SECRET","replication":"SECRET"}},
             "retry_join":["provider=aws secret_access_key=SECRET"],"connect":{"ca_config":{"Token":"SECRET"}},"tls":{"defaults":{"key_file":"SECRET"}},
             "service":{"name":"web","token":"SECRET"},"telemetry":{"circonus_api_token":"SECRET"},"auto_config":{"intro_token":"SECRET"}}
            """.Replace("SECRET", secret, StringComparison.Ordinal)).GetRawText();

        Assert.DoesNotContain(secret, text, StringComparison.Ordinal);
    }
}
