using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text;
using Praetor.Api.Http;
using Praetor.Api.Http.Json;
using Praetor.Core.Mvcc;
using Praetor.Core.State;
using Praetor.Tests.Support;

namespace Praetor.Tests.Http.Conventions;

/// <summary>http-core 1.5, 1.6 and 3: what <see cref="ReadQuery"/> gives every room's reads.</summary>
public class AnswerTests
{
    private readonly ConcurrentDictionary<long, DerivedAnswers> _owners = [];
    private int _rendered;

    /// <summary>Shows the raw value length of a key; its rendered body is kept per index of the key.</summary>
    private sealed class ProbeQuery(AnswerTests test, string name, bool isShared) : ReadQuery
    {
        private readonly byte[] _key = Encoding.UTF8.GetBytes(name);

        public override WatchTopic Topic => WatchTopic.KvKey(_key);

        public override string ShareKey => "probe";

        public override bool Cacheable => true;

        public override long IndexOf(StateRoot root) => root.Kv.TryGet(_key, out var entry) ? entry.ModifyIndex : root.Kv.TableIndex;

        public override bool IsMissing(StateRoot root) => !root.Kv.TryGet(_key, out _);

        public override DerivedAnswers? Shared(StateRoot root) => isShared ? test._owners.GetOrAdd(IndexOf(root), _ => new DerivedAnswers()) : null;

        public override ReadOutcome Render(StateRoot root, GoJsonWriter json)
        {
            Interlocked.Increment(ref test._rendered);
            if (!root.Kv.TryGet(_key, out var entry))
                return ReadOutcome.NotFoundEmpty;
            if (entry.ValueLength == 0)
                return ReadOutcome.Refused(400, "empty value");
            json.StringListOrEmpty([new string('x', entry.ValueLength)]);
            return ReadOutcome.Found;
        }
    }

    private Task<TestServer> StartAsync(bool isShared, bool hasLeader = true) => TestServer.StartAsync(new TestServerOptions
    {
        HasLeader = hasLeader,
        Http = new HttpOptions { MaxConnectionsPerClient = 0 },
        Map = (routes, _) => routes.Map("GET", "/v1/read/", request => request.AnswerAsync(new ProbeQuery(this, request.Tail, isShared))),
    });

    [Theory]
    [InlineData("", "leader")]
    [InlineData("?stale", "stale")]
    [InlineData("?consistent", "consistent")]
    [InlineData("?leader", "leader")]
    public async Task A_read_carries_index_leader_back_end_and_consistency(string query, string consistency)
    {
        await using TestServer server = await StartAsync(isShared: true);
        await server.PutAsync("/v1/kv/a", "12");
        Reply reply = await server.GetAsync("/v1/read/a" + query);
        Assert.Equal((200, "[\"xx\"]", server.Runtime.Root.Index), (reply.Status, reply.Body, reply.Index));
        Assert.Equal(("true", "0", "blocking-query", consistency),
            (reply.Header("X-Consul-Knownleader"), reply.Header("X-Consul-Lastcontact"), reply.Header("X-Consul-Query-Backend"), reply.Header("X-Consul-Effective-Consistency")));
        Assert.Null(reply.Header("X-Cache"));
    }

    [Theory]
    [InlineData("missing", 404, "", null)]
    [InlineData("empty", 400, "empty value", "text/plain; charset=utf-8")]
    public async Task Outcomes_other_than_found_keep_the_index(string key, int status, string body, string? contentType)
    {
        await using TestServer server = await StartAsync(isShared: true);
        await server.PutAsync("/v1/kv/empty", "");
        Reply reply = await server.GetAsync("/v1/read/" + key);
        Assert.Equal((status, body, contentType, server.Runtime.Root.Index), (reply.Status, reply.Body, reply.ContentType, reply.Index));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_error_carries_index_1_and_no_known_leader(bool hasLeader)
    {
        await using TestServer server = await StartAsync(isShared: true, hasLeader);
        Reply reply = await server.GetAsync(hasLeader ? "/v1/read/a?dc=dc2" : "/v1/read/a");
        Assert.Equal((500, hasLeader ? "No path to datacenter" : "No cluster leader"), (reply.Status, reply.Body));
        Assert.Equal((1, "false", "0", "blocking-query", null),
            (reply.Index, reply.Header("X-Consul-Knownleader"), reply.Header("X-Consul-Lastcontact"), reply.Header("X-Consul-Query-Backend"), reply.Header("X-Consul-Effective-Consistency")));
    }

    [Fact]
    public async Task What_hundreds_wait_for_is_rendered_once()
    {
        await using TestServer server = await StartAsync(isShared: true);
        await server.PutAsync("/v1/kv/a", "1");
        long index = server.Runtime.Root.Index;
        Task<Reply>[] waiting = [.. Enumerable.Range(0, 300).Select(_ => server.GetAsync($"/v1/read/a?index={index}"))];
        await server.WaitForWaitersAsync(300);
        await server.PutAsync("/v1/kv/a", "123");
        foreach (Reply reply in await Task.WhenAll(waiting))
            Assert.Equal(("[\"xxx\"]", index + 1), (reply.Body, reply.Index));
        Assert.Equal(1, _rendered);
    }

    [Fact]
    public async Task Each_form_of_a_shared_body_is_kept_apart()
    {
        await using TestServer server = await StartAsync(isShared: true);
        await server.PutAsync("/v1/kv/a", new string('v', 2000));
        string compact = $"[\"{new string('x', 2000)}\"]";
        string pretty = $"[\n    \"{new string('x', 2000)}\"\n]\n";
        for (int round = 0; round < 2; round++)
        {
            Assert.Equal(compact, (await server.GetAsync("/v1/read/a")).Body);
            Assert.Equal(pretty, (await server.GetAsync("/v1/read/a?pretty")).Body);
            Assert.Equal(compact, Gunzip(await server.GetAsync("/v1/read/a", ("Accept-Encoding", "gzip"))));
            Assert.Equal(pretty, Gunzip(await server.GetAsync("/v1/read/a?pretty", ("Accept-Encoding", "gzip"))));
        }
        Assert.Equal(2, _rendered);
    }

    [Fact]
    public async Task What_is_not_shared_is_rendered_each_time()
    {
        await using TestServer server = await StartAsync(isShared: false);
        await server.PutAsync("/v1/kv/a", new string('v', 2000));
        Assert.Equal(2004, (await server.GetAsync("/v1/read/a")).Bytes.Length);
        Assert.Equal(2004, Gunzip(await server.GetAsync("/v1/read/a", ("Accept-Encoding", "gzip"))).Length);
        Assert.Equal(2, _rendered);
    }

    [Fact]
    public async Task Cached_tells_whether_the_answer_was_there()
    {
        await using TestServer server = await StartAsync(isShared: true);
        await server.PutAsync("/v1/kv/a", "1");
        Reply first = await server.GetAsync("/v1/read/a?cached");
        Reply second = await server.GetAsync("/v1/read/a?cached");
        Reply plain = await server.GetAsync("/v1/read/a");
        Assert.Equal(("MISS", null), (first.Header("X-Cache"), first.Header("Age")));
        Assert.Equal(("HIT", "0"), (second.Header("X-Cache"), second.Header("Age")));
        Assert.Null(plain.Header("X-Cache"));
    }

    private static string Gunzip(Reply reply)
    {
        Assert.Equal("gzip", reply.Header("Content-Encoding"));
        using var gzip = new GZipStream(new MemoryStream(reply.Bytes), CompressionMode.Decompress);
        using var reader = new StreamReader(gzip, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
