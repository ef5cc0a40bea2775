namespace Praetor.Tests.Cli;

/// <summary>operator raft (cli 8).</summary>
public class OperatorRaftCommandTests
{
    private const string Servers = """
        {"Servers":[
         {"ID":"a","Node":"n1","Address":"127.0.0.1:8300","Leader":true,"ProtocolVersion":"3","Voter":true,"LastIndex":69},
         {"ID":"b","Node":"n2","Address":"127.0.0.2:8300","Leader":false,"ProtocolVersion":"3","Voter":true,"LastIndex":68},
         {"ID":"c","Node":"(unknown)","Address":"127.0.0.3:8300","Leader":false,"ProtocolVersion":"unknown","Voter":false,"LastIndex":0}],"Index":0}
        """;

    private static async Task<(int Code, TestConsole Console, FakeAgent Agent)> RunAsync(string request, string answer, params string[] words)
    {
        await using var agent = new FakeAgent();
        agent.Answer(request, answer);
        var console = new TestConsole(("CONSUL_HTTP_ADDR", agent.Address));
        return (await console.RunAsync(words), console, agent);
    }

    [Fact]
    public async Task List_peers_tells_who_leads_and_how_far_the_others_are()
    {
        var (code, console, agent) = await RunAsync("GET /v1/operator/raft/configuration", Servers, "operator", "raft", "list-peers");

        Assert.Equal(0, code);
        Assert.Equal(
            "Node       ID  Address         State     Voter  RaftProtocol  Commit Index  Trails Leader By\n"
            + "n1         a   127.0.0.1:8300  leader    true   3             69            -\n"
            + "n2         b   127.0.0.2:8300  follower  true   3             68            1 commit\n"
            + "(unknown)  c   127.0.0.3:8300  follower  false  <=1           0             69 commits\n", console.Output);
        Assert.Equal(["GET /v1/operator/raft/configuration"], agent.Requests);
    }

    [Theory]
    [InlineData("Error removing peer: an address or id is required for the peer to remove\n")]
    [InlineData("Error removing peer: cannot give both an address and id\n", "-id=a", "-address=b")]
    public async Task Remove_peer_wants_exactly_one_name(string expected, params string[] flags)
    {
        var (code, console, agent) = await RunAsync("DELETE /v1/operator/raft/peer", "", ["operator", "raft", "remove-peer", .. flags]);

        Assert.Equal((1, expected), (code, console.Error));
        Assert.Empty(agent.Requests);
    }

    [Theory]
    [InlineData("-id=a", "Removed peer with id \"a\"\n", "DELETE /v1/operator/raft/peer?id=a")]
    [InlineData("-address=1.2.3.4:8300", "Removed peer with address \"1.2.3.4:8300\"\n", "DELETE /v1/operator/raft/peer?address=1.2.3.4%3A8300")]
    public async Task Remove_peer_tells_what_it_removed(string flag, string expected, string request)
    {
        var (code, console, agent) = await RunAsync("DELETE /v1/operator/raft/peer", "", "operator", "raft", "remove-peer", flag);

        Assert.Equal((0, expected), (code, console.Output));
        Assert.Equal([request], agent.Requests);
    }

    [Fact]
    public async Task Transfer_leader_says_when_it_is_under_way()
    {
        var (code, console, agent) = await RunAsync("POST /v1/operator/raft/transfer-leader", """{"Success":true}""", "operator", "raft", "transfer-leader", "-id", "b");

        Assert.Equal((0, "Success\n"), (code, console.Output));
        Assert.Equal(["POST /v1/operator/raft/transfer-leader?id=b"], agent.Requests);
    }
}
