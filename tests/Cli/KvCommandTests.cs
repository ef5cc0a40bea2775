namespace Praetor.Tests.Cli;

/// <summary>kv get, put and delete (cli 8).</summary>
public class KvCommandTests
{
    private const string Entry = """[{"LockIndex":1,"Key":"a/b","Flags":7,"Value":"aGVsbG8=","CreateIndex":10,"ModifyIndex":12}]""";
    private const string Two = """[{"LockIndex":0,"Key":"a","Flags":0,"Value":"MQ==","CreateIndex":1,"ModifyIndex":1},{"LockIndex":0,"Key":"b","Flags":0,"Value":null,"CreateIndex":2,"ModifyIndex":3,"Session":"s"}]""";

    private static async Task<(int Code, TestConsole Console, FakeAgent Agent)> RunAsync(Action<FakeAgent> answers, params string[] words)
    {
        await using var agent = new FakeAgent();
        answers(agent);
        var console = new TestConsole(("CONSUL_HTTP_ADDR", agent.Address)) { Input = "from stdin\n" };
        return (await console.RunAsync(words), console, agent);
    }

    [Fact]
    public async Task Get_prints_the_value_and_a_newline()
    {
        var (code, console, agent) = await RunAsync(agent => agent.Answer("GET /v1/kv/a/b", Entry), "kv", "get", "/a/b");

        Assert.Equal(0, code);
        Assert.Equal("hello\n", console.Output);
        Assert.Equal(["GET /v1/kv/a/b"], agent.Requests);
    }

    [Theory]
    [InlineData("-base64", "aGVsbG8=\n")]
    [InlineData("-detailed", "CreateIndex      10\nFlags            7\nKey              a/b\nLockIndex        1\nModifyIndex      12\nSession          -\nValue            hello\n")]
    public async Task Get_prints_one_entry_in_other_forms(string flag, string output)
    {
        var (_, console, _) = await RunAsync(agent => agent.Answer("GET /v1/kv/a/b", Entry), "kv", "get", flag, "a/b");

        Assert.Equal(output, console.Output);
    }

    [Fact]
    public async Task Get_recurse_prints_key_and_value_of_each_entry()
    {
        var (_, console, agent) = await RunAsync(agent => agent.Answer("GET /v1/kv/", Two), "kv", "get", "-recurse", "-stale");

        Assert.Equal("a:1\nb:\n", console.Output);
        Assert.Equal("GET /v1/kv/?recurse&stale", agent.Requests[0]);
    }

