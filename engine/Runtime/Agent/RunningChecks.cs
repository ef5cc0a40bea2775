using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Praetor.Runtime.Agent.Checks;
using Praetor.Runtime.Agent.Store;

namespace Praetor.Runtime.Agent;

/// <summary>
/// The runners behind the checks. Starting and stopping is done by one caller at a time; <see cref="FindTtl"/> is thread-safe.
/// </summary>
internal sealed class RunningChecks(LocalState state, CheckRunnerOptions options, ICatalogAccess catalog, TimeProvider time, Random random, ILogger logger)
    : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Running> _running = new(StringComparer.Ordinal);

    /// <summary>
    /// Runs a check under its id, in place of what ran there. A runner whose definition did not change runs on, so that a registration
    /// repeated more often than the interval does not put its check off for ever; a TTL always starts anew.
    /// </summary>
    public async ValueTask StartAsync(CheckSpec spec)
    {
        byte[] definition = AgentFiles.EncodeSpec(spec);
        if (_running.TryGetValue(spec.CheckId, out Running? before) && before.Runner is not TtlCheck && before.Definition.AsSpan().SequenceEqual(definition))
            return;
        await StopAsync(spec.CheckId).ConfigureAwait(false);
        ICheckRunner? runner = CheckRules.KindThatRuns(spec) switch
        {
            CheckKind.Ttl => new TtlCheck(spec.CheckId, spec, options.OutputMaxSizeBytes, state, time, logger),
            CheckKind.Alias => new AliasCheck(spec, options.OutputMaxSizeBytes, state, catalog, time, logger),
            _ => CheckRunners.Create(spec, options, state, time, random, logger),
        };
        if (runner is null)
            return;
        _running[spec.CheckId] = new Running(runner, definition);
        runner.Start();
    }

    /// <summary>Stops what runs under that id; nothing is reported for it afterwards.</summary>
    public async ValueTask StopAsync(string checkId)
    {
        if (_running.TryRemove(checkId, out Running? running))
            await running.Runner.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>The TTL check of that id; null if there is none, or it is of another type.</summary>
    public TtlCheck? FindTtl(string checkId) => _running.TryGetValue(checkId, out Running? running) ? running.Runner as TtlCheck : null;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (string id in _running.Keys)
            await StopAsync(id).ConfigureAwait(false);
    }

    private sealed record Running(ICheckRunner Runner, byte[] Definition);
}
