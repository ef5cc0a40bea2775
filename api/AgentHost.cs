using Microsoft.Extensions.Logging;
using Praetor.Api.Config;
using Praetor.Api.Http;
using Praetor.Api.Logging;
using Praetor.Runtime;
using Praetor.Runtime.Events;
using Praetor.Runtime.Gossip;
using Praetor.Runtime.Servers;

namespace Praetor.Api;

/// <summary>The agent could not be started; the message is what operators see.</summary>
public sealed class AgentStartException(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>What an agent is made of, and how it reaches the process around it.</summary>
/// <param name="Config">Settings, node id included.</param>
/// <param name="Loggers">Loggers by dotted name.</param>
/// <param name="Time">The clock of all parts.</param>
/// <param name="Load">Loads the same configuration sources again.</param>
/// <param name="SetLogLevel">Takes the log level of a new configuration.</param>
/// <param name="OpenMonitor">Begins to tell of log lines from a level on, as JSON or not; null: agent/monitor is not there.</param>
public sealed record AgentSetup(AgentConfig Config, ILoggerFactory Loggers, TimeProvider Time, Func<ConfigLoad> Load, Action<string> SetLogLevel, Func<LogLevel, bool, LogMonitor>? OpenMonitor = null)
{
    /// <summary>Called after each time the agent has joined the LAN pool, and at the start of an agent that is told of nobody to join.</summary>
    public Action Joined { get; init; } = static () => { };

    /// <summary>Files and directories that <see cref="Load"/> reads.</summary>
    public IReadOnlyList<string> ConfigPaths { get; init; } = [];
}

/// <summary>
/// The composition root: makes the parts of an agent from its configuration, starts them in the order in which they need each other, and stops
/// them in reverse. Owns every part. Its methods may be called from any thread.
/// </summary>
public sealed partial class AgentHost : IAsyncDisposable
{
    private readonly AgentSetup _setup;
    private readonly AgentConfig _config;
    private volatile AgentConfig _reloaded;
    private readonly ILoggerFactory _loggers;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Stack<Func<ValueTask>> _stops = new();
    private readonly SemaphoreSlim _lifecycle = new(1);
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<Exception> _died = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ServerRuntime? _server;
    private HttpServer? _http;

    private AgentHost(AgentSetup setup)
    {
        _setup = setup;
        _config = _reloaded = setup.Config;
        _loadedFiles = setup.Config.AutoReload ? FileStamps.Of(WatchedFiles()) : null;
        _loggers = setup.Loggers;
        _time = setup.Time;
        _log = setup.Loggers.CreateLogger("agent");
        _httpMeters = new HttpMeters(_meter, _config.NodeName);
        _gossipMeters = new GossipMeters(_meter);
        _events = new UserEvents(_config.NodeName, LocalServices, _time);
    }

    /// <summary>How long an answer of a server is waited for; may change while the agent runs.</summary>
    private TimeSpan CallTimeout => _reloaded.Limits.RpcClientTimeout;

    /// <summary>Completes with the cause when a loop of any part died.</summary>
    public Task<Exception> Died => _died.Task;

    /// <summary>Completes after a client made the agent leave and has its answer.</summary>
    public Task Left => _left.Task;

    /// <summary>Starts all parts. What had been started is stopped again when a later part fails.</summary>
    /// <exception cref="AgentStartException">A part could not be started.</exception>
    public static async Task<AgentHost> StartAsync(AgentSetup setup, CancellationToken cancellation)
    {
        var host = new AgentHost(setup);
        try
        {
            await host.StartPartsAsync(cancellation).ConfigureAwait(false);
            return host;
        }
        catch
        {
            await host.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Stops all parts: first nobody can ask any more, then the others in the reverse order of their start.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopHttpAsync().ConfigureAwait(false);
        await StopPartsAsync().ConfigureAwait(false);
    }

    private async Task StartPartsAsync(CancellationToken cancellation)
    {
        if (VersionLimits.Refusal(_config) is { } refusal)
            throw new AgentStartException(refusal);
        foreach (var warning in VersionLimits.Warnings(_config))
            HostLog.ConfigWarning(_log, warning);
        _agentOptions = HostOptions.Agent(_config);
        _facts = HostOptions.Facts(_config);
        await StartMetricsAsync(cancellation).ConfigureAwait(false);
        OpenCalls();
        if (_config.Server)
            await StartServerAsync(cancellation).ConfigureAwait(false);
        else
            _link = new ServerLink(_directory, _calls, _config.Raft.RpcHoldTimeout, _config.NodeId.GetHashCode(StringComparison.Ordinal), _time, _meter);
        cancellation.ThrowIfCancellationRequested();
        await OpenGossipAsync().ConfigureAwait(false);
        StartGossip();
        if (_config.Server)
            StartServerDuties();
        await StartLocalAgentAsync(cancellation).ConfigureAwait(false);
        StartDns();
        await StartHttpAsync(cancellation).ConfigureAwait(false);
        _stops.Push(IdleCompaction.StartForProcess(_time).DisposeAsync);
        if (await RestartWatchesAsync(_config).ConfigureAwait(false) is { } watchError)
            throw new AgentStartException(watchError);
        _stops.Push(StopWatchesAsync);
        StartRemoteExecution();
        StartJoining();
        StartCoordinates();
        StartAutoReload();
    }

    private async Task StopPartsAsync()
    {
        await _lifecycle.WaitAsync().ConfigureAwait(false);
        try
        {
            await _stopping.CancelAsync().ConfigureAwait(false);
            while (_stops.TryPop(out var stop))
                await stop().ConfigureAwait(false);
        }
        finally
        {
            _lifecycle.Release();
        }
    }

    /// <summary>The death of a part is the death of the agent; its ordinary end is not.</summary>
    private async Task WatchAsync(Task part)
    {
        try
        {
            await part.ConfigureAwait(false);
        }
        catch (Exception cause)
        {
            _died.TrySetResult(cause);
        }
    }
}
