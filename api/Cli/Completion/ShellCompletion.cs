namespace Praetor.Api.Cli.Completion;

/// <summary>
/// Answers a shell that asks how a command line may go on (cli 1): the line comes in COMP_LINE, the candidates go to standard output, one a line. Commands, then flags behind a dash, then files.
/// </summary>
internal static class ShellCompletion
{
    /// <summary>More files than this help nobody.</summary>
    private const int MaxFiles = 500;

    /// <summary>Candidates for the last word of a line.</summary>
    /// <param name="line">The line up to the cursor, the program's name first.</param>
    /// <param name="tree">The commands.</param>
    /// <param name="io">Where relative names of files begin.</param>
    public static IEnumerable<string> Candidates(string line, CommandTree tree, CliIo io)
    {
        string[] words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        bool isNewWord = line.Length == 0 || char.IsWhiteSpace(line[^1]);
        string started = isNewWord || words.Length == 0 ? "" : words[^1];
        List<string> before = [.. words.Skip(1).SkipLast(isNewWord || words.Length < 2 ? 0 : 1)];
        string path = PathOf(before, tree, out int used);
        if (started.StartsWith('-'))
            return Flags(path, tree).Where(flag => flag.StartsWith(started.StartsWith("--", StringComparison.Ordinal) ? started[1..] : started, StringComparison.Ordinal)).Order(StringComparer.Ordinal);
        List<string> commands = used == before.Count ? [.. tree.Below(path).Select(static below => below.Name).Where(name => name.StartsWith(started, StringComparison.Ordinal))] : [];
        return commands.Count > 0 || path.Length == 0 ? commands : Files(started, io);
    }

    /// <summary>The longest command that the words begin with.</summary>
    private static string PathOf(List<string> words, CommandTree tree, out int used)
    {
        used = 0;
        string path = "";
        string longer = "";
        for (int i = 0; i < words.Count && words[i][0] != '-'; i++)
        {
            longer = longer.Length == 0 ? words[i] : $"{longer} {words[i]}";
            if (tree.Find(longer) is not null)
                (path, used) = (longer, i + 1);
        }

        return path;
    }

    private static IEnumerable<string> Flags(string path, CommandTree tree) => tree.Find(path) is { } entry
        ? entry.Create().Flags.Select(static flag => "-" + flag.Name).Append("-help")
        : ["-help", "-version", "-autocomplete-install", "-autocomplete-uninstall"];

    private static IEnumerable<string> Files(string started, CliIo io)
    {
        try
        {
            string directory = started[..(started.LastIndexOf('/') + 1)];
            string name = started[directory.Length..];
            return [.. new DirectoryInfo(io.PathOf(directory.Length == 0 ? "." : directory)).EnumerateFileSystemInfos()
                .Where(file => file.Name.StartsWith(name, StringComparison.Ordinal) && (name.Length > 0 || !file.Name.StartsWith('.')))
                .Select(file => directory + file.Name + (file is DirectoryInfo ? "/" : "")).Take(MaxFiles).Order(StringComparer.Ordinal)];
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
