using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Praetor.Load.Wire;

/// <summary>
/// Readiness of many sockets on one thread (Linux epoll, level-triggered): what keeps the generator cheap beside the server that it
/// measures. Waits are exact to about 50 us (epoll_pwait2: Linux 5.11, glibc 2.35), so that an open loop need not spin. Not thread-safe.
/// </summary>
public sealed unsafe partial class Epoll : IReadiness
{
    private const int MaxEvents = 512;
    private const int CloseOnExec = 0x80000;
    private const int Add = 1;
    private const int Readable = 1;
    private const int Interrupted = 4;
    private const long NanosecondsPerSecond = 1_000_000_000;

    // struct epoll_event { uint32 events; uint64 data; } is packed on x64 only.
    private static readonly int EventBytes = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private static readonly int DataOffset = EventBytes - sizeof(long);

    private readonly int _fd;
    private readonly byte[] _events = GC.AllocateArray<byte>(MaxEvents * 16, pinned: true);

    /// <summary>Makes an empty set.</summary>
    public Epoll()
    {
        _fd = EpollCreate(CloseOnExec);
        ThrowIf(_fd < 0);
    }

    /// <inheritdoc/>
    /// <remarks>A socket that is closed leaves the set by itself.</remarks>
    public void Watch(Channel channel, int tag)
    {
        var socket = (channel as SocketChannel)?.Socket ?? throw new ArgumentException("not an open socket", nameof(channel));
        var registration = stackalloc byte[16];
        *(uint*)registration = Readable;
        *(long*)(registration + DataOffset) = tag;
        ThrowIf(EpollControl(_fd, Add, (int)socket.Handle, registration) != 0);
    }

    /// <inheritdoc/>
    public int Wait(Span<int> tags, TimeSpan timeout)
    {
        var nanoseconds = Math.Max(0, timeout.Ticks) * TimeSpan.NanosecondsPerTick;
        var limit = stackalloc long[] { nanoseconds / NanosecondsPerSecond, nanoseconds % NanosecondsPerSecond };
        fixed (byte* events = _events)
        {
            var count = EpollWait(_fd, events, Math.Min(MaxEvents, tags.Length), limit, null);
            if (count < 0)
            {
                ThrowIf(Marshal.GetLastPInvokeError() != Interrupted);
                return 0;
            }

            for (var i = 0; i < count; i++)
                tags[i] = (int)*(long*)(events + (i * EventBytes) + DataOffset);
            return count;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _ = Close(_fd);

    private static void ThrowIf(bool failed)
    {
        if (failed)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    private static partial int EpollControl(int epoll, int operation, int fd, byte* registration);

    [LibraryImport("libc", EntryPoint = "epoll_pwait2", SetLastError = true)]
    private static partial int EpollWait(int epoll, byte* events, int maxEvents, long* timeout, void* signals);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int fd);
}
