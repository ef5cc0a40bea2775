namespace Praetor.Api.Cli;

/// <summary>What the words of a command line ask for.</summary>
public enum DispatchKind
{
    /// <summary>Run the command.</summary>
    Run,

    /// <summary>Root help that was asked for.</summary>
    RootHelp,

    /// <summary>No such command.</summary>
    Unknown,

    /// <summary>Help of the command.</summary>
    CommandHelp,

    /// <summary>Version.</summary>
    Version,

    /// <summary>Completion is to be set up in the user's shells.</summary>
    InstallCompletion,

    /// <summary>Completion is to be taken out of them.</summary>
    UninstallCompletion,

    /// <summary>Flags stand before the command.</summary>
    MisplacedFlags,
}

/// <summary>A decision with the command it concerns and the words left for it.</summary>
public readonly record struct Dispatch(DispatchKind Kind, CommandEntry? Entry, IReadOnlyList<string> Words);

/// <summary>Finds the command in the words of a command line (cli 1). Pure.</summary>
public static class CommandDispatch
{
    /// <summary>Decides; the checks stand in the order of their precedence.</summary>
    public static Dispatch Decide(IReadOnlyList<string> words, CommandTree tree)
    {
        var scan = Scan(words, tree);
        if (scan.VersionAsked)
            return new Dispatch(DispatchKind.Version, null, []);
        if (scan.CompletionAsked is { } asked)
            return new Dispatch(asked, null, []);
        if (scan.HelpAsked && scan.Command.Length == 0)
            return new Dispatch(DispatchKind.RootHelp, null, []);
        if (tree.Find(scan.Command) is not { } entry)
            return new Dispatch(DispatchKind.Unknown, null, []);
        if (scan.HelpAsked)
            return new Dispatch(DispatchKind.CommandHelp, entry, []);
        if (scan.LeadingFlags)
            return new Dispatch(DispatchKind.MisplacedFlags, entry, []);
        return new Dispatch(DispatchKind.Run, entry, scan.Rest);
    }

    private static ScanResult Scan(IReadOnlyList<string> words, CommandTree tree)
    {
        var result = new ScanResult();
        for (var i = 0; i < words.Count && words[i] != "--"; i++)
        {
            var word = words[i];
            if (word is "-h" or "-help" or "--help")
            {
                result.HelpAsked = true;
                continue;
            }

            if (result.Command.Length > 0)
                continue;
            if (word is "-v" or "-version" or "--version")
                result.VersionAsked = true;
            else if (word is "-autocomplete-install" or "--autocomplete-install")
                result.CompletionAsked = DispatchKind.InstallCompletion;
            else if (word is "-autocomplete-uninstall" or "--autocomplete-uninstall")
                result.CompletionAsked = DispatchKind.UninstallCompletion;
            else if (word.StartsWith('-'))
                result.LeadingFlags = true;
            else if (word.Length > 0 && !TakeCommand(words, ref i, tree, ref result))
                return result;
        }

        return result;
    }

    /// <summary>Takes the longest known path that starts at word <paramref name="i"/>; an unknown first word is taken as it is.</summary>
    private static bool TakeCommand(IReadOnlyList<string> words, ref int i, CommandTree tree, ref ScanResult result)
    {
        // A word with a space in it can be no command, not even the start of one.
        if (words[i].Contains(' ', StringComparison.Ordinal))
            return false;
        var path = words[i];
        result.Command = path;
        var last = i;
        for (var j = i + 1; j < words.Count && words[j].Length > 0 && words[j][0] != '-' && !words[j].Contains(' ', StringComparison.Ordinal); j++)
        {
            path += " " + words[j];
            if (tree.Find(path) is null)
                continue;
            result.Command = path;
            last = j;
        }

        i = last;
        result.Rest = [.. words.Skip(last + 1)];
        return true;
    }

    private record struct ScanResult()
    {
        public string Command = "";
        public bool HelpAsked;
        public bool VersionAsked;
        public bool LeadingFlags;
        public DispatchKind? CompletionAsked;
        public IReadOnlyList<string> Rest = [];
    }
}
