using System.Collections;
using System.Runtime.InteropServices;
using System.Text;

namespace Praetor.Runtime.Children;

/// <summary>
/// posix_spawn of a command: a process group of its own, stdin, stdout and stderr as asked for, our environment and more, and none of
/// the signal settings of this process.
/// </summary>
internal static unsafe class ChildSpawn
{
    /// <summary>Own variables, and those of the command over them.</summary>
    private static List<string> EnvironmentOf(ChildCommand command)
    {
        var variables = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
            variables[(string)variable.Key] = variable.Value as string;
        foreach ((string name, string value) in command.Environment)
            variables[name] = value;
        var lines = new List<string>(variables.Count);
        foreach ((string name, string? value) in variables)
            lines.Add($"{name}={value}");
        return lines;
    }

    /// <summary>Returns 0, or the error number of the spawn or of the exec in the child.</summary>
    public static int Start(string path, ChildCommand command, ChildEnds ends, out int pid)
    {
        using var argv = new NativeStrings(command.Args);
        using var environment = new NativeStrings(EnvironmentOf(command));
        var actions = stackalloc byte[Native.OpaqueBytes];
        var attributes = stackalloc byte[Native.OpaqueBytes];
        pid = 0;
        var error = FirstError([Native.InitActions(actions), Native.InitAttributes(attributes)]);
        try
        {
            if (error == 0)
                error = Prepare(actions, attributes, ends);
            return error != 0 ? error : Native.Spawn(out pid, path, actions, attributes, argv.Pointer, environment.Pointer);
        }
        finally
        {
            _ = Native.DestroyActions(actions);
            _ = Native.DestroyAttributes(attributes);
        }
    }

    private static int Prepare(byte* actions, byte* attributes, ChildEnds ends)
    {
        var allSignals = stackalloc byte[Native.SignalSetBytes];
        var noSignals = stackalloc byte[Native.SignalSetBytes];
        return FirstError(
        [
            Native.FillSignals(allSignals),
            Native.EmptySignals(noSignals),
            ends.Input switch { ChildEnds.Own => 0, ChildEnds.Nothing => Native.AddOpen(actions, 0, "/dev/null", Native.ReadOnly, 0), _ => Native.AddDup(actions, ends.Input, 0) },
            ends.Output == ChildEnds.Own ? 0 : Native.AddDup(actions, ends.Output, 1),
            ends.Output == ChildEnds.Own ? 0 : Native.AddDup(actions, ends.Output, 2),
            Native.SetPGroup(attributes, 0),
            // The runtime ignores SIGPIPE and its threads may block signals; a script must inherit neither.
            Native.SetDefaultSignals(attributes, allSignals),
            Native.SetSignalMask(attributes, noSignals),
            Native.SetFlags(attributes, Native.SpawnFlags),
        ]);
    }

    private static int FirstError(ReadOnlySpan<int> results)
    {
        var first = results.IndexOfAnyExcept(0);
        return first < 0 ? 0 : results[first];
    }

    /// <summary>A null-terminated array of C strings, as argv and envp are.</summary>
    private sealed class NativeStrings : IDisposable
    {
        private readonly int _count;

        public NativeStrings(IReadOnlyList<string> texts)
        {
            _count = texts.Count;
            Pointer = (byte**)NativeMemory.AllocZeroed((nuint)(_count + 1), (nuint)sizeof(byte*));
            for (var i = 0; i < _count; i++)
                Pointer[i] = Copy(texts[i]);
        }

        public byte** Pointer { get; }

        public void Dispose()
        {
            for (var i = 0; i < _count; i++)
                NativeMemory.Free(Pointer[i]);
            NativeMemory.Free(Pointer);
        }

        private static byte* Copy(string text)
        {
            var length = Encoding.UTF8.GetByteCount(text);
            var copy = (byte*)NativeMemory.Alloc((nuint)length + 1);
            Encoding.UTF8.GetBytes(text, new Span<byte>(copy, length));
            copy[length] = 0;
            return copy;
        }
    }
}

/// <summary>Where a child's input comes from and where its output goes: a file descriptor of this process, or one of the values here.</summary>
internal readonly record struct ChildEnds(int Input, int Output)
{
    /// <summary>This process's own.</summary>
    public const int Own = -1;

    /// <summary>/dev/null.</summary>
    public const int Nothing = -2;
}
