using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Praetor.Tests.Support;

namespace Praetor.Tests.Executable;

/// <summary>
/// Clients that read, write and compare-and-set a few keys through all agents of a cluster while a test does things to it, and what they were told. Whatever was not answered
/// with success has an unknown outcome.
/// </summary>
internal sealed class ClusterHistory(ClusterOfProcesses cluster) : IAsyncDisposable
{
    private const int Clients = 10;
    private const int Keys = 12;

    private readonly ConcurrentDictionary<string, ConcurrentQueue<RegisterOperation>> _histories = new();
    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;
    private long _lastValue;
    private long _acknowledged;

    /// <summary>Writes that were acknowledged so far.</summary>
    public long Acknowledged => Interlocked.Read(ref _acknowledged);

    public void Start() => _running = Task.WhenAll(Enumerable.Range(0, Clients).Select(RunAsync));

    /// <summary>Waits until so many more writes have been acknowledged.</summary>
    public async Task UntilAcknowledgedAsync(int more)
    {
        long wanted = Acknowledged + more;
        long start = Stopwatch.GetTimestamp();
        while (Acknowledged < wanted)
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(60), $"no writes pass: {string.Join("\n", cluster.Agents.Select(static agent => agent.Output))}");
            await Task.Delay(20);
        }
    }

    /// <summary>Ends the clients.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _running;
    }

    /// <summary>Ends the clients and judges what they were told, a last read through every agent included.</summary>
    public async Task VerifyAsync()
    {
        await StopAsync();
        foreach (AgentProcess agent in cluster.Agents)
        {
            foreach (string key in _histories.Keys)
                Assert.True(await ReadAsync(agent.Http, key, CancellationToken.None) is not null, $"{key} cannot be read through {agent.Address}");
        }

        foreach ((string key, ConcurrentQueue<RegisterOperation> history) in _histories)
            Assert.True(Linearizability.Holds(history), $"the history of {key} is not linearizable: {string.Join('\n', history)}");
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private async Task RunAsync(int client)
    {
        var random = new Random(client);
        while (!_stopping.IsCancellationRequested)
        {
            // Half of them keep to one agent, as most clients do: an agent that stands still must not hold up those of the others.
            AgentProcess agent = cluster.Agents[client < Clients / 2 ? client : random.Next(cluster.Agents.Length)];
            string key = $"history/{random.Next(Keys)}";
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            switch (random.Next(4))
            {
                case 0 or 1:
                    await ReadAsync(agent.Http, key, patience.Token);
                    break;
                case 2:
                    await PutAsync(agent.Http, key, null, patience.Token);
                    break;
                default:
                    if (await ReadAsync(agent.Http, key, patience.Token) is { } seen)
                        await PutAsync(agent.Http, key, seen, patience.Token);
                    break;
            }

            await Task.Delay(random.Next(20));
        }
    }

    private async Task<(long Value, long Index)?> ReadAsync(HttpClient http, string key, CancellationToken patience)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            using HttpResponseMessage answer = await http.GetAsync($"/v1/kv/{key}", patience);
            if (answer.StatusCode is not (HttpStatusCode.OK or HttpStatusCode.NotFound))
                return null;
            (long value, long index) = (0, 0);
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                using var body = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(patience));
                JsonElement entry = body.RootElement[0];
                value = long.Parse(System.Text.Encoding.UTF8.GetString(entry.GetProperty("Value").GetBytesFromBase64()), CultureInfo.InvariantCulture);
                index = entry.GetProperty("ModifyIndex").GetInt64();
            }

            Record(key, new RegisterOperation(start, Stopwatch.GetTimestamp(), RegisterKind.Read, value));
            return (value, index);
        }
        catch (Exception gone) when (gone is HttpRequestException or IOException or OperationCanceledException)
        {
            return null;
        }
    }

    private async Task PutAsync(HttpClient http, string key, (long Value, long Index)? expected, CancellationToken patience)
    {
        long value = Interlocked.Increment(ref _lastValue);
        long start = Stopwatch.GetTimestamp();
        RegisterKind kind = expected is null ? RegisterKind.Write : RegisterKind.CompareAndSet;
        long end = RegisterOperation.Unknown;
        bool succeeded = false;
        try
        {
            string cas = expected is { } seen ? $"?cas={seen.Index}" : "";
            using HttpResponseMessage answer = await http.PutAsync($"/v1/kv/{key}{cas}", new StringContent(value.ToString(CultureInfo.InvariantCulture)), patience);
            string body = await answer.Content.ReadAsStringAsync(patience);
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                end = Stopwatch.GetTimestamp();
                succeeded = body == "true";
                Interlocked.Increment(ref _acknowledged);
            }
        }
        catch (Exception gone) when (gone is HttpRequestException or IOException or OperationCanceledException)
        {
            // Killed, paused or cut off: it may be written, now or later.
        }

        Record(key, new RegisterOperation(start, end, kind, value, expected?.Value ?? 0, succeeded));
    }

    private void Record(string key, RegisterOperation operation) => _histories.GetOrAdd(key, static _ => new ConcurrentQueue<RegisterOperation>()).Enqueue(operation);
}
