using System.Buffers.Binary;

namespace Praetor.Transport.Compression;

/// <summary>Writes one frame; disposing writes the end mark and the content checksum and leaves the destination open.</summary>
internal sealed class Lz4FrameWriter : Stream
{
    private const byte BlockSize64K = 4 << 4;

    private readonly Stream _destination;
    private readonly byte[] _block = new byte[Lz4Block.MaxInputBytes];
    private readonly byte[] _packed = new byte[4 + Lz4Block.MaxCompressedBytes(Lz4Block.MaxInputBytes) + 4];
    private XxHash32 _content = new();
    private int _filled;
    private bool _ended;

    public Lz4FrameWriter(Stream destination)
    {
        _destination = destination;
        Span<byte> header = stackalloc byte[7];
        BinaryPrimitives.WriteUInt32LittleEndian(header, Lz4Frame.Magic);
        header[4] = Lz4Frame.VersionBits | Lz4Frame.BlockIndependence | Lz4Frame.BlockChecksum | Lz4Frame.ContentChecksum;
        header[5] = BlockSize64K;
        header[6] = Lz4Frame.HeaderChecksum(header[4..6]);
        destination.Write(header);
    }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => !_ended;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_ended, this);
        _content.Add(buffer);
        while (!buffer.IsEmpty)
        {
            int take = Math.Min(buffer.Length, _block.Length - _filled);
            buffer[..take].CopyTo(_block.AsSpan(_filled));
            _filled += take;
            buffer = buffer[take..];
            if (_filled == _block.Length)
                WriteBlock();
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <summary>Passes on to the destination; a block that is not full stays here.</summary>
    public override void Flush() => _destination.Flush();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_ended)
        {
            _ended = true;
            WriteBlock();
            Span<byte> end = stackalloc byte[8];
            end.Clear();
            BinaryPrimitives.WriteUInt32LittleEndian(end[4..], _content.Value);
            _destination.Write(end);
        }

        base.Dispose(disposing);
    }

    private void WriteBlock()
    {
        if (_filled == 0)
            return;
        ReadOnlySpan<byte> block = _block.AsSpan(0, _filled);
        int size = Lz4Block.Compress(block, _packed.AsSpan(4));
        uint flag = 0;
        if (size >= block.Length)
        {
            block.CopyTo(_packed.AsSpan(4));
            size = block.Length;
            flag = Lz4Frame.Uncompressed;
        }

        BinaryPrimitives.WriteUInt32LittleEndian(_packed, (uint)size | flag);
        BinaryPrimitives.WriteUInt32LittleEndian(_packed.AsSpan(4 + size), XxHash32.Of(_packed.AsSpan(4, size)));
        _destination.Write(_packed, 0, 4 + size + 4);
        _filled = 0;
    }
}
