using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Praetor.Tests.Executable;

/// <summary>
/// Clients that fight for a few locks through all agents of a cluster, as client libraries do, while a test does things to it. Watched from outside: nobody believes to hold what
/// another holds, nobody gets a key before the delay of its lost holder is over, and each acquisition has a number above the one before.
/// </summary>
internal sealed class LockContest(ClusterOfProcesses cluster) : IAsyncDisposable
{
    private const int Contenders = 8;
    private const int Locks = 3;

    /// <summary>Node that the sessions are bound to: one that no server's death takes away.</summary>
    private const string Node = "contest";

    private static readonly TimeSpan LockDelay = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentQueue<string> _violations = new();
    private readonly Held[] _locks = [.. Enumerable.Range(0, Locks).Select(static _ => new Held())];
    private Task _running = Task.CompletedTask;
    private long _acquired;
    private long _lost;

    /// <summary>Acquisitions so far.</summary>
    public long Acquired => Interlocked.Read(ref _acquired);

    public async Task StartAsync()
    {
        Assert.True(await cluster.Agents[0].PutAsync("/v1/catalog/register", $$"""{"Node": "{{Node}}", "Address": "10.9.9.9"}"""));
        _running = Task.WhenAll(Enumerable.Range(0, Contenders).Select(ContendAsync));
    }

    /// <summary>Ends the contest and tells what was wrong.</summary>
    public async Task VerifyAsync(int atLeast)
    {
        await _stopping.CancelAsync();
        await _running;
        Assert.True(_violations.IsEmpty, string.Join('\n', _violations));
        Assert.True(Acquired >= atLeast && _lost > 0, $"only {Acquired} acquisitions, {_lost} of them lost with their session");
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private async Task ContendAsync(int contender)
    {
        var random = new Random(contender);
        while (!_stopping.IsCancellationRequested)
        {
            if (await CreateAsync(random) is { } session)
                await FightAsync(session, random);
        }
    }

    /// <summary>Some acquisitions with one session, and its end.</summary>
    private async Task FightAsync(string session, Random random)
    {
        for (int round = random.Next(1, 20); round > 0 && !_stopping.IsCancellationRequested; round--)
        {
            int number = random.Next(Locks);
            Held held = _locks[number];
            switch (await AskAsync(random, $"/v1/kv/contest/{number}?acquire={session}"))
            {
                case "true":
                    Interlocked.Increment(ref _acquired);
                    Enter(held, number, session);
                    await CheckFenceAsync(held, number, session, random);
                    await Task.Delay(random.Next(20));
                    if (random.Next(4) == 0)
                    {
                        // The session is lost with the lock: from before its end is asked for, nobody may have the key for a while.
                        Interlocked.Increment(ref _lost);
                        Leave(held, session, DateTime.UtcNow + LockDelay);
                        await DestroyAsync(session, random);
                        return;
                    }

                    Leave(held, session, default);
                    if (await AskAsync(random, $"/v1/kv/contest/{number}?release={session}") is null)
                    {
                        await DestroyAsync(session, random);
                        return;
                    }

                    break;
                case null:
                    // It may hold the key or not: it gives up all it may have.
                    await DestroyAsync(session, random);
                    return;
                default:
                    await Task.Delay(random.Next(50));
                    break;
            }
        }

        await DestroyAsync(session, random);
    }

    private void Enter(Held held, int number, string session)
    {
        lock (held)
        {
            if (held.Holder is { } other && other != session)
                _violations.Enqueue($"lock {number}: {session} and {other} hold it");
            if (DateTime.UtcNow < held.NotBefore)
                _violations.Enqueue($"lock {number}: {session} got it {(held.NotBefore - DateTime.UtcNow).TotalMilliseconds:0} ms before the delay was over");
            held.Holder = session;
        }
    }

    private static void Leave(Held held, string session, DateTime notBefore)
    {
        lock (held)
        {
            if (held.Holder == session)
                held.Holder = null;
            if (notBefore > held.NotBefore)
                held.NotBefore = notBefore;
        }
    }

    /// <summary>The number of the acquisition is above all before, as long as this session holds the key.</summary>
    private async Task CheckFenceAsync(Held held, int number, string session, Random random)
    {
        try
        {
            using HttpResponseMessage answer = await AgentOf(random).Http.GetAsync($"/v1/kv/contest/{number}?consistent");
            if (answer.StatusCode != HttpStatusCode.OK)
                return;
            JsonElement entry = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync()).RootElement[0];
            string holder = entry.TryGetProperty("Session", out JsonElement of) ? of.GetString()! : "";
            long fence = entry.GetProperty("LockIndex").GetInt64();
            lock (held)
            {
                if (holder != session)
                    _violations.Enqueue($"lock {number}: {session} was told it holds it, and it is held by '{holder}'");
                if (fence <= held.Fence && held.FenceOf != session)
                    _violations.Enqueue(string.Create(CultureInfo.InvariantCulture, $"lock {number}: acquisition {fence} by {session} after {held.Fence} by {held.FenceOf}"));
                (held.Fence, held.FenceOf) = (fence, session);
            }
        }
        catch (HttpRequestException)
        {
            // The agent is dead just now.
        }
    }

    private async Task<string?> CreateAsync(Random random)
    {
        try
        {
            using HttpResponseMessage answer = await AgentOf(random).Http.PutAsync("/v1/session/create",
                new StringContent($$"""{"Node": "{{Node}}", "NodeChecks": [], "TTL": "60s", "LockDelay": "{{LockDelay.TotalSeconds}}s"}"""), _stopping.Token);
            if (answer.IsSuccessStatusCode)
                return JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync()).RootElement.GetProperty("ID").GetString();
        }
        catch (Exception gone) when (gone is HttpRequestException or IOException or OperationCanceledException)
        {
            // Another one then.
        }

        await Task.Delay(random.Next(50));
        return null;
    }

    /// <summary>true, false, or null if nobody knows.</summary>
    private async Task<string?> AskAsync(Random random, string path)
    {
        try
        {
            using HttpResponseMessage answer = await AgentOf(random).Http.PutAsync(path, new StringContent("held"));
            return answer.IsSuccessStatusCode ? await answer.Content.ReadAsStringAsync() : null;
        }
        catch (Exception gone) when (gone is HttpRequestException or IOException)
        {
            return null;
        }
    }

    private async Task DestroyAsync(string session, Random random)
    {
        while (await AskAsync(random, $"/v1/session/destroy/{session}") is null)
        {
            if (_stopping.IsCancellationRequested)
                return;
            await Task.Delay(random.Next(100));
        }
    }

    private AgentProcess AgentOf(Random random) => cluster.Agents[random.Next(cluster.Agents.Length)];

    private sealed class Held
    {
        public string? Holder { get; set; }

        public DateTime NotBefore { get; set; }

        public long Fence { get; set; }

        public string FenceOf { get; set; } = "";
    }
}
