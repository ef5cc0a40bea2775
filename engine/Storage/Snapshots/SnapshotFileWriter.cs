using System.Buffers.Binary;
using Praetor.Core.Ports;

namespace Praetor.Storage.Snapshots;

/// <summary>
/// One snapshot file, little-endian:
/// <code>
///   0  u64  magic "PRAESNAP"     8  u32  format version (1)
///  12  u32  CRC-32C of the bytes 16 .. end of the header
///  16  i64  index   24  i64  term   32  i32  bytes of the configuration   36  configuration
///      then an LZ4 frame, whose blocks and whose content carry checksums of their own
/// </code>
/// </summary>
internal sealed class SnapshotFileWriter : ISnapshotSink
{
    public const ulong Magic = 0x50414e5345415250;
    public const uint FormatVersion = 1;
    public const int FixedHeaderBytes = 36;

    private readonly FileSnapshotStore _store;
    private readonly string _path;
    private readonly string _temporary;
    private readonly FileStream _file;
    private bool _done;

    public SnapshotFileWriter(FileSnapshotStore store, string path, SnapshotMeta meta, IStreamCompression compression)
    {
        _store = store;
        _path = path;
        _temporary = path + ".new";
        _file = new FileStream(_temporary, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 128 * 1024);
        byte[] header = new byte[FixedHeaderBytes + meta.Configuration.Length];
        BinaryPrimitives.WriteUInt64LittleEndian(header, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(8), FormatVersion);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(16), meta.Index);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(24), meta.Term);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(32), meta.Configuration.Length);
        meta.Configuration.CopyTo(header, FixedHeaderBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(12), Log.Crc32C.Of(header.AsSpan(16)));
        _file.Write(header);
        Body = compression.Compress(_file);
    }

    public Stream Body { get; }

    public void Commit()
    {
        Body.Dispose();
        _file.Flush(flushToDisk: true);
        _file.Dispose();
        _store.Adopt(_temporary, _path);
        _done = true;
    }

    public void Dispose()
    {
        if (_done)
            return;
        _done = true;
        _file.Dispose();
        File.Delete(_temporary);
    }
}
