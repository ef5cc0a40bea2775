using Praetor.Api.Http;
using Praetor.Core.Codec;
using Praetor.Tests.Support;

namespace Praetor.Tests.Http.Conventions;

/// <summary>http-core 1.4, 2.1 and 3: the parameters that reads share.</summary>
public class ParameterTests(ProbeServer probe) : IClassFixture<ProbeServer>
{
    [Theory]
    [InlineData("", "Default index=0 wait=0 cached=False maxStale=0 dc=")]
    [InlineData("?stale", "Stale index=0 wait=0 cached=False maxStale=0 dc=")]
    [InlineData("?stale=false", "Stale index=0 wait=0 cached=False maxStale=0 dc=")]
    [InlineData("?consistent", "Consistent index=0 wait=0 cached=False maxStale=0 dc=")]
    [InlineData("?leader", "Default index=0 wait=0 cached=False maxStale=0 dc=")]
    [InlineData("?cached", "Default index=0 wait=0 cached=True maxStale=0 dc=")]
    [InlineData("?max_stale=10s", "Stale index=0 wait=0 cached=False maxStale=10 dc=")]
    [InlineData("?max_stale=0", "Default index=0 wait=0 cached=False maxStale=0 dc=")]
    [InlineData("?index=0&wait=10s", "Default index=0 wait=0 cached=False maxStale=0 dc=")]
    [InlineData("?wait=10s", "Default index=0 wait=0 cached=False maxStale=0 dc=")]
    [InlineData("?index=7", "Default index=7 wait=300 cached=False maxStale=0 dc=")]
    [InlineData("?index=7&wait=", "Default index=7 wait=300 cached=False maxStale=0 dc=")]
    [InlineData("?index=7&wait=0", "Default index=7 wait=300 cached=False maxStale=0 dc=")]
    [InlineData("?index=7&wait=-5s", "Default index=7 wait=300 cached=False maxStale=0 dc=")]
    [InlineData("?index=7&wait=1m", "Default index=7 wait=60 cached=False maxStale=0 dc=")]
    [InlineData("?index=7&wait=20m", "Default index=7 wait=600 cached=False maxStale=0 dc=")]
    [InlineData("?index=18446744073709551615&wait=1s", "Default index=9223372036854775807 wait=1 cached=False maxStale=0 dc=")]
    [InlineData("?index=7&index=x", "Default index=7 wait=300 cached=False maxStale=0 dc=")]
    [InlineData("?dc=a&datacenter=b", "Default index=0 wait=0 cached=False maxStale=0 dc=b")]
    [InlineData("?dc=a&datacenter=", "Default index=0 wait=0 cached=False maxStale=0 dc=a")]
    [InlineData("?%73tale=1", "Stale index=0 wait=0 cached=False maxStale=0 dc=")]
    [InlineData("?ns=&partition=", "Default index=0 wait=0 cached=False maxStale=0 dc=")]
    [InlineData("?unknown=1&&x", "Default index=0 wait=0 cached=False maxStale=0 dc=")]
    public async Task Common_parameters_are_read(string query, string expected) =>
        Assert.Equal($"\"{expected}\"", (await probe.Server.GetAsync("/v1/options" + query)).Body);

    [Theory]
    [InlineData("?stale&consistent", "Cannot specify ?stale with ?consistent, conflicting semantics.")]
    [InlineData("?max_stale=1s&consistent", "Cannot specify ?stale with ?consistent, conflicting semantics.")]
    [InlineData("?cached&consistent", "Cannot specify ?cached with ?consistent, conflicting semantics.")]
    [InlineData("?cached&consistent&stale", "Cannot specify ?stale with ?consistent, conflicting semantics.")]
    [InlineData("?max_stale=zz&stale&consistent", "Invalid max_stale value \"zz\"")]
    [InlineData("?wait=10", "Invalid wait time")]
    [InlineData("?wait=abc&index=x", "Invalid wait time")]
    [InlineData("?index=abc", "Invalid index")]
    [InlineData("?index=-1", "Invalid index")]
    [InlineData("?index=1.5", "Invalid index")]
    [InlineData("?index=18446744073709551616", "Invalid index")]
    [InlineData("?wait=10&stale&consistent", "Cannot specify ?stale with ?consistent, conflicting semantics.")]
    [InlineData("?ns=default", "Invalid query parameter: \"ns\" - Namespaces are a Consul Enterprise feature")]
    [InlineData("?partition=default", "Invalid query parameter: \"partition\" - Partitions are a Consul Enterprise feature")]
    [InlineData("?ns=a&index=x", "Invalid index")]
    public async Task A_bad_common_parameter_is_400_in_the_order_of_the_checks(string query, string text)
    {
        Reply reply = await probe.Server.GetAsync("/v1/options" + query);
        Assert.Equal((400, text, "text/plain; charset=utf-8"), (reply.Status, reply.Body, reply.ContentType));
    }

