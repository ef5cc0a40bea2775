using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.Logging;
using Praetor.Api.Cli.Client;
using Praetor.Core.Codec;
using Praetor.Runtime.Children;

namespace Praetor.Api.Watches;

/// <summary>Runs the watches of a configuration against the agent's own HTTP API until it is disposed of (cli 11). A handler that fails is told of in the log; the watch goes on.</summary>
public sealed class WatchRunner : IAsyncDisposable
{
    private const int OutputBytes = 4096;

    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _running = [];
    private readonly List<IDisposable> _clients = [];
    private readonly ILogger _log;
    private readonly ILogger _watchLog;
    private readonly TimeProvider _time;

    private WatchRunner(ILoggerFactory loggers, TimeProvider time) => (_log, _watchLog, _time) = (loggers.CreateLogger("agent"), loggers.CreateLogger("agent.watch.watch"), time);

    /// <summary>Starts all.</summary>
    /// <param name="watches">The watches.</param>
    /// <param name="address">Where the agent's own HTTP API listens, as clients write it.</param>
    /// <param name="token">Token of those that have none of their own.</param>
    /// <param name="loggers">Logs.</param>
    /// <param name="time">Clock.</param>
    public static WatchRunner Start(IReadOnlyList<ConfiguredWatch> watches, string address, string token, ILoggerFactory loggers, TimeProvider time)
    {
        var runner = new WatchRunner(loggers, time);
        foreach (var watch in watches)
        {
            if (watch.IsDeprecated)
                WatchLog.OldHandler(runner._log);
            var own = watch.Parameters.Token.Length > 0 ? watch.Parameters.Token : token;
            // The address is this agent's own: it needs no certificate and cannot be malformed.
            if (ConsulClient.Create(new ClientSettings { Address = address, Token = own.Length > 0 ? own : null }, out var client) is { } error)
                throw new InvalidOperationException(error);
            runner._clients.Add(client);
            runner._running.Add(runner.RunAsync(watch, new WatchPlan(watch.Parameters, client.GetAsync, time)));
        }

        return runner;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        foreach (var running in _running)
            await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var client in _clients)
            client.Dispose();
        _stopping.Dispose();
    }

    private async Task RunAsync(ConfiguredWatch watch, WatchPlan plan)
    {
        await Task.Yield();
        await plan.RunAsync(async (result, cancelled) =>
        {
            await (watch.Http is { } http ? PostAsync(http, result, cancelled) : RunCommandAsync(watch, result, cancelled)).ConfigureAwait(false);
            return true;
        }, (error, pause) => WatchLog.Errored(_watchLog, plan.Parameters.Type, error, GoDuration.Format(GoDuration.FromTimeSpan(pause))), _stopping.Token).ConfigureAwait(false);
    }

    private async Task RunCommandAsync(ConfiguredWatch watch, WatchResult result, CancellationToken cancellation)
    {
        try
        {
            var child = ChildProcess.Start(WatchHandlers.With(watch.Command!, result));
            await using (child.ConfigureAwait(false))
            {
                var output = new TailBuffer(OutputBytes);
                var buffer = new byte[OutputBytes];
                for (int read; (read = await child.Output.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0;)
                    output.Write(buffer.AsSpan(0, read));
                var exit = await child.WaitForExitAsync(cancellation).ConfigureAwait(false);
                if (exit != 0)
                    WatchLog.HandlerFailed(_log, watch.Handler, WatchHandlers.Describe(exit));
                WatchLog.HandlerOutput(_log, watch.Handler, output.ToCapturedText());
            }
        }
        catch (ChildStartException failure)
        {
            WatchLog.HandlerFailed(_log, watch.Handler, failure.Message);
        }
    }

    private async Task PostAsync(HttpHandlerSettings http, WatchResult result, CancellationToken cancellation)
    {
        using var handler = new SocketsHttpHandler();
        if (http.SkipsVerify)
        {
#pragma warning disable CA5359 // The operator asked for exactly this (tls_skip_verify).
            handler.SslOptions.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
#pragma warning restore CA5359
        }

        using var client = new HttpClient(handler) { Timeout = http.Timeout };
        using var request = new HttpRequestMessage(new HttpMethod(http.Method), http.Path) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(result.Json + "\n")) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add("X-Consul-Index", ((ulong)result.Index).ToString(CultureInfo.InvariantCulture));
        foreach (var (name, value) in http.Headers)
            request.Headers.TryAddWithoutValidation(name, value);
        try
        {
            using var answer = await client.SendAsync(request, cancellation).ConfigureAwait(false);
            var body = await answer.Content.ReadAsStringAsync(cancellation).ConfigureAwait(false);
            if (answer.IsSuccessStatusCode)
                WatchLog.HttpOutput(_log, http.Path.OriginalString, body);
            else
                WatchLog.HttpRefused(_log, http.Path.OriginalString, body);
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException && !cancellation.IsCancellationRequested)
        {
            WatchLog.HttpFailed(_log, http.Path.OriginalString, failure.Message);
        }
    }
}

/// <summary>Log lines of watches.</summary>
internal static partial class WatchLog
{
    [LoggerMessage(140, LogLevel.Warning, "The 'handler' field in watches has been deprecated and replaced with the 'args' field. See https://developer.hashicorp.com/consul/docs/automate/watch")]
    public static partial void OldHandler(ILogger logger);

    [LoggerMessage(141, LogLevel.Error, "Watch errored: type={Type} error={Error} retry={Pause}")]
    public static partial void Errored(ILogger logger, string type, string error, string pause);

    [LoggerMessage(142, LogLevel.Error, "Failed to run watch handler: watch_handler={Handler} error={Error}")]
    public static partial void HandlerFailed(ILogger logger, string handler, string error);

    [LoggerMessage(143, LogLevel.Debug, "watch handler output: watch_handler={Handler} output={Output}")]
    public static partial void HandlerOutput(ILogger logger, string handler, string output);

    [LoggerMessage(144, LogLevel.Trace, "http watch handler output: handler={Handler} output={Output}")]
    public static partial void HttpOutput(ILogger logger, string handler, string output);

    [LoggerMessage(145, LogLevel.Error, "http watch handler failed with output: handler={Handler} output={Output}")]
    public static partial void HttpRefused(ILogger logger, string handler, string output);

    [LoggerMessage(146, LogLevel.Error, "Failed to invoke http watch handler: handler={Handler} error={Error}")]
    public static partial void HttpFailed(ILogger logger, string handler, string error);
}
