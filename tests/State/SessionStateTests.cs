using Praetor.Core.State;
using Praetor.Core.State.Catalog;
using Praetor.Core.State.Kv;
using Praetor.Core.State.Sessions;
using Praetor.Storage.Heap;

namespace Praetor.Tests.State;

/// <summary>Sessions and locks in the state: who may hold what, and what follows from an end (http-core 7).</summary>
public sealed class SessionStateTests
{
    private const string A = "aaaaaaaa-0000-0000-0000-000000000000";
    private const string B = "bbbbbbbb-0000-0000-0000-000000000000";

    private readonly StateHarness _state = new();

    public SessionStateTests()
    {
        _state.Register(StateHarness.Node("n1") with
        {
            Service = StateHarness.Service("web"),
            Checks = [StateHarness.Check("serfHealth", "passing"), StateHarness.Check("web-check", "passing", "web"), StateHarness.Check("warned", "warning")],
        });
        _state.Register(StateHarness.Node("n2"));
    }

    [Fact]
    public void A_session_is_found_by_id_and_by_node_whatever_the_case()
    {
        Assert.True(Create(A).IsApplied);

        Assert.Equal(A, _state.Root.Sessions.Find(A.ToUpperInvariant())!.Id);
        Assert.Equal([A], _state.Root.Sessions.OfNode("N1").Select(static session => session.Id));
        Assert.Equal(_state.Index, _state.Root.Sessions.Index);
        Assert.Empty(_state.Root.Sessions.OfNode("n2"));
    }

    [Theory]
    [InlineData("nowhere", "", "Missing node registration")]
    [InlineData("n1", "nothing", "Missing check 'nothing' registration")]
    [InlineData("n2", "serfHealth", "Missing check 'serfHealth' registration")]
    public void A_session_needs_its_node_and_its_checks(string node, string check, string refusal)
    {
        CommandResult result = Create(A, node: node, checks: check.Length > 0 ? [check] : []);

        Assert.Equal((CommandOutcome.Refused, refusal), (result.Outcome, result.Refusal));
        Assert.Equal(0, _state.Root.Sessions.Count);
    }

    [Fact]
    public void A_critical_check_is_refused_a_warning_is_not()
    {
        _state.Register(StateHarness.Node("n1") with { Checks = [StateHarness.Check("bad", "critical")] });

        Assert.Equal("Check 'bad' is in critical state", Create(A, checks: ["bad"]).Refusal);
        Assert.True(Create(B, checks: ["warned"]).IsApplied);
    }

    [Fact]
    public void A_key_has_one_holder_and_counts_its_acquisitions()
    {
        Create(A);
        Create(B);

        Assert.True(Acquire("k", A, "1").IsApplied);
        Assert.Equal((A, 1L, "1"), (Entry("k").Session, Entry("k").LockIndex, _state.Value("k")));
        Assert.Equal(CommandOutcome.NotApplied, Acquire("k", B, "2").Outcome);
        Assert.True(Acquire("k", A, "3").IsApplied);
        Assert.Equal((1L, "3"), (Entry("k").LockIndex, _state.Value("k")));

        Assert.Equal(CommandOutcome.NotApplied, Release("k", B, "4").Outcome);
        Assert.True(Release("k", A, "5").IsApplied);
        Assert.Equal((null, 1L, "5"), (Entry("k").Session, Entry("k").LockIndex, _state.Value("k")));
        Assert.True(Acquire("k", B, "6").IsApplied);
        Assert.Equal((B, 2L), (Entry("k").Session, Entry("k").LockIndex));
    }

    [Fact]
    public void An_acquisition_that_changes_nothing_moves_no_index()
    {
        Create(A);
        Acquire("k", A, "1");
        long before = Entry("k").ModifyIndex;

        Assert.True(Acquire("k", A, "1").IsApplied);
        Assert.Equal(before, Entry("k").ModifyIndex);
    }

    [Theory]
    [InlineData(true, "", "missing session")]
    [InlineData(false, "", "missing session")]
    [InlineData(true, "zz", "invalid session \"zz\"")]
    public void A_lock_needs_a_session(bool acquires, string session, string refusal) => Assert.Equal(refusal, (acquires ? Acquire("k", session, "") : Release("k", session, "")).Refusal);

    [Fact]
    public void Releasing_for_nobody_or_what_is_not_there_does_nothing()
    {
        Create(A);

        Assert.Equal(CommandOutcome.NotApplied, Release("k", "zz", "").Outcome);
        Assert.Equal(CommandOutcome.NotApplied, Release("k", A, "").Outcome);
        Assert.Null(_state.Get("k"));
    }

