using Praetor.Core.State;
using Praetor.Core.State.Restore;
using Praetor.Storage.Heap;

namespace Praetor.Tests.State;

/// <summary>Restores through the log (http-core 8.4): all at once, on every server alike, whatever comes between the pieces.</summary>
public sealed class RestoreTests
{
    private readonly StateHarness _state = new();
    private readonly StateHarness _other = new();

    public RestoreTests()
    {
        for (int i = 0; i < 50; i++)
            _other.Put($"new/{i}", new string('n', 200), flags: (ulong)i);
        _other.Register(StateHarness.Node("restored") with { Service = StateHarness.Service("web") });
        _other.Put("both", "theirs");
        _state.Put("old", "x");
        _state.Put("both", "ours");
        _state.Register(StateHarness.Node("old"));
    }

    [Fact]
    public void The_state_is_replaced_in_one_entry()
    {
        List<byte[]> pieces = Pieces(_other);
        _state.Apply(Commands.RestoreBegin("r", HighestIndex(_other)));
        foreach ((int i, byte[] piece) in pieces.Index())
        {
            Assert.True(_state.Apply(Piece("r", i, piece)).IsApplied);
            Assert.Equal(("x", "ours", null), (_state.Value("old"), _state.Value("both"), _state.Value("new/1")));
        }

        Assert.True(pieces.Count > 3);
        Assert.True(_state.Apply(Commands.RestoreCommit("r", pieces.Count)).IsApplied);

        Assert.True(_state.Changes.Everything);
        Assert.Equal((null, "theirs", new string('n', 200)), (_state.Value("old"), _state.Value("both"), _state.Value("new/1")));
        Assert.Equal(["restored"], _state.Catalog.Nodes().Select(static node => node.Name));
        Assert.Equal(_other.Get("both")!.ModifyIndex, _state.Get("both")!.ModifyIndex);
        Assert.Null(_state.Root.Staged);
    }

    [Fact]
    public void Writes_after_a_restore_carry_indexes_above_all_before()
    {
        for (int i = 0; i < 100; i++)
            _other.Put("both", $"{i}");
        long highest = HighestIndex(_other);
        Assert.True(highest > _state.Index + 100);

        Restore(_state, _other);
        _state.Put("after", "1");

        Assert.Equal(highest + 1, _state.Get("after")!.ModifyIndex);
        Assert.Equal(_state.Index, _state.Root.Index);
        Assert.Equal(highest + 1, _state.Root.ClientIndex);
    }

    [Fact]
    public void Indexes_do_not_fall_behind_those_of_the_log()
    {
        for (int i = 0; i < 200; i++)
            _state.Put("old", $"{i}");

        Restore(_state, _other);
        CommandResult after = _state.Put("after", "1");

        Assert.Equal((_state.Index, 0), (after.Index, _state.Root.IndexOffset));
    }

    [Fact]
    public void A_server_that_starts_again_in_the_middle_goes_on()
    {
        List<byte[]> pieces = Pieces(_other);
        _state.Apply(Commands.RestoreBegin("r", HighestIndex(_other)));
        for (int i = 0; i < pieces.Count / 2; i++)
            _state.Apply(Piece("r", i, pieces[i]));
        StateHarness restarted = Again(_state);

        for (int i = pieces.Count / 2; i < pieces.Count; i++)
        {
            _state.Apply(Piece("r", i, pieces[i]));
            restarted.Apply(Piece("r", i, pieces[i]));
        }

        Assert.True(restarted.Apply(Commands.RestoreCommit("r", pieces.Count)).IsApplied);
        _state.Apply(Commands.RestoreCommit("r", pieces.Count));

        Assert.Equal(Save(_state), Save(restarted));
        Assert.Equal("theirs", restarted.Value("both"));
    }

    [Fact]
    public void The_offset_of_indexes_survives_a_snapshot()
    {
        for (int i = 0; i < 100; i++)
            _other.Put("both", $"{i}");
        Restore(_state, _other);

        StateHarness again = Again(_state);

        Assert.Equal(_state.Put("a", "1").Index, again.Put("a", "1").Index);
        Assert.Equal(Save(_state), Save(again));
    }

    [Fact]
    public void A_command_whose_fate_is_not_known_may_come_again()
    {
        List<byte[]> pieces = Pieces(_other);
        _state.Apply(Commands.RestoreBegin("r", 1));
        foreach ((int i, byte[] piece) in pieces.Index())
        {
            Assert.True(_state.Apply(Piece("r", i, piece)).IsApplied);
            Assert.True(_state.Apply(Piece("r", i, piece)).IsApplied);
        }

        Assert.True(_state.Apply(Commands.RestoreCommit("r", pieces.Count)).IsApplied);
        _state.Put("after", "1");
        StateHarness again = Again(_state);

        Assert.True(_state.Apply(Commands.RestoreCommit("r", pieces.Count)).IsApplied);
        Assert.True(again.Apply(Commands.RestoreCommit("r", pieces.Count)).IsApplied);
        Assert.Equal(("1", "1"), (_state.Value("after"), again.Value("after")));
    }

