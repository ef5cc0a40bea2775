using Praetor.Core.State;
using Praetor.Core.State.Catalog;
using Praetor.Storage.Heap;

namespace Praetor.Tests.State;

public class SnapshotTests
{
    private static StateHarness Filled()
    {
        var state = new StateHarness();
        state.Put("a", "1", flags: ulong.MaxValue);
        state.Put("empty", "");
        for (int i = 0; i < 200; i++)
            state.Put($"many/{i}", new string('x', i * 10));
        state.Delete("many/7");
        state.DeleteTree("many/1");
        state.Register(StateHarness.Node("n1", id: "11111111-1111-1111-1111-111111111111") with
        {
            Service = StateHarness.Service("web") with
            {
                Tags = ["a", "b"],
                Meta = new SortedList<string, string> { ["k"] = "v" },
                TaggedAddresses = new SortedList<string, ServiceAddress> { ["lan"] = new("1.2.3.4", 5) },
                Proxy = new ServiceProxy
                {
                    DestinationServiceName = "db",
                    ConfigJson = "{\"a\":1}",
                    Upstreams = [new ServiceUpstream { DestinationName = "x", LocalBindPort = 9 }],
                    ExposePaths = [new ExposePath(1, "/p", 2, "http", true)],
                    TransparentProxy = new TransparentProxy(15001, true),
                    AccessLogs = new AccessLogs(true, false, "file", "/x", "", ""),
                    EnvoyExtensions = [new EnvoyExtension("lua", true, "{}", "", "")],
                },
                Locality = new Locality("r", "z"),
            },
            Checks =
            [
                StateHarness.Check("c", "warning", "web") with
                {
                    Definition = new CheckDefinitionRecord { Http = "http://x", Header = new SortedList<string, string[]> { ["A"] = ["1", "2"] }, IntervalNs = 5 },
                },
            ],
        });
        state.Register(StateHarness.Node("gone"));
        state.Deregister("gone");
        state.Register(StateHarness.Node("n1", id: "11111111-1111-1111-1111-111111111111") with { Service = StateHarness.Service("native") with { ConnectNative = true } });
        state.Register(StateHarness.Node("n1", id: "11111111-1111-1111-1111-111111111111") with { Service = StateHarness.Service("native2") with { ConnectNative = true } });
        state.Apply(Commands.VirtualIpsSet("native", ["9.9.9.9"]));
        state.Deregister("n1", service: "native2");
        state.Apply(StateHarness.Forwarded(origin: 7, number: 3, settled: 2, "fwd"));
        return state;
    }

    private static byte[] Save(StateHarness state)
    {
        var stream = new MemoryStream();
        Assert.Equal(StateMachine.WriteSnapshot(state.Root, state.Heap, stream), stream.Length);
        return stream.ToArray();
    }

    private static byte[] Save(StateMachine machine, MemoryRecordHeap heap)
    {
        var stream = new MemoryStream();
        StateMachine.WriteSnapshot(machine.Root, heap, stream);
        return stream.ToArray();
    }

    [Fact]
    public void A_restored_state_says_the_same_byte_for_byte()
    {
        byte[] saved = Save(Filled());
        var heap = new MemoryRecordHeap();
        var restored = new StateMachine(heap);
        restored.Restore(new MemoryStream(saved), new ChangeSet());
        Assert.Equal(saved, Save(restored, heap));
    }

    [Fact]
    public void A_restore_wakes_everybody_and_reports_the_old_values_as_superseded()
    {
        StateHarness state = Filled();
        int valued = state.Kv.Scan([]).Count(pair => pair.Value.Version != 0);
        byte[] saved = Save(state);
        state.Machine.Restore(new MemoryStream(saved), state.Changes);
        Assert.True(state.Changes.Everything);
        Assert.Equal(valued, state.Changes.Superseded.Count);
        foreach (long version in state.Changes.Superseded)
            state.Heap.Free(version);
        Assert.Equal("1", state.Value("a"));
    }

    [Fact]
    public void A_snapshot_cut_anywhere_is_refused_and_leaves_nothing_in_the_heap()
    {
        byte[] saved = Save(Filled());
        for (int length = 0; length < saved.Length; length += 97)
        {
            var heap = new MemoryRecordHeap();
            var machine = new StateMachine(heap);
            Assert.Throws<InvalidDataException>(() => machine.Restore(new MemoryStream(saved, 0, length), new ChangeSet()));
            Assert.Same(StateRoot.Empty, machine.Root);
            Assert.Equal(0, heap.Count);
        }
    }

    [Fact]
    public void Hostile_bytes_never_do_more_than_refuse()
    {
        byte[] saved = Save(Filled());
        var random = new Random(5);
        for (int round = 0; round < 300; round++)
        {
            byte[] broken = [.. saved];
            for (int n = 0; n < 3; n++)
                broken[random.Next(broken.Length)] = (byte)random.Next(256);
            var machine = new StateMachine(new MemoryRecordHeap());
            Exception? thrown = Record.Exception(() => machine.Restore(new MemoryStream(broken), new ChangeSet()));
            Assert.True(thrown is null or InvalidDataException, thrown?.ToString());
        }
    }
}
