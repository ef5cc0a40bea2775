using Microsoft.Extensions.Logging;
using Praetor.Runtime;

namespace Praetor.Api.Http;

/// <summary>
/// What every request may reach. Rooms that need more (local agent state, languages) get it in their own constructors.
/// Thread-safe.
/// </summary>
public sealed class ApiServices(ServerRuntime? runtime, HttpOptions options, TimeProvider time, ILoggerFactory loggers, HttpMeters? meters = null)
{
    private readonly Lock _jitterGate = new();
    private readonly Random _jitter = new(options.JitterSeed);

    /// <summary>Replicated state, proposals, watches. Not there on an agent without state, where handlers that need it are not mapped.</summary>
    public ServerRuntime Runtime => runtime ?? throw new InvalidOperationException("this agent has no state");

    /// <summary>HTTP settings.</summary>
    public HttpOptions Options { get; } = options;

    /// <summary>What is measured; null for nothing.</summary>
    public HttpMeters? Meters { get; } = meters;

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; } = time;

    /// <summary>Log of the HTTP layer.</summary>
    public ILogger Log { get; } = loggers.CreateLogger("http");

    /// <summary>Room for long answers on their way out.</summary>
    internal OutputBudget Output { get; } = new(options.OutputBudgetBytes);

    /// <summary>Random part of <paramref name="wait"/> / 16, added to a blocking query's time (http-core 2.1).</summary>
    internal TimeSpan NextJitter(TimeSpan wait)
    {
        lock (_jitterGate)
            return TimeSpan.FromTicks(_jitter.NextInt64(wait.Ticks / 16 + 1));
    }
}
