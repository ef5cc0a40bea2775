namespace Praetor.Api.Cli.Completion;

/// <summary>Writes completion into the start-up files of the shells that a user has, and takes it out again (cli 1). bash and zsh get a line, fish a file.</summary>
/// <param name="home">The user's directory.</param>
/// <param name="program">The program as it is called.</param>
/// <param name="path">Where it is.</param>
internal sealed class ShellSetup(string home, string program, string path)
{
    private static readonly string[] s_bashFiles = [".bashrc", ".bash_profile", ".bash_login", ".profile"];

    /// <summary>Sets all shells up.</summary>
    /// <returns>Null, or what went wrong.</returns>
    public string? Install() => ForAll(static change => change.Install());

    /// <summary>Undoes it.</summary>
    /// <returns>Null, or what went wrong.</returns>
    public string? Uninstall() => ForAll(static change => change.Uninstall());

    private string? ForAll(Func<ShellChange, string?> apply)
    {
        List<ShellChange> changes = [.. Changes()];
        if (changes.Count == 0)
            return "Did not find any shells to install";
        try
        {
            List<string> errors = [.. changes.Select(apply).OfType<string>()];
            return errors.Count == 0 ? null : string.Join('\n', errors);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return refused.Message;
        }
    }

    private IEnumerable<ShellChange> Changes()
    {
        // bash reads the first of these that is there.
        if (s_bashFiles.Select(Named).FirstOrDefault(File.Exists) is { } bash)
            yield return new ShellChange(bash, [$"complete -C {path} {program}"]);
        if (Named(".zshrc") is var zsh && File.Exists(zsh))
            yield return new ShellChange(zsh, ["autoload -U +X bashcompinit && bashcompinit", $"complete -o nospace -C {path} {program}"]);
        if (Directory.Exists(Named(".config/fish")))
        {
            yield return new ShellChange(Named($".config/fish/completions/{program}.fish"),
            [
                $"function __complete_{program}",
                "    set -lx COMP_LINE (commandline -cp)",
                "    if test -z (commandline -ct)",
                "        set COMP_LINE \"$COMP_LINE \"",
                "    end",
                $"    {path}",
                "end",
                $"complete -f -c {program} -a \"(__complete_{program})\"",
            ]);
        }
    }

    private string Named(string name) => Path.Combine(home, name);

    /// <summary>Lines that a file has when completion is set up.</summary>
    private sealed record ShellChange(string File, IReadOnlyList<string> Lines)
    {
        public string? Install()
        {
            List<string> present = Read();
            if (present.Contains(Lines[^1]))
                return $"already installed in {File}";
            Directory.CreateDirectory(Path.GetDirectoryName(File)!);
            System.IO.File.WriteAllLines(File, [.. present, .. Lines.Where(line => Lines.Count > 2 || !present.Contains(line))]);
            return null;
        }

        public string? Uninstall()
        {
            List<string> present = Read();
            if (!present.Contains(Lines[^1]))
                return $"not installed in {File}";
            // Others may rely on zsh's bashcompinit.
            List<string> own = Lines.Count > 2 ? [.. Lines] : [Lines[^1]];
            List<string> left = [.. present.Where(line => !own.Contains(line))];
            if (left.Count == 0 && Lines.Count > 2)
                System.IO.File.Delete(File);
            else
                System.IO.File.WriteAllLines(File, left);
            return null;
        }

        private List<string> Read() => System.IO.File.Exists(File) ? [.. System.IO.File.ReadAllLines(File)] : [];
    }
}
