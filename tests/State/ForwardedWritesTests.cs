using System.Buffers;
using Praetor.Core.State;
using Praetor.Core.State.Catalog;
using Praetor.Core.State.Forwarded;

namespace Praetor.Tests.State;

public class ForwardedWritesTests
{
    private readonly StateHarness _state = new();

    private CommandResult Forward(long number, long settled, string key = "k", byte origin = 1) => _state.Apply(StateHarness.Forwarded(origin, number, settled, key));

    [Fact]
    public void A_write_that_comes_again_is_answered_as_before_and_not_applied()
    {
        CommandResult first = Forward(1, 1);
        _state.Delete("k");
        Assert.Equal(first, Forward(1, 1));
        Assert.Null(_state.Get("k"));
    }

    [Fact]
    public void Numbers_of_different_origins_have_nothing_to_do_with_each_other()
    {
        Forward(1, 1, "a");
        Forward(1, 1, "b", origin: 2);
        Assert.Equal(["a", "b"], _state.Keys(""));
    }

    [Fact]
    public void A_refusal_and_a_failed_condition_are_remembered_too()
    {
        using CommandBuffer cas = Commands.KvSet("k"u8, 0, 99, 1);
        cas.Write("v"u8);
        CommandResult first = _state.Apply(Commands.Forward(new byte[16], 1, 1, cas.Span));
        Assert.Equal(CommandOutcome.NotApplied, first.Outcome);
        Assert.Equal(first, _state.Apply(Commands.Forward(new byte[16], 1, 1, cas.Span)));
    }

    [Fact]
    public void What_the_origin_has_its_answers_of_is_forgotten_sixteen_at_a_time()
    {
        for (int i = 1; i <= 98; i++)
            Forward(i, Math.Max(1, i - 3), $"k{i}");
        Assert.Equal(98 - 79, _state.Root.Forwarded.Results.Count);
        Forward(99, 96, "k99");
        Assert.Equal(4, _state.Root.Forwarded.Results.Count);
    }

    [Fact]
    public void An_origin_that_was_silent_for_a_million_entries_is_forgotten_when_another_comes()
    {
        var batch = new ForwardedBatch(ForwardedWrites.Empty);
        batch.Keep(Origin(1), 1, 1, Applied(10));
        batch.Keep(Origin(1), 2, 1, Applied(11));
        batch.Keep(Origin(2), 1, 1, Applied(12));
        batch.Keep(Origin(3), 1, 1, Applied(12 + ForwardedBatch.IdleEntries));
        ForwardedWrites left = batch.Commit();
        Assert.Equal((2, 2), (left.Origins.Count, left.Results.Count));
        Assert.False(left.Origins.TryGet(Origin(1), out _));

        static byte[] Origin(byte id) => [.. Enumerable.Repeat(id, ForwardedWrites.OriginBytes)];
        static CommandResult Applied(long index) => new(index, CommandOutcome.Applied);
    }

    [Fact]
    public void A_message_that_was_under_way_until_after_its_answer_changes_nothing()
    {
        Forward(1, 1);
        Forward(2, 2, "other");
        _state.Delete("k");
        Assert.Equal(CommandOutcome.Refused, Forward(1, 1).Outcome);
        Assert.Null(_state.Get("k"));
    }

    [Fact]
    public void A_retry_is_known_after_a_snapshot_too()
    {
        CommandResult first = Forward(5, 5);
        var snapshot = new MemoryStream();
        StateMachine.WriteSnapshot(_state.Root, _state.Heap, snapshot);
        snapshot.Position = 0;
        var restored = new StateHarness();
        restored.Machine.Restore(snapshot, new ChangeSet());
        Assert.True(restored.Root.Forwarded.Results.TryGet(ForwardedWrites.ResultKey([.. Enumerable.Repeat((byte)1, 16)], 5, stackalloc byte[ForwardedWrites.KeyBytes]), out CommandResult kept));
        Assert.Equal(first, kept);
    }

    [Fact]
    public void Only_commands_that_decode_are_let_into_the_log()
    {
        using CommandBuffer good = StateHarness.Forwarded(1, 1, 1, "k");
        Assert.True(Commands.IsWellFormed(good.Span));
        Assert.True(Commands.IsWellFormed(Commands.Register(StateHarness.Node("n")).Span));
        Assert.False(Commands.IsWellFormed([]));
        Assert.False(Commands.IsWellFormed([200]));
        Assert.False(Commands.IsWellFormed(good.Span[..17]));
        Assert.False(Commands.IsWellFormed(Commands.Forward(new byte[16], 1, 1, good.Span).Span));
        Assert.False(Commands.IsWellFormed(Commands.Register(StateHarness.Node("n")).Span[..^1]));
    }

    [Fact]
    public void Whatever_is_let_in_can_be_applied()
    {
        var random = new Random(3);
        byte[][] good =
        [
            StateHarness.Forwarded(1, 1, 1, "k").Span.ToArray(), Commands.Register(StateHarness.Node("n") with { Service = StateHarness.Service("s") }).Span.ToArray(),
            Commands.KvDelete("k"u8, 4).Span.ToArray(), Commands.Deregister(new DeregisterRequest("n", "s", "")).Span.ToArray(),
        ];
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bytes = [.. good[i % good.Length]];
            for (int flips = random.Next(1, 4); flips > 0; flips--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (!Commands.IsWellFormed(bytes))
                continue;
            var command = new CommandBuffer(bytes.Length);
            command.Write(bytes);
            _state.Apply(command);
        }
    }
}
