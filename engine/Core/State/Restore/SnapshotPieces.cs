using System.Buffers;
using System.Buffers.Binary;
using Praetor.Core.Ports;

namespace Praetor.Core.State.Restore;

/// <summary>
/// Cuts a snapshot into the pieces of a restore: whole records, each with its length. One piece is in memory at a time. Waits for its stream: not for a thread of the pool.
/// </summary>
public sealed class SnapshotPieces : IDisposable
{
    private readonly Stream _state;
    private readonly int _pieceBytes;
    private readonly ArrayBufferWriter<byte> _piece = new();
    private byte[] _record = ArrayPool<byte>.Shared.Rent(64 * 1024);
    private bool _ended;

    /// <summary>Reads the header.</summary>
    /// <param name="state">A snapshot without a restore under way in it, as <see cref="StateRoot.ForArchive"/> gives.</param>
    /// <param name="pieceBytes">A piece is sent once it has so many bytes; it may have one record more.</param>
    /// <exception cref="InvalidDataException">Not a snapshot of this program.</exception>
    public SnapshotPieces(Stream state, int pieceBytes)
    {
        _state = state;
        _pieceBytes = pieceBytes;
        SnapshotHeader header = SnapshotReader.ReadHeader(Record());
        HighestIndex = header.Index + header.IndexOffset;
    }

    /// <summary>No index in the snapshot is above this.</summary>
    public long HighestIndex { get; }

    /// <summary>The next piece, valid until the next call; empty after the last.</summary>
    /// <exception cref="InvalidDataException">Malformed.</exception>
    public ReadOnlyMemory<byte> Next()
    {
        _piece.ResetWrittenCount();
        while (!_ended && _piece.WrittenCount < _pieceBytes)
        {
            ReadOnlySpan<byte> record = Record();
            if (SnapshotReader.IsEnd(record))
            {
                _ended = true;
                if (_state.ReadByte() >= 0)
                    throw new InvalidDataException("the snapshot goes on behind its end");
                break;
            }

            BinaryPrimitives.WriteInt32LittleEndian(_piece.GetSpan(4), record.Length);
            _piece.Advance(4);
            _piece.Write(record);
        }

        return _piece.WrittenMemory;
    }

    /// <summary>Reads everything and keeps nothing: what passes can be restored. Returns the pieces that there are.</summary>
    /// <exception cref="InvalidDataException">Malformed.</exception>
    public int Check()
    {
        int count = 0;
        for (ReadOnlyMemory<byte> piece; !(piece = Next()).IsEmpty; count++)
            SnapshotReader.ReadPiece(piece.Span, new StateBatch(StateRoot.Empty, NoHeap.Instance, new VersionIds(), new ChangeSet()));
        return count;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        byte[] record = _record;
        _record = [];
        if (record.Length > 0)
            ArrayPool<byte>.Shared.Return(record);
    }

    private ReadOnlySpan<byte> Record()
    {
        try
        {
            return SnapshotReader.ReadRecord(_state, ref _record);
        }
        catch (EndOfStreamException)
        {
            throw new InvalidDataException("snapshot ends in the middle of a record");
        }
    }

    /// <summary>Forgets every record.</summary>
    private sealed class NoHeap : IRecordHeap
    {
        public static readonly NoHeap Instance = new();

        public long Count => 0;

        public long LiveBytes => 0;

        public void Put(long version, ReadOnlySpan<byte> record)
        {
            // Nothing is kept.
        }

        public void Free(long version)
        {
            // Nothing was kept.
        }

        public RecordRead TryRead<TReader>(long version, ref TReader reader) where TReader : struct, IRecordReader => RecordRead.Missing;

        public ValueTask<byte[]?> ReadAsync(long version, CancellationToken cancellation) => ValueTask.FromResult<byte[]?>(null);

        public void Dispose()
        {
            // Nothing was kept.
        }
    }
}
