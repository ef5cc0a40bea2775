using System.Buffers;
using Praetor.Core.State;
using Praetor.Core.State.Kv;
using Praetor.Core.State.Sessions;
using Praetor.Core.State.Txn;
using Praetor.Storage.Heap;

namespace Praetor.Tests.State;

/// <summary>Sessions, locks and transactions against a model of a few dictionaries, under random commands and restored snapshots.</summary>
public sealed class SessionModelTests
{
    private const int Steps = 4000;
    private static readonly string[] Keys = ["a", "a/1", "a/2", "b", "c"];
    private static readonly string[] Nodes = ["n1", "n2"];

    private readonly Dictionary<string, (string Node, bool Deletes, bool NeedsCheck)> _sessions = [];
    private readonly Dictionary<string, (string? Holder, long LockIndex)> _keys = [];
    private readonly Dictionary<string, long> _delays = [];
    private readonly HashSet<string> _nodes = [];
    private readonly HashSet<string> _passing = [];
    private StateHarness _state = new();
    private int _lastSession;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void The_state_does_what_the_model_does(int seed)
    {
        var random = new Random(seed);
        for (int step = 0; step < Steps; step++)
        {
            Do(random);
            Compare(step);
            if (step % 500 == 499)
                RestoreSnapshot();
        }

        Assert.True(_lastSession > 100, "hardly anything happened");
    }

    private void Do(Random random)
    {
        string key = Keys[random.Next(Keys.Length)];
        string node = Nodes[random.Next(Nodes.Length)];
        string session = _sessions.Count > 0 && random.Next(10) > 0 ? _sessions.Keys.ElementAt(random.Next(_sessions.Count)) : "unknown";
        switch (random.Next(14))
        {
            case 0: Register(node, passing: true); break;
            case 1: Register(node, passing: random.Next(3) > 0); break;
            case 2: Create(node, deletes: random.Next(3) == 0, needsCheck: random.Next(2) == 0); break;
            case 3 or 4 or 5: Acquire(key, session); break;
            case 6: Release(key, session); break;
            case 7 when random.Next(3) == 0: Destroy(session); break;
            case 8: Put(key); break;
            case 9: Delete(key); break;
            case 10 when random.Next(4) == 0: DeleteTree("a/"); break;
            case 11 when random.Next(6) == 0: Deregister(node); break;
            case 12: EndDelays(); break;
            case 13: LockTwoOrNone(key, session); break;
        }
    }

    private void Register(string node, bool passing)
    {
        _state.Register(StateHarness.Node(node) with { Checks = [StateHarness.Check("check", passing ? "passing" : "critical")] });
        _nodes.Add(node);
        if (passing)
        {
            _passing.Add(node);
            return;
        }

        _passing.Remove(node);
        foreach (string lost in _sessions.Where(pair => pair.Value.Node == node && pair.Value.NeedsCheck).Select(static pair => pair.Key).ToList())
            End(lost);
    }

    private void Create(string node, bool deletes, bool needsCheck)
    {
        string id = $"{++_lastSession:00000000}-0000-0000-0000-000000000000";
        CommandResult result = _state.Apply(Commands.SessionCreate(new SessionRecord
        {
            Id = id,
            Node = node,
            Behavior = deletes ? SessionBehavior.Delete : SessionBehavior.Release,
            LockDelayNs = _lastSession % 3 == 0 ? 0 : 5,
            NodeChecks = needsCheck ? ["check"] : [],
        }));
        bool may = _nodes.Contains(node) && (!needsCheck || _passing.Contains(node));
        Assert.Equal(may, result.IsApplied);
        if (may)
            _sessions[id] = (node, deletes, needsCheck);
    }

    private void Acquire(string key, string session) => Assert.Equal(AcquireModel(key, session), Lock(acquires: true, key, session));

    private CommandOutcome AcquireModel(string key, string session)
    {
        if (_delays.ContainsKey(key))
            return CommandOutcome.NotApplied;
        if (!_sessions.ContainsKey(session))
            return CommandOutcome.Refused;
        (string? holder, long lockIndex) = _keys.GetValueOrDefault(key);
        if (holder is not null && holder != session)
            return CommandOutcome.NotApplied;
        _keys[key] = (session, holder == session ? lockIndex : lockIndex + 1);
        return CommandOutcome.Applied;
    }

