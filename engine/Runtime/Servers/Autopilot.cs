using Microsoft.Extensions.Logging;
using Praetor.Core.Consensus;
using Praetor.Core.Gossip;

namespace Praetor.Runtime.Servers;

/// <summary>
/// Looks after the server set while this server leads: judges every two seconds, lets stable newcomers vote, and removes the dead
/// (gossip-raft 6.1). Thread-safe.
/// </summary>
public sealed class Autopilot
{
    private static readonly TimeSpan JudgePeriod = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan CleanPeriod = TimeSpan.FromSeconds(10);

    private readonly ServerRuntime _server;
    private readonly Func<IReadOnlyList<Member>> _members;
    private readonly Func<AutopilotRules> _rules;
    private readonly Func<string, bool> _forceLeave;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private AutopilotState? _state;
    private long _leadingSince;
    private long _cleanedAt;
    private bool _wasLeader;

    /// <summary>An autopilot that has not begun: <see cref="RunAsync"/> it.</summary>
    /// <param name="server">The server.</param>
    /// <param name="members">LAN members as of now.</param>
    /// <param name="rules">Settings as of now.</param>
    /// <param name="forceLeave">Says of a failed member that it has left.</param>
    /// <param name="time">Clock.</param>
    /// <param name="log">Log.</param>
    public Autopilot(ServerRuntime server, Func<IReadOnlyList<Member>> members, Func<AutopilotRules> rules, Func<string, bool> forceLeave, TimeProvider time, ILogger log)
    {
        _server = server;
        _members = members;
        _rules = rules;
        _forceLeave = forceLeave;
        _time = time;
        _log = log;
    }

    /// <summary>The last judgement; null on a server that does not lead.</summary>
    public AutopilotState? State => _server.IsReadyLeader ? Volatile.Read(ref _state) : null;

    /// <summary>Judges now.</summary>
    public async Task<AutopilotState> JudgeAsync()
    {
        RaftConfiguration configuration = await _server.ConfigurationAsync(isStale: true, CancellationToken.None).ConfigureAwait(false);
        AutopilotState state = AutopilotJudgement.Judge(configuration, _server.Status.Term, _members(), _rules(), Volatile.Read(ref _state), _time.GetUtcNow());
        Volatile.Write(ref _state, state);
        return state;
    }

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(JudgePeriod, _time);
        do
        {
            if (!_server.IsReadyLeader)
            {
                _wasLeader = false;
                Volatile.Write(ref _state, null);
                continue;
            }

            if (!_wasLeader)
            {
                _wasLeader = true;
                _leadingSince = _cleanedAt = _time.GetTimestamp();
            }

            await LookAsync().ConfigureAwait(false);
        }
        while (await timer.WaitForNextTickAsync(cancellation).ConfigureAwait(false));
    }

    private async Task LookAsync()
    {
        AutopilotRules rules = _rules();
        AutopilotState state = await JudgeAsync().ConfigureAwait(false);
        // A young leader has watched nobody for long enough: what is healthy now counts as stable (gossip-raft 6.1).
        TimeSpan stabilization = _time.GetElapsedTime(_leadingSince) < rules.ServerStabilizationTime * 1.1 ? TimeSpan.Zero : rules.ServerStabilizationTime;
        if (AutopilotJudgement.ToPromote(state, stabilization, _time.GetUtcNow()) is { } newcomer)
            await PromoteAsync(newcomer).ConfigureAwait(false);
        if (_time.GetElapsedTime(_cleanedAt) < CleanPeriod)
            return;
        _cleanedAt = _time.GetTimestamp();
        foreach (JudgedServer gone in AutopilotJudgement.ToRemove(state, rules))
            await RemoveAsync(gone).ConfigureAwait(false);
    }

    private async Task PromoteAsync(JudgedServer newcomer)
    {
        RaftConfiguration now = await _server.ConfigurationAsync(isStale: true, CancellationToken.None).ConfigureAwait(false);
        var servers = new ServerSet([.. now.Servers.Select(static server => server.Server)]);
        if (!servers.Contains(newcomer.Id) || servers.IsVoter(newcomer.Id))
            return;
        if (await _server.ChangeServersAsync(servers.With(new ServerMember(newcomer.Id, newcomer.Address, IsVoter: true))).ConfigureAwait(false) is { } refusal)
            AutopilotLog.NotPromoted(_log, newcomer.Name, refusal);
        else
            AutopilotLog.Promoted(_log, newcomer.Name, newcomer.Id);
    }

    /// <summary>A member that is known leaves the pool, and with it the configuration; one that nobody knows leaves the configuration alone.</summary>
    private async Task RemoveAsync(JudgedServer gone)
    {
        AutopilotLog.Removing(_log, gone.Name, gone.Id);
        if (gone.Status == MemberStatus.Failed)
            _forceLeave(gone.Name);
        if (await _server.RemoveServerAsync(gone.Id, CancellationToken.None).ConfigureAwait(false) is { } refusal)
            AutopilotLog.NotRemoved(_log, gone.Name, refusal);
    }
}

/// <summary>Log lines of the autopilot.</summary>
internal static partial class AutopilotLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Promoting server: name={Name} id={Id}")]
    public static partial void Promoted(ILogger log, string name, string id);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Server not promoted yet: name={Name} reason={Reason}")]
    public static partial void NotPromoted(ILogger log, string name, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Attempting removal of failed server node: name={Name} id={Id}")]
    public static partial void Removing(ILogger log, string name, string id);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Server not removed yet: name={Name} reason={Reason}")]
    public static partial void NotRemoved(ILogger log, string name, string reason);
}