    [Fact]
    public void A_plain_write_leaves_the_holder_and_forgets_the_count()
    {
        Create(A);
        Acquire("k", A, "1");

        _state.Put("k", "2");

        Assert.Equal((A, 0L), (Entry("k").Session, Entry("k").LockIndex));
        _state.Apply(Commands.SessionDestroy(A));
        Assert.Null(Entry("k").Session);
    }

    [Theory]
    [InlineData(SessionBehavior.Release)]
    [InlineData(SessionBehavior.Delete)]
    public void The_end_of_a_session_lets_its_keys_go(SessionBehavior behavior)
    {
        Create(A, behavior: behavior);
        Create(B);
        Acquire("mine/1", A, "x");
        Acquire("mine/2", A, "y");
        Acquire("other", B, "z");

        long end = _state.Apply(Commands.SessionDestroy(A)).Index;

        Assert.Null(_state.Root.Sessions.Find(A));
        Assert.Equal(B, Entry("other").Session);
        if (behavior == SessionBehavior.Delete)
        {
            Assert.Empty(_state.Keys("mine/"));
        }
        else
        {
            Assert.Equal((null, end, 1L, "x"), (Entry("mine/1").Session, Entry("mine/1").ModifyIndex, Entry("mine/1").LockIndex, _state.Value("mine/1")));
        }

        Assert.Equal(end, _state.PrefixIndex("mine/"));
    }

    [Fact]
    public void Nobody_acquires_a_lost_key_until_its_delay_is_over()
    {
        Create(A, delayNs: 5);
        Create(B);
        Acquire("k", A, "x");
        _state.Apply(Commands.SessionDestroy(A));

        Assert.Equal(CommandOutcome.NotApplied, Acquire("k", B, "y").Outcome);
        Assert.Equal(CommandOutcome.NotApplied, Acquire("k", "unknown", "y").Outcome);
        Assert.True(_state.Put("k", "plain").IsApplied);

        KeyValuePair<byte[], LockDelay> delay = Assert.Single(_state.Root.Sessions.LockDelays());
        _state.Apply(Commands.LockDelaysEnd([(delay.Key, delay.Value.Index)]));
        Assert.True(Acquire("k", B, "y").IsApplied);
    }

    [Fact]
    public void The_end_of_an_older_delay_does_not_end_a_newer_one()
    {
        Create(A, delayNs: 5);
        Acquire("k", A, "x");
        _state.Apply(Commands.SessionDestroy(A));
        long first = Assert.Single(_state.Root.Sessions.LockDelays()).Value.Index;
        _state.Apply(Commands.LockDelaysEnd([(StateHarness.Bytes("k"), first)]));
        Create(B, delayNs: 5);
        Acquire("k", B, "x");
        _state.Apply(Commands.SessionDestroy(B));

        _state.Apply(Commands.LockDelaysEnd([(StateHarness.Bytes("k"), first)]));

        Assert.Single(_state.Root.Sessions.LockDelays());
    }

    [Fact]
    public void A_release_and_a_delay_of_zero_start_no_delay()
    {
        Create(A, delayNs: 5);
        Create(B, delayNs: 0);
        Acquire("released", A, "");
        Release("released", A, "");
        Acquire("undelayed", B, "");

        _state.Apply(Commands.SessionDestroy(A));
        _state.Apply(Commands.SessionDestroy(B));

        Assert.Empty(_state.Root.Sessions.LockDelays());
    }

    [Fact]
    public void A_delay_is_kept_as_given_and_obeyed_up_to_a_minute()
    {
        Create(A, delayNs: 3_600_000_000_000);
        Acquire("k", A, "");

        Assert.Equal(3_600_000_000_000, _state.Root.Sessions.Find(A)!.LockDelayNs);
        _state.Apply(Commands.SessionDestroy(A));
        Assert.Equal(60_000_000_000, Assert.Single(_state.Root.Sessions.LockDelays()).Value.DelayNs);
    }

    public static TheoryData<string> Ends => ["node", "service", "check", "critical", "renamed"];

    [Theory]
    [MemberData(nameof(Ends))]
    public void A_session_ends_in_the_entry_that_takes_away_what_it_needs(string cause)
    {
        Create(A, checks: ["web-check"]);
        Create(B, node: "n2");
        Acquire("k", A, "");

        switch (cause)
        {
            case "node": _state.Deregister("n1"); break;
            case "service": _state.Deregister("n1", service: "web"); break;
            case "check": _state.Deregister("n1", check: "web-check"); break;
            case "critical": _state.Register(StateHarness.Node("n1") with { Checks = [StateHarness.Check("web-check", "critical", "web")] }); break;
            default:
                _state.Register(StateHarness.Node("n1", id: "11111111-1111-1111-1111-111111111111"));
                _state.Register(StateHarness.Node("n1-new", id: "11111111-1111-1111-1111-111111111111"));
                break;
        }

        Assert.Null(_state.Root.Sessions.Find(A));
        Assert.NotNull(_state.Root.Sessions.Find(B));
        Assert.Equal((null, _state.Index), (Entry("k").Session, Entry("k").ModifyIndex));
        Assert.Equal(_state.Index, _state.Root.Sessions.Index);
        Assert.Single(_state.Root.Sessions.LockDelays());
    }