    [Fact]
    public async Task Get_recurse_detailed_puts_an_empty_line_between_blocks()
    {
        var (_, console, _) = await RunAsync(agent => agent.Answer("GET /v1/kv/", Two), "kv", "get", "-recurse", "-detailed");

        Assert.Contains("\nValue            1\n\nCreateIndex      2\n", console.Output, StringComparison.Ordinal);
        Assert.EndsWith("Session          s\nValue            \n", console.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Get_keys_asks_for_the_separator_and_prints_names()
    {
        var (_, console, agent) = await RunAsync(agent => agent.Answer("GET /v1/kv/a", "[\"a/\",\"a1\"]"), "kv", "get", "-keys", "a");

        Assert.Equal("a/\na1\n", console.Output);
        Assert.Equal("GET /v1/kv/a?keys&separator=%2F", agent.Requests[0]);
    }

    [Theory]
    [InlineData("kv get a", 404, "", "Error! No key exists at: a\n")]
    [InlineData("kv get a", 403, "Permission denied: token lacks it", "Error querying Consul agent: Unexpected response code: 403 (Permission denied: token lacks it)\n")]
    [InlineData("kv get a", 500, "No cluster leader\n", "Error querying Consul agent: Unexpected response code: 500 (No cluster leader\n)\n")]
    public async Task Get_tells_what_failed(string words, int status, string body, string error)
    {
        var (code, console, _) = await RunAsync(agent => agent.Answer("GET /v1/kv/a", body, status), words.Split(' '));

        Assert.Equal(1, code);
        Assert.Equal(error, console.Error);
    }

    [Theory]
    [InlineData("kv get", "Error! Missing KEY argument")]
    [InlineData("kv put", "Error! Missing KEY argument")]
    [InlineData("kv put a b c", "Error! Too many arguments (expected 1 or 2, got 3)")]
    [InlineData("kv put a @/nowhere/file", "Error! Failed to read file: open /nowhere/file: no such file or directory")]
    [InlineData("kv put -acquire a b", "Error! Missing -session (required with -acquire and -release)")]
    [InlineData("kv delete", "Error! Missing KEY argument")]
    [InlineData("kv delete -cas a", "Cannot delete a key that does not exist. Provide a -modify-index greater than than 0.")]
    [InlineData("kv delete -modify-index 3 a", "Cannot specify -modify-index without -cas!")]
    [InlineData("kv delete -cas -modify-index 3 -recurse a", "Cannot specify both -cas and -recurse!")]
    public async Task What_needs_no_agent_is_refused_without_one(string words, string error)
    {
        var console = new TestConsole();

        Assert.Equal(1, await console.RunAsync(words.Split(' ')));
        Assert.Equal(error + "\n", console.Error);
    }

    [Theory]
    [InlineData("kv put k v", "PUT /v1/kv/k", "v", "Success! Data written to: k\n")]
    [InlineData("kv put /k", "PUT /v1/kv//k", "", "Success! Data written to: /k\n")]
    [InlineData("kv put k -text", "PUT /v1/kv/k", "-text", "Success! Data written to: k\n")]
    [InlineData("kv put k -", "PUT /v1/kv/k", "from stdin\n", "Success! Data written to: k\n")]
    [InlineData("kv put -flags=0x10 k v", "PUT /v1/kv/k?flags=16", "v", "Success! Data written to: k\n")]
    [InlineData("kv put -base64 k aGVsbG8=", "PUT /v1/kv/k", "hello", "Success! Data written to: k\n")]
    [InlineData("kv put -cas -modify-index=5 k v", "PUT /v1/kv/k?cas=5", "v", "Success! Data written to: k\n")]
    [InlineData("kv put -acquire -session=s k v", "PUT /v1/kv/k?acquire=s", "v", "Success! Lock acquired on: k\n")]
    [InlineData("kv put -release -session=s k v", "PUT /v1/kv/k?release=s", "v", "Success! Lock released on: k\n")]
    [InlineData("kv put a#?b v", "PUT /v1/kv/a%23%3Fb", "v", "Success! Data written to: a#?b\n")]
    public async Task Put_writes_the_data(string words, string request, string body, string output)
    {
        var (code, console, agent) = await RunAsync(agent => agent.Answer(request.Split('?')[0], "true"), words.Split(' '));

        Assert.Equal(0, code);
        Assert.Equal(output, console.Output);
        Assert.Equal([request], agent.Requests);
        Assert.Equal([body], agent.Bodies);
    }

    [Fact]
    public async Task Put_base64_tells_bad_data_and_writes_what_decoded()
    {
        var (code, console, agent) = await RunAsync(agent => agent.Answer("PUT /v1/kv/k", "true"), "kv", "put", "-base64", "k", "aGVs!!");

        Assert.Equal(0, code);
        Assert.Equal("Error! Cannot base 64 decode data: illegal base64 data at input byte 4\n", console.Error);
        Assert.Equal(["hel"], agent.Bodies);
    }

    [Theory]
    [InlineData("kv put -cas -modify-index=5 k v", "Error! Did not write to k: CAS failed")]
    [InlineData("kv put -cas k v", "Error! Did not write to k: CAS performed with index=0 and key already exists.")]
    [InlineData("kv put -acquire -session=s k v", "Error! Did not acquire lock")]
    [InlineData("kv put -release -session=s k v", "Error! Did not release lock")]
    [InlineData("kv delete -cas -modify-index=5 k", "Error! Did not delete key k: CAS failed")]
    public async Task A_condition_that_does_not_hold_is_told(string words, string error)
    {
        var (code, console, _) = await RunAsync(agent => agent.Answer("PUT /v1/kv/k", "false").Answer("DELETE /v1/kv/k", "false"), words.Split(' '));

        Assert.Equal(1, code);
        Assert.Equal(error + "\n", console.Error);
    }

    [Theory]
    [InlineData("kv delete k", "DELETE /v1/kv/k", "Success! Deleted key: k\n")]
    [InlineData("kv delete -recurse k", "DELETE /v1/kv/k?recurse", "Success! Deleted keys with prefix: k\n")]
    [InlineData("kv delete -recurse", "DELETE /v1/kv/?recurse", "Success! Deleted keys with prefix: \n")]
    [InlineData("kv delete -cas -modify-index=5 k", "DELETE /v1/kv/k?cas=5", "Success! Deleted key: k\n")]
    public async Task Delete_deletes(string words, string request, string output)
    {
        var (code, console, agent) = await RunAsync(agent => agent.Answer(request.Split('?')[0], "true"), words.Split(' '));

        Assert.Equal(0, code);
        Assert.Equal(output, console.Output);
        Assert.Equal([request], agent.Requests);
    }
}
