using System.Text;
using Praetor.Core.Ports;
using Praetor.Core.State;
using Praetor.Core.State.Txn;
using Praetor.Storage.Heap;

namespace Praetor.Tests.State;

/// <summary>Transactions that only read, when values are not in memory: nobody waits for the disk while the state is looked at.</summary>
public sealed class TxnReadTests
{
    private readonly StateHarness _state = new();

    [Fact]
    public async Task Values_that_are_on_disk_are_fetched_together()
    {
        foreach (string key in new[] { "a", "b/1", "b/2" })
            _state.Put(key, $"value of {key}");
        var heap = new DiskHeap(_state.Heap);

        TxnOutcome outcome = await StateMachine.ReadAsync(_state.Root, heap, [Get("a"), new TxnOp { Verb = TxnVerb.KvGetTree, Key = "b/"u8.ToArray() }, Get("a")], TestContext.Current.CancellationToken);

        Assert.Empty(outcome.Errors);
        Assert.Equal(["value of a", "value of b/1", "value of b/2", "value of a"], outcome.Results.Select(static result => Encoding.UTF8.GetString(result.Value!)));
        Assert.Equal(3, heap.Fetched);
    }

    [Fact]
    public async Task What_fails_is_told_also_when_values_are_on_disk()
    {
        _state.Put("a", "x");

        TxnOutcome outcome = await StateMachine.ReadAsync(_state.Root, new DiskHeap(_state.Heap), [Get("a"), Get("none")], TestContext.Current.CancellationToken);

        Assert.Equal([(1, "key \"none\" doesn't exist")], outcome.Errors);
    }

    private static TxnOp Get(string key) => new() { Verb = TxnVerb.KvGet, Key = StateHarness.Bytes(key) };

    /// <summary>Nothing is in memory.</summary>
    private sealed class DiskHeap(MemoryRecordHeap records) : IRecordHeap
    {
        public int Fetched { get; private set; }

        public long Count => records.Count;

        public long LiveBytes => records.LiveBytes;

        public void Put(long version, ReadOnlySpan<byte> record) => records.Put(version, record);

        public void Free(long version) => records.Free(version);

        public RecordRead TryRead<TReader>(long version, ref TReader reader)
            where TReader : struct, IRecordReader => RecordRead.OnDisk;

        public async ValueTask<byte[]?> ReadAsync(long version, CancellationToken cancellation)
        {
            Fetched++;
            await Task.Yield();
            return await records.ReadAsync(version, cancellation);
        }

        public void Dispose() => records.Dispose();
    }
}
