using Praetor.Core.Consensus;
using Praetor.Tests.Support;

namespace Praetor.Tests.Simulation;

/// <summary>
/// Clients that write, compare-and-set and read a few keys through any server that thinks it leads, send writes again whose fate they do not know, and read from followers
/// what a leader has confirmed. Their histories must be linearizable.
/// </summary>
internal sealed class SimulatedClients(Random random, Sabotage sabotage)
{
    private const int Keys = 4;
    private const int MaxUnderWay = 6;
    private const int PatienceMs = 300;

    private readonly List<RegisterOperation>[] _histories = [.. Enumerable.Range(0, Keys).Select(static _ => new List<RegisterOperation>())];
    private readonly Dictionary<long, PendingWrite> _writes = [];
    private readonly Dictionary<long, PendingRead> _confirming = [];
    private readonly List<(PendingRead Read, SimulatedServer At, long Index)> _following = [];
    private long _lastId;
    private long _order;
    private long _toldThrough;

    /// <summary>Operations with a known or unknown end.</summary>
    public long Operations => _histories.Sum(static history => (long)history.Count);

    /// <summary>Begins something now and then, and sends again what takes too long.</summary>
    public void Act(long nowMs, List<SimulatedServer> servers, Action<SimulatedServer, SimulatedCommand> propose, Action<SimulatedServer, long> confirm)
    {
        if (random.Next(4) == 0 && servers.Where(static server => server.Leads).ToList() is { Count: > 0 } leaders)
        {
            SimulatedServer leader = leaders[random.Next(leaders.Count)];
            if (random.Next(2) == 0)
                BeginRead(nowMs, leader, servers, confirm);
            else if (_writes.Count < MaxUnderWay && leader.PausedUntilMs <= nowMs)
                BeginWrite(nowMs, leader, propose);
        }

        foreach (PendingWrite late in _writes.Values.Where(write => nowMs - write.SentMs > PatienceMs).ToList())
        {
            // Half of the clients try again, with the same number; the others give up, and the write may still come true.
            SimulatedServer? other = servers.Find(static server => server.Leads);
            if (other is not null && other.PausedUntilMs <= nowMs && late.Attempts < 3 && random.Next(2) == 0)
            {
                late.SentMs = nowMs;
                late.Attempts++;
                late.At = other.Id;
                propose(other, late.Command);
            }
            else
            {
                GiveUp(late);
            }
        }
    }

    /// <summary>A server applied a command: whoever proposed it there has the answer.</summary>
    public void Applied(SimulatedServer server, SimulatedCommand command, long index, bool succeeded)
    {
        if (!_writes.TryGetValue(command.Id, out PendingWrite? write) || write.At != server.Id || server.Core.Role != RaftRole.Leader)
            return;
        _writes.Remove(command.Id);
        _toldThrough = Math.Max(_toldThrough, index);
        End(write, ++_order, succeeded);
    }

    /// <summary>What was under way on a server that crashed is sent again or given up later; what it was confirming is not answered.</summary>
    public void Crashed(SimulatedServer server)
    {
        foreach (long token in _confirming.Where(pair => pair.Value.At == server.Id).Select(pair => pair.Key).ToList())
            _confirming.Remove(token);
        _following.RemoveAll(read => read.At == server);
    }

    /// <summary>A leader confirmed that it led when the read began.</summary>
    public void Confirmed(long token, long index, SimulatedServer leader, List<SimulatedServer> servers)
    {
        if (_confirming.Remove(token, out PendingRead? read))
            _following.Add((read, random.Next(2) == 0 ? leader : servers[random.Next(servers.Count)], index));
    }

    /// <summary>Reads whose index their server has applied.</summary>
    public void ServeFollowerReads(long nowMs)
    {
        for (int i = _following.Count - 1; i >= 0; i--)
        {
            (PendingRead read, SimulatedServer at, long index) = _following[i];
            if (!at.IsUp || at.PausedUntilMs > nowMs || at.Applied < index)
                continue;
            _following.RemoveAt(i);
            Answer(read, at);
        }
    }

    /// <summary>Judges all histories.</summary>
    public void Check()
    {
        foreach (PendingWrite write in _writes.Values.ToList())
            GiveUp(write);
        for (int key = 0; key < Keys; key++)
        {
            if (!Linearizability.Holds(_histories[key]))
                throw new InvalidOperationException($"linearizability: the history of key {key} fits no order");
        }
    }

    private void BeginWrite(long nowMs, SimulatedServer leader, Action<SimulatedServer, SimulatedCommand> propose)
    {
        long id = ++_lastId;
        int key = random.Next(Keys);
        var command = new SimulatedCommand(id, key, id, random.Next(2) == 0 ? null : leader.State.Get(key));
        _writes[id] = new PendingWrite(command, ++_order) { At = leader.Id, SentMs = nowMs };
        propose(leader, command);
    }

    private void BeginRead(long nowMs, SimulatedServer leader, List<SimulatedServer> servers, Action<SimulatedServer, long> confirm)
    {
        var read = new PendingRead(random.Next(Keys), ++_order, leader.Id, _toldThrough);
        if (sabotage == Sabotage.StaleReadAsDefault && random.Next(4) == 0)
        {
            SimulatedServer any = servers[random.Next(servers.Count)];
            if (any.IsUp)
                Answer(read, any);
            return;
        }

        long lease = leader.Core.LeaseUntilMs == long.MaxValue ? long.MaxValue : leader.Core.LeaseUntilMs + (sabotage == Sabotage.LeaseTooLong ? 2000 : 0);
        bool isReady = leader.Applied >= leader.Core.TermStartIndex && leader.PausedUntilMs <= nowMs;
        if (isReady && (sabotage == Sabotage.ReadWithoutQuorum || (lease > leader.ClockOf(nowMs) && random.Next(2) == 0)))
        {
            Answer(read, leader);
            return;
        }

        if (leader.PausedUntilMs > nowMs)
            return;
        long token = ++_lastId;
        _confirming[token] = read;
        confirm(leader, token);
    }

    /// <summary>What clients were told before the read began must be in what it sees; this finds at once what the search through histories may take long for.</summary>
    private void Answer(PendingRead read, SimulatedServer at)
    {
        if (at.Applied < read.NotBefore)
            throw new InvalidOperationException($"stale read: {at.Id} answers from {at.Applied}, clients know of {read.NotBefore}");
        _toldThrough = Math.Max(_toldThrough, at.Applied);
        _histories[read.Key].Add(new RegisterOperation(read.Start, ++_order, RegisterKind.Read, at.State.Get(read.Key)));
    }

    private void GiveUp(PendingWrite write)
    {
        _writes.Remove(write.Command.Id);
        End(write, RegisterOperation.Unknown, succeeded: false);
    }

    private void End(PendingWrite write, long end, bool succeeded)
    {
        SimulatedCommand command = write.Command;
        RegisterKind kind = command.Expected is null ? RegisterKind.Write : RegisterKind.CompareAndSet;
        _histories[command.Key].Add(new RegisterOperation(write.Start, end, kind, command.Value, command.Expected ?? 0, succeeded));
    }

    private sealed class PendingWrite(SimulatedCommand command, long start)
    {
        public SimulatedCommand Command { get; } = command;

        public long Start { get; } = start;

        public required string At { get; set; }

        public required long SentMs { get; set; }

        public int Attempts { get; set; } = 1;
    }

    private sealed record PendingRead(int Key, long Start, string At, long NotBefore);
}
