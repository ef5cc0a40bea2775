using Praetor.Tests.Storage;

namespace Praetor.Tests.Cli;

/// <summary>Completion in shells (cli 1).</summary>
public sealed class CompletionTests : IDisposable
{
    private readonly TemporaryDirectory _home = new();

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData("consul m", "maint members monitor")]
    [InlineData("consul kv ", "delete export get import put")]
    [InlineData("consul kv g", "get")]
    [InlineData("consul operator raft ", "list-peers remove-peer transfer-leader")]
    [InlineData("consul kv get -rec", "-recurse")]
    [InlineData("consul kv get --rec", "-recurse")]
    [InlineData("consul -auto", "-autocomplete-install -autocomplete-uninstall")]
    [InlineData("consul validate c", "conf.d/ consul.hcl")]
    [InlineData("consul agent -config-dir conf.d/", "conf.d/a.hcl")]
    [InlineData("consul bogus ", "")]
    [InlineData("consul kv get -bogus", "")]
    public async Task A_shell_gets_the_ways_a_line_may_go_on(string line, string candidates)
    {
        Directory.CreateDirectory(Path.Combine(_home.Path, "conf.d"));
        File.WriteAllText(Path.Combine(_home.Path, "conf.d", "a.hcl"), "");
        File.WriteAllText(Path.Combine(_home.Path, "consul.hcl"), "");
        var console = new TestConsole(("COMP_LINE", line)) { Directory = _home.Path };

        Assert.Equal(0, await console.RunAsync("whatever"));
        Assert.Equal(candidates.Split(' ', StringSplitOptions.RemoveEmptyEntries), console.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task What_is_behind_the_cursor_does_not_count()
    {
        var console = new TestConsole(("COMP_LINE", "consul kv g xyz"), ("COMP_POINT", "11"));
        await console.RunAsync();
        Assert.Equal("get\n", console.Output);
    }

    [Fact]
    public async Task Every_shell_is_set_up_once_and_left_as_it_was()
    {
        File.WriteAllText(Name(".bashrc"), "alias ls=ls\n");
        File.WriteAllText(Name(".profile"), "mine\n");
        File.WriteAllText(Name(".zshrc"), "");
        Directory.CreateDirectory(Name(".config/fish"));

        Assert.Equal((0, ""), await RunAsync("-autocomplete-install"));
        Assert.Equal("alias ls=ls\ncomplete -C /opt/bin/consul consul\n", File.ReadAllText(Name(".bashrc")));
        Assert.Equal("mine\n", File.ReadAllText(Name(".profile")));
        Assert.Equal("autoload -U +X bashcompinit && bashcompinit\ncomplete -o nospace -C /opt/bin/consul consul\n", File.ReadAllText(Name(".zshrc")));
        Assert.Contains("complete -f -c consul -a \"(__complete_consul)\"\n", File.ReadAllText(Name(".config/fish/completions/consul.fish")), StringComparison.Ordinal);

        (int code, string error) = await RunAsync("--autocomplete-install");
        Assert.Equal(1, code);
        Assert.Contains($"already installed in {Name(".bashrc")}\n", error, StringComparison.Ordinal);

        Assert.Equal((0, ""), await RunAsync("-autocomplete-uninstall"));
        Assert.Equal("alias ls=ls\n", File.ReadAllText(Name(".bashrc")));
        Assert.False(File.Exists(Name(".config/fish/completions/consul.fish")));
        Assert.Equal(1, (await RunAsync("-autocomplete-uninstall")).Code);
    }

    [Fact]
    public async Task Without_a_shell_that_is_told() => Assert.Equal((1, "Did not find any shells to install\n"), await RunAsync("-autocomplete-install"));

    private string Name(string name) => Path.Combine(_home.Path, name);

    private async Task<(int Code, string Error)> RunAsync(string flag)
    {
        var console = new TestConsole(("HOME", _home.Path)) { Program = "/opt/bin/consul" };
        return (await console.RunAsync(flag), console.Error);
    }
}
