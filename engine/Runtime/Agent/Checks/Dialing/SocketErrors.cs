using System.Net;
using System.Net.Sockets;

namespace Praetor.Runtime.Agent.Checks.Dialing;

/// <summary>The wording of network errors in check outputs, which scripts and dashboards match on.</summary>
internal static class SocketErrors
{
    public const string DeadlineExceeded = "context deadline exceeded";

    /// <summary>"dial tcp 1.2.3.4:80: connect: connection refused".</summary>
    public static string Dial(string network, string target, SocketException error) => $"dial {network} {target}: connect: {Reason(error)}";

    /// <summary>"read tcp 127.0.0.1:4000->127.0.0.1:80: read: connection reset by peer".</summary>
    public static string Io(string operation, string network, EndPoint? local, EndPoint? remote, SocketException error) =>
        $"{operation} {network} {local}->{remote}: {operation}: {Reason(error)}";

    /// <summary>The system's words for the error.</summary>
    public static string Reason(SocketException error) => error.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => "connection refused",
        SocketError.ConnectionReset => "connection reset by peer",
        SocketError.ConnectionAborted => "software caused connection abort",
        SocketError.NetworkUnreachable => "network is unreachable",
        SocketError.NetworkDown => "network is down",
        SocketError.HostUnreachable => "no route to host",
        SocketError.HostDown => "host is down",
        SocketError.TimedOut => "connection timed out",
        SocketError.AccessDenied => "permission denied",
        SocketError.AddressNotAvailable => "cannot assign requested address",
        SocketError.AddressFamilyNotSupported => "address family not supported by protocol",
        SocketError.InvalidArgument => "invalid argument",
        SocketError.TooManyOpenSockets => "too many open files",
        SocketError.Shutdown => "broken pipe",
        _ => error.Message,
    };

    /// <summary>The socket error inside an exception of streams, if there is one.</summary>
    public static SocketException? Find(Exception? error)
    {
        for (; error is not null; error = error.InnerException)
        {
            if (error is SocketException socketError)
                return socketError;
        }

        return null;
    }
}
