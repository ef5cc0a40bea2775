using Praetor.Api.Http.Operator;
using Praetor.Core.Gossip;
using Praetor.Tests.Support;

namespace Praetor.Tests.Http.Operator;

/// <summary>/v1/operator/raft on a server that is alone (http-core 10). What several servers do is in Runtime/ClusterRuntimeTests.</summary>
public class RaftTests
{
    private const string Peer = "/v1/operator/raft/peer";

    private static Task<TestServer> StartAsync() => TestServer.StartAsync(new TestServerOptions { Map = static (routes, services) => new OperatorRoom(() => Members(services.Runtime.Status.ServerId)).Map(routes) });

    private static Member[] Members(string id) =>
        [new Member { Name = "n1", Addr = "127.0.0.1", Tags = new SortedList<string, string>(StringComparer.Ordinal) { ["id"] = id, ["raft_vsn"] = "3" } }];

    [Fact]
    public async Task The_configuration_names_servers_leader_and_progress()
    {
        await using TestServer server = await StartAsync();
        string id = server.Runtime.Status.ServerId;
        string address = server.Runtime.Status.LeaderAddress;
        long last = server.Runtime.Status.LastLogIndex;
        Reply reply = await server.GetAsync("/v1/operator/raft/configuration");
        Assert.Equal(
            $$$"""{"Servers":[{"ID":"{{{id}}}","Node":"n1","Address":"{{{address}}}","Leader":true,"ProtocolVersion":"3","Voter":true,"LastIndex":{{{last}}}}],"Index":1}""", reply.Body);
        Assert.Null(reply.Header("X-Consul-Index"));
        Assert.Equal(reply.Body, (await server.GetAsync("/v1/operator/raft/configuration?stale")).Body);
    }

    [Theory]
    [InlineData("", 400, "Must specify either ?id with the server's ID or ?address with IP:port of peer to remove")]
    [InlineData("?id=a&address=b", 400, "Must specify only one of ?id or ?address")]
    [InlineData("?id=x", 500, "id \"x\" was not found in the Raft configuration")]
    [InlineData("?address=1.2.3.4:1", 500, "address \"1.2.3.4:1\" was not found in the Raft configuration")]
    public async Task A_peer_to_remove_must_be_named_once_and_exist(string query, int status, string text)
    {
        await using TestServer server = await StartAsync();
        Reply reply = await server.SendAsync("DELETE", Peer + query);
        Assert.Equal((status, text), (reply.Status, reply.Body));
    }

    [Theory]
    [InlineData("", "cannot find peer")]
    [InlineData("?id=x", "Could not find address for server id x")]
    public async Task Leadership_goes_only_to_another_server(string query, string text)
    {
        await using TestServer server = await StartAsync();
        Reply reply = await server.SendAsync("POST", "/v1/operator/raft/transfer-leader" + query);
        Assert.Equal((500, text), (reply.Status, reply.Body));
    }
}
