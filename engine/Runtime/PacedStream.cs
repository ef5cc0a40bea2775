using System.Diagnostics;

namespace Praetor.Runtime;

/// <summary>
/// Passes on what is written and rests as long as was worked in between, so that who writes a whole state takes half a processor at most and requests are served meanwhile. Waits: only for a
/// thread that is none of the pool.
/// </summary>
/// <param name="inner">Where the bytes go; stays open.</param>
/// <param name="cancellation">Ends it with an <see cref="OperationCanceledException"/>.</param>
internal sealed class PacedStream(Stream inner, CancellationToken cancellation) : Stream
{
    /// <summary>Work that is done in one go.</summary>
    private static readonly TimeSpan Stretch = TimeSpan.FromMilliseconds(3);

    /// <summary>Waiting for the output is rest, too: longer work than this was not all work.</summary>
    private static readonly TimeSpan LongestRest = TimeSpan.FromMilliseconds(10);

    private long _begun = Stopwatch.GetTimestamp();

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        cancellation.ThrowIfCancellationRequested();
        inner.Write(buffer);
        TimeSpan worked = Stopwatch.GetElapsedTime(_begun);
        if (worked < Stretch)
            return;
        cancellation.WaitHandle.WaitOne(worked < LongestRest ? worked : LongestRest);
        _begun = Stopwatch.GetTimestamp();
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush() => inner.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
