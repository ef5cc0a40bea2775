using System.Net;
using Microsoft.Extensions.Logging;

namespace Praetor.Transport.Rpc;

/// <summary>Log events of server connections.</summary>
internal static partial class RpcLog
{
    [LoggerMessage(400, LogLevel.Information, "Listening for server connections: address={Address}")]
    public static partial void Listening(ILogger logger, EndPoint? address);

    [LoggerMessage(401, LogLevel.Warning, "Connection refused: from={From} reason={Reason}")]
    public static partial void Refused(ILogger logger, EndPoint? from, string reason);

    [LoggerMessage(402, LogLevel.Warning, "Non-TLS connection attempted with VerifyIncoming set: from={From}")]
    public static partial void Plaintext(ILogger logger, EndPoint? from);

    [LoggerMessage(403, LogLevel.Warning, "TLS handshake failed: from={From} error={Error}")]
    public static partial void TlsFailed(ILogger logger, EndPoint? from, string error);

    [LoggerMessage(404, LogLevel.Warning, "Connection closed: from={From} reason={Reason}")]
    public static partial void Closed(ILogger logger, EndPoint? from, string reason);

    [LoggerMessage(405, LogLevel.Error, "Call failed: from={From} method={Method}")]
    public static partial void CallFailed(ILogger logger, string from, byte method, Exception fault);

    [LoggerMessage(406, LogLevel.Error, "Accepting server connections failed")]
    public static partial void AcceptFailed(ILogger logger, Exception fault);

    [LoggerMessage(407, LogLevel.Error, "Message could not be taken: from={From} method={Method}")]
    public static partial void MessageFailed(ILogger logger, string from, byte method, Exception fault);

    [LoggerMessage(408, LogLevel.Debug, "Connected: to={To} lane={Lane}")]
    public static partial void Connected(ILogger logger, string to, Framing.Lane lane);

    [LoggerMessage(409, LogLevel.Debug, "Not connected: to={To} lane={Lane} error={Error}")]
    public static partial void NotConnected(ILogger logger, string to, Framing.Lane lane, string error);

    [LoggerMessage(410, LogLevel.Debug, "Connection lost: to={To} lane={Lane} error={Error}")]
    public static partial void Lost(ILogger logger, string to, Framing.Lane lane, string error);
}
