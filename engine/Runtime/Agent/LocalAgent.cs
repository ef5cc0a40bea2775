using Microsoft.Extensions.Logging;
using Praetor.Core.Codec;
using Praetor.Core.State.Catalog;
using Praetor.Runtime.Agent.Checks;
using Praetor.Runtime.Agent.Store;

namespace Praetor.Runtime.Agent;

/// <summary>What an agent stands on.</summary>
/// <param name="Catalog">Way to the catalog.</param>
/// <param name="Store">Where registrations survive; belongs to the caller.</param>
/// <param name="CheckOptions">How checks run.</param>
/// <param name="Time">Clock and timers.</param>
/// <param name="Random">Seeded randomness, used from now on by the agent alone.</param>
/// <param name="Logger">Log.</param>
public sealed record AgentParts(ICatalogAccess Catalog, IAgentStore Store, CheckRunnerOptions CheckOptions, TimeProvider Time, Random Random, ILogger Logger)
{
    /// <summary>Members of the LAN pool, which stretch the pauses between full syncs.</summary>
    public Func<int> LanMembers { get; init; } = static () => 1;
}

/// <summary>
/// The services and checks registered on this agent: the entry of the room. Reads are answered from memory and wait for nobody. Changes
/// are made one at a time, kept on disk and told to the catalog before they complete; a catalog that cannot be told is only logged.
/// Thread-safe.
/// </summary>
public sealed partial class LocalAgent : IAsyncDisposable
{
    private readonly AgentParts _parts;
    private readonly LocalState _state;
    private readonly RunningChecks _running;
    private readonly AntiEntropy _antiEntropy;
    private readonly CriticalReaper _reaper;
    private readonly SemaphoreSlim _changes = new(1, 1);
    private readonly Random _jitter;
    private int _disposing;
    private bool _disposed;

    /// <summary>An agent with nothing registered; <see cref="StartAsync"/> it.</summary>
    public LocalAgent(AgentOptions options, AgentParts parts)
    {
        Options = options;
        _parts = parts;
        _jitter = Split(parts.Random);
        _state = new LocalState(options, parts.CheckOptions, parts.Time, Split(parts.Random));
        _running = new RunningChecks(_state, parts.CheckOptions, parts.Catalog, parts.Time, Split(parts.Random), parts.Logger);
        _antiEntropy = new AntiEntropy(_state, parts.Catalog, new SyncSchedule(options.SyncInterval, parts.LanMembers, Split(parts.Random)), parts.Time, parts.Logger);
        _reaper = new CriticalReaper(this, parts.Time, parts.Logger);
    }

    /// <summary>Who this agent is.</summary>
    public AgentOptions Options { get; }

    /// <summary>Services and checks as of now.</summary>
    public LocalSnapshot Snapshot => _state.Snapshot;

    /// <summary>The node as the agent wants the catalog to hold it.</summary>
    public NodeRecord Node => _state.Node;

    /// <summary>Of a started agent: ends when it stops; faulted if one of its loops died.</summary>
    public Task Stopped => Task.WhenAny(_antiEntropy.Stopped, _reaper.Stopped).Unwrap();

    /// <summary>A server joined, a leader was elected or the agent's token changed: a full sync follows within seconds.</summary>
    public void TriggerFullSync() => _antiEntropy.TriggerFull();

    /// <summary>Completes once everything that is true now has been told to the catalog, or the attempt has failed (which is only logged).</summary>
    public Task SyncAsync(CancellationToken cancellation) => _antiEntropy.SyncChangesAsync(cancellation);

    /// <summary>
    /// The service, once its content hash differs from <paramref name="hash"/> or <paramref name="wait"/> is over; null if it is not
    /// here, or no longer.
    /// </summary>
    public async Task<LocalService?> WaitForServiceAsync(string id, string hash, TimeSpan wait, CancellationToken cancellation)
    {
        long start = _parts.Time.GetTimestamp();
        while (true)
        {
            Task change = _state.ServiceChange(id);
            LocalService? service = Snapshot.Services.GetValueOrDefault(id);
            TimeSpan left = wait - _parts.Time.GetElapsedTime(start);
            if (service is null || service.ContentHash != hash || left <= TimeSpan.Zero)
                return service;
            try
            {
                await change.WaitAsync(left, _parts.Time, cancellation).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                return Snapshot.Services.GetValueOrDefault(id);
            }
        }
    }

    /// <summary>A random part of a span, so that what waits equally long does not end together.</summary>
    public TimeSpan Jitter(TimeSpan upTo)
    {
        lock (_jitter)
            return upTo * _jitter.NextDouble();
    }

    /// <summary>
    /// Says for a TTL check how its service is; completes when the catalog knows (a new output alone may wait, http-agent 4.2).
    /// </summary>
    public async Task<AgentRefusal?> UpdateTtlAsync(string checkId, string status, string output, CancellationToken cancellation)
    {
        if (!Snapshot.Checks.ContainsKey(checkId))
            return AgentRefusal.NoCheck(checkId);
        if (_running.FindTtl(checkId) is not { } ttl)
            return AgentRefusal.Failed($"CheckID {GoQuote.Quote(checkId)} does not have associated TTL");
        string kept = ttl.SetStatus(status, output);
        long expiresUnixMs = (_parts.Time.GetUtcNow() + ttl.Ttl).ToUnixTimeMilliseconds();
        _parts.Store.Put(AgentFileKind.CheckState, checkId, AgentFiles.Encode(new StoredCheckState(checkId, status, kept, expiresUnixMs)));
        if (Snapshot.Checks.GetValueOrDefault(checkId) is { InSync: false })
            await _antiEntropy.SyncChangesAsync(cancellation).ConfigureAwait(false);
        return null;
    }

    /// <summary>Stops the checks and the syncs; registrations stay where they are.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposing, 1) != 0)
            return;
        await _reaper.DisposeAsync().ConfigureAwait(false);
        await _changes.WaitAsync().ConfigureAwait(false);
        await _running.DisposeAsync().ConfigureAwait(false);
        await _antiEntropy.DisposeAsync().ConfigureAwait(false);
        _state.Dispose();
        _disposed = true;
        _changes.Release();
    }

    private static Random Split(Random random) => new(random.Next());

    /// <summary>One change at a time; dispose the result when it is made.</summary>
    private async ValueTask<IDisposable> BeginChangeAsync(CancellationToken cancellation)
    {
        await _changes.WaitAsync(cancellation).ConfigureAwait(false);
        if (_disposed)
        {
            _changes.Release();
            throw new ObjectDisposedException(nameof(LocalAgent));
        }

        return new Change(this, _antiEntropy.Pause());
    }

    /// <summary>While a change is made no sync begins, so that the catalog never sees half of it.</summary>
    private sealed class Change(LocalAgent agent, IDisposable pause) : IDisposable
    {
        public void Dispose()
        {
            pause.Dispose();
            agent._changes.Release();
        }
    }
}
