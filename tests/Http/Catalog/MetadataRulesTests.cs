using Praetor.Core.State.Catalog;

namespace Praetor.Tests.Http.Catalog;

/// <summary>Metadata, node ids and check types (http-agent 2.9, 2.11, 5.2).</summary>
public class MetadataRulesTests
{
    [Theory]
    [InlineData("", "v", "Key cannot be blank")]
    [InlineData("a.b", "v", "Key contains invalid characters")]
    [InlineData("consul-x", "v", "Key prefix 'consul-' is reserved for internal use")]
    [InlineData("consul-wan-federation", "v", "Key prefix 'consul-' is reserved for internal use")]
    public void A_bad_key_is_named(string key, string value, string message) =>
        Assert.Equal($"Couldn't load metadata pair ('{key}', '{value}'): {message}", ServiceError("", key, value));

    [Fact]
    public void Keys_and_values_have_a_longest_length()
    {
        string longKey = new('k', 129);
        string longValue = new('v', 513);
        Assert.Equal($"Couldn't load metadata pair ('{longKey}', 'v'): Key is too long (limit: 128 characters)", ServiceError("", longKey, "v"));
        Assert.Equal($"Couldn't load metadata pair ('k', '{longValue}'): Value is too long (limit: 512 characters)", ServiceError("", "k", longValue));
        Assert.Null(ServiceError("", longKey[1..], longValue[1..]));
    }

    [Fact]
    public void Sixty_four_pairs_are_the_limit()
    {
        Dictionary<string, string> pairs = Enumerable.Range(0, 64).ToDictionary(static i => $"k{i}", static _ => "v");
        Assert.Null(MetadataRules.ServiceError("", pairs));
        pairs["one-more"] = "v";
        Assert.Equal("Node metadata cannot contain more than 64 key/value pairs", MetadataRules.NodeError(pairs));
    }

    [Fact]
    public void A_mesh_gateway_may_set_one_reserved_key()
    {
        Assert.Null(ServiceError("mesh-gateway", "consul-wan-federation", "1"));
        Assert.NotNull(ServiceError("mesh-gateway", "consul-other", "1"));
    }

    [Theory]
    [InlineData("abc", "uuid string is wrong length")]
    [InlineData("zzzzzzzz-0000-0000-0000-000000000000", "uuid is improperly formatted")]
    [InlineData("00000000-0000-0000-0000-00000000-000", "uuid is improperly formatted")]
    [InlineData("3F2504E0-4f89-11d3-9a0c-0305e82c3301", null)]
    public void Node_ids_are_UUIDs(string id, string? message) => Assert.Equal(message, NodeIds.Error(id));

    public static TheoryData<CheckDefinitionRecord?, string> Definitions => new()
    {
        { null, "" },
        { new CheckDefinitionRecord { Http = "http://x" }, "" },
        { new CheckDefinitionRecord { IntervalNs = 1, Http = "http://x" }, "http" },
        { new CheckDefinitionRecord { IntervalNs = 1, Http = "http://x", Grpc = "x:1" }, "grpc" },
        { new CheckDefinitionRecord { TtlNs = 1 }, "ttl" },
        { new CheckDefinitionRecord { IntervalNs = 1, Tcp = "x:1", Udp = "x:1" }, "tcp" },
        { new CheckDefinitionRecord { IntervalNs = 1, Udp = "x:1" }, "udp" },
        { new CheckDefinitionRecord { AliasNode = "n" }, "alias" },
        { new CheckDefinitionRecord { AliasService = "s" }, "alias" },
        { new CheckDefinitionRecord { IntervalNs = 1, ScriptArgs = ["a"], DockerContainerId = "c" }, "docker" },
        { new CheckDefinitionRecord { IntervalNs = 1, ScriptArgs = ["a"], H2Ping = "x:1" }, "script" },
        { new CheckDefinitionRecord { IntervalNs = 1, H2Ping = "x:1" }, "h2ping" },
        { new CheckDefinitionRecord { IntervalNs = 1, OsService = "s" }, "os_service" },
    };

    [Theory]
    [MemberData(nameof(Definitions))]
    public void A_type_follows_from_the_definition(CheckDefinitionRecord? definition, string type) => Assert.Equal(type, CheckTypes.Of(definition));

    private static string? ServiceError(string kind, string key, string value) =>
        MetadataRules.ServiceError(kind, new Dictionary<string, string> { [key] = value });
}
