using Praetor.Api.Cli.Commands.Kv;

namespace Praetor.Tests.Cli;

/// <summary>kv export and kv import (cli 8).</summary>
public sealed class KvTransferTests
{
    [Fact]
    public async Task Export_prints_entries_with_tabs()
    {
        await using var agent = new FakeAgent();
        agent.Answer("GET /v1/kv/a", """[{"Key":"a/b","Flags":7,"Value":"aGk=","CreateIndex":1,"ModifyIndex":1,"LockIndex":0},{"Key":"a/c","Flags":0,"Value":null,"CreateIndex":1,"ModifyIndex":1,"LockIndex":0}]""");
        var console = new TestConsole(("CONSUL_HTTP_ADDR", agent.Address));

        Assert.Equal(0, await console.RunAsync("kv", "export", "/a"));
        Assert.Equal("[\n\t{\n\t\t\"key\": \"a/b\",\n\t\t\"flags\": 7,\n\t\t\"value\": \"aGk=\"\n\t},\n\t{\n\t\t\"key\": \"a/c\",\n\t\t\"flags\": 0,\n\t\t\"value\": \"\"\n\t}\n]\n", console.Output);
        Assert.Equal(["GET /v1/kv/a?recurse"], agent.Requests);
    }

    [Fact]
    public async Task Export_of_nothing_is_an_empty_list()
    {
        await using var agent = new FakeAgent();
        var console = new TestConsole(("CONSUL_HTTP_ADDR", agent.Address));

        Assert.Equal(0, await console.RunAsync("kv", "export"));
        Assert.Equal("[]\n", console.Output);
    }

    [Fact]
    public async Task Import_writes_each_entry_with_its_flags_below_the_prefix()
    {
        await using var agent = new FakeAgent();
        agent.Answer("PUT /v1/kv/p/a/b", "true").Answer("PUT /v1/kv/p/c/", "true");
        var console = new TestConsole(("CONSUL_HTTP_ADDR", agent.Address)) { Input = """[{"key": "a/b", "flags": 7, "value": "aGk="}, {"key": "c/", "flags": 0, "value": ""}]""" };

        Assert.Equal(0, await console.RunAsync("kv", "import", "-prefix=p", "-"));
        Assert.Equal("Imported: p/a/b\nImported: p/c/\n", console.Output);
        Assert.Equal(["PUT /v1/kv/p/a/b?flags=7", "PUT /v1/kv/p/c/"], agent.Requests);
        Assert.Equal(["hi", ""], agent.Bodies);
    }

    [Theory]
    [InlineData(new string[0], "Error! Missing DATA argument\n")]
    [InlineData(new[] { "" }, "Error! Empty DATA argument\n")]
    [InlineData(new[] { "@/nowhere" }, "Error! Failed to read file: open /nowhere: no such file or directory\n")]
    [InlineData(new[] { "[" }, "Cannot unmarshal data: unexpected end of JSON input\n")]
    [InlineData(new[] { "{}" }, "Cannot unmarshal data: json: cannot unmarshal object into Go value of type []*kv.Entry\n")]
    [InlineData(new[] { """[{"key": "k", "value": "!"}]""" }, "Error base 64 decoding value for key k: illegal base64 data\n")]
    public async Task What_cannot_be_imported_is_told(string[] arguments, string error)
    {
        var console = new TestConsole(("CONSUL_HTTP_ADDR", "127.0.0.1:1"));
        Assert.Equal(1, await console.RunAsync(["kv", "import", .. arguments]));
        Assert.Equal(error, console.Error);
    }

    [Theory]
    [InlineData("", "a/b", "a/b")]
    [InlineData("p/", "/a//b", "p/a/b")]
    [InlineData("p", "../a/./b/", "a/b/")]
    public void Prefix_and_key_are_joined_as_clean_paths(string prefix, string key, string joined) => Assert.Equal(joined, KvImportCommand.Join(prefix, key));
}
