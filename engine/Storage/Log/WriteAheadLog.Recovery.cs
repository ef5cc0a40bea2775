using Microsoft.Extensions.Logging;
using Praetor.Core.Ports;

namespace Praetor.Storage.Log;

/// <summary>Opening, and cutting the log at either end.</summary>
public sealed partial class WriteAheadLog
{
    /// <summary>Opens or creates the log in a directory.</summary>
    /// <exception cref="InvalidDataException">A file is damaged in a way that a crash cannot explain; the message names it.</exception>
    public static WriteAheadLog Open(string directory, WriteAheadLogOptions options, ILogger logger)
    {
        Directory.CreateDirectory(directory);
        foreach (string halfMade in Directory.EnumerateFiles(directory, "*.new"))
            File.Delete(halfMade);
        VoteFile vote = VoteFile.Open(Path.Combine(directory, "vote"));
        var segments = new List<Segment>();
        try
        {
            foreach (string path in Directory.EnumerateFiles(directory, "*.log").Order(StringComparer.Ordinal))
                segments.Add(Segment.Open(path));
            Recover(segments, logger);
            if (segments.Count == 0)
                segments.Add(Segment.Create(directory, 1, options.SegmentBytes, [], 0));
            return new WriteAheadLog(directory, options, logger, vote, segments);
        }
        catch
        {
            foreach (Segment segment in segments)
                segment.Dispose();
            vote.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void TruncateSuffix(long fromIndex)
    {
        if (fromIndex > LastIndex)
            return;
        Guarded(() =>
        {
            lock (_files)
                CutTail(fromIndex);
        });
    }

    /// <inheritdoc/>
    public void CompactPrefix(long throughIndex) => Guarded(() =>
    {
        lock (_files)
        {
            // Oldest first: after a crash in between, what is left still has no hole.
            while (_segments.Count > 1 && _segments[0].LastIndex <= throughIndex)
                Drop(0);
            DurableFile.SyncDirectory(_directory);
        }
    });

    /// <inheritdoc/>
    public void Reset(long index) => Guarded(() =>
    {
        lock (_files)
        {
            // Newest first: after a crash in between, what is left is a log that ends before the snapshot, and Reset runs again.
            while (_segments.Count > 0)
                Drop(_segments.Count - 1);
            Segment empty = Segment.Create(_directory, index + 1, _options.SegmentBytes, [], index);
            lock (_gate)
                _segments.Add(empty);
        }
    });

    /// <summary>
    /// The entries that stay of the batch in which the cut lies go into a new segment first; a later segment always wins over what
    /// an earlier one holds of the same indexes, so a crash at any point leaves the log cut or not cut, never with a hole.
    /// </summary>
    private void CutTail(long fromIndex)
    {
        while (_segments.Count > 1 && Active.FirstIndex >= fromIndex)
            Drop(_segments.Count - 1);
        Segment active = Active;
        if (fromIndex > active.LastIndex)
            return;

        (long offset, BatchFrame.Header batch, List<LogEntry> kept) = FindCut(active, fromIndex);
        byte[] frame = [];
        if (kept.Count > 0)
        {
            frame = new byte[BatchFrame.Measure(kept.ToArray())];
            BatchFrame.Write(kept.ToArray(), frame);
        }

        if (batch.FirstIndex == active.FirstIndex)
        {
            // The whole segment is replaced under the same name, which a rename does atomically.
            Segment replaced = Segment.Create(_directory, batch.FirstIndex, _options.SegmentBytes, frame, fromIndex - 1);
            active.Dispose();
            lock (_gate)
                _segments[^1] = replaced;
            return;
        }

        Segment next = Segment.Create(_directory, batch.FirstIndex, _options.SegmentBytes, frame, fromIndex - 1);
        active.CutAt(offset, batch.FirstIndex);
        lock (_gate)
            _segments.Add(next);
    }

    /// <summary>The batch that holds <paramref name="fromIndex"/>, where it stands, and its entries before that index.</summary>
    private static (long Offset, BatchFrame.Header Batch, List<LogEntry> Kept) FindCut(Segment segment, long fromIndex)
    {
        byte[] bytes = new byte[BatchFrame.HeaderBytes];
        long offset = segment.OffsetBefore(fromIndex);
        while (true)
        {
            if (RandomAccess.Read(segment.File, bytes, offset) != bytes.Length || !BatchFrame.TryReadHeader(bytes, out BatchFrame.Header batch))
                throw Unreadable(segment, offset);
            if (batch.LastIndex >= fromIndex)
            {
                byte[] frame = new byte[batch.FrameBytes];
                if (RandomAccess.Read(segment.File, frame, offset) != frame.Length || !BatchFrame.IsIntact(frame))
                    throw Unreadable(segment, offset);
                var entries = new List<LogEntry>();
                BatchFrame.ReadEntries(frame, batch, 0, entries);
                return (offset, batch, entries.FindAll(entry => entry.Index < fromIndex));
            }

            offset += batch.FrameBytes;
        }
    }

    private void Drop(int at)
    {
        Segment segment = _segments[at];
        lock (_gate)
            _segments.RemoveAt(at);
        segment.Delete();
    }

    private static void Recover(List<Segment> segments, ILogger logger)
    {
        for (int i = 0; i < segments.Count; i++)
        {
            Segment segment = segments[i];
            bool isLast = i == segments.Count - 1;
            long nextFirst = isLast ? long.MaxValue : segments[i + 1].FirstIndex;
            SegmentScan.Result found = SegmentScan.Run(segment, isLast, nextFirst);
            if (found.TornAt >= 0)
            {
                StorageLog.TailCut(logger, segment.Path, found.TornAt, segment.LastIndex);
                segment.CutAt(found.TornAt, segment.LastIndex + 1);
            }

            if (!isLast && segment.LastIndex + 1 != nextFirst)
                throw new InvalidDataException(
                    $"log segment {segments[i + 1].Path} begins at {nextFirst}, but {segment.Path} ends at {segment.LastIndex}: entries between them are missing");
        }
    }
}
