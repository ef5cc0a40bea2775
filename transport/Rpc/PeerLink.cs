using Microsoft.Extensions.Logging;
using Praetor.Core.Ports;
using Praetor.Transport.Framing;

namespace Praetor.Transport.Rpc;

/// <summary>
/// One lane to one server: holds the connection and makes a new one when it is needed and the old one has ended. For messages, failed
/// attempts are followed by a pause; calls are rare enough after a failure to try at once. Thread-safe.
/// </summary>
internal sealed class PeerLink(Dialer dialer, ServerAddress to, Lane lane, RpcOptions options, TimeProvider time, ILogger log, Action<ServerAddress, Lane> onLost)
{
    private readonly Lock _gate = new();
    private ClientConnection? _connection;
    private TimeSpan _pause;
    private long _failedAt;
    private bool _isClosed;

    /// <summary>True if there is no connection and none is being made.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (_gate)
                return _connection is null;
        }
    }

    /// <summary>The connection, which may still be in the making; null if the last attempt failed too recently.</summary>
    public ClientConnection? TryGet()
    {
        ClientConnection connection;
        lock (_gate)
        {
            if (_connection is { IsClosed: false })
                return _connection;
            if (_isClosed || (lane == Lane.Messages && _pause > TimeSpan.Zero && time.GetElapsedTime(_failedAt) < _pause))
                return null;
            connection = new ClientConnection(dialer, to, lane, options, time, log, OnClosed);
            _connection = connection;
        }

        // Connecting is work of its own: the caller may be the loop of consensus.
        _ = Task.Run(connection.RunAsync);
        return connection;
    }

    /// <summary>Ends the connection if it is idle.</summary>
    public void CloseIfIdle()
    {
        ClientConnection? connection;
        lock (_gate)
            connection = _connection;
        connection?.CloseIfIdle();
    }

    /// <summary>Ends the connection for good.</summary>
    public void Close()
    {
        ClientConnection? connection;
        lock (_gate)
        {
            _isClosed = true;
            connection = _connection;
        }

        connection?.Close("this node stops", null);
    }

    private void OnClosed(ClientConnection connection)
    {
        lock (_gate)
        {
            if (_connection == connection)
                _connection = null;
            _failedAt = time.GetTimestamp();
            TimeSpan next = _pause == TimeSpan.Zero ? options.FirstDialPause : _pause * 2;
            _pause = connection.WasOpened ? TimeSpan.Zero : next < options.MaxDialPause ? next : options.MaxDialPause;
            if (_isClosed)
                return;
        }

        onLost(to, lane);
    }
}
