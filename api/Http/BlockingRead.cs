using Praetor.Core.State;
using Praetor.Runtime;

namespace Praetor.Api.Http;

/// <summary>The wait of a blocking query (http-core 2.1, 2.2). No state of its own.</summary>
internal static class BlockingRead
{
    /// <summary>
    /// Waits until the result's index is above the one asked for, the time is up, everybody is released, or the client has gone
    /// (<see cref="OperationCanceledException"/>). Leaves no waiter behind in any case.
    /// </summary>
    /// <param name="services">Watches, clock, jitter.</param>
    /// <param name="query">What is read.</param>
    /// <param name="options">Index and wait.</param>
    /// <param name="wasMissing">Whether the first look found nothing.</param>
    /// <param name="aborted">The client has gone.</param>
    public static async ValueTask<StateRoot> WaitAsync(ApiServices services, WatchedRead query, QueryOptions options, bool wasMissing, CancellationToken aborted)
    {
        ServerRuntime runtime = services.Runtime;
        TimeSpan limit = options.Wait + services.NextJitter(options.Wait);
        long started = services.Time.GetTimestamp();
        // Registered before the second look: a change in between is not lost.
        using WatchedTopics watched = WatchedTopics.Register(runtime.Watches, query, runtime.Root);
        while (true)
        {
            StateRoot root = runtime.Root;
            bool missing = query.IsMissing(root);
            if (query.IndexOf(root) > options.Index && !(missing && wasMissing))
                return root;
            wasMissing = missing;
            TimeSpan remaining = limit - services.Time.GetElapsedTime(started);
            WakeReason reason = remaining > TimeSpan.Zero
                ? await watched.WaitAsync(remaining, aborted).ConfigureAwait(false)
                : WakeReason.TimedOut;
            // Leadership is confirmed anew at each wake.
            if (options.Consistency == ReadConsistency.Consistent)
                await runtime.ReadAsync(ReadConsistency.Consistent, aborted).ConfigureAwait(false);
            if (reason != WakeReason.Changed)
                return runtime.Root;
        }
    }
}
