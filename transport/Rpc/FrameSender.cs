using System.Buffers;
using Praetor.Transport.Framing;

namespace Praetor.Transport.Rpc;

/// <summary>
/// The sending side of a connection. Frames of any thread are appended to one buffer; while one buffer is being written to the
/// network, what arrives fills the other and goes out as one write: batches form by natural pressure. Thread-safe.
/// </summary>
internal sealed class FrameSender : IThreadPoolWorkItem
{
    // A small write is cheaper than waking a thread for it; a large one would keep the appending thread from its work.
    private const int InlineBytes = 32 * 1024;

    // With so many calls under way others follow at once: what comes until a thread of the pool is free goes out in one write. Callers that are few would only wait for that
    // thread (36 us a call). Figures: bench/README.md.
    private const int CallsToGather = 8;

    private readonly Action<Exception> _onBroken;
    private readonly Lock _gate = new();
    private FrameBuffer _pending = new();
    private Stream? _output;
    private bool _compress;
    private FrameBuffer _writing = new();
    private TaskCompletionSource? _room;
    private Exception? _closed;
    private bool _isRunning;
    private long _appendedBytes;
    private long _handedOverBytes;

    /// <summary>A sender that is not attached to a network yet; <paramref name="onBroken"/> is told once if writing fails.</summary>
    public FrameSender(Action<Exception> onBroken) => _onBroken = onBroken;

    /// <summary>Where a frame begins in all that was ever appended. What is at or beyond <see cref="HandedOverBytes"/> has certainly not left.</summary>
    public const long NotAppended = -1;

    /// <summary>How much of all that was ever appended has been given to the network.</summary>
    public long HandedOverBytes
    {
        get
        {
            lock (_gate)
                return _handedOverBytes;
        }
    }

    /// <summary>From now on frames go to <paramref name="output"/>, first those that wait already. Called once at most.</summary>
    /// <param name="output">Taken over by the writing loop; not closed by it.</param>
    /// <param name="compress">Whether large bodies are compressed.</param>
    public void Attach(Stream output, bool compress)
    {
        lock (_gate)
        {
            _compress = compress;
            _output = output;
            if (_closed is not null || _pending.Length == 0)
                return;
            _isRunning = true;
        }

        _ = WriteAllAsync();
    }

    /// <summary>
    /// Appends a frame unless more than <paramref name="maxQueuedBytes"/> would wait (a frame alone always may). Returns where it
    /// begins, or <see cref="NotAppended"/> if it was not taken: no room, or closed. With many calls under way, the network gets it together with those that follow.
    /// </summary>
    public long TryAppend(FrameType type, byte method, uint streamId, ReadOnlySpan<byte> body, int maxQueuedBytes, int callsUnderWay = 0)
    {
        if (!_compress || body.Length < CompressedBody.MinBodyBytes)
            return TryAppend(type, FrameFlags.None, method, streamId, body, maxQueuedBytes, callsUnderWay);
        byte[] compressed = ArrayPool<byte>.Shared.Rent(CompressedBody.MaxCompressedBytes(body.Length));
        int size = CompressedBody.TryCompress(body, compressed);
        long at = size > 0
            ? TryAppend(type, FrameFlags.Compressed, method, streamId, compressed.AsSpan(0, size), maxQueuedBytes, callsUnderWay)
            : TryAppend(type, FrameFlags.None, method, streamId, body, maxQueuedBytes, callsUnderWay);
        ArrayPool<byte>.Shared.Return(compressed);
        return at;
    }

    /// <summary>True if <paramref name="maxQueuedBytes"/> or more wait.</summary>
    public bool IsFull(int maxQueuedBytes)
    {
        lock (_gate)
            return _pending.Length >= maxQueuedBytes;
    }

    /// <summary>Completes when less than <paramref name="maxQueuedBytes"/> wait, or when the sender is closed.</summary>
    public Task WhenRoomAsync(int maxQueuedBytes)
    {
        lock (_gate)
        {
            if (_closed is not null || _pending.Length < maxQueuedBytes)
                return Task.CompletedTask;
            _room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _room.Task;
        }
    }

    /// <summary>Takes no more frames and drops what waits.</summary>
    public void Close(Exception reason)
    {
        TaskCompletionSource? room;
        lock (_gate)
        {
            if (_closed is not null)
                return;
            _closed = reason;
            room = _room;
            _room = null;
            // The other buffer may be in the hands of the network: it is given back by the writing loop.
            _pending.Release();
            if (!_isRunning)
                _writing.Release();
        }

        room?.TrySetResult();
    }

    /// <inheritdoc/>
    void IThreadPoolWorkItem.Execute() => _ = WriteAllAsync();

    private long TryAppend(FrameType type, FrameFlags flags, byte method, uint streamId, ReadOnlySpan<byte> body, int maxQueuedBytes, int callsUnderWay)
    {
        long at;
        bool isInline;
        lock (_gate)
        {
            int size = FrameHeader.SizeBytes + body.Length;
            if (_closed is not null || (_pending.Length > 0 && _pending.Length + (long)size > maxQueuedBytes))
                return NotAppended;
            _pending.Append(type, flags, method, streamId, body);
            at = _appendedBytes;
            _appendedBytes += size;
            if (_isRunning || _output is null)
                return at;
            _isRunning = true;
            isInline = callsUnderWay < CallsToGather && size <= InlineBytes;
        }

        if (isInline)
            _ = WriteAllAsync();
        else
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        return at;
    }

    private async Task WriteAllAsync()
    {
        try
        {
            while (TakePending() is { } buffer)
                await _output!.WriteAsync(buffer.Memory).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever broke the connection: its owner must hear of it.
        catch (Exception broken)
#pragma warning restore CA1031
        {
            lock (_gate)
            {
                _isRunning = false;
                _writing.Release();
            }

            Close(broken);
            _onBroken(broken);
        }
    }

    private FrameBuffer? TakePending()
    {
        TaskCompletionSource? room;
        lock (_gate)
        {
            _writing.Clear();
            if (_closed is not null || _pending.Length == 0)
            {
                _isRunning = false;
                if (_closed is not null)
                    _writing.Release();
                return null;
            }

            (_pending, _writing) = (_writing, _pending);
            _handedOverBytes = _appendedBytes;
            room = _room;
            _room = null;
        }

        room?.TrySetResult();
        return _writing;
    }
}
