using Microsoft.Extensions.Logging;
using Praetor.Core.Ports;

namespace Praetor.Storage.Log;

/// <summary>Sizes of the write-ahead log.</summary>
/// <param name="SegmentBytes">Pre-allocated size of a segment file.</param>
public sealed record WriteAheadLogOptions(long SegmentBytes = 64L * 1024 * 1024);

/// <summary>
/// The durable log: pre-allocated segments, one write and one sync per batch. A torn last batch is cut with a warning when the log
/// is opened; damage anywhere else stops the start and names the file. After an I/O error every later call fails: nobody knows any
/// more what is on the disk. One thread writes; <see cref="Read"/> may be called by another at the same time.
/// </summary>
public sealed partial class WriteAheadLog : IRaftLog
{
    private readonly string _directory;
    private readonly WriteAheadLogOptions _options;
    private readonly ILogger _logger;
    private readonly VoteFile _vote;

    // Guards the list of segments and what each says about itself; never held during I/O of an append.
    private readonly Lock _gate = new();

    // Held while files are read or removed, so that a reader never meets a closed file.
    private readonly Lock _files = new();
    private readonly List<Segment> _segments;
    private byte[] _frame = new byte[64 * 1024];
    private IOException? _failed;

    private WriteAheadLog(string directory, WriteAheadLogOptions options, ILogger logger, VoteFile vote, List<Segment> segments)
    {
        _directory = directory;
        _options = options;
        _logger = logger;
        _vote = vote;
        _segments = segments;
    }

    /// <inheritdoc/>
    public long FirstIndex
    {
        get
        {
            lock (_gate)
                return _segments[0].FirstIndex;
        }
    }

    /// <inheritdoc/>
    public long LastIndex
    {
        get
        {
            lock (_gate)
                return Active.LastIndex;
        }
    }

    /// <inheritdoc/>
    public HardState HardState => _vote.State;

    /// <inheritdoc/>
    public long SizeBytes
    {
        get
        {
            lock (_gate)
                return _segments.Sum(static segment => segment.UsedBytes);
        }
    }

    private Segment Active => _segments[^1];

    /// <inheritdoc/>
    public void SaveHardState(HardState state) => Guarded(() => _vote.Save(state));

    /// <inheritdoc/>
    public void Append(ReadOnlySpan<LogEntry> batch)
    {
        ThrowIfFailed();
        if (batch.IsEmpty)
            return;
        if (batch[0].Index != Active.LastIndex + 1)
            throw new ArgumentException($"entry {batch[0].Index} cannot follow {Active.LastIndex}", nameof(batch));
        long size = BatchFrame.Measure(batch);
        if (size > BatchFrame.MaxBodyBytes)
            throw new ArgumentException($"a batch of {size} bytes is larger than the log takes", nameof(batch));
        if (_frame.Length < size)
            _frame = new byte[Math.Max(size, Math.Min(_frame.Length * 2L, BatchFrame.MaxBodyBytes))];
        Span<byte> frame = _frame.AsSpan(0, (int)size);
        BatchFrame.Write(batch, frame);
        try
        {
            Write(frame, batch[0].Index, batch[^1].Index);
        }
        catch (IOException cause)
        {
            _failed = cause;
            throw;
        }

        if (_frame.Length > 4 * 1024 * 1024)
            _frame = new byte[64 * 1024];
    }

    /// <inheritdoc/>
    public IReadOnlyList<LogEntry> Read(long fromIndex, int maxBytes)
    {
        var entries = new List<LogEntry>();
        lock (_files)
        {
            long next = fromIndex;
            long bytes = 0;
            while (bytes < maxBytes && FindSegment(next) is { } found)
            {
                (Segment segment, long offset, long used, long last) = found;
                next = ReadFrom(segment, offset, used, next, maxBytes, entries, ref bytes);
                if (next <= last && bytes < maxBytes)
                    throw new InvalidDataException($"log segment {segment.Path} does not hold entry {next}");
            }
        }

        return entries;
    }

    /// <inheritdoc/>
    public void Walk(Action<LogEntry> visit)
    {
        var entries = new List<LogEntry>();
        lock (_files)
        {
            foreach (Segment segment in _segments)
            {
                using var window = new FrameWindow(segment.File);
                for (long at = Segment.HeaderBytes; at < segment.UsedBytes;)
                {
                    // Its checksum was looked at when the log was opened, a moment ago.
                    if (!window.TryFrameAt(at, out BatchFrame.Header header, out ReadOnlyMemory<byte> frame))
                        throw Unreadable(segment, at);
                    BatchFrame.ReadEntries(frame, header, 0, entries);
                    entries.ForEach(visit);
                    entries.Clear();
                    at += header.FrameBytes;
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_files)
        {
            foreach (Segment segment in _segments)
                segment.Dispose();
        }

        _vote.Dispose();
    }

    private void Write(ReadOnlySpan<byte> frame, long firstIndex, long lastIndex)
    {
        Segment active = Active;
        if (active.UsedBytes + frame.Length > Math.Max(active.SizeBytes, _options.SegmentBytes) && active.LastIndex >= active.FirstIndex)
        {
            Segment next = Segment.Create(_directory, firstIndex, _options.SegmentBytes, frame, lastIndex);
            lock (_gate)
                _segments.Add(next);
            return;
        }

        active.ZeroAhead(frame.Length);
        RandomAccess.Write(active.File, frame, active.UsedBytes);
        if (active.UsedBytes + frame.Length > active.SizeBytes)
            RandomAccess.FlushToDisk(active.File);
        else
            DurableFile.SyncData(active.File, active.Path);
        lock (_gate)
            active.Appended(firstIndex, lastIndex, frame.Length);
    }

    private (Segment Segment, long Offset, long Used, long Last)? FindSegment(long index)
    {
        lock (_gate)
        {
            foreach (Segment segment in _segments)
            {
                if (index >= segment.FirstIndex && index <= segment.LastIndex)
                    return (segment, segment.OffsetBefore(index), segment.UsedBytes, segment.LastIndex);
            }
        }

        return null;
    }

    /// <summary>Reads frames until the byte budget is met; returns the index after the last entry read.</summary>
    private static long ReadFrom(Segment segment, long offset, long used, long fromIndex, int maxBytes, List<LogEntry> entries, ref long bytes)
    {
        long next = fromIndex;
        byte[] header = new byte[BatchFrame.HeaderBytes];
        while (offset < used && bytes < maxBytes)
        {
            if (RandomAccess.Read(segment.File, header, offset) != header.Length || !BatchFrame.TryReadHeader(header, out BatchFrame.Header batch))
                throw Unreadable(segment, offset);
            if (batch.LastIndex >= next)
            {
                byte[] frame = new byte[batch.FrameBytes];
                if (RandomAccess.Read(segment.File, frame, offset) != frame.Length || !BatchFrame.IsIntact(frame))
                    throw Unreadable(segment, offset);
                BatchFrame.ReadEntries(frame, batch, next, entries);
                next = batch.LastIndex + 1;
                bytes += batch.BodyBytes;
            }

            offset += batch.FrameBytes;
        }

        return next;
    }

    private void Guarded(Action write)
    {
        ThrowIfFailed();
        try
        {
            write();
        }
        catch (IOException cause)
        {
            _failed = cause;
            throw;
        }
    }

    private void ThrowIfFailed()
    {
        if (_failed is not null)
            throw new IOException($"the log in {_directory} takes no more writes after an earlier error", _failed);
    }

    private static InvalidDataException Unreadable(Segment segment, long offset) =>
        new($"log segment {segment.Path} is damaged at byte {offset}");
}
