namespace Praetor.Tests.Config;

/// <summary>Syntax, types and unknown keys (config 2).</summary>
public class ConfigTypingTests
{
    private const string Source = "failed to parse flags-1.hcl: ";

    [Theory]
    [InlineData("{,}", "invalid character ',' looking for beginning of object key string")]
    [InlineData("{} {}", "invalid character '{' after top-level value")]
    [InlineData("{\"a\":", "unexpected end of JSON input")]
    public void Syntax_errors_are_those_of_Go(string json, string detail) => Assert.Equal(Source + detail, ConfigHarness.Error(json));

    [Theory]
    [InlineData("""{"ports":{"http":"8500"}}""", "'ports.http' expected type 'int', got unconvertible type 'string', value: '8500'")]
    [InlineData("""{"node_name":1}""", "'node_name' expected type 'string', got unconvertible type 'float64', value: '1'")]
    [InlineData("""{"server":"true"}""", "'server' expected type 'bool', got unconvertible type 'string', value: 'true'")]
    [InlineData("""{"node_meta":{"a":1}}""", "'node_meta[a]' expected type 'string', got unconvertible type 'float64', value: '1'")]
    [InlineData("""{"log_level":["a","b"]}""", "'log_level' expected type 'string', got unconvertible type '[]interface {}', value: '[a b]'")]
    [InlineData("""{"node_name":{"b":1.5,"a":null}}""", "'node_name' expected type 'string', got unconvertible type 'map[string]interface {}', value: 'map[a:<nil> b:1.5]'")]
    [InlineData("""{"telemetry":"x"}""", "'telemetry' expected a map, got 'string'")]
    [InlineData("""{"telemetry":[{},{}]}""", "'telemetry' expected a map, got 'slice'")]
    [InlineData("""{"retry_join":"x"}""", "'retry_join': source data must be an array or slice, got string")]
    [InlineData("""{"limits":{"kv_max_value_size":-1}}""", "cannot parse 'limits.kv_max_value_size', -1.000000 overflows uint")]
    [InlineData("""{"services":[{"name":"a"},{"port":"x"}]}""", "'services[1].port' expected type 'int', got unconvertible type 'string', value: 'x'")]
    public void A_wrong_type_is_told_with_its_path(string json, string detail) =>
        Assert.Equal($"{Source}1 error(s) decoding:\n\n* {detail}", ConfigHarness.Error(json));

    [Fact]
    public void All_type_errors_are_told_sorted() => Assert.Equal(
        Source + "2 error(s) decoding:\n\n* 'bind_addr' expected type 'string', got unconvertible type 'bool', value: 'true'\n"
        + "* 'server' expected type 'bool', got unconvertible type 'float64', value: '1e+21'",
        ConfigHarness.Error("""{"server":1e21,"bind_addr":true}"""));

    [Theory]
    [InlineData("""{"foo":1}""", "foo")]
    [InlineData("""{"ports":{"htp":1}}""", "ports.htp")]
    [InlineData("""{"services":[{"bogus":1}]}""", "services[0].bogus")]
    [InlineData("""{"service":{"check":{"script":"x"}}}""", "service.check.script")]
    [InlineData("""{"service":{"namespace":"x"}}""", "service.namespace")]
    [InlineData("""{"recursor":"8.8.8.8"}""", "recursor")]
    [InlineData("""{"ports":{"rpc":1}}""", "ports.rpc")]
    public void An_unknown_key_is_fatal(string json, string path) => Assert.Equal($"{Source}1 error occurred:\n\t* invalid config key {path}\n\n", ConfigHarness.Error(json));

    [Fact]
    public void Several_unknown_keys_are_told_together() =>
        Assert.Equal(Source + "2 errors occurred:\n\t* invalid config key foo\n\t* invalid config key bar\n\n", ConfigHarness.Error("""{"foo":1,"bar":2}"""));

    [Fact]
    public void Root_must_be_an_object() =>
        Assert.Equal(Source + "invalid character '[' looking for beginning of value".Replace("invalid character '[' looking for beginning of value", "json: cannot unmarshal array into Go value of type map[string]interface {}", StringComparison.Ordinal),
            LoadJsonFile("[]"));

    private static string LoadJsonFile(string text)
    {
        using var directory = new Storage.TemporaryDirectory();
        var path = Path.Combine(directory.Path, "c.json");
        File.WriteAllText(path, text);
        var load = Api.Config.ConfigLoader.Load(new Api.Config.ConfigInput { Paths = [path] }, ConfigHarness.Host);
        return load.Error!.Replace(path, "flags-1.hcl", StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_match_in_any_case() => Assert.Equal((7, "warn"), (ConfigHarness.Good("""{"Ports":{"HTTP":7},"LOG_LEVEL":"warn"}""").Ports.Http, ConfigHarness.Good("""{"LOG_LEVEL":"warn"}""").Log.Level));

    [Fact]
    public void A_list_of_one_stands_for_its_element() =>
        Assert.Equal((7, "warn"), (ConfigHarness.Good("""{"ports":[{"http":7}]}""").Ports.Http, ConfigHarness.Good("""{"log_level":["warn"]}""").Log.Level));

    [Fact]
    public void Null_is_unset_and_fractions_are_cut() => Assert.Equal(8500 + 9, ConfigHarness.Good("""{"ports":{"http":null,"dns":9.9}}""").Ports is var ports ? ports.Http + ports.Dns : 0);

    [Fact]
    public void The_last_of_equal_keys_counts() => Assert.Equal("b", ConfigHarness.Good("""{"node_name":"a","node_name":"b"}""").NodeName);

    [Fact]
    public void Acl_enforce_version_8_only_warns() => Assert.Contains(
        "config key \"acl_enforce_version_8\" is deprecated and should be removed", ConfigHarness.Load("""{"acl_enforce_version_8":true}""").Warnings);

    [Fact]
    public void Opaque_maps_take_any_key() => Assert.Null(ConfigHarness.Load(
        """{"connect":{"ca_config":{"Any":{"thing":[1]}}},"snapshot_agent":{"x":1},"watches":[{"type":"key","anything":1}],"audit":{"enabled":true}}""").Error);
}