    private void Release(string key, string session)
    {
        bool holds = _sessions.ContainsKey(session) && _keys.TryGetValue(key, out var held) && held.Holder == session;
        Assert.Equal(holds ? CommandOutcome.Applied : CommandOutcome.NotApplied, Lock(acquires: false, key, session));
        if (holds)
            _keys[key] = (null, _keys[key].LockIndex);
    }

    private void Destroy(string session)
    {
        _state.Apply(Commands.SessionDestroy(session));
        if (_sessions.ContainsKey(session))
            End(session);
    }

    private void Put(string key)
    {
        _state.Put(key, "plain" + _state.Index);
        _keys[key] = (_keys.GetValueOrDefault(key).Holder, 0);
    }

    private void Delete(string key)
    {
        _state.Delete(key);
        _keys.Remove(key);
    }

    private void DeleteTree(string prefix)
    {
        _state.DeleteTree(prefix);
        foreach (string key in _keys.Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal)).ToList())
            _keys.Remove(key);
    }

    private void Deregister(string node)
    {
        _state.Deregister(node);
        if (!_nodes.Remove(node))
            return;
        _passing.Remove(node);
        foreach (string lost in _sessions.Where(pair => pair.Value.Node == node).Select(static pair => pair.Key).ToList())
            End(lost);
    }

    private void EndDelays()
    {
        _state.Apply(Commands.LockDelaysEnd([.. _delays.Select(static delay => (StateHarness.Bytes(delay.Key), delay.Value))]));
        _delays.Clear();
    }

    /// <summary>A transaction that locks a key and another one: both or none.</summary>
    private void LockTwoOrNone(string key, string session)
    {
        var before = (new Dictionary<string, (string?, long)>(_keys), _delays.Count);
        CommandOutcome first = AcquireModel(key, session);
        CommandOutcome second = first == CommandOutcome.Applied ? AcquireModel("b", session) : CommandOutcome.NotApplied;
        bool both = first == CommandOutcome.Applied && second == CommandOutcome.Applied;
        if (!both)
        {
            _keys.Clear();
            foreach ((string each, (string?, long) held) in before.Item1)
                _keys[each] = held;
        }

        CommandResult result = _state.Apply(Commands.Txn([Op(key), Op("b")]));
        Assert.Equal(both, result.IsApplied);

        TxnOp Op(string of) => new() { Verb = TxnVerb.KvLock, Key = StateHarness.Bytes(of), Value = StateHarness.Bytes($"txn{_state.Index}"), Session = session };
    }

    private void End(string session)
    {
        (_, bool deletes, _) = _sessions[session];
        _sessions.Remove(session);
        bool delays = int.Parse(session[..8], System.Globalization.CultureInfo.InvariantCulture) % 3 != 0;
        foreach (string key in _keys.Where(pair => pair.Value.Holder == session).Select(static pair => pair.Key).ToList())
        {
            if (deletes)
                _keys.Remove(key);
            else
                _keys[key] = (null, _keys[key].LockIndex);
            if (delays)
                _delays[key] = _state.Index;
        }
    }

    private CommandOutcome Lock(bool acquires, string key, string session)
    {
        byte[] value = StateHarness.Bytes($"held{_state.Index}");
        CommandBuffer command = Commands.KvLock(acquires, session, StateHarness.Bytes(key), 0, value.Length);
        command.Write(value);
        return _state.Apply(command).Outcome;
    }

    private void Compare(int step)
    {
        Assert.Equal(_sessions.Keys.Order(StringComparer.Ordinal), _state.Root.Sessions.All().Select(static session => session.Id));
        Assert.Equal(
            _keys.OrderBy(static pair => pair.Key, StringComparer.Ordinal).Select(static pair => (pair.Key, pair.Value.Holder, pair.Value.LockIndex)),
            _state.Keys("").Select(key => (key, _state.Get(key)!.Session, _state.Get(key)!.LockIndex)));
        Assert.Equal(_delays.Keys.Order(StringComparer.Ordinal), _state.Root.Sessions.LockDelays().Select(static delay => System.Text.Encoding.UTF8.GetString(delay.Key)));
        int held = 0;
        foreach (KeyValuePair<ReadOnlyMemory<byte>, byte> _ in _state.Kv.Held.Scan([]))
            held++;
        Assert.True(held == _keys.Values.Count(static key => key.Holder is not null), $"step {step}: {held} held keys in the index");
    }

    private void RestoreSnapshot()
    {
        var saved = new MemoryStream();
        StateMachine.WriteSnapshot(_state.Root, _state.Heap, saved);
        saved.Position = 0;
        _state = StateHarness.Restored(saved, new MemoryRecordHeap());
    }
}
