using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Praetor.Core.Codec;
using Praetor.Core.State.Catalog;
using Praetor.Runtime.Agent.Checks;

namespace Praetor.Runtime.Agent;

/// <summary>
/// A check that follows others (http-agent 3 "Alias"): those here at once as they change, those of a named node by blocking reads of
/// the catalog. One loop per check. An alias on the node follows itself too: its output is bounded, as it may quote itself.
/// </summary>
internal sealed class AliasCheck(CheckSpec spec, int maxOutputBytes, LocalState state, ICatalogAccess catalog, TimeProvider time, ILogger logger) : ICheckRunner
{
    private const int FailuresBeforeBackOff = 3;
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private readonly CancellationTokenSource _stopping = new();
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private Task _loop = Task.CompletedTask;

    /// <inheritdoc/>
    public void Start() =>
        _loop = BackgroundLoop.Run($"alias check {spec.CheckId}", spec.AliasNode.Length == 0 ? FollowLocalAsync : FollowNodeAsync, logger, _stopping.Token);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private async Task FollowLocalAsync()
    {
        state.StatusChanged += OnStatusChanged;
        _wake.Writer.TryWrite(true);
        await using ITimer periodic = time.CreateTimer(_ => _wake.Writer.TryWrite(true), null, Period, Period);
        try
        {
            while (await _wake.Reader.WaitToReadAsync(_stopping.Token).ConfigureAwait(false))
            {
                _wake.Reader.TryRead(out _);
                LocalSnapshot local = state.Snapshot;
                Report(local.Checks.Values.Select(static check => check.Record), local.Services.ContainsKey(spec.AliasService));
            }
        }
        finally
        {
            state.StatusChanged -= OnStatusChanged;
        }
    }

    private async Task FollowNodeAsync()
    {
        long index = 0;
        int failures = 0;
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                NodeReading reading = await catalog.ReadNodeAsync(spec.AliasNode, index, Period, _stopping.Token).ConfigureAwait(false);
                index = reading.Index;
                failures = 0;
                Report(reading.View?.Checks ?? [], reading.View?.Services.Any(service => service.Id == spec.AliasService) == true);
            }
            catch (Exception failure) when (CatalogFailures.MayPass(failure))
            {
                AgentLog.AliasFailed(logger, spec.CheckId, GoQuote.Quote(failure.Message));
                if (++failures > 1)
                    state.Report(spec.CheckId, CheckStatus.Critical, $"Failure checking aliased node or service: {failure.Message}");
                await Task.Delay(BackOff(failures), time, _stopping.Token).ConfigureAwait(false);
            }
        }
    }

    private static TimeSpan BackOff(int failures) => failures <= FailuresBeforeBackOff
        ? TimeSpan.Zero
        : TimeSpan.FromSeconds(Math.Min(Period.TotalSeconds, Math.Pow(2, failures - FailuresBeforeBackOff)));

    private void Report(IEnumerable<CheckRecord> checks, bool serviceExists)
    {
        (string status, string output) = AliasRules.Evaluate(spec.AliasService, spec.AliasNode, checks, serviceExists);
        state.Report(spec.CheckId, status, CheckOutput.Shorten(output, maxOutputBytes));
    }

    private void OnStatusChanged(string serviceId)
    {
        if (serviceId.Length == 0 || serviceId == spec.AliasService)
            _wake.Writer.TryWrite(true);
    }
}