    [Theory]
    [InlineData("web-check", "warning")]
    [InlineData("serfHealth", "critical")]
    public void What_it_does_not_need_or_only_warns_does_not_end_it(string check, string status)
    {
        Create(A, checks: ["web-check"]);

        _state.Register(StateHarness.Node("n1") with { Checks = [StateHarness.Check(check, status, check == "web-check" ? "web" : "")] });

        Assert.NotNull(_state.Root.Sessions.Find(A));
    }

    [Fact]
    public void Checks_of_type_session_follow_the_session_and_take_those_along_that_need_them()
    {
        _state.Register(StateHarness.Node("n1") with
        {
            Checks = [StateHarness.Check("leads", "critical") with { Type = "session", Definition = new CheckDefinitionRecord { SessionName = "leader" } }],
        });
        Assert.True(Create(A, name: "leader").IsApplied);
        Assert.Equal(("passing", $"Session '{A}' in force"), Leads());
        Assert.True(Create(B, checks: ["leads"]).IsApplied);

        _state.Apply(Commands.SessionDestroy(A));

        Assert.Equal(("critical", $"Session '{A}' is invalid"), Leads());
        Assert.Null(_state.Root.Sessions.Find(B));
    }

    [Fact]
    public void Deleting_a_held_key_leaves_the_session_and_no_delay()
    {
        Create(A, delayNs: 5);
        Acquire("k", A, "");
        _state.Delete("k");

        _state.Apply(Commands.SessionDestroy(A));

        Assert.Null(_state.Get("k"));
        Assert.Empty(_state.Root.Sessions.LockDelays());
    }

    [Fact]
    public void All_of_it_is_part_of_a_snapshot()
    {
        Create(A, delayNs: 7, checks: ["web-check"], name: "named");
        Create(B, delayNs: 9, behavior: SessionBehavior.Delete);
        Acquire("mine", A, "v");
        Acquire("lost", B, "v");
        _state.Apply(Commands.SessionDestroy(B));
        var saved = new MemoryStream();
        StateMachine.WriteSnapshot(_state.Root, _state.Heap, saved);
        saved.Position = 0;

        var restored = new StateMachine(new MemoryRecordHeap());
        restored.Restore(saved, new ChangeSet());

        SessionRecord session = Assert.Single(restored.Root.Sessions.All());
        Assert.Equal((A, "named", "web-check", _state.Root.Sessions.Index), (session.Id, session.Name, Assert.Single(session.NodeChecks), restored.Root.Sessions.Index));
        Assert.Equal(9, Assert.Single(restored.Root.Sessions.LockDelays()).Value.DelayNs);
        // The end of the session after a restore still finds its keys.
        using CommandBuffer destroy = Commands.SessionDestroy(A);
        restored.Apply([new Core.Ports.LogEntry(restored.Root.Index + 1, 1, Core.Ports.LogEntryKind.Command, destroy.Memory)], new CommandResult[1], new ChangeSet());
        Assert.True(restored.Root.Kv.TryGet("mine"u8, out KvEntry? entry));
        Assert.Null(entry.Session);
    }

    private CommandResult Create(string id, string node = "n1", string[]? checks = null, long delayNs = 15_000_000_000, SessionBehavior behavior = SessionBehavior.Release, string name = "") =>
        _state.Apply(Commands.SessionCreate(new SessionRecord { Id = id, Node = node, NodeChecks = checks ?? [], LockDelayNs = delayNs, Behavior = behavior, Name = name }));

    private CommandResult Acquire(string key, string session, string value) => Lock(acquires: true, key, session, value);

    private CommandResult Release(string key, string session, string value) => Lock(acquires: false, key, session, value);

    private CommandResult Lock(bool acquires, string key, string session, string value)
    {
        CommandBuffer command = Commands.KvLock(acquires, session, StateHarness.Bytes(key), flags: 0, value.Length);
        System.Buffers.BuffersExtensions.Write(command, StateHarness.Bytes(value));
        return _state.Apply(command);
    }

    private KvEntry Entry(string key) => _state.Get(key)!;

    private (string Status, string Output) Leads()
    {
        CheckRecord check = _state.Catalog.FindCheck("n1", "leads")!;
        return (check.Status, check.Output);
    }
}
