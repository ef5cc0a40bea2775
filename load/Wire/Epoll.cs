using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Praetor.Load.Wire;

/// <summary>
/// Readiness of many sockets on one thread (Linux epoll, level-triggered): what keeps the generator cheap beside the server that it
/// measures. Not thread-safe.
/// </summary>
public sealed unsafe partial class Epoll : IDisposable
{
    private const int MaxEvents = 512;
    private const int CloseOnExec = 0x80000;
    private const int Add = 1;
    private const int Remove = 2;
    private const int Readable = 1;

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

    /// <summary>Watches a socket; <paramref name="tag"/> is what <see cref="Wait"/> returns when it can be read.</summary>
    public void Watch(Socket socket, int tag)
    {
        ArgumentNullException.ThrowIfNull(socket);
        var registration = stackalloc byte[16];
        *(uint*)registration = Readable;
        *(long*)(registration + DataOffset) = tag;
        ThrowIf(EpollControl(_fd, Add, (int)socket.Handle, registration) != 0);
    }

    /// <summary>Watches a socket no longer. A closed socket leaves by itself.</summary>
    public void Forget(Socket socket)
    {
        ArgumentNullException.ThrowIfNull(socket);
        var registration = stackalloc byte[16];
        ThrowIf(EpollControl(_fd, Remove, (int)socket.Handle, registration) != 0);
    }

    /// <summary>Waits until sockets can be read and fills in their tags; returns how many, 0 at the timeout.</summary>
    public int Wait(Span<int> tags, int timeoutMs)
    {
        fixed (byte* events = _events)
        {
            var count = EpollWait(_fd, events, Math.Min(MaxEvents, tags.Length), timeoutMs);
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

    private const int Interrupted = 4;

    private static void ThrowIf(bool failed)
    {
        if (failed)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    private static partial int EpollControl(int epoll, int operation, int fd, byte* registration);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    private static partial int EpollWait(int epoll, byte* events, int maxEvents, int timeoutMs);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int fd);
}
