using System.Globalization;
using Praetor.Core.State;
using Praetor.Core.State.Sessions;

namespace Praetor.Tests.Simulation;

/// <summary>
/// Clients that hold locks as libraries do: a session with a time to live, renewed in time, and keys acquired with it. A client believes in its session until its time to live has passed since it
/// sent the last request that renewed it, and again when a later one succeeds; some pause for longer than that. No two may ever believe that they hold the same key, and none may get a key within its lock-delay.
/// </summary>
internal sealed class SimulatedLocks(Random random, Sabotage sabotage)
{
    private const int Clients = 3;
    private const int Keys = 2;
    private const int TtlMs = 300;
    private const int RenewMs = 80;
    private const int PatienceMs = 250;
    private const int HopeMs = 900;

    /// <summary>Clocks of servers run this much too fast at most.</summary>
    private const double MaxHaste = 1.05;

    /// <summary>Far from the ids of other clients' commands.</summary>
    private long _lastId = 1L << 40;

    private readonly List<LockClient> _clients = [.. Enumerable.Range(0, Clients).Select(static number => new LockClient { Number = number })];
    private readonly Dictionary<long, LockClient> _askedBy = [];
    private readonly HashSet<long> _seen = [];
    private readonly long[] _delayedUntilMs = new long[Keys];

    /// <summary>Locks that were acquired.</summary>
    public long Acquired { get; private set; }

    /// <summary>Runs with a fault that has nothing to do with locks go without: they are to find it by other means.</summary>
    private readonly bool _areThere = sabotage is Sabotage.None or >= Sabotage.SessionsEndEarly;

    /// <summary>Each client does something now and then.</summary>
    public void Act(long nowMs, List<SimulatedServer> servers, Action<SimulatedServer, SimulatedCommand> propose)
    {
        foreach (LockClient client in _areThere ? _clients : [])
        {
            if (client.Asked is not null)
            {
                // What became of it is not known: this session is left to itself, with all that it may hold.
                if (nowMs - client.AskedMs > PatienceMs)
                    client.Forget();
                continue;
            }

            if (client.Session is not null && nowMs - client.BelievesUntilMs > HopeMs)
                client.Forget();
            if (random.Next(client.Holds is null ? 1000 : 150) == 0)
                client.PausedUntilMs = nowMs + random.Next(100, 900);
            if (client.PausedUntilMs > nowMs || random.Next(10) != 0 || servers.Where(static server => server.Leads).ToList() is not { Count: > 0 } leaders)
                continue;
            if (client.Server is not { Leads: true } || random.Next(100) == 0)
                client.Server = leaders[random.Next(leaders.Count)];
            Act(client, nowMs, client.Server, propose);
        }
    }

    /// <summary>A leader looks which sessions and delays are over.</summary>
    public void Look(SimulatedServer server, long nowMs, Action<SimulatedServer, SimulatedCommand> propose)
    {
        StateRoot root = server.State.Locks.Root;
        long? term = sabotage == Sabotage.SessionTimesOutliveTerms && server.ReadyTerm is not null ? 1 : server.ReadyTerm;
        server.Sessions.Lead(term, root, NowOf(server, nowMs));
        if (term is null)
            return;
        var ended = new List<string>();
        var over = new List<(byte[] Key, long Since)>();
        server.Sessions.TakeDue(NowOf(server, nowMs), ended, over);
        if (sabotage == Sabotage.LockDelayForgotten)
            over = [.. root.Sessions.LockDelays().Select(static delay => (delay.Key, delay.Value.Index))];
        foreach (string id in ended)
            Propose(server, Commands.SessionDestroy(id), propose);
        if (over.Count > 0)
            Propose(server, Commands.LockDelaysEnd(over), propose);
    }

    /// <summary>Before a server applies a command: which keys it will put under a lock-delay.</summary>
    public void Applying(SimulatedServer server, SimulatedCommand command, long nowMs)
    {
        if (command.Locks is null || !_seen.Add(command.Id) || Ended(command.Locks) is not { } ended)
            return;
        LockState state = server.State.Locks;
        if (state.Root.Sessions.Find(ended) is not { } session)
            return;
        for (int key = 0; key < Keys; key++)
        {
            if (state.HolderOf(Name(key)) == ended)
                _delayedUntilMs[key] = nowMs + (long)(session.LockDelayNs / 1_000_000 / MaxHaste);
        }
    }

    /// <summary>A server has applied a command: its clock learns of it, and whoever proposed it there has the answer.</summary>
    public void Applied(SimulatedServer server, SimulatedCommand command, bool succeeded, long nowMs)
    {
        if (command.Locks is null)
            return;
        server.Sessions.Applied(server.State.Locks.Changes, server.State.Locks.Root, NowOf(server, nowMs));
        if (!_askedBy.TryGetValue(command.Id, out LockClient? client) || !server.Leads || client.Asked?.Id != command.Id || client.AskedAt != server.Id)
            return;
        _askedBy.Remove(command.Id);
        client.Asked = null;
        if (client.Wants is { } key)
            Answered(client, key, succeeded, nowMs);
        else if (!succeeded)
            client.Forget();
    }

