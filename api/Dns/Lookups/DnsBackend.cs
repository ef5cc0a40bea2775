using Microsoft.Extensions.Logging;
using Praetor.Api.Dns.Answers;
using Praetor.Api.Dns.Names;
using Praetor.Core.State;

namespace Praetor.Api.Dns.Lookups;

/// <summary>What all answering loops share. Thread-safe.</summary>
/// <param name="zone">Domains served.</param>
/// <param name="agent">Node name of this agent.</param>
/// <param name="root">The newest published state; called once per query from any thread, must not block.</param>
/// <param name="knownLeader">True while a leader is known; called for negative answers, from any thread, must not block.</param>
/// <param name="options">Options in force at start.</param>
/// <param name="time">Clock.</param>
/// <param name="logger">Log.</param>
public sealed class DnsBackend(DnsZone zone, string agent, Func<StateRoot> root, Func<bool> knownLeader, DnsOptions options, TimeProvider time, ILogger logger)
{
    private volatile AnswerSettings _settings = new(options);

    /// <summary>Domains served.</summary>
    public DnsZone Zone { get; } = zone;

    /// <summary>Node name of this agent.</summary>
    public string Agent { get; } = agent;

    /// <summary>Newest published state.</summary>
    public Func<StateRoot> Root { get; } = root;

    /// <summary>True while a leader is known.</summary>
    public Func<bool> KnownLeader { get; } = knownLeader;

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