    [Theory]
    [InlineData("max-age=10", 200)]
    [InlineData("max-age=30, stale-if-error=60", 200)]
    [InlineData("no-cache", 200)]
    [InlineData("must-revalidate", 200)]
    [InlineData("MAX-AGE=5", 200)]
    [InlineData("max-age=", 400)]
    [InlineData("max-age=x", 400)]
    [InlineData("max-age=30 stale-if-error=60", 400)]
    [InlineData("stale-if-error=1s", 400)]
    public async Task Cache_Control_is_checked_on_every_read(string value, int status)
    {
        Reply reply = await probe.Server.GetAsync("/v1/options?wait=10", ("Cache-Control", value));
        Assert.Equal(400, reply.Status);
        Assert.Equal(status == 400 ? "Invalid Cache-Control header." : "Invalid wait time", reply.Body);
        Assert.Equal(status, (await probe.Server.GetAsync("/v1/options", ("Cache-Control", value))).Status);
    }

    [Theory]
    [InlineData("X-Consul-Namespace", "Invalid header: \"X-Consul-Namespace\" - Namespaces are a Consul Enterprise feature")]
    [InlineData("X-Consul-Partition", "Invalid header: \"X-Consul-Partition\" - Partitions are a Consul Enterprise feature")]
    public async Task Enterprise_headers_are_refused(string header, string text)
    {
        Reply reply = await probe.Server.GetAsync("/v1/options", (header, "default"));
        Assert.Equal((400, text), (reply.Status, reply.Body));
    }

    [Fact]
    public async Task Status_looks_at_neither_ns_nor_partition()
    {
        Reply reply = await probe.Server.GetAsync("/v1/status/leader?ns=a&partition=b");
        Assert.Equal(200, reply.Status);
    }

    [Fact]
    public async Task Without_use_cache_the_cached_flag_is_not_looked_at()
    {
        await using TestServer server = await TestServer.StartAsync(new TestServerOptions { Http = new HttpOptions { UseCache = false }, Map = ProbeServer.Map });
        Reply reply = await server.GetAsync("/v1/options?cached&consistent");
        Assert.StartsWith("\"Consistent", reply.Body, StringComparison.Ordinal);
        Assert.Contains("cached=False", reply.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/catalog/options", "Stale index=0 wait=0 cached=False maxStale=5 dc=")]
    [InlineData("/v1/catalog/options?leader", "Default index=0 wait=0 cached=False maxStale=0 dc=")]
    [InlineData("/v1/catalog/options?consistent", "Consistent index=0 wait=0 cached=False maxStale=0 dc=")]
    [InlineData("/v1/options", "Default index=0 wait=0 cached=False maxStale=0 dc=")]
    public async Task Discovery_max_stale_makes_plain_discovery_reads_stale(string target, string expected)
    {
        await using TestServer server = await TestServer.StartAsync(new TestServerOptions
        {
            Http = new HttpOptions { DiscoveryMaxStale = TimeSpan.FromSeconds(5) },
            Map = ProbeServer.Map,
        });
        Assert.Equal($"\"{expected}\"", (await server.GetAsync(target)).Body);
    }

    [Fact]
    public void A_repeated_name_keeps_all_its_values_in_order()
    {
        var query = new QueryParameters();
        Assert.True(query.TryParse("/p?tag=a&x&tag=b%20c&tag=&tag=d+e", 3));
        Assert.Equal(["a", "b c", "", "d e"], query.All("tag"));
        Assert.Equal(("a", "", ""), (query.Get("tag"), query.Get("x"), query.Get("missing")));
        Assert.True(query.Has("x"));
        Assert.False(query.HasValue("x"));
        Assert.False(query.Has("ta"));
    }

    [Theory]
    [InlineData("12", 12UL, null)]
    [InlineData("18446744073709551615", ulong.MaxValue, null)]
    [InlineData("abc", 0UL, "strconv.ParseUint: parsing \"abc\": invalid syntax")]
    [InlineData("", 0UL, "strconv.ParseUint: parsing \"\": invalid syntax")]
    [InlineData("+1", 0UL, "strconv.ParseUint: parsing \"+1\": invalid syntax")]
    [InlineData("1_0", 0UL, "strconv.ParseUint: parsing \"1_0\": invalid syntax")]
    [InlineData("18446744073709551616", 0UL, "strconv.ParseUint: parsing \"18446744073709551616\": value out of range")]
    public void Numbers_are_taken_and_refused_as_clients_know_it(string text, ulong expected, string? error)
    {
        Assert.Equal(error is null, GoStrconv.TryParseUint(text, out ulong value, out string? refusal));
        Assert.Equal(error, refusal);
        if (error is null)
            Assert.Equal(expected, value);
    }
}
