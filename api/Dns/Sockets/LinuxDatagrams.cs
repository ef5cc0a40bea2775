using System.Runtime.InteropServices;

namespace Praetor.Api.Dns.Sockets;

/// <summary>The two Linux calls that move many datagrams at once, with their 64-bit layouts (bits/socket.h).</summary>
internal static unsafe partial class LinuxDatagrams
{
    /// <summary>Block for the first datagram only.</summary>
    public const int WaitForOne = 0x10000;

    /// <summary>Do not raise SIGPIPE.</summary>
    public const int NoSignal = 0x4000;

    /// <summary>Set on receive: control data did not fit.</summary>
    public const int ControlTruncated = 0x8;

    /// <summary>EINTR.</summary>
    public const int Interrupted = 4;

    /// <summary>struct iovec.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Vector
    {
        public byte* Base;
        public nuint Length;
    }

    /// <summary>struct mmsghdr: msghdr (56 bytes, padded to 8) and the length of the datagram; 64 bytes in all.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Message
    {
        public byte* Name;
        public uint NameLength;
        public Vector* Vectors;
        public nuint VectorCount;
        public byte* Control;
        public nuint ControlLength;
        public int Flags;
        private readonly int _padding;
        public uint Length;
        private readonly int _padding2;
    }

    [LibraryImport("libc", EntryPoint = "recvmmsg", SetLastError = true)]
    public static partial int Receive(int socket, Message* messages, uint count, int flags, void* timeout);

    [LibraryImport("libc", EntryPoint = "sendmmsg", SetLastError = true)]
    public static partial int Send(int socket, Message* messages, uint count, int flags);

    /// <summary>The same for a socket that may be closed meanwhile: it throws <see cref="ObjectDisposedException"/> then and never meets another's handle.</summary>
    [LibraryImport("libc", EntryPoint = "sendmmsg", SetLastError = true)]
    public static partial int Send(SafeHandle socket, Message* messages, uint count, int flags);
}
