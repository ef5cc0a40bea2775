using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Praetor.Core.Ports;
using Praetor.Core.State;

namespace Praetor.Runtime.Archives;

/// <summary>
/// Writes an archive: gzip of tar with meta.json, state.bin and SHA256SUMS (http-core 8.4). Tar wants the size of the state first, so it is measured before it is written; nothing is
/// kept in memory or on disk.
/// </summary>
public static class SnapshotArchive
{
    internal const string MetaName = "meta.json";
    internal const string StateName = "state.bin";
    internal const string SumsName = "SHA256SUMS";

    private const int BufferBytes = 64 * 1024;

    /// <summary>Writes the archive of a root whose records are kept until this returns. Blocks at the pace of the output: not for a thread of the pool.</summary>
    public static void Write(StateRoot root, IRecordHeap heap, ArchiveMeta meta, Stream output, CancellationToken cancellation)
    {
        StateRoot archived = root.ForArchive();
        meta = meta with { Size = StateMachine.MeasureSnapshot(archived) };
        byte[] metaBytes = meta.Encode();

        using var gzip = new GZipStream(output, CompressionLevel.Fastest, leaveOpen: true);
        using var tar = new TarWriter(gzip, TarEntryFormat.Ustar, leaveOpen: true);
        var time = DateTimeOffset.FromUnixTimeMilliseconds(meta.CreatedMs);
        WriteEntry(tar, MetaName, new MemoryStream(metaBytes), time);
        using var state = new StateBody(archived, heap, meta.Size, cancellation);
        WriteEntry(tar, StateName, state, time);
        string sums = $"{Convert.ToHexStringLower(SHA256.HashData(metaBytes))}  {MetaName}\n{Convert.ToHexStringLower(state.Sum)}  {StateName}\n";
        WriteEntry(tar, SumsName, new MemoryStream(Encoding.ASCII.GetBytes(sums)), time);
    }

    private static void WriteEntry(TarWriter tar, string name, Stream body, DateTimeOffset time) =>
        tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite, ModificationTime = time, DataStream = body });

    /// <summary>The encoded state as a body of known length that writes itself when tar copies it.</summary>
    private sealed class StateBody(StateRoot root, IRecordHeap heap, long size, CancellationToken cancellation) : Stream
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        public byte[] Sum => _hash.GetCurrentHash();

        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => size;

        public override long Position { get => 0; set => throw new NotSupportedException(); }

        public override void CopyTo(Stream destination, int bufferSize)
        {
            using var passing = new PassingStream(destination, _hash, cancellation);
            // Gathers the many small records; not disposed, because the archive goes on.
            var gathered = new BufferedStream(new PacedStream(passing, cancellation), BufferBytes);
            long written = StateMachine.WriteSnapshot(root, heap, gathered);
            gathered.Flush();
            if (written != size)
                throw new InvalidDataException($"the state had {size} bytes and now has {written}");
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("it is copied as a whole");

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Flush()
        {
            // Nothing is written to it.
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                _hash.Dispose();
            base.Dispose(disposing);
        }
    }
}
