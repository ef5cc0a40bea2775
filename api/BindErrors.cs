using System.Net.Sockets;
using Praetor.Api.Config;
using Praetor.Api.Http;

namespace Praetor.Api;

/// <summary>Says in the known words why a listener could not be bound. Pure.</summary>
internal static class BindErrors
{
    /// <summary>Such as <c>listen tcp 127.0.0.1:8500: bind: address already in use</c>.</summary>
    /// <param name="error">What binding threw.</param>
    /// <param name="listeners">The addresses that were to be bound; the one that the error names, or the only one, is told.</param>
    public static string Explain(Exception error, IReadOnlyList<ListenAddress> listeners)
    {
        if (error is SocketSetupException)
            return error.Message;
        var culprit = listeners.FirstOrDefault(listener => error.Message.Contains(listener.ToString(), StringComparison.Ordinal))
            ?? (listeners.Count == 1 ? listeners[0] : null);
        var reason = Cause(error) switch
        {
            SocketError.AddressAlreadyInUse => "bind: address already in use",
            SocketError.AddressNotAvailable => "bind: cannot assign requested address",
            SocketError.AccessDenied => "bind: permission denied",
            _ => error.Message,
        };
        return culprit is null ? reason : $"listen {culprit.Network} {culprit}: {reason}";
    }

    private static SocketError Cause(Exception error)
    {
        for (var cause = error; cause is not null; cause = cause.InnerException)
        {
            if (cause is SocketException socket)
                return socket.SocketErrorCode;
        }

        return error is UnauthorizedAccessException ? SocketError.AccessDenied : SocketError.Success;
    }
}
