using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Praetor.Api.Cli.Client;
using Praetor.Runtime.Children;
using Praetor.Runtime.Events;

namespace Praetor.Api.RemoteExec;

/// <summary>Runs the jobs that events ask for (cli 9). Thread-safe.</summary>
internal sealed class RemoteExecutor : IAsyncDisposable
{
    /// <summary>At the same time; what comes beyond is refused and told of in the log.</summary>
    private const int MaxJobs = 8;

    private const int ChunkBytes = 4096;
    private const int FailedToRun = 255;

    private static readonly TimeSpan s_flushPause = TimeSpan.FromMilliseconds(500);

    private readonly ConsulClient _client;
    private readonly string _node;
    private readonly ILogger _log;
    private readonly SemaphoreSlim _room = new(MaxJobs);
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Runs jobs on a node.</summary>
    /// <param name="client">Asks the agent's own HTTP API.</param>
    /// <param name="node">Name of the node.</param>
    /// <param name="log">Log.</param>
    public RemoteExecutor(ConsulClient client, string node, ILogger log) => (_client, _node, _log) = (client, node, log);

    /// <summary>Begins what an event asks for.</summary>
    public void Take(UserEvent asked) => _ = RunAsync(asked);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        for (var i = 0; i < MaxJobs; i++)
            await _room.WaitAsync().ConfigureAwait(false);
        _client.Dispose();
    }

    private async Task RunAsync(UserEvent asked)
    {
        await Task.Yield();
        if (!await _room.WaitAsync(0).ConfigureAwait(false))
        {
            RemoteExecLog.TooMany(_log, asked.Id);
            return;
        }

        try
        {
            await RunAsync(asked.Id, asked.Payload, _stopping.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or UnauthorizedAccessException)
        {
            RemoteExecLog.Failed(_log, asked.Id, e.Message);
        }
        finally
        {
            _room.Release();
        }
    }

    private async Task RunAsync(string id, ReadOnlyMemory<byte> payload, CancellationToken cancellation)
    {
        if (!TryReadEvent(payload, out var path, out var session) || await ReadJobAsync(path, cancellation).ConfigureAwait(false) is not { } job)
        {
            RemoteExecLog.NoJob(_log, id);
            return;
        }

        RemoteExecLog.Running(_log, id);
        var own = $"{path}/{_node}";
        if (!await WriteAsync($"{own}/ack", session, default, cancellation).ConfigureAwait(false))
            return;
        var code = await ExecuteAsync(job, (number, output) => WriteAsync($"{own}/out/{number.ToString("x5", CultureInfo.InvariantCulture)}", session, output, cancellation), cancellation).ConfigureAwait(false);
        await WriteAsync($"{own}/exit", session, Encoding.ASCII.GetBytes(code.ToString(CultureInfo.InvariantCulture)), cancellation).ConfigureAwait(false);
    }

    private static async Task<int> ExecuteAsync(RemoteJob job, Func<int, ReadOnlyMemory<byte>, Task<bool>> write, CancellationToken cancellation)
    {
        string? script = null;
        try
        {
            var child = ChildProcess.Start(job.Prepare(out script));
            await using (child.ConfigureAwait(false))
            {
                await PassOnAsync(child.Output, job.Wait, write, cancellation).ConfigureAwait(false);
                var code = await child.WaitForExitAsync(cancellation).ConfigureAwait(false);
                return code < 0 ? FailedToRun : code;
            }
        }
        catch (ChildStartException failure)
        {
            await write(0, Encoding.UTF8.GetBytes(failure.Message)).ConfigureAwait(false);
            return FailedToRun;
        }
        finally
        {
            if (script is not null)
                File.Delete(script);
        }
    }

    /// <summary>Output in pieces: full ones at once, others when nothing more has come for a while; an empty one as a sign of life.</summary>
    private static async Task PassOnAsync(Stream output, TimeSpan wait, Func<int, ReadOnlyMemory<byte>, Task<bool>> write, CancellationToken cancellation)
    {
        var (read, chunk) = (new byte[ChunkBytes], new MemoryStream(ChunkBytes));
        var number = 0;
        var reading = output.ReadAsync(read, cancellation).AsTask();
        while (true)
        {
            var isQuiet = await Task.WhenAny(reading, Task.Delay(chunk.Length > 0 ? s_flushPause : wait, cancellation)).ConfigureAwait(false) != reading;
            var count = isQuiet ? 0 : await reading.ConfigureAwait(false);
            var isEnd = !isQuiet && count == 0;
            if (isQuiet || chunk.Length + count > ChunkBytes || (isEnd && chunk.Length > 0))
            {
                if (!await write(number++, chunk.ToArray()).ConfigureAwait(false))
                    return;
                chunk.SetLength(0);
            }

            if (isEnd)
                return;
            if (isQuiet)
                continue;
            chunk.Write(read.AsSpan(0, count));
            reading = output.ReadAsync(read, cancellation).AsTask();
        }
    }

    private async Task<RemoteJob?> ReadJobAsync(string path, CancellationToken cancellation)
    {
        foreach (var mode in new[] { "stale", "consistent" })
        {
            var answer = await _client.GetAsync(new ApiQuery($"/v1/kv/{ApiQuery.EscapePath(path)}/job").WithFlag("raw").WithFlag(mode), cancellation).ConfigureAwait(false);
            if (answer.Error is null)
                return RemoteJob.TryRead(answer.Body);
        }

        return null;
    }

    private async Task<bool> WriteAsync(string key, string session, ReadOnlyMemory<byte> value, CancellationToken cancellation)
    {
        var answer = await _client.PutAsync(new ApiQuery($"/v1/kv/{ApiQuery.EscapePath(key)}").With("acquire", session), value, cancellation).ConfigureAwait(false);
        if (!answer.IsTrue)
            RemoteExecLog.NotWritten(_log, key, answer.Error ?? "the session has gone");
        return answer.IsTrue;
    }

    private static bool TryReadEvent(ReadOnlyMemory<byte> payload, out string path, out string session)
    {
        (path, session) = ("", "");
        try
        {
            using var json = JsonDocument.Parse(payload);
            session = json.RootElement.Text("Session");
            path = $"{json.RootElement.Text("Prefix")}/{session}";
            return session.Length > 0;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}

/// <summary>Log lines of remote execution.</summary>
internal static partial class RemoteExecLog
{
    [LoggerMessage(150, LogLevel.Information, "remote exec: event={Id}")]
    public static partial void Running(ILogger logger, string id);

    [LoggerMessage(151, LogLevel.Error, "remote exec: failed to get the job: event={Id}")]
    public static partial void NoJob(ILogger logger, string id);

    [LoggerMessage(152, LogLevel.Error, "remote exec: failed to write: key={Key} error={Error}")]
    public static partial void NotWritten(ILogger logger, string key, string error);

    [LoggerMessage(153, LogLevel.Error, "remote exec: too many at once: event={Id}")]
    public static partial void TooMany(ILogger logger, string id);

    [LoggerMessage(154, LogLevel.Error, "remote exec failed: event={Id} error={Error}")]
    public static partial void Failed(ILogger logger, string id, string error);
}
