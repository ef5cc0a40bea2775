using System.Text;
using Praetor.Core.Mvcc;

namespace Praetor.Tests.Mvcc;

public class OrderedIndexTests
{
    private static byte[] Key(string text) => Encoding.UTF8.GetBytes(text);

    private static OrderedIndex<int> Build(params string[] keys)
    {
        OrderedIndexBatch<int> batch = OrderedIndex<int>.Empty.Begin();
        for (int i = 0; i < keys.Length; i++)
            batch.Set(Key(keys[i]), i);
        return batch.Commit();
    }

    private static void RemoveRange(SortedDictionary<string, int> model, OrderedIndexBatch<int> batch, string first, string last)
    {
        string[] doomed = [.. model.Keys.Where(key => string.CompareOrdinal(key, first) >= 0 && string.CompareOrdinal(key, last) <= 0)];
        foreach (string key in doomed)
            model.Remove(key);
        Assert.Equal(doomed.Length > 0, batch.RemoveRange(Key(first), Key(last)));
        Assert.Equal(model.Count, batch.Count);
    }

    private static string[] Keys(OrderedIndexScan<int> scan) => [.. scan.Select(e => Encoding.UTF8.GetString(e.Key.Span))];

    [Fact]
    public void A_scan_yields_the_keys_under_a_prefix_in_byte_order() =>
        Assert.Equal(["a-x", "a/b", "a/x/1"], Keys(Build("b", "a/x/1", "B", "a/b", "a-x").Scan(Key("a"))));

    [Fact]
    public void An_empty_prefix_yields_everything() => Assert.Equal(["B", "a", "b"], Keys(Build("b", "a", "B").Scan([])));

    [Fact]
    public void A_scan_can_start_inside_a_prefix() =>
        Assert.Equal(["p/2", "p/3"], Keys(Build("p/1", "p/2", "p/3", "q").ScanFrom(Key("p/"), Key("p/15"))));

    [Fact]
    public void A_version_never_changes_after_commit()
    {
        OrderedIndex<int> before = Build("a", "b", "c");
        OrderedIndexBatch<int> batch = before.Begin();
        batch.Set(Key("b"), 99);
        batch.Remove(Key("a"));
        batch.Set(Key("d"), 4);
        OrderedIndex<int> after = batch.Commit();

        Assert.Equal(["a", "b", "c"], Keys(before.Scan([])));
        Assert.True(before.TryGet(Key("b"), out int old) && old == 1);
        Assert.Equal(["b", "c", "d"], Keys(after.Scan([])));
        Assert.True(after.TryGet(Key("b"), out int changed) && changed == 99);
    }

    [Fact]
    public void A_batch_that_goes_on_after_commit_leaves_the_committed_version_alone()
    {
        OrderedIndexBatch<int> batch = OrderedIndex<int>.Empty.Begin();
        batch.Set(Key("a"), 1);
        OrderedIndex<int> first = batch.Commit();
        batch.Set(Key("a"), 2);
        Assert.True(first.TryGet(Key("a"), out int value));
        Assert.Equal(1, value);
    }

    [Fact]
    public void A_key_that_a_walk_has_met_stays_as_it_is_when_its_batch_goes_on()
    {
        OrderedIndexBatch<int> batch = Build("b", "c").Begin();
        batch.Set(Key("d"), 1);
        ReadOnlyMemory<byte>[] met = [.. batch.Scan([]).Select(static pair => pair.Key)];
        batch.Set(Key("a"), 1);
        batch.Remove(Key("c"));
        Assert.Equal(["b", "c", "d"], met.Select(static key => Encoding.UTF8.GetString(key.Span)));
    }

    [Fact]
    public void Removing_what_is_not_there_copies_nothing()
    {
        OrderedIndex<int> index = Build("a");
        OrderedIndexBatch<int> batch = index.Begin();
        Assert.False(batch.Remove(Key("x")));
        Assert.False(batch.RemoveRange(Key("b"), Key("y")));
        Assert.False(batch.RemoveRange(Key("z"), Key("a")));
        Assert.Same(index, batch.Commit());
    }

    [Theory]
    [InlineData(1, 50, 0)]
    [InlineData(2, 500, 0)]
    [InlineData(3, 5_000, 0)]
    [InlineData(4, 500, 9_000)]
    [InlineData(5, 2_000, 700)]
    public void It_behaves_like_a_sorted_dictionary_under_random_writes_and_keeps_every_version(int seed, int steps, int longest)
    {
        var random = new Random(seed);
        var model = new SortedDictionary<string, int>(StringComparer.Ordinal);
        OrderedIndex<int> index = OrderedIndex<int>.Empty;
        var history = new List<(OrderedIndex<int> Index, KeyValuePair<string, int>[] Model)>();
        for (int step = 0; step < steps;)
        {
            OrderedIndexBatch<int> batch = index.Begin();
            for (int n = random.Next(1, 40); n > 0; n--, step++)
            {
                int number = random.Next(steps / 2);
                string key = number.ToString("x", null) + new string('x', longest * (number % 7) / 6);
                bool shrinking = step % 1000 > 600;
                if (random.Next(100) == 0)
                    RemoveRange(model, batch, key, (number + random.Next(steps / 4)).ToString("x", null));
                else if (random.Next(10) < (shrinking ? 8 : 3))
                    Assert.Equal(model.Remove(key), batch.Remove(Key(key)));
                else
                    batch.Set(Key(key), model[key] = step);
            }

            index = batch.Commit();
            Assert.Equal(model.Count, index.Count);
            string prefix = random.Next(1, 16).ToString("x", null);
            Assert.Equal(model.Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal)), Keys(index.Scan(Key(prefix))));
            if (random.Next(20) == 0)
                history.Add((index, [.. model]));
        }

        history.Add((index, [.. model]));
        foreach ((OrderedIndex<int> version, KeyValuePair<string, int>[] expected) in history)
            Assert.Equal(expected, version.Scan([]).Select(e => KeyValuePair.Create(Encoding.UTF8.GetString(e.Key.Span), e.Value)));
        foreach ((string key, int value) in model)
            Assert.True(index.TryGet(Key(key), out int found) && found == value);
    }
}