    [Fact]
    public void A_restore_that_another_has_overtaken_is_refused()
    {
        List<byte[]> pieces = Pieces(_other);
        _state.Apply(Commands.RestoreBegin("first", 1));
        _state.Apply(Piece("first", 0, pieces[0]));
        _state.Apply(Commands.RestoreBegin("second", 1));

        CommandResult late = _state.Apply(Piece("first", 1, pieces[1]));
        CommandResult commit = _state.Apply(Commands.RestoreCommit("first", 2));

        Assert.Equal((CommandOutcome.Refused, "another restore has begun"), (late.Outcome, late.Refusal));
        Assert.Equal(CommandOutcome.Refused, commit.Outcome);
        Assert.Equal("ours", _state.Value("both"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(99)]
    public void A_commit_without_all_pieces_is_refused(int claimed)
    {
        List<byte[]> pieces = Pieces(_other);
        _state.Apply(Commands.RestoreBegin("r", 1));
        foreach ((int i, byte[] piece) in pieces.Index())
            _state.Apply(Piece("r", i, piece));

        Assert.False(_state.Apply(Commands.RestoreCommit("r", claimed)).IsApplied);
        Assert.Equal("ours", _state.Value("both"));
    }

    [Fact]
    public void A_piece_that_cannot_be_read_ends_the_restore_and_nothing_else()
    {
        _state.Apply(Commands.RestoreBegin("r", 1));
        _state.Apply(Piece("r", 0, Pieces(_other)[0]));
        long records = _state.Heap.Count;

        CommandResult result = _state.Apply(Piece("r", 1, [1, 2, 3]));

        Assert.Equal(CommandOutcome.Refused, result.Outcome);
        Assert.Null(_state.Root.Staged);
        Assert.Equal("ours", _state.Value("both"));
        Assert.Equal(records, _state.Heap.Count);
        Assert.NotEmpty(_state.Changes.Superseded);
    }

    [Fact]
    public void What_is_given_up_or_replaced_leaves_no_records()
    {
        _state.Apply(Commands.RestoreBegin("r", 1));
        _state.Apply(Piece("r", 0, Pieces(_other)[0]));
        Free();

        Assert.True(_state.Apply(Commands.RestoreAbandon("r")).IsApplied);
        Free();
        Assert.Equal(2, _state.Heap.Count);
        Assert.False(_state.Apply(Commands.RestoreAbandon("r")).IsApplied);

        Restore(_state, _other);
        Free();
        Assert.Equal(_other.Heap.Count, _state.Heap.Count);
    }

    [Fact]
    public void Results_of_writes_that_may_come_again_are_those_of_now()
    {
        _state.Apply(StateHarness.Forwarded(origin: 7, number: 3, settled: 2, "fwd"));
        Restore(_state, _other);

        CommandResult again = _state.Apply(StateHarness.Forwarded(origin: 7, number: 3, settled: 2, "fwd"));

        Assert.True(again.IsApplied);
        Assert.Null(_state.Value("fwd"));
    }

    [Fact]
    public void Every_cut_of_a_snapshot_is_found_before_anything_is_sent()
    {
        byte[] whole = Save(_other);
        for (int length = 0; length < whole.Length; length += 7)
        {
            Assert.Throws<InvalidDataException>(() =>
            {
                using var pieces = new SnapshotPieces(new MemoryStream(whole, 0, length), 1000);
                pieces.Check();
            });
        }

        using var all = new SnapshotPieces(new MemoryStream([.. whole, 0]), 1000);
        Assert.Throws<InvalidDataException>(() => all.Check());
    }

    private static byte[] Save(StateHarness state)
    {
        var stream = new MemoryStream();
        StateMachine.WriteSnapshot(state.Root, state.Heap, stream);
        return stream.ToArray();
    }

    private static StateHarness Again(StateHarness state) => StateHarness.Restored(new MemoryStream(Save(state)), new MemoryRecordHeap());

    private static long HighestIndex(StateHarness state) => state.Root.ClientIndex;

    private static List<byte[]> Pieces(StateHarness state)
    {
        var stream = new MemoryStream();
        StateMachine.WriteSnapshot(state.Root.ForArchive(), state.Heap, stream);
        stream.Position = 0;
        using var cut = new SnapshotPieces(stream, 1000);
        Assert.Equal(HighestIndex(state), cut.HighestIndex);
        var pieces = new List<byte[]>();
        for (ReadOnlyMemory<byte> piece; !(piece = cut.Next()).IsEmpty;)
            pieces.Add(piece.ToArray());
        return pieces;
    }

    private static CommandBuffer Piece(string id, int number, byte[] piece)
    {
        CommandBuffer command = Commands.RestorePiece(id, number, piece.Length);
        System.Buffers.BuffersExtensions.Write(command, piece);
        return command;
    }

    private static void Restore(StateHarness state, StateHarness from)
    {
        List<byte[]> pieces = Pieces(from);
        state.Apply(Commands.RestoreBegin("x", HighestIndex(from)));
        foreach ((int i, byte[] piece) in pieces.Index())
            state.Apply(Piece("x", i, piece));
        Assert.True(state.Apply(Commands.RestoreCommit("x", pieces.Count)).IsApplied);
    }

    /// <summary>What the apply loop does once nobody can hold the old roots.</summary>
    private void Free()
    {
        foreach (long version in _state.Changes.Superseded)
            _state.Heap.Free(version);
    }
}
