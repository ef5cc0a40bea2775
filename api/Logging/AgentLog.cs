using Microsoft.Extensions.Logging;
using Praetor.Api.Config;

namespace Praetor.Api.Logging;

/// <summary>
/// The agent's log: loggers by dotted name, one level for all, lines in Consul's format. Lines wait until <see cref="Start"/>, which comes after
/// the banner. Dispose to write what is left. Thread-safe.
/// </summary>
public sealed class AgentLog : ILoggerFactory, ILoggerProvider
{
    private const string Root = "agent";

    /// <summary>Kestrel does not know that a listener's TLS is done in front of it, and warns that there is no HTTP/2.</summary>
    private const string NoTlsWarning = "Http2DisabledWithHttp1AndNoTls";

    private readonly TimeProvider _time;
    private readonly bool _json;
    private readonly LogQueue _queue;
    private readonly SyslogSocket? _syslog;
    private readonly Lock _gate = new();
    private volatile LogMonitor[] _monitors = [];
    private volatile LogLevel _level;
    private volatile LogLevel _least;

    /// <summary>Makes the log; nothing is written yet.</summary>
    /// <param name="sinks">Standard output and, if configured, the log file.</param>
    /// <param name="level">Lowest level shown.</param>
    /// <param name="json">log_json.</param>
    /// <param name="time">Clock with the local time zone.</param>
    /// <param name="syslog">Also told of every line; null for none. Disposed with the log.</param>
    public AgentLog(IReadOnlyList<Stream> sinks, LogLevel level, bool json, TimeProvider time, SyslogSocket? syslog = null)
    {
        _syslog = syslog;
        _time = time;
        _json = json;
        _level = _least = level;
        _queue = new LogQueue(sinks, lost => Render(
            new LogRecord(_time.GetLocalNow(), LogLevel.Warning, "agent", "Log lines dropped", [new("count", lost)])));
    }

    /// <summary>The log that the settings describe.</summary>
    /// <param name="settings">log_json, log_file and rotation.</param>
    /// <param name="level">Lowest level shown.</param>
    /// <param name="standardOutput">Always written.</param>
    /// <param name="time">Clock with the local time zone.</param>
    /// <param name="syslog">The syslog daemon; null for none.</param>
    public static AgentLog Open(LogSettings settings, LogLevel level, Stream standardOutput, TimeProvider time, SyslogSocket? syslog) =>
        new(settings.File.Length == 0 ? [standardOutput] : [standardOutput, new RotatingFile(settings, time)], level, settings.Json, time, syslog);

    /// <summary>Lowest level shown; may be changed at any time.</summary>
    public LogLevel Level
    {
        get => _level;
        set
        {
            lock (_gate)
            {
                _level = value;
                Measure();
            }
        }
    }

    /// <summary>Begins to tell somebody of every line from a level on; dispose the monitor to end that.</summary>
    public LogMonitor Monitor(LogLevel level, bool json)
    {
        var monitor = new LogMonitor(level, json, Forget);
        lock (_gate)
        {
            _monitors = [.. _monitors, monitor];
            Measure();
        }

        return monitor;
    }

    /// <summary>Starts writing, first the lines that waited.</summary>
    public void Start() => _queue.Start();

    /// <summary>
    /// A logger of that name; names outside <c>agent</c> are put below it. What the platform's own parts log counts as the HTTP layer's and is shown from WARN on: its details mean nothing to
    /// operators, and asking whether to log them must cost nothing.
    /// </summary>
    public ILogger CreateLogger(string categoryName) => categoryName.StartsWith("Microsoft.", StringComparison.Ordinal)
        ? new Logger(this, "agent.http", LogLevel.Warning)
        : new Logger(this, categoryName is Root || categoryName.StartsWith(Root + ".", StringComparison.Ordinal) ? categoryName : $"{Root}.{categoryName}", LogLevel.Trace);

    /// <summary>Not supported: this log is the only provider.</summary>
    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("the agent's log has no further providers");

    /// <inheritdoc/>
    public void Dispose()
    {
        _queue.Dispose();
        _syslog?.Dispose();
    }

    private byte[] Render(in LogRecord record) => _json ? LogText.Json(record) : LogText.Text(record);

    private void Forget(LogMonitor monitor)
    {
        lock (_gate)
        {
            _monitors = [.. _monitors.Where(each => each != monitor)];
            Measure();
        }
    }

    /// <summary>The lowest level that anybody wants.</summary>
    private void Measure()
    {
        LogLevel least = _level;
        foreach (LogMonitor monitor in _monitors)
            least = monitor.Level < least ? monitor.Level : least;
        _least = least;
    }

    private void Write(in LogRecord record)
    {
        if (record.Level >= _level)
        {
            _queue.Add(Render(record));
            _syslog?.Send(record);
        }

        foreach (LogMonitor monitor in _monitors)
        {
            if (record.Level >= monitor.Level)
                monitor.Add(monitor.Json ? LogText.Json(record) : LogText.Text(record));
        }
    }

    private sealed class Logger(AgentLog log, string name, LogLevel least) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None && logLevel >= log._least && logLevel >= least;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel) || eventId.Name == NoTlsWarning)
                return;
            log.Write(LogRecord.Of(log._time.GetLocalNow(), logLevel, name, state, exception, formatter));
        }
    }
}
