using System.Runtime.InteropServices;

namespace Praetor.Runtime.Children;

/// <summary>The few C functions that starting a command needs (Linux). Signal sets, actions and attributes are opaque to us.</summary>
internal static unsafe partial class Native
{
    /// <summary>More than any C library's posix_spawn_file_actions_t (80) or posix_spawnattr_t (336) takes.</summary>
    public const int OpaqueBytes = 1024;

    /// <summary>sizeof(sigset_t).</summary>
    public const int SignalSetBytes = 128;

    public const int SigKill = 9;
    public const int SigTerm = 15;
    public const int Interrupted = 4;
    public const int WaitNoHang = 1;
    public const int WaitExited = 4;
    public const int WaitLeaveWaitable = 0x01000000;
    public const int WaitForPid = 1;

    public const short PollIn = 1;

    /// <summary>sizeof(siginfo_t).</summary>
    public const int SignalInfoBytes = 128;

    public const int CloseOnExec = 0x80000;
    public const int ReadOnly = 0;
    public const int Executable = 1;

    /// <summary>POSIX_SPAWN_SETPGROUP, SETSIGDEF and SETSIGMASK.</summary>
    public const short SpawnFlags = 0x02 | 0x04 | 0x08;

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    public static partial int WaitPid(int pid, out int status, int options);

    /// <summary>Tells whether a child has ended and, with <see cref="WaitLeaveWaitable"/>, leaves it to be reaped.</summary>
    [LibraryImport("libc", EntryPoint = "waitid", SetLastError = true)]
    public static partial int WaitId(int idType, int id, int* info, int options);

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    public static partial int Pipe2(int* ends, int flags);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(PollDescriptor* descriptors, nuint count, int timeoutMs);

    [LibraryImport("libc", EntryPoint = "access", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Access(string path, int mode);

    [LibraryImport("libc", EntryPoint = "sigfillset")]
    public static partial int FillSignals(byte* set);

    [LibraryImport("libc", EntryPoint = "sigemptyset")]
    public static partial int EmptySignals(byte* set);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    public static partial int InitActions(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    public static partial int DestroyActions(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addopen", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int AddOpen(byte* actions, int fd, string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    public static partial int AddDup(byte* actions, int fd, int newFd);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    public static partial int InitAttributes(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    public static partial int DestroyAttributes(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setpgroup")]
    public static partial int SetPGroup(byte* attributes, int group);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    public static partial int SetDefaultSignals(byte* attributes, byte* set);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigmask")]
    public static partial int SetSignalMask(byte* attributes, byte* set);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    public static partial int SetFlags(byte* attributes, short flags);

    /// <summary>Returns the error number, also that of the exec.</summary>
    [LibraryImport("libc", EntryPoint = "posix_spawn", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Spawn(out int pid, string path, byte* actions, byte* attributes, byte** argv, byte** environment);

    /// <summary>struct pollfd { int fd; short events; short revents; }</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct PollDescriptor
    {
        public int Fd;
        public short Events;
        public short ReturnedEvents;
    }
}