    private void Act(LockClient client, long nowMs, SimulatedServer leader, Action<SimulatedServer, SimulatedCommand> propose)
    {
        bool isDue = nowMs >= client.BelievesUntilMs || nowMs - (client.BelievesUntilMs - TtlMs) > RenewMs;
        if (client.Session is not null && isDue)
        {
            // Also by a server whose consensus stands still, on its disk for example.
            Renew(client, nowMs, leader);
        }
        else if (leader.PausedUntilMs > nowMs)
        {
            // Who holds nothing tries another one.
            client.Server = client.Holds is null ? null : leader;
        }
        else if (client.Session is null)
        {
            client.Session = new Guid(random.Next(), 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte)client.Number).ToString("D", CultureInfo.InvariantCulture);
            client.BelievesUntilMs = nowMs + TtlMs;
            client.Wants = null;
            var session = new SessionRecord { Id = client.Session, Node = LockState.Node, TtlNs = TtlMs * 1_000_000L, LockDelayNs = random.Next(2) == 0 ? 0 : 150_000_000 };
            Ask(client, nowMs, leader, Commands.SessionCreate(session), propose);
        }
        else if (client.Holds is { } held)
        {
            if (random.Next(8) != 0)
                return;
            client.Holds = null;
            client.Wants = null;
            if (random.Next(4) == 0)
                Ask(client, nowMs, leader, Commands.SessionDestroy(client.Session), propose, last: true);
            else
                Ask(client, nowMs, leader, Commands.KvLock(acquires: false, client.Session, Name(held), 0, 0), propose);
        }
        else
        {
            client.Wants = random.Next(Keys);
            Ask(client, nowMs, leader, Commands.KvLock(acquires: true, client.Session, Name(client.Wants.Value), 0, 0), propose);
        }
    }

    /// <summary>Answered by whoever leads for certain: a lease, as for reads.</summary>
    private void Renew(LockClient client, long nowMs, SimulatedServer leader)
    {
        bool isCertain = leader.ReadyTerm is not null && leader.Core.LeaseUntilMs > leader.ClockOf(nowMs);
        if (!isCertain && sabotage != Sabotage.RenewedByDeposed)
            return;
        if (leader.State.Locks.Root.Sessions.Find(client.Session!) is not { } session || !Renews(leader, session, nowMs))
        {
            client.Forget();
            return;
        }

        client.BelievesUntilMs = nowMs + TtlMs;
        if (client.Holds is { } key)
            CheckAlone(client, key, nowMs);
    }

    private bool Renews(SimulatedServer leader, SessionRecord session, long nowMs) =>
        leader.Sessions.Renew(session, leader.ReadyTerm, NowOf(leader, nowMs)) || sabotage == Sabotage.RenewedWhileEnding;

    private void Answered(LockClient client, int key, bool succeeded, long nowMs)
    {
        client.Wants = null;
        if (!succeeded)
            return;
        Acquired++;
        if (nowMs < _delayedUntilMs[key])
            throw new InvalidOperationException($"lock-delay: client {client.Number} gets key {key} {_delayedUntilMs[key] - nowMs} ms too early");
        client.Holds = key;
        CheckAlone(client, key, nowMs);
    }

    private void CheckAlone(LockClient client, int key, long nowMs)
    {
        if (nowMs < client.BelievesUntilMs && _clients.Find(other => other != client && other.Holds == key && nowMs < other.BelievesUntilMs) is { } other)
            throw new InvalidOperationException($"two holders: clients {other.Number} and {client.Number} hold key {key}");
    }

    private void Ask(LockClient client, long nowMs, SimulatedServer leader, CommandBuffer command, Action<SimulatedServer, SimulatedCommand> propose, bool last = false)
    {
        var asked = new SimulatedCommand(++_lastId, 0, 0, null, Bytes(command));
        if (last)
        {
            client.Forget();
        }
        else
        {
            client.Asked = asked;
            client.AskedMs = nowMs;
            client.AskedAt = leader.Id;
            _askedBy[asked.Id] = client;
        }

        propose(leader, asked);
    }

    private void Propose(SimulatedServer server, CommandBuffer command, Action<SimulatedServer, SimulatedCommand> propose) => propose(server, new SimulatedCommand(++_lastId, 0, 0, null, Bytes(command)));

    private static byte[] Bytes(CommandBuffer command)
    {
        using (command)
            return command.Span.ToArray();
    }

    /// <summary>The session that a command ends; null for other commands.</summary>
    private static string? Ended(byte[] command)
    {
        if (Commands.KindOf(command) != CommandKind.SessionDestroy)
            return null;
        var reader = new Praetor.Core.Codec.FieldReader(command.AsSpan(1));
        return reader.Text();
    }

    private static byte[] Name(int key) => [(byte)('a' + key)];

    private TimeSpan NowOf(SimulatedServer server, long nowMs) => TimeSpan.FromMilliseconds(server.ClockOf(nowMs) * (sabotage == Sabotage.SessionsEndEarly ? 4 : 1));

    private sealed class LockClient
    {
        public required int Number { get; init; }

        public string? Session { get; set; }

        public long BelievesUntilMs { get; set; }

        public long PausedUntilMs { get; set; }

        /// <summary>Stays with one as long as it thinks it leads.</summary>
        public SimulatedServer? Server { get; set; }

        public int? Holds { get; set; }

        public int? Wants { get; set; }

        public SimulatedCommand? Asked { get; set; }

        public long AskedMs { get; set; }

        public string AskedAt { get; set; } = "";

        public void Forget() => (Session, Holds, Wants, Asked) = (null, null, null, null);
    }
}
