namespace Praetor.Api.Cli;

/// <summary>A place in the tree: a command, or a group that only holds others.</summary>
/// <param name="Path">Words from the root, separated by single spaces.</param>
/// <param name="Synopsis">One line for the lists in help texts.</param>
/// <param name="Create">Makes the command; called only when it runs or shows help, so an unused command costs nothing at start.</param>
public sealed record CommandEntry(string Path, string Synopsis, Func<CliCommand> Create);

/// <summary>All commands by path. Immutable.</summary>
public sealed class CommandTree
{
    private readonly SortedDictionary<string, CommandEntry> _entries;

    /// <summary>Builds the tree.</summary>
    public CommandTree(IEnumerable<CommandEntry> entries)
    {
        _entries = new SortedDictionary<string, CommandEntry>(StringComparer.Ordinal);
        foreach (var entry in entries)
            _entries.Add(entry.Path, entry);
    }

    /// <summary>Finds a command by its whole path.</summary>
    public CommandEntry? Find(string path) => _entries.GetValueOrDefault(path);

    /// <summary>Commands directly below a path (empty = the root), sorted; with their last word.</summary>
    public IEnumerable<(string Name, CommandEntry Entry)> Below(string path)
    {
        var prefix = path.Length == 0 ? "" : path + " ";
        foreach (var entry in _entries.Values)
        {
            if (entry.Path.Length > prefix.Length && entry.Path.StartsWith(prefix, StringComparison.Ordinal)
                && !entry.Path.AsSpan(prefix.Length).Contains(' '))
                yield return (entry.Path[prefix.Length..], entry);
        }
    }
}
