using Praetor.Core.Consensus;

namespace Praetor.Tests.Simulation;

/// <summary>What goes wrong in a run: drawn once, so that some runs have one fault only and others all of them.</summary>
internal sealed record FaultPlan
{
    public int Voters { get; private init; }

    public int Spares { get; private init; }

    public double Loss { get; private init; }

    public double Duplication { get; private init; }

    public int MaxDelayMs { get; private init; }

    public double Crash { get; private init; }

    public double Cut { get; private init; }

    public bool Transfers { get; private init; }

    public bool Pauses { get; private init; }

    /// <summary>The longest pause of a server.</summary>
    public int MaxPauseMs { get; private init; } = 1500;

    /// <summary>Servers have different times, and change them as they run.</summary>
    public bool MixedOptions { get; private init; }

    /// <summary>Again and again the leader alone is cut off, for longer than its lease.</summary>
    public bool Isolations { get; private init; }

    public static FaultPlan Draw(Random random) => new()
    {
        Voters = random.Next(3) == 0 ? 5 : 3,
        Spares = random.Next(2) == 0 ? 2 : 0,
        Loss = random.Next(2) == 0 ? 0 : random.NextDouble() * 0.3,
        Duplication = random.Next(2) == 0 ? 0 : 0.2,
        MaxDelayMs = random.Next(2) == 0 ? 5 : 60,
        Crash = random.Next(2) == 0 ? 0 : 0.002,
        Cut = random.Next(2) == 0 ? 0 : 0.003,
        Transfers = random.Next(2) == 0,
        Pauses = random.Next(3) == 0,
        MixedOptions = random.Next(3) == 0,
    };

    /// <summary>The plan with more of what brings a sabotage to light: some need a rare coincidence.</summary>
    public FaultPlan Tempting(Sabotage sabotage) => sabotage switch
    {
        Sabotage.VoteNotPersisted => this with { Loss = 0.1, Cut = 0.01, MaxDelayMs = 250 },
        Sabotage.ClocksBeyondBound => this with { Cut = 0, Crash = 0, Loss = 0, MaxDelayMs = 5, Isolations = true },
        Sabotage.OwnLeaseTrusted => this with { Cut = 0, Crash = 0, Loss = 0, MaxDelayMs = 5, Isolations = true, MixedOptions = true },
        Sabotage.RenewedByDeposed => this with { Crash = 0, Loss = 0, MaxDelayMs = 5, Pauses = true, MaxPauseMs = 3000 },
        Sabotage.LeaseTooLong or Sabotage.ReadWithoutQuorum => this with { Cut = 0.005, Crash = 0, MaxDelayMs = 5, Pauses = true },
        _ => this,
    };

    /// <summary>A set one step from the present one: somebody comes, votes, or goes.</summary>
    public ServerSet NextServers(Random random, ServerSet now, List<SimulatedServer> all)
    {
        string pick = all[random.Next(all.Count)].Id;
        if (!now.Contains(pick))
            return now.With(new ServerMember(pick, "", IsVoter: random.Next(2) == 0));
        if (!now.IsVoter(pick))
            return now.With(new ServerMember(pick, "", IsVoter: true));
        return now.VoterCount > 2 ? now.Without(pick) : now;
    }
}

/// <summary>Crashes with lost writes, pauses, cuts.</summary>
internal sealed partial class SimulatedCluster
{
    private void Heal()
    {
        _cut.Clear();
        foreach (SimulatedServer server in _servers)
        {
            server.PausedUntilMs = 0;
            if (!server.IsUp)
                Start(server);
        }
    }

    private void MaybeFail(SimulatedServer server)
    {
        if (_plan.Crash > 0 && _random.NextDouble() < _plan.Crash)
            Crash(server);
        else if (_plan.Pauses && _random.NextDouble() < 0.001)
            server.PausedUntilMs = _nowMs + _random.Next(10, _plan.MaxPauseMs);
        if (_plan.MixedOptions && server.IsUp && _random.NextDouble() < 0.002)
            server.Core.Tune(DrawOptions());
    }

    /// <summary>Of the writes that were not synced, any number from the first on are on the disk all the same.</summary>
    private void Crash(SimulatedServer server)
    {
        Trace($"{server.Id} crashes");
        int survive = _random.Next(server.Unsynced.Count + 1);
        while (survive-- > 0 && server.Unsynced.TryDequeue(out (LogWrite Write, List<SimulatedEntry> Entries) write))
            server.Sync(write, _sabotage);
        if (_sabotage == Sabotage.SyncedEntryLost && server.Disk.Log.Count > 0)
            server.Disk.Log.RemoveAt(server.Disk.Log.Count - 1);
        server.IsUp = false;
        _clients.Crashed(server);
        foreach (SimulatedServer other in _servers)
        {
            if (other.IsUp && _random.Next(2) == 0)
                Step(other, RaftEvent.PeerUnreachable(other.ClockOf(_nowMs), server.Id));
        }

        Later(_random.Next(1, _sabotage == Sabotage.VoteNotPersisted ? 3 : 600), () =>
        {
            if (!server.IsUp)
                Start(server);
        });
    }

    private void MaybeCut()
    {
        if (_plan.Isolations && _nowMs % 700 == 0 && _servers.Find(static server => server.Leads) is { } leader)
        {
            foreach (SimulatedServer other in _servers.Where(each => each != leader))
            {
                _cut.Add((leader.Id, other.Id));
                _cut.Add((other.Id, leader.Id));
            }
        }
        else if (_plan.Isolations && _nowMs % 700 == 450)
        {
            _cut.Clear();
        }

        if (_plan.Cut > 0 && _random.NextDouble() < _plan.Cut)
        {
            _cut.Clear();
            foreach (SimulatedServer from in _servers)
            {
                foreach (SimulatedServer to in _servers)
                {
                    if (from == to || _random.Next(4) != 0)
                        continue;
                    _cut.Add((from.Id, to.Id));
                    if (_random.Next(2) == 0)
                        _cut.Add((to.Id, from.Id));
                }
            }
        }

        if (_plan.Cut > 0 && _random.NextDouble() < _plan.Cut)
            _cut.Clear();
    }
}
