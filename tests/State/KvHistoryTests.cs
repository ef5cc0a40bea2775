using System.Text;
using Praetor.Core.Ports;
using Praetor.Core.State;
using Praetor.Core.State.Kv;
using Praetor.Storage.Heap;

namespace Praetor.Tests.State;

/// <summary>Keys as they were at every index, against a model that remembers all of it.</summary>
public sealed class KvHistoryTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Every_index_of_the_window_is_as_it_was(int seed)
    {
        var random = new Random(seed);
        var machine = new StateMachine(new MemoryRecordHeap());
        var epochs = new List<KvEpoch> { new(machine.Root, null) };
        var model = new SortedDictionary<string, long>(StringComparer.Ordinal);
        var past = new Dictionary<long, Dictionary<string, long>> { [0] = [] };
        var changes = new ChangeSet();
        long index = 0;
        for (int batch = 0; batch < 60; batch++)
        {
            var entries = new LogEntry[random.Next(1, 8)];
            for (int i = 0; i < entries.Length; i++)
            {
                index++;
                string key = $"{(char)('a' + random.Next(3))}/{random.Next(6)}";
                entries[i] = new LogEntry(index, 1, LogEntryKind.Command, Command(random, key, index, model));
                past[index] = new Dictionary<string, long>(model);
            }

            machine.Apply(entries, new CommandResult[entries.Length], changes);
            epochs.Add(new KvEpoch(machine.Root, [.. changes.KvChanges!]));
        }

        var history = new KvHistory(epochs);

        Assert.Equal((0, index), (history.Oldest, history.Newest));
        for (long at = 0; at <= index; at++)
        {
            Assert.True(history.Holds(at));
            foreach (string prefix in new[] { "", "a/", "b/3", "zz" })
            {
                string from = random.Next(2) == 0 ? prefix : prefix + "2";
                Assert.Equal(past[at].Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal) && string.CompareOrdinal(pair.Key, from) >= 0).OrderBy(static pair => pair.Key, StringComparer.Ordinal).Select(static pair => $"{pair.Key}@{pair.Value}"),
                    history.Scan(Bytes(prefix), Bytes(from), at).Select(static pair => $"{Encoding.UTF8.GetString(pair.Key.Span)}@{pair.Value.ModifyIndex}"));
            }

            foreach (string key in new[] { "a/0", "b/3", "c/5" })
                Assert.Equal(past[at].TryGetValue(key, out long modified) ? modified : -1, history.TryGet(Bytes(key), at, out KvEntry? entry) ? entry.ModifyIndex : -1);
        }

        Assert.False(history.Holds(index + 1));
    }

    [Fact]
    public void Versions_of_a_key_come_in_order_with_their_deletions()
    {
        var state = new StateHarness();
        var epochs = new List<KvEpoch>();
        void Keep() => epochs.Add(new KvEpoch(state.Root, [.. state.Changes.KvChanges!]));
        state.Put("k", "1");
        Keep();
        state.Put("k", "2");
        Keep();
        state.Put("other", "x");
        Keep();
        state.DeleteTree("");
        Keep();
        state.Put("k", "3");
        Keep();

        IReadOnlyList<KvChange> versions = new KvHistory(epochs).Of(Bytes("k"));

        Assert.Equal(["1", "2", "4 gone", "5"], versions.Select(static version => version.Entry is null ? $"{version.Index} gone" : $"{version.Index}"));
    }

    [Fact]
    public void What_is_not_known_write_by_write_begins_the_history_anew()
    {
        var state = new StateHarness();
        var epochs = new List<KvEpoch> { new(state.Root, null) };
        for (int i = 0; i < 5000; i++)
            state.Put($"k{i}", "x");
        epochs.Add(new KvEpoch(state.Root, []));
        state.DeleteTree("");
        Assert.Null(state.Changes.KvChanges);
        epochs.Add(new KvEpoch(state.Root, state.Changes.KvChanges));

        Assert.Equal(5001, new KvHistory(epochs).Oldest);
    }

    private static ReadOnlyMemory<byte> Command(Random random, string key, long index, SortedDictionary<string, long> model)
    {
        switch (random.Next(8))
        {
            case 0:
                model.Remove(key);
                return Commands.KvDelete(Bytes(key), null).Memory;
            case 1:
                string prefix = key[..random.Next(2)];
                foreach (string below in model.Keys.Where(each => each.StartsWith(prefix, StringComparison.Ordinal)).ToList())
                    model.Remove(below);
                return Commands.KvDeleteTree(Bytes(prefix)).Memory;
            default:
                model[key] = index;
                CommandBuffer command = Commands.KvSet(Bytes(key), (ulong)index, null, 0);
                return command.Memory;
        }
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
