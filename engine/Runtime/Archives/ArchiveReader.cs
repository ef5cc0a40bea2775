using System.Buffers.Binary;
using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Praetor.Core.State.Restore;

namespace Praetor.Runtime.Archives;

/// <summary>
/// Reads an archive from a file. <see cref="Check"/> reads all of it before anything is touched; then <see cref="OpenState"/> gives the state. Waits for its stream: not for a thread of the
/// pool.
/// </summary>
public static class ArchiveReader
{
    private const int MaxMetaBytes = 1024 * 1024;
    private const int GzipHeaderBytes = 10;

    /// <summary>Checks form, sums and every record of the state; returns what the archive says of itself. The stream can seek.</summary>
    /// <exception cref="ArchiveException">It cannot be restored.</exception>
    public static ArchiveSummary Check(Stream archive)
    {
        ArchiveSummary? meta = null;
        string? stateRefusal = null;
        long stateBytes = -1;
        var sums = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        string? sumsText = null;
        using PassingStream content = Open(archive);
        using var tar = new TarReader(content);
        try
        {
            while (tar.GetNextEntry() is { } entry)
            {
                using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
                using var body = new PassingStream(entry.DataStream ?? Stream.Null, hash);
                switch (entry.Name)
                {
                    case SnapshotArchive.MetaName:
                        meta = ArchiveMeta.Read(ReadSmall(body, entry.Name));
                        break;
                    case SnapshotArchive.StateName:
                        stateRefusal = CheckState(body);
                        body.CopyTo(Stream.Null);
                        stateBytes = body.Passed;
                        break;
                    case SnapshotArchive.SumsName:
                        sumsText = Encoding.ASCII.GetString(ReadSmall(body, entry.Name));
                        continue;
                    default:
                        throw ArchiveException.Unreadable($"unexpected file \"{entry.Name}\" in snapshot");
                }

                sums[entry.Name] = hash.GetCurrentHash();
            }

            CheckLength(archive, content);
        }
        catch (Exception broken) when (broken is InvalidDataException or EndOfStreamException or FormatException)
        {
            throw ArchiveException.Unreadable($"failed reading snapshot: {(broken is EndOfStreamException ? "unexpected EOF" : broken.Message)}");
        }

        CheckSums(sumsText ?? "", sums);
        if (meta is not { Version: ArchiveMeta.Version } summary)
            throw ArchiveException.Unreadable($"unsupported snapshot version {meta?.Version}");
        if (stateRefusal is not null)
            throw ArchiveException.Unreadable($"state.bin is not one of this program, archives of another cannot be restored: {stateRefusal}");
        if (summary.Size != stateBytes)
            throw ArchiveException.Unreadable($"state.bin has {stateBytes} bytes, expected {summary.Size}");
        return summary;
    }

    /// <summary>The state in an archive that was checked.</summary>
    public static SnapshotPieces OpenState(Stream archive, int pieceBytes) => new(OpenState(archive), pieceBytes);

    /// <summary>The same as it stands there: state.bin.</summary>
    public static Stream OpenState(Stream archive)
    {
        var tar = new TarReader(Open(archive));
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.Name == SnapshotArchive.StateName)
                return entry.DataStream!;
        }

        throw ArchiveException.Unreadable("the state is gone");
    }

    /// <summary>The decompressor says little about what is no archive at all, so its first bytes are looked at here.</summary>
    private static PassingStream Open(Stream archive)
    {
        archive.Position = 0;
        Span<byte> head = stackalloc byte[GzipHeaderBytes];
        int read = archive.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        if (read == 0)
            throw ArchiveException.NotGzip("EOF");
        if (read < head.Length)
            throw ArchiveException.NotGzip("unexpected EOF");
        if (head is not [0x1f, 0x8b, 8, ..])
            throw ArchiveException.NotGzip("gzip: invalid header");
        archive.Position = 0;
        return new PassingStream(new GZipStream(archive, CompressionMode.Decompress, leaveOpen: true), hash: null);
    }

    /// <summary>The decompressor takes a cut file for a short one; the length of the content stands at a whole file's end (RFC 1952 2.3.1).</summary>
    private static void CheckLength(Stream archive, PassingStream content)
    {
        content.CopyTo(Stream.Null);
        Span<byte> length = stackalloc byte[4];
        archive.Position = archive.Length - length.Length;
        archive.ReadExactly(length);
        if (BinaryPrimitives.ReadUInt32LittleEndian(length) != (uint)content.Passed)
            throw new EndOfStreamException();
    }

    private static string? CheckState(Stream body)
    {
        try
        {
            using var pieces = new SnapshotPieces(body, pieceBytes: 256 * 1024);
            pieces.Check();
            return null;
        }
        catch (InvalidDataException malformed)
        {
            return malformed.Message;
        }
    }

    private static void CheckSums(string listed, Dictionary<string, byte[]> found)
    {
        var expected = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string line in listed.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Split("  ", 2) is not [var sum, var name])
                throw ArchiveException.Unreadable($"failed checking integrity of snapshot: bad line in {SnapshotArchive.SumsName}");
            expected[name] = sum;
        }

        foreach (string name in (ReadOnlySpan<string>)[SnapshotArchive.MetaName, SnapshotArchive.StateName])
        {
            if (!expected.TryGetValue(name, out string? sum))
                throw ArchiveException.Unreadable($"failed checking integrity of snapshot: list missing hash for \"{name}\"");
            if (!found.TryGetValue(name, out byte[]? actual) || !Convert.ToHexStringLower(actual).Equals(sum, StringComparison.OrdinalIgnoreCase))
                throw ArchiveException.Unreadable($"failed checking integrity of snapshot: hash check failed for \"{name}\"");
        }
    }

    private static byte[] ReadSmall(Stream body, string name)
    {
        using var bytes = new MemoryStream();
        byte[] buffer = new byte[4096];
        for (int read; (read = body.Read(buffer)) > 0;)
        {
            bytes.Write(buffer.AsSpan(0, read));
            if (bytes.Length > MaxMetaBytes)
                throw ArchiveException.Unreadable($"{name} is too long");
        }

        return bytes.ToArray();
    }
}
