using System.Text;
using Praetor.Api.Cli.Flags;

namespace Praetor.Api.Cli;

/// <summary>Help and usage texts in the shape clients and people know (cli 1 to 3). Pure.</summary>
public static class HelpText
{
    /// <summary>Name shown in every text, whatever the binary is called: what people search for and scripts compare.</summary>
    public const string ProgramName = "consul";

    private const int TextIndent = 5;
    private const int TextWidth = 67;

    private static readonly HashSet<string> s_httpApiFlags = new(StringComparer.Ordinal)
    {
        "http-addr", "token", "token-file", "ca-file", "ca-path", "client-cert", "client-key", "tls-server-name", "datacenter", "stale",
    };

    /// <summary>List of all commands.</summary>
    public static string OfRoot(CommandTree tree)
    {
        var text = new StringBuilder($"Usage: {ProgramName} [--version] [--help] <command> [<args>]\n\nAvailable commands are:\n");
        AppendList(text, tree.Below(""));
        return text.Append('\n').ToString();
    }

    /// <summary>Help of a command, with its sub-commands if it is a group.</summary>
    public static string Of(CommandEntry entry, CommandTree tree)
    {
        var text = Of(entry.Create());
        var below = tree.Below(entry.Path).ToList();
        if (below.Count == 0)
            return text;
        var list = new StringBuilder(text).Append("\nSubcommands:\n");
        AppendList(list, below);
        return list.ToString();
    }

    /// <summary>Help of a command alone.</summary>
    public static string Of(CliCommand command)
    {
        var text = new StringBuilder($"Usage: {ProgramName} {command.Usage}\n\n");
        foreach (var line in command.Description.Split('\n'))
            text.Append(line.Length == 0 ? "" : "  ").Append(line).Append('\n');
        AppendSection(text, "HTTP API Options", command.Flags.Where(flag => s_httpApiFlags.Contains(flag.Name)));
        AppendSection(text, "Command Options", command.Flags.Where(flag => !s_httpApiFlags.Contains(flag.Name)));
        return text.ToString().TrimEnd('\n') + "\n";
    }

    /// <summary>The flag list that follows a flag error.</summary>
    public static string FlagUsage(CliCommand command)
    {
        var text = new StringBuilder("Usage:\n");
        foreach (var flag in command.Flags.OrderBy(flag => flag.Name, StringComparer.Ordinal))
        {
            var head = flag.IsBoolean ? $"  -{flag.Name}" : $"  -{flag.Name} {flag.TypeWord}";
            // A boolean of one letter leaves room for its text on the same line.
            text.Append(head).Append(head.Length <= 4 ? "\t" : "\n    \t").Append(flag.Help);
            if (flag.DefaultText is not null)
                text.Append(" (default ").Append(flag.DefaultText).Append(')');
            text.Append('\n');
        }

        return text.ToString();
    }

    private static void AppendList(StringBuilder text, IEnumerable<(string Name, CommandEntry Entry)> commands)
    {
        var list = commands.ToList();
        var width = list.Max(command => command.Name.Length);
        foreach (var (name, entry) in list)
            text.Append("    ").Append(name.PadRight(width)).Append("    ").Append(entry.Synopsis).Append('\n');
    }

    private static void AppendSection(StringBuilder text, string title, IEnumerable<CliFlag> flags)
    {
        var sorted = flags.OrderBy(flag => flag.Name, StringComparer.Ordinal).ToList();
        if (sorted.Count == 0)
            return;
        text.Append('\n').Append(title).Append("\n\n");
        foreach (var flag in sorted)
        {
            text.Append("  -").Append(flag.Name).Append(flag.IsBoolean ? "" : $"=<{flag.TypeWord}>").Append('\n');
            foreach (var line in BalancedWrap.Wrap(flag.Help, TextWidth))
                text.Append(' ', TextIndent).Append(line).Append('\n');
            text.Append('\n');
        }
    }
}
