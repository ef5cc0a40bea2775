using Praetor.Core.State;

namespace Praetor.Tests.State;

public class KvTests
{
    private readonly StateHarness _state = new();

    [Fact]
    public void A_set_creates_a_key_with_equal_indexes()
    {
        long index = _state.Put("a", "1", flags: 42).Index;
        Assert.Equal((index, index, 42UL), (_state.Get("a")!.CreateIndex, _state.Get("a")!.ModifyIndex, _state.Get("a")!.Flags));
        Assert.Equal("1", _state.Value("a"));
    }

    [Fact]
    public void An_update_keeps_the_create_index_and_resets_omitted_flags()
    {
        long created = _state.Put("a", "1", flags: 7).Index;
        long modified = _state.Put("a", "2").Index;
        Assert.Equal((created, modified, 0UL), (_state.Get("a")!.CreateIndex, _state.Get("a")!.ModifyIndex, _state.Get("a")!.Flags));
    }

    [Theory]
    [InlineData("")]
    [InlineData("same")]
    public void An_identical_write_moves_no_index_and_wakes_nobody(string value)
    {
        long first = _state.Put("a", value).Index;
        Assert.True(_state.Put("a", value).IsApplied);
        Assert.Equal(first, _state.Get("a")!.ModifyIndex);
        Assert.Equal(first, _state.Kv.TableIndex);
        Assert.Empty(_state.Changes.KvKeys);
    }

    [Theory]
    [InlineData("same length", "SAME length")]
    [InlineData("a", "ab")]
    public void A_different_value_is_a_change(string before, string after)
    {
        _state.Put("a", before);
        long index = _state.Put("a", after).Index;
        Assert.Equal((index, after), (_state.Get("a")!.ModifyIndex, _state.Value("a")));
    }

    [Fact]
    public void Delete_then_put_gives_a_new_create_index()
    {
        _state.Put("a", "1");
        _state.Delete("a");
        long again = _state.Put("a", "1").Index;
        Assert.Equal(again, _state.Get("a")!.CreateIndex);
    }

    [Fact]
    public void Cas_zero_only_creates()
    {
        Assert.True(_state.Put("a", "1", cas: 0).IsApplied);
        Assert.Equal(CommandOutcome.NotApplied, _state.Put("a", "2", cas: 0).Outcome);
        Assert.Equal("1", _state.Value("a"));
    }

    [Fact]
    public void Cas_writes_only_at_the_matching_index()
    {
        long index = _state.Put("a", "1").Index;
        Assert.False(_state.Put("a", "2", cas: index + 5).IsApplied);
        Assert.True(_state.Put("a", "2", cas: index).IsApplied);
        Assert.False(_state.Put("missing", "x", cas: 3).IsApplied);
        Assert.Null(_state.Get("missing"));
    }

    [Fact]
    public void Delete_with_cas_succeeds_when_missing_and_fails_on_another_index()
    {
        Assert.True(_state.Delete("missing", cas: 9).IsApplied);
        long index = _state.Put("a", "1").Index;
        Assert.False(_state.Delete("a", cas: 0).IsApplied);
        Assert.False(_state.Delete("a", cas: index + 1).IsApplied);
        Assert.True(_state.Delete("a", cas: index).IsApplied);
        Assert.Null(_state.Get("a"));
    }

    [Fact]
    public void Deleting_a_missing_key_moves_no_index()
    {
        long index = _state.Put("a", "1").Index;
        _state.Delete("b");
        _state.DeleteTree("c");
        Assert.Equal(index, _state.Kv.TableIndex);
    }

    [Fact]
    public void A_prefix_index_is_its_newest_change_and_ignores_foreign_keys()
    {
        long inside = _state.Put("p/a", "1").Index;
        _state.Put("q", "1");
        Assert.Equal(inside, _state.PrefixIndex("p/"));
    }

    [Fact]
    public void A_deletion_raises_the_index_of_its_prefixes()
    {
        _state.Put("p/a", "1");
        _state.Put("p/b", "1");
        long deleted = _state.Delete("p/b").Index;
        _state.Put("q", "1");
        Assert.Equal(deleted, _state.PrefixIndex("p/"));
    }

    [Theory]
    [InlineData("p")]
    [InlineData("p/")]
    [InlineData("")]
    public void A_recursive_delete_counts_for_every_prefix_below_it(string tree)
    {
        _state.Put("p/x/1", "1");
        _state.Put("p/x/2", "1");
        long deleted = _state.DeleteTree(tree).Index;
        _state.Put("q", "1");
        Assert.Equal(deleted, _state.PrefixIndex("p/x/"));
        Assert.Empty(_state.Keys("p"));
    }

    [Fact]
    public void A_missing_prefix_has_the_table_index()
    {
        long index = _state.Put("a", "1").Index;
        Assert.Equal(index, _state.PrefixIndex("nothing/"));
    }

    [Fact]
    public void An_index_never_goes_back_when_tombstones_are_reaped()
    {
        _state.Put("p/a", "1");
        _state.Put("p/b", "1");
        long deleted = _state.Delete("p/b").Index;
        _state.Apply(Commands.KvReapTombstones(deleted));
        Assert.False(_state.Kv.HasTombstonesThrough(deleted));
        Assert.True(_state.PrefixIndex("p/") >= deleted);
    }

    [Fact]
    public void Reaping_spares_younger_tombstones()
    {
        _state.Put("a", "1");
        _state.Put("b", "1");
        long first = _state.Delete("a").Index;
        long second = _state.Delete("b").Index;
        _state.Apply(Commands.KvReapTombstones(first));
        Assert.False(_state.Kv.HasTombstonesThrough(first));
        Assert.True(_state.Kv.HasTombstonesThrough(second));
    }

    [Fact]
    public void A_recursive_delete_names_every_key_for_its_watchers()
    {
        _state.Put("p/a", "1");
        _state.Put("p/b", "1");
        _state.DeleteTree("p/");
        Assert.Equal(["p/a", "p/b"], _state.Changes.KvKeys.Select(System.Text.Encoding.UTF8.GetString));
    }

    [Fact]
    public void Superseded_values_are_reported_so_that_they_can_be_freed()
    {
        _state.Put("a", "1");
        long version = _state.Get("a")!.Version;
        _state.Put("a", "2");
        Assert.Equal([version], _state.Changes.Superseded);
    }

    [Fact]
    public void An_empty_value_has_no_record()
    {
        _state.Put("a", "");
        Assert.Equal((0L, 0), (_state.Get("a")!.Version, _state.Get("a")!.ValueLength));
        Assert.Equal(0, _state.Heap.Count);
    }
}
