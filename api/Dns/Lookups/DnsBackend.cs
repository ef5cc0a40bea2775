using Microsoft.Extensions.Logging;
using Praetor.Api.Dns.Answers;
using Praetor.Api.Dns.Names;

namespace Praetor.Api.Dns.Lookups;

/// <summary>What all answering loops share. Thread-safe.</summary>
/// <param name="zone">Domains served.</param>
/// <param name="agent">Node name of this agent.</param>
/// <param name="state">What answers are made from.</param>
/// <param name="options">Options in force at start.</param>
/// <param name="time">Clock.</param>
/// <param name="logger">Log.</param>
public sealed class DnsBackend(DnsZone zone, string agent, DnsState state, DnsOptions options, TimeProvider time, ILogger logger)
{
    private volatile AnswerSettings _settings = new(options);

    /// <summary>Domains served.</summary>
    public DnsZone Zone { get; } = zone;

    /// <summary>Node name of this agent.</summary>
    public string Agent { get; } = agent;

    /// <summary>What answers are made from.</summary>
    public DnsState State { get; } = state;

    /// <summary>Clock.</summary>
    public TimeProvider Time { get; } = time;

    /// <summary>Log.</summary>
    public ILogger Logger { get; } = logger;

    /// <summary>What is measured; null for nothing.</summary>
    public DnsMeters? Meters { get; init; }

    /// <summary>Options in force.</summary>
    public AnswerSettings Settings => _settings;

    /// <summary>Puts new options in force, from the next query on.</summary>
    public void Reload(DnsOptions options) => _settings = new AnswerSettings(options);
}
