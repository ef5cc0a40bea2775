using System.Collections;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Praetor.Runtime.Agent.Checks.Probes;

/// <summary>
/// posix_spawn of a script: a process group of its own, stdout and stderr into one pipe, stdin empty, our environment, and none of
/// the signal settings of this process.
/// </summary>
internal static unsafe class ScriptSpawn
{
    /// <summary>Returns 0, or the error number of the spawn or of the exec in the child.</summary>
    public static int Start(string path, IReadOnlyList<string> args, SafePipeHandle output, out int pid)
    {
        using var argv = new NativeStrings(args);
        using var environment = new NativeStrings([.. Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Select(static variable => $"{variable.Key}={variable.Value}")]);
        var actions = stackalloc byte[Native.OpaqueBytes];
        var attributes = stackalloc byte[Native.OpaqueBytes];
        pid = 0;
        var error = FirstError([Native.InitActions(actions), Native.InitAttributes(attributes)]);
        try
        {
            if (error == 0)
                error = Prepare(actions, attributes, (int)output.DangerousGetHandle());
            return error != 0 ? error : Native.Spawn(out pid, path, actions, attributes, argv.Pointer, environment.Pointer);
        }
        finally
        {
            _ = Native.DestroyActions(actions);
            _ = Native.DestroyAttributes(attributes);
        }
    }

    private static int Prepare(byte* actions, byte* attributes, int outputFd)
    {
        var allSignals = stackalloc byte[Native.SignalSetBytes];
        var noSignals = stackalloc byte[Native.SignalSetBytes];
        return FirstError(
        [
            Native.FillSignals(allSignals),
            Native.EmptySignals(noSignals),
            Native.AddOpen(actions, 0, "/dev/null", Native.ReadOnly, 0),
            Native.AddDup(actions, outputFd, 1),
            Native.AddDup(actions, outputFd, 2),
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
