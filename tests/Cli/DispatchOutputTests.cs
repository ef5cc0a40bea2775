namespace Praetor.Tests.Cli;

/// <summary>Streams and exit codes of what is not a command's own business (cli 1 to 3).</summary>
public class DispatchOutputTests
{
    [Fact]
    public async Task Without_words_the_root_help_goes_to_standard_error_with_127()
    {
        var console = new TestConsole();

        Assert.Equal(127, await console.RunAsync());
        Assert.StartsWith("Usage: consul [--version] [--help] <command> [<args>]\n\nAvailable commands are:\n    agent ", console.Error, StringComparison.Ordinal);
        Assert.EndsWith("\n\n", console.Error, StringComparison.Ordinal);
        Assert.Empty(console.Output);
    }

    [Fact]
    public async Task Root_help_that_was_asked_for_goes_to_standard_output()
    {
        var console = new TestConsole();

        Assert.Equal(0, await console.RunAsync("-h"));
        Assert.Matches("\n    kv +Interact with the key-value store\n", console.Output);
    }

    [Fact]
    public async Task A_group_without_sub_command_shows_its_help_on_standard_error()
    {
        var console = new TestConsole();

        Assert.Equal(1, await console.RunAsync("kv"));
        Assert.StartsWith("Usage: consul kv <subcommand> [options] [args]\n", console.Error, StringComparison.Ordinal);
        Assert.Contains("\n\nSubcommands:\n    delete    Removes data from the KV store\n    export    ", console.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Flags_before_the_command_are_refused_with_its_help()
    {
        var console = new TestConsole();

        Assert.Equal(1, await console.RunAsync("-x", "kv", "get", "a"));
        Assert.StartsWith("Invalid flags before the subcommand. If these flags are for\nthe subcommand, please put them after the subcommand.\n\n"
            + "Usage: consul kv get [options] [KEY_OR_PREFIX]\n", console.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_flag_error_lists_every_flag_of_the_command()
    {
        var console = new TestConsole();

        Assert.Equal(1, await console.RunAsync("kv", "get", "-bogus", "a"));
        Assert.StartsWith("flag provided but not defined: -bogus\nUsage:\n  -base64\n    \tEncodes ", console.Error, StringComparison.Ordinal);
        Assert.Contains("  -ca-file value\n    \t", console.Error, StringComparison.Ordinal);
        Assert.Contains("  -separator string\n    \tWhere -keys rolls keys up. (default \"/\")\n", console.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Agent_repeats_a_flag_error_behind_the_list()
    {
        var console = new TestConsole();

        Assert.Equal(1, await console.RunAsync("agent", "-http-port=x"));
        Assert.EndsWith("\n==> error parsing flags: invalid value \"x\" for flag -http-port: strconv.Atoi: parsing \"x\": invalid syntax\n", console.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_has_two_sections_with_wrapped_texts()
    {
        var console = new TestConsole();

        Assert.Equal(0, await console.RunAsync("kv", "get", "-h"));
        Assert.Contains("\nHTTP API Options\n\n  -ca-file=<value>\n     PEM file ", console.Output, StringComparison.Ordinal);
        Assert.Contains("\n\nCommand Options\n\n  -base64\n     Encodes values as base64 before printing them. ", console.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(console.Output.Split('\n'), line => line.Length > 72);
        Assert.False(console.Output.EndsWith("\n\n", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Flags_after_a_positional_word_are_arguments()
    {
        var console = new TestConsole();

        Assert.Equal(1, await console.RunAsync("kv", "get", "a", "-recurse"));
        Assert.Equal("Error! Too many arguments (expected 1, got 2)\n", console.Error);
    }

    [Fact]
    public async Task Version_starts_as_clients_parse_it_and_ends_with_an_empty_line()
    {
        var console = new TestConsole();

        Assert.Equal(0, await console.RunAsync("-v", "whatever"));
        Assert.StartsWith("Consul v1.21.4\nBuild Date 2", console.Output, StringComparison.Ordinal);
        Assert.Contains("\nProtocol 2 spoken by default, understands 2 to 3 (agent will automatically use protocol >2 when speaking to compatible agents)\n",
            console.Output, StringComparison.Ordinal);
        Assert.Contains("\nPraetor v", console.Output, StringComparison.Ordinal);
        Assert.EndsWith("\n\n", console.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Version_knows_two_formats()
    {
        var console = new TestConsole();

        Assert.Equal(0, await console.RunAsync("version", "-format=json"));
        Assert.StartsWith("{\n   \"Version\": \"1.21.4\",\n   \"Revision\": \"\",\n", console.Output, StringComparison.Ordinal);
        Assert.Equal(1, await console.RunAsync("version", "-format", "x"));
        Assert.Equal("Unknown format: x\n", console.Error);
    }
}
