using System.Buffers.Binary;
using Praetor.Core.Ports;

namespace Praetor.Storage.Snapshots;

/// <summary>Opens a snapshot file; the whole of it is read and checked once before anything of it is used.</summary>
internal sealed class SnapshotFileReader : ISnapshotSource
{
    /// <summary>Far above any server set; what claims more is damaged.</summary>
    private const int MaxConfigurationBytes = 1024 * 1024;

    private readonly FileStream _file;

    private SnapshotFileReader(FileStream file, SnapshotMeta meta, Stream body)
    {
        _file = file;
        Meta = meta;
        Body = body;
    }

    public SnapshotMeta Meta { get; }

    public Stream Body { get; }

    public static SnapshotFileReader Open(string path, IStreamCompression compression)
    {
        var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 128 * 1024);
        try
        {
            SnapshotMeta meta = ReadHeader(file);
            long bodyStart = file.Position;
            Check(compression, file);
            file.Position = bodyStart;
            return new SnapshotFileReader(file, meta, new BufferedStream(compression.Decompress(file), 64 * 1024));
        }
        catch (Exception cause) when (cause is InvalidDataException or EndOfStreamException)
        {
            file.Dispose();
            throw new InvalidDataException($"snapshot {path} is damaged: {cause.Message}", cause);
        }
    }

    public void Dispose()
    {
        Body.Dispose();
        _file.Dispose();
    }

    private static SnapshotMeta ReadHeader(FileStream file)
    {
        byte[] header = new byte[SnapshotFileWriter.FixedHeaderBytes];
        file.ReadExactly(header);
        int length = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(32));
        if (BinaryPrimitives.ReadUInt64LittleEndian(header) != SnapshotFileWriter.Magic || length is < 0 or > MaxConfigurationBytes)
            throw new InvalidDataException("it does not begin with a snapshot header");
        if (BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(8)) != SnapshotFileWriter.FormatVersion)
            throw new InvalidDataException("its format is one that this version does not know");
        byte[] configuration = new byte[length];
        file.ReadExactly(configuration);
        if (BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(12)) != Log.Crc32C.Of([.. header.AsSpan(16), .. configuration]))
            throw new InvalidDataException("its header does not match its checksum");
        return new SnapshotMeta(BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(16)),
            BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(24)), configuration);
    }

    private static void Check(IStreamCompression compression, FileStream file)
    {
        using Stream body = compression.Decompress(file);
        byte[] buffer = new byte[64 * 1024];
        while (body.Read(buffer) > 0)
        {
        }
    }
}
