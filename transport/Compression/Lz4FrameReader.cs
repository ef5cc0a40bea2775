using System.Buffers.Binary;

namespace Praetor.Transport.Compression;

/// <summary>Reads one frame and checks every checksum in it. Malformed input is <see cref="InvalidDataException"/>; leaves the source open.</summary>
internal sealed class Lz4FrameReader(Stream source) : Stream
{
    private byte[] _packed = [];
    private byte[] _block = [];
    private XxHash32 _content = new();
    private byte _flags;
    private int _maxBlockBytes;
    private int _at;
    private int _end;
    private bool _started;
    private bool _ended;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty)
            return 0;
        if (!_started)
            ReadHeader();
        while (_at == _end)
        {
            if (_ended || !ReadBlock())
                return 0;
        }

        int take = Math.Min(buffer.Length, _end - _at);
        _block.AsSpan(_at, take).CopyTo(buffer);
        _at += take;
        return take;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private void ReadHeader()
    {
        Span<byte> header = stackalloc byte[6];
        Fill(header);
        _flags = header[4];
        int sizeCode = (header[5] >> 4) & 7;
        if (BinaryPrimitives.ReadUInt32LittleEndian(header) != Lz4Frame.Magic || (_flags & 0xc0) != Lz4Frame.VersionBits
            || (_flags & 0x02) != 0 || (header[5] & 0x8f) != 0 || sizeCode < 4)
            throw Malformed("it does not begin with a frame header");
        if ((_flags & Lz4Frame.BlockIndependence) == 0 || (_flags & Lz4Frame.DictionaryId) != 0)
            throw Malformed("linked blocks and dictionaries are not supported");
        Span<byte> descriptor = stackalloc byte[10];
        header[4..].CopyTo(descriptor);
        int length = 2;
        if ((_flags & Lz4Frame.ContentSize) != 0)
        {
            Fill(descriptor.Slice(2, 8));
            length = 10;
        }

        Span<byte> check = stackalloc byte[1];
        Fill(check);
        if (check[0] != Lz4Frame.HeaderChecksum(descriptor[..length]))
            throw Malformed("the header's checksum differs");
        _maxBlockBytes = 1 << (8 + (2 * sizeCode));
        _started = true;
    }

    private bool ReadBlock()
    {
        uint word = ReadWord();
        if (word == 0)
        {
            _ended = true;
            if ((_flags & Lz4Frame.ContentChecksum) != 0 && ReadWord() != _content.Value)
                throw Malformed("the content's checksum differs");
            return false;
        }

        int size = (int)(word & ~Lz4Frame.Uncompressed);
        if (size > _maxBlockBytes)
            throw Malformed("a block is larger than the header allows");
        Grow(ref _packed, size);
        Span<byte> packed = _packed.AsSpan(0, size);
        Fill(packed);
        if ((_flags & Lz4Frame.BlockChecksum) != 0 && ReadWord() != XxHash32.Of(packed))
            throw Malformed("a block's checksum differs");
        _at = 0;
        if ((word & Lz4Frame.Uncompressed) != 0)
        {
            Grow(ref _block, size);
            packed.CopyTo(_block);
            _end = size;
        }
        else
        {
            Grow(ref _block, _maxBlockBytes);
            _end = Lz4Block.Decompress(packed, _block.AsSpan(0, _maxBlockBytes));
            if (_end < 0)
                throw Malformed("a block does not decompress");
        }

        _content.Add(_block.AsSpan(0, _end));
        return true;
    }

    private uint ReadWord()
    {
        Span<byte> word = stackalloc byte[4];
        Fill(word);
        return BinaryPrimitives.ReadUInt32LittleEndian(word);
    }

    private void Fill(Span<byte> bytes)
    {
        if (source.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) != bytes.Length)
            throw Malformed("it ends too early");
    }

    private static void Grow(ref byte[] buffer, int size)
    {
        if (buffer.Length < size)
            buffer = new byte[size];
    }

    private static InvalidDataException Malformed(string what) => new($"not an intact LZ4 frame: {what}");
}
