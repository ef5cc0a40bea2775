using Praetor.Api.Cli;

namespace Praetor.Tests.Cli;

/// <summary>Which command the words name (cli 1).</summary>
public class CommandDispatchTests
{
    private static readonly CommandTree s_tree = ConsulCommands.Tree();

    private static Dispatch Decide(string words) => CommandDispatch.Decide(words.Length == 0 ? [] : words.Split(' '), s_tree);

    [Theory]
    [InlineData("", DispatchKind.Unknown)]
    [InlineData("bogus", DispatchKind.Unknown)]
    [InlineData("bogus -h", DispatchKind.Unknown)]
    [InlineData("-x", DispatchKind.Unknown)]
    [InlineData("-h", DispatchKind.RootHelp)]
    [InlineData("-help", DispatchKind.RootHelp)]
    [InlineData("--help", DispatchKind.RootHelp)]
    [InlineData("-v", DispatchKind.Version)]
    [InlineData("-version", DispatchKind.Version)]
    [InlineData("--version kv get", DispatchKind.Version)]
    [InlineData("kv get -h", DispatchKind.CommandHelp)]
    [InlineData("-h kv get", DispatchKind.CommandHelp)]
    [InlineData("kv put k -h", DispatchKind.CommandHelp)]
    [InlineData("kv put -- k -h", DispatchKind.Run)]
    [InlineData("-x kv get a", DispatchKind.MisplacedFlags)]
    [InlineData("kv get a", DispatchKind.Run)]
    public void Words_ask_for(string words, DispatchKind expected) => Assert.Equal(expected, Decide(words).Kind);

    [Theory]
    [InlineData("kv get a b", "kv get", "a b")]
    [InlineData("kv foo", "kv", "foo")]
    [InlineData("kv -http-addr=x get", "kv", "-http-addr=x get")]
    [InlineData("catalog nodes -detailed", "catalog nodes", "-detailed")]
    [InlineData("version -format json", "version", "-format json")]
    public void The_longest_known_path_is_the_command_and_the_rest_is_its_own(string words, string path, string rest)
    {
        var dispatch = Decide(words);

        Assert.Equal(path, dispatch.Entry?.Path);
        Assert.Equal(rest, string.Join(' ', dispatch.Words));
    }

    [Fact]
    public void A_word_with_a_space_is_no_command() => Assert.Equal(DispatchKind.Unknown, CommandDispatch.Decide(["kv get"], s_tree).Kind);
}
