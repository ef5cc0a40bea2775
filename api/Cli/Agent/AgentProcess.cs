using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Praetor.Api.Config;
using Praetor.Api.Logging;
using Praetor.Core;

namespace Praetor.Api.Cli.Agent;

/// <summary>The life of an agent's process: banner, log, start, signals, stop, exit code (cli 7).</summary>
internal sealed class AgentProcess
{
    private readonly AgentStart _start;
    private readonly AgentLog _agentLog;
    private readonly ILogger _log;
    private readonly AgentSignals _signals;
    private readonly CliOutput _error;
    private readonly string? _notifySocket;

    private AgentProcess(AgentStart start, AgentLog agentLog, AgentSignals signals, CliIo io)
    {
        _error = io.Error;
        _notifySocket = io.Environment("NOTIFY_SOCKET");
        _start = start;
        _agentLog = agentLog;
        _log = agentLog.CreateLogger("agent");
        _signals = signals;
    }

    /// <summary>Runs until a signal, a leave or a fault ends the agent; returns the exit code.</summary>
    public static async Task<int> RunAsync(AgentStart start, CliIo io, CancellationToken cancellation)
    {
        using var signals = new AgentSignals();
        SyslogSocket? syslog = null;
        if (start.Config.Log.Syslog)
        {
            (syslog, string? refusal) = await SyslogSocket.OpenAsync(start.Config.Log.SyslogFacility, SyslogSocket.StandardPaths, TimeProvider.System, io.Error.WriteLine, cancellation)
                .ConfigureAwait(false);
            if (refusal is not null)
                return io.Fail("==> " + refusal);
        }

        using var log = AgentLog.Open(start.Config.Log, start.Level, io.StandardOutput, TimeProvider.System, syslog);
        if (!start.Config.Log.Json)
            io.Out.Write(StartupBanner.Render(start.Config));
        log.Start();
        var process = new AgentProcess(start, log, signals, io);
        ProcessLog.Starting(process._log, ProductVersion.Own);
        foreach (var warning in start.Warnings)
            ProcessLog.ConfigWarning(process._log, warning);
        var code = await process.RunAsync(cancellation).ConfigureAwait(false);
        ProcessLog.Exit(process._log, code);
        return code;
    }

    private async Task<int> RunAsync(CancellationToken cancellation)
    {
        if (PidFile.Write(_start.Config.PidFile, Environment.ProcessId, out var pidFile) is { } pidError)
        {
            ProcessLog.StartFailed(_log, pidError);
            return ExitCode.Failure;
        }

        using (pidFile)
        {
            var host = await StartAsync(cancellation).ConfigureAwait(false);
            if (host is null)
                return ExitCode.Failure;
            await using (host.ConfigureAwait(false))
            {
                ProcessLog.Running(_log);
                return await WatchAsync(host, cancellation).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Starts all parts; null if that failed or a signal came first.</summary>
    private async Task<AgentHost?> StartAsync(CancellationToken cancellation)
    {
        using var abandoned = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var setup = new AgentSetup(_start.Config, _agentLog, TimeProvider.System, _start.Reload, SetLevel, _agentLog.Monitor) { ConfigPaths = _start.ConfigPaths, Joined = () => SystemdNotifier.Ready(_notifySocket) };
        // On the pool: opening stores may take a while, and a signal must be heard meanwhile.
        var starting = Task.Run(() => AgentHost.StartAsync(setup, abandoned.Token), CancellationToken.None);
        while (!starting.IsCompleted)
        {
            await Task.WhenAny(starting, _signals.Arrived.WaitToReadAsync(abandoned.Token).AsTask()).ConfigureAwait(false);
            while (!starting.IsCompleted && _signals.Arrived.TryRead(out var signal))
            {
                if (AgentSignals.AsksForMetrics(signal))
                    continue;
                ProcessLog.Caught(_log, AgentSignals.NameOf(signal));
                if (signal == PosixSignal.SIGHUP)
                    ProcessLog.ReloadTooEarly(_log);
                else
                    await abandoned.CancelAsync().ConfigureAwait(false);
            }
        }

        try
        {
            return await starting.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (abandoned.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception e) when (e is AgentStartException or IOException or InvalidDataException or UnauthorizedAccessException)
        {
            ProcessLog.StartFailed(_log, e.Message);
            return null;
        }
    }

    /// <summary>Waits for what ends the agent.</summary>
    private async Task<int> WatchAsync(AgentHost host, CancellationToken cancellation)
    {
        while (true)
        {
            var signalled = _signals.Arrived.WaitToReadAsync(cancellation).AsTask();
            await Task.WhenAny(host.Died, host.Left, signalled).ConfigureAwait(false);
            if (host.Died.IsCompletedSuccessfully)
            {
                var cause = await host.Died.ConfigureAwait(false);
                if (cause is AgentStartException)
                    ProcessLog.RetryJoinFailed(_log, cause.Message);
                else
                    ProcessLog.Died(_log, cause.Message, cause);
                return ExitCode.Failure;
            }

            if (host.Left.IsCompleted)
                return ExitCode.Success;
            if (cancellation.IsCancellationRequested)
                return ExitCode.Failure;
            if (!_signals.Arrived.TryRead(out var signal))
                continue;
            if (AgentSignals.AsksForMetrics(signal))
                _error.Write(MetricsDump.Write(host.Metrics));
            else if (await ObeyAsync(host, signal, cancellation).ConfigureAwait(false) is { } code)
                return code;
        }
    }

    /// <summary>Obeys one signal; the exit code if it ends the agent.</summary>
    private async Task<int?> ObeyAsync(AgentHost host, PosixSignal signal, CancellationToken cancellation)
    {
        ProcessLog.Caught(_log, AgentSignals.NameOf(signal));
        switch (ShutdownRules.Decide(signal, _start.Config))
        {
            case SignalOrder.Reload:
                await ReloadAsync(host, cancellation).ConfigureAwait(false);
                return null;
            case SignalOrder.Leave:
                return await LeaveAsync(host).ConfigureAwait(false);
            default:
                ProcessLog.LeaveDisabled(_log);
                return ExitCode.Failure;
        }
    }

    /// <summary>Reads all sources again; an error leaves everything as it is and the agent running (config 4).</summary>
    private async Task ReloadAsync(AgentHost host, CancellationToken cancellation)
    {
        if (await host.ReloadAsync(cancellation).ConfigureAwait(false) is { } error)
            ProcessLog.ReloadFailed(_log, error);
    }

    private void SetLevel(string name)
    {
        if (LogLevels.TryParse(name, out var level))
            _agentLog.Level = level;
        else
            ProcessLog.BadLevel(_log, name);
    }

    private async Task<int> LeaveAsync(AgentHost host)
    {
        ProcessLog.Leaving(_log);
        using var limit = new CancellationTokenSource(ShutdownRules.LeaveLimit);
        var leaving = host.LeaveAsync(limit.Token);
        var second = _signals.Arrived.WaitToReadAsync(limit.Token).AsTask();
        await Task.WhenAny(leaving, second).ConfigureAwait(false);
        if (!leaving.IsCompleted && _signals.Arrived.TryRead(out var signal) && !AgentSignals.AsksForMetrics(signal))
        {
            ProcessLog.SecondSignal(_log, AgentSignals.NameOf(signal));
            return ExitCode.Failure;
        }

        try
        {
            await leaving.WaitAsync(limit.Token).ConfigureAwait(false);
            ProcessLog.Left(_log);
            return ExitCode.Success;
        }
        catch (OperationCanceledException)
        {
            ProcessLog.LeaveTimedOut(_log);
            return ExitCode.Failure;
        }
    }
}
