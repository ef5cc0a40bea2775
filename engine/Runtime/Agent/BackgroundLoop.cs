using Microsoft.Extensions.Logging;

namespace Praetor.Runtime.Agent;

/// <summary>The end of a loop: quiet when it was asked to stop, logged and kept in the task when it died.</summary>
internal static class BackgroundLoop
{
    /// <summary>Runs a loop on the thread pool. The task ends well when <paramref name="stopping"/> ended the loop.</summary>
    public static Task Run(string name, Func<Task> loop, ILogger logger, CancellationToken stopping) => Task.Run(async () =>
    {
        try
        {
            await loop().ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Asked to stop.
        }
        catch (Exception fault)
        {
            AgentLog.LoopDied(logger, fault, name);
            throw;
        }
    }, CancellationToken.None);
}
