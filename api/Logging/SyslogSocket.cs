using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Praetor.Api.Logging;

/// <summary>
/// Sends log lines to the machine's syslog daemon over its Unix datagram socket (RFC 3164; cli 7, Log line format). A daemon that is slow or gone costs lines, never time. Thread-safe.
/// </summary>
public sealed class SyslogSocket : IDisposable
{
    private const string Tag = "consul";
    private const int SetupTries = 12;

    /// <summary>Daemons cut longer lines anyway (RFC 3164 section 4.1 asks for 1,024; those in use take 8,192).</summary>
    private const int MaxBytes = 8192;

    private static readonly TimeSpan s_setupPause = TimeSpan.FromSeconds(5);
    private static readonly string[] s_paths = ["/dev/log", "/var/run/syslog", "/var/run/log"];

    private static readonly string[] s_facilities =
    [
        "KERN", "USER", "MAIL", "DAEMON", "AUTH", "SYSLOG", "LPR", "NEWS", "UUCP", "CRON", "AUTHPRIV", "FTP", "", "", "", "",
        "LOCAL0", "LOCAL1", "LOCAL2", "LOCAL3", "LOCAL4", "LOCAL5", "LOCAL6", "LOCAL7",
    ];

    private readonly IReadOnlyList<string> _paths;
    private readonly int _facility;
    private readonly Lock _gate = new();
    private Socket? _socket;
    private bool _isDisposed;

    private SyslogSocket(IReadOnlyList<string> paths, int facility)
    {
        _paths = paths;
        _facility = facility;
    }

    /// <summary>Where daemons listen.</summary>
    public static IReadOnlyList<string> StandardPaths => s_paths;

    /// <summary>Connects, waiting up to a minute for a daemon that is not there yet.</summary>
    /// <param name="facility">syslog_facility, in any case.</param>
    /// <param name="paths">Sockets to try, in order.</param>
    /// <param name="time">The clock of the waiting.</param>
    /// <param name="tell">Hears of each try that failed.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <returns>The socket, or what is wrong.</returns>
    public static async Task<(SyslogSocket? Socket, string? Error)> OpenAsync(string facility, IReadOnlyList<string> paths, TimeProvider time, Action<string> tell, CancellationToken cancellation)
    {
        int number = facility.Length == 0 ? -1 : Array.IndexOf(s_facilities, facility.ToUpperInvariant());
        if (number < 0)
            return (null, $"Syslog setup error: invalid syslog facility: {facility}");
        var opened = new SyslogSocket(paths, number);
        for (int tried = 0; !opened.TryConnect(); tried++)
        {
            if (tried == SetupTries)
                return (null, "Syslog setup did not succeed within timeout (1m0s).");
            tell("Syslog setup error: no daemon listens on the machine's log socket");
            await Task.Delay(s_setupPause, time, cancellation).ConfigureAwait(false);
        }

        return (opened, null);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _socket?.Dispose();
            _socket = null;
        }
    }

    /// <summary>Sends one line: logger, message and fields, without time and level, which the protocol has places for.</summary>
    internal void Send(in LogRecord record)
    {
        string line = string.Create(CultureInfo.InvariantCulture,
            $"<{(_facility * 8) + SeverityOf(record.Level)}>{record.Time:MMM} {record.Time.Day,2} {record.Time:HH:mm:ss} {Tag}[{Environment.ProcessId}]: {LogText.Bare(record)}\n");
        byte[] bytes = Encoding.UTF8.GetBytes(line);
        ReadOnlySpan<byte> sent = bytes.AsSpan(0, Math.Min(bytes.Length, MaxBytes));
        lock (_gate)
        {
            // A daemon that was started again has another socket under the same name.
            if (!TrySend(sent) && TryConnect())
                TrySend(sent);
        }
    }

    private bool TrySend(ReadOnlySpan<byte> line)
    {
        try
        {
            return _socket is not null && _socket.Send(line) == line.Length;
        }
        catch (SocketException full) when (full.SocketErrorCode is SocketError.WouldBlock or SocketError.NoBufferSpaceAvailable)
        {
            // Lost: whoever logs must not wait for the daemon.
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private bool TryConnect()
    {
        _socket?.Dispose();
        _socket = null;
        if (_isDisposed)
            return false;
        foreach (string path in _paths)
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { Blocking = false };
            try
            {
                socket.Connect(new UnixDomainSocketEndPoint(path));
                _socket = socket;
                return true;
            }
            catch (SocketException)
            {
                socket.Dispose();
            }
        }

        return false;
    }

    /// <summary>One step lower than the names say, as Consul has it: its DEBUG is syslog's info.</summary>
    private static int SeverityOf(LogLevel level) => level switch
    {
        LogLevel.Trace => 7,
        LogLevel.Debug => 6,
        LogLevel.Information => 5,
        LogLevel.Warning => 4,
        LogLevel.Error => 3,
        _ => 2,
    };
}
