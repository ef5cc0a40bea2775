using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Praetor.Core.Ports;
using Praetor.Storage.Log;

namespace Praetor.Tests.Storage;

/// <summary>What every <see cref="IRaftLog"/> promises. <see cref="Reopen"/> closes and opens again where the log is durable.</summary>
public abstract class RaftLogConformance : IDisposable
{
    protected abstract IRaftLog Log { get; }

    protected abstract void Reopen();

    public virtual void Dispose()
    {
        Log.Dispose();
        GC.SuppressFinalize(this);
    }

    internal static LogEntry Entry(long index, string? payload = null, long term = 1) =>
        new(index, term, LogEntryKind.Command, Encoding.UTF8.GetBytes(payload ?? $"entry {index}"));

    internal static LogEntry[] Entries(long from, int count, int payloadBytes = 8) =>
        [.. Enumerable.Range(0, count).Select(i => Entry(from + i, new string((char)('a' + (i % 26)), payloadBytes)))];

    internal static string[] Texts(IRaftLog log, long from = 1) =>
        [.. log.Read(from, int.MaxValue).Select(entry => $"{entry.Index}:{entry.Term}:{Encoding.UTF8.GetString(entry.Payload.Span)}")];

    [Fact]
    public void A_new_log_is_empty()
    {
        Assert.Equal((1, 0), (Log.FirstIndex, Log.LastIndex));
        Assert.Equal(default, Log.HardState);
        Assert.Empty(Log.Read(1, 1000));
    }

    [Fact]
    public void Batches_come_back_in_order_with_term_kind_and_payload()
    {
        Log.Append([Entry(1), Entry(2, "", term: 2)]);
        Log.Append([new LogEntry(3, 7, LogEntryKind.NoOp, default)]);
        Reopen();
        Assert.Equal(["1:1:entry 1", "2:2:", "3:7:"], Texts(Log));
        Assert.Equal(LogEntryKind.NoOp, Log.Read(3, 100)[0].Kind);
        Assert.Equal((1, 3), (Log.FirstIndex, Log.LastIndex));
    }

    [Fact]
    public void Payloads_are_copied_when_they_are_appended()
    {
        byte[] payload = [1, 2, 3];
        Log.Append([new LogEntry(1, 1, LogEntryKind.Command, payload)]);
        payload[0] = 99;
        Assert.Equal([1, 2, 3], Log.Read(1, 100)[0].Payload.ToArray());
    }

    [Fact]
    public void A_batch_must_follow_the_last_entry()
    {
        Log.Append([Entry(1)]);
        Assert.Throws<ArgumentException>(() => Log.Append([Entry(3)]));
        Assert.Throws<ArgumentException>(() => Log.Append([Entry(1)]));
        Log.Append([Entry(2)]);
        Assert.Equal(2, Log.LastIndex);
    }

    [Fact]
    public void Term_and_vote_come_back()
    {
        Log.SaveHardState(new HardState(3, "s1"));
        Log.SaveHardState(new HardState(4, null));
        Reopen();
        Assert.Equal(new HardState(4, null), Log.HardState);
        Log.SaveHardState(new HardState(5, "s2"));
        Reopen();
        Assert.Equal(new HardState(5, "s2"), Log.HardState);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(9)]
    public void A_tail_can_be_cut_anywhere_and_replaced(long from)
    {
        Log.Append(Entries(1, 3));
        Log.Append(Entries(4, 2));
        Log.Append(Entries(6, 4));
        Log.TruncateSuffix(from);
        Assert.Equal(from - 1, Log.LastIndex);
        Log.Append([Entry(from, "new", term: 9)]);
        Reopen();
        Assert.Equal($"{from}:9:new", Texts(Log)[^1]);
        Assert.Equal(from, Log.Read(1, int.MaxValue).Count);
    }

    [Fact]
    public void Cutting_behind_the_end_changes_nothing()
    {
        Log.Append(Entries(1, 3));
        Log.TruncateSuffix(4);
        Assert.Equal(3, Log.LastIndex);
    }

    [Fact]
    public void A_compacted_head_is_gone_and_the_rest_stays()
    {
        for (int i = 0; i < 50; i++)
            Log.Append(Entries(1 + (i * 10), 10, 100));
        Log.CompactPrefix(300);
        Reopen();
        Assert.InRange(Log.FirstIndex, 2, 301);
        Assert.Equal(500, Log.LastIndex);
        Assert.Equal(301, Log.Read(301, 1)[0].Index);
    }

    [Fact]
    public void A_reset_goes_on_after_the_given_index()
    {
        Log.Append(Entries(1, 5));
        Log.Reset(1000);
        Reopen();
        Assert.Equal((1001, 1000), (Log.FirstIndex, Log.LastIndex));
        Log.Append([Entry(1001)]);
        Assert.Equal(["1001:1:entry 1001"], Texts(Log, 1001));
    }

    [Fact]
    public void Reading_stops_at_its_budget_but_gives_at_least_one_entry()
    {
        for (int i = 1; i <= 20; i++)
            Log.Append([Entry(i, new string('x', 1000))]);
        Assert.Single(Log.Read(5, 1));
        Assert.InRange(Log.Read(5, 3500).Count, 3, 4);
        Assert.Empty(Log.Read(21, 1000));
    }

    [Fact]
    public void Walking_shows_all_that_is_held_in_order_however_long_its_batches()
    {
        for (int i = 0; i < 50; i++)
            Log.Append(Entries(1 + (i * 10), 10, 100));
        Log.Append([Entry(501, new string('y', 3_000_000), term: 2), Entry(502, "", term: 2)]);
        Log.Append([new LogEntry(503, 3, LogEntryKind.NoOp, default), Entry(504, term: 3)]);
        Log.CompactPrefix(300);
        Log.TruncateSuffix(504);
        Reopen();
        var walked = new List<string>();

        Log.Walk(entry => walked.Add($"{entry.Index}:{entry.Term}:{Encoding.UTF8.GetString(entry.Payload.Span)}"));

        Assert.Equal($"{Log.FirstIndex}:503", $"{walked[0].Split(':')[0]}:{walked[^1].Split(':')[0]}");
        Assert.Equal(Texts(Log, Log.FirstIndex), walked);
    }

    [Fact]
    public async Task One_thread_may_read_while_another_appends()
    {
        Task writer = Task.Run(() =>
        {
            for (int i = 1; i <= 500; i++)
                Log.Append([Entry(i)]);
        });
        while (!writer.IsCompleted)
        {
            long last = Log.LastIndex;
            IReadOnlyList<LogEntry> read = Log.Read(1, int.MaxValue);
            Assert.True(read.Count >= last);
            Assert.Equal(Enumerable.Range(1, read.Count).Select(i => (long)i), read.Select(entry => entry.Index));
        }

        await writer;
    }
}

public sealed class MemoryLogTests : RaftLogConformance
{
    protected override IRaftLog Log { get; } = new MemoryLog();

    protected override void Reopen()
    {
    }
}

public sealed class WriteAheadLogConformanceTests : RaftLogConformance
{
    private readonly TemporaryDirectory _directory = new();
    private WriteAheadLog _log;

    public WriteAheadLogConformanceTests() => _log = Open();

    protected override IRaftLog Log => _log;

    protected override void Reopen()
    {
        _log.Dispose();
        _log = Open();
    }

    public override void Dispose()
    {
        base.Dispose();
        _directory.Dispose();
    }

    // Small segments, so that every test crosses some.
    private WriteAheadLog Open() => WriteAheadLog.Open(_directory.Path, new WriteAheadLogOptions(SegmentBytes: 4096), NullLogger.Instance);
}
