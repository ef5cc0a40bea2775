using System.ComponentModel;

namespace Praetor.Runtime.Children;

/// <summary>Finds commands as execvp would, with the wording that clients know.</summary>
internal static class ChildPath
{
    /// <summary>A name with a slash as it is; else the first executable file of that name in PATH.</summary>
    public static string Find(string name)
    {
        if (name.Contains('/', StringComparison.Ordinal))
            return name;
        if (name.Length == 0)
            throw new ChildStartException("exec: no command");
        foreach (var folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries))
        {
            var candidate = Path.Combine(folder, name);
            if (File.Exists(candidate) && Native.Access(candidate, Native.Executable) == 0)
                return candidate;
        }

        throw new ChildStartException($"exec: \"{name}\": executable file not found in $PATH");
    }

    /// <summary>The system's words for an error number, in the lower case that check outputs have.</summary>
    public static string Reason(int error) => error switch
    {
        2 => "no such file or directory",
        7 => "argument list too long",
        8 => "exec format error",
        11 => "resource temporarily unavailable",
        12 => "cannot allocate memory",
        13 => "permission denied",
        20 => "not a directory",
        26 => "text file busy",
        _ => new Win32Exception(error).Message,
    };
}
