using Microsoft.Extensions.Logging;
using Praetor.Core.Ports;
using Praetor.Storage.Log;

namespace Praetor.Tests.Storage;

/// <summary>What a crash or a bad disk can leave behind: a torn end is cut, anything else stops the start.</summary>
public sealed class WriteAheadLogCrashTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly ListLogger _logger = new();

    public void Dispose() => _directory.Dispose();

    private WriteAheadLog Open(long segmentBytes = 64 * 1024) =>
        WriteAheadLog.Open(_directory.Path, new WriteAheadLogOptions(segmentBytes), _logger);

    private string[] Segments() => [.. Directory.GetFiles(_directory.Path, "*.log").Order(StringComparer.Ordinal)];

    /// <summary>Three batches (1-3, 4-5, 6-8) in one segment; returns the offsets at which they begin and end.</summary>
    private long[] ThreeBatches()
    {
        using WriteAheadLog log = Open();
        var ends = new List<long> { log.SizeBytes };
        foreach (LogEntry[] batch in new[] { RaftLogConformance.Entries(1, 3), RaftLogConformance.Entries(4, 2), RaftLogConformance.Entries(6, 3) })
        {
            log.Append(batch);
            ends.Add(log.SizeBytes);
        }

        return [.. ends];
    }

    private static void Overwrite(string path, long at, Action<byte[]> change, int length = 1)
    {
        using FileStream file = File.Open(path, FileMode.Open);
        byte[] bytes = new byte[length];
        file.Position = at;
        file.ReadExactly(bytes);
        change(bytes);
        file.Position = at;
        file.Write(bytes);
    }

    [Fact]
    public void A_last_batch_cut_at_any_byte_is_dropped_whole_with_a_warning()
    {
        long[] ends = ThreeBatches();
        byte[] whole = File.ReadAllBytes(Segments()[0]);
        for (long cut = ends[2]; cut < ends[3]; cut++)
        {
            byte[] torn = [.. whole];
            torn.AsSpan((int)cut).Clear();
            File.WriteAllBytes(Segments()[0], torn);
            _logger.Lines.Clear();
            using (WriteAheadLog log = Open())
                Assert.Equal(5, log.LastIndex);
            Assert.Equal(cut > ends[2] ? 1 : 0, _logger.Lines.Count);
        }
    }

    [Fact]
    public void A_shortened_file_ends_at_its_last_whole_batch()
    {
        long[] ends = ThreeBatches();
        byte[] whole = File.ReadAllBytes(Segments()[0]);
        for (long cut = ends[1]; cut <= ends[3]; cut += 5)
        {
            File.WriteAllBytes(Segments()[0], whole[..(int)cut]);
            using WriteAheadLog log = Open();
            Assert.Equal(cut >= ends[3] ? 8 : cut >= ends[2] ? 5 : 3, log.LastIndex);
        }
    }

    [Fact]
    public void A_flipped_byte_in_the_last_batch_cuts_it()
    {
        long[] ends = ThreeBatches();
        byte[] whole = File.ReadAllBytes(Segments()[0]);
        for (long at = ends[2]; at < ends[3]; at++)
        {
            byte[] bad = [.. whole];
            bad[at] ^= 0x41;
            File.WriteAllBytes(Segments()[0], bad);
            using WriteAheadLog log = Open();
            Assert.Equal(5, log.LastIndex);
            log.Append(RaftLogConformance.Entries(6, 1));
            Assert.Equal(6, log.Read(1, int.MaxValue).Count);
        }
    }

    [Fact]
    public void A_flipped_byte_before_the_last_batch_stops_the_start_and_names_the_file()
    {
        long[] ends = ThreeBatches();
        byte[] whole = File.ReadAllBytes(Segments()[0]);
        for (long at = ends[0]; at < ends[2]; at++)
        {
            byte[] bad = [.. whole];
            bad[at] ^= 0x41;
            File.WriteAllBytes(Segments()[0], bad);
            InvalidDataException refusal = Assert.Throws<InvalidDataException>(() => Open());
            Assert.Contains(Segments()[0], refusal.Message, StringComparison.Ordinal);
            Assert.Equal(bad, File.ReadAllBytes(Segments()[0]));
        }
    }

    [Fact]
    public void A_damaged_end_of_an_older_segment_is_no_torn_tail()
    {
        using (WriteAheadLog log = Open(segmentBytes: 512))
        {
            for (int i = 0; i < 20; i++)
                log.Append(RaftLogConformance.Entries(1 + (i * 3), 3, 30));
        }

        string second = Segments()[1];
        byte[] bytes = File.ReadAllBytes(second);
        int lastUsed = bytes.AsSpan().LastIndexOfAnyExcept((byte)0);
        Overwrite(second, lastUsed, b => b[0] ^= 1);
        InvalidDataException refusal = Assert.Throws<InvalidDataException>(() => Open(512));
        Assert.Contains(second, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_segment_stops_the_start_and_names_the_one_after_it()
    {
        using (WriteAheadLog log = Open(segmentBytes: 512))
        {
            for (int i = 0; i < 20; i++)
                log.Append(RaftLogConformance.Entries(1 + (i * 3), 3, 30));
        }

        string[] segments = Segments();
        File.Delete(segments[2]);
        Assert.Contains(segments[3], Assert.Throws<InvalidDataException>(() => Open(512)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_segment_header_stops_the_start_and_names_the_file()
    {
        ThreeBatches();
        Overwrite(Segments()[0], 3, b => b[0] ^= 1);
        Assert.Contains(Segments()[0], Assert.Throws<InvalidDataException>(() => Open()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_half_made_segment_is_forgotten()
    {
        ThreeBatches();
        File.WriteAllText(Path.Combine(_directory.Path, "00000000000000000009.log.new"), "half");
        using WriteAheadLog log = Open();
        Assert.Equal(8, log.LastIndex);
        Assert.Empty(Directory.GetFiles(_directory.Path, "*.new"));
    }

    [Fact]
    public void A_cut_that_crashed_before_the_old_tail_was_cleared_still_holds()
    {
        ThreeBatches();
        byte[] before = File.ReadAllBytes(Segments()[0]);
        using (WriteAheadLog log = Open())
            log.TruncateSuffix(5);
        File.WriteAllBytes(Segments()[0], before);
        using WriteAheadLog again = Open();
        Assert.Equal(4, again.LastIndex);
        Assert.Equal(4, again.Read(1, int.MaxValue).Count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(512)]
    public void One_damaged_copy_of_the_vote_leaves_the_other_in_force(int damagedAt)
    {
        using (WriteAheadLog log = Open())
        {
            log.SaveHardState(new HardState(1, "a"));
            log.SaveHardState(new HardState(2, "b"));
        }

        Overwrite(Path.Combine(_directory.Path, "vote"), damagedAt + 20, b => b[0] ^= 1);
        using WriteAheadLog again = Open();
        Assert.Equal(damagedAt == 0 ? 1 : 2, again.HardState.Term);
    }

    [Fact]
    public void Two_damaged_copies_of_the_vote_stop_the_start_and_name_the_file()
    {
        using (WriteAheadLog log = Open())
        {
            log.SaveHardState(new HardState(1, "a"));
            log.SaveHardState(new HardState(2, "b"));
        }

        string path = Path.Combine(_directory.Path, "vote");
        Overwrite(path, 20, b => b[0] ^= 1);
        Overwrite(path, 532, b => b[0] ^= 1);
        Assert.Contains(path, Assert.Throws<InvalidDataException>(() => Open()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_second_log_on_the_same_directory_is_refused()
    {
        using WriteAheadLog first = Open();
        Assert.Throws<IOException>(() => Open());
    }

    [Fact]
    public void Random_damage_never_does_more_than_cut_or_refuse()
    {
        ThreeBatches();
        byte[] whole = File.ReadAllBytes(Segments()[0]);
        var random = new Random(11);
        for (int round = 0; round < 300; round++)
        {
            byte[] bad = [.. whole];
            for (int n = random.Next(1, 4); n > 0; n--)
                bad[random.Next(400)] = (byte)random.Next(256);
            File.WriteAllBytes(Segments()[0], bad);
            Exception? thrown = Record.Exception(() =>
            {
                using WriteAheadLog log = Open();
                Assert.Equal(log.LastIndex, log.Read(1, int.MaxValue).Count);
            });
            Assert.True(thrown is null or InvalidDataException, thrown?.ToString());
        }
    }

    private sealed class ListLogger : ILogger
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add(formatter(state, exception));
    }
}
