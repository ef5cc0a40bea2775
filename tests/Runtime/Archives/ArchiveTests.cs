using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Praetor.Core.Consensus;
using Praetor.Core.State.Restore;
using Praetor.Runtime.Archives;
using Praetor.Tests.State;

namespace Praetor.Tests.Runtime.Archives;

/// <summary>Archives of the state (http-core 8.4): what they look like, and that nothing but a whole one is taken.</summary>
public sealed class ArchiveTests
{
    private static readonly ServerSet s_servers = new([new ServerMember("id1", "10.0.0.1:8300", IsVoter: true), new ServerMember("id2", "10.0.0.2:8300", IsVoter: false)]);

    private readonly StateHarness _state = new();

    public ArchiveTests()
    {
        for (int i = 0; i < 300; i++)
            _state.Put($"key/{i}", new string((char)('a' + (i % 26)), i));
        _state.Register(StateHarness.Node("n1") with { Service = StateHarness.Service("web") });
    }

    [Fact]
    public void An_archive_is_a_compressed_tar_of_three_files()
    {
        Dictionary<string, byte[]> files = Files(Write());

        Assert.Equal(["meta.json", "state.bin", "SHA256SUMS"], files.Keys);
        JsonElement meta = JsonDocument.Parse(files["meta.json"]).RootElement;
        Assert.Equal(["Version", "ID", "Index", "Term", "Peers", "Configuration", "ConfigurationIndex", "Size"], meta.EnumerateObject().Select(static member => member.Name));
        Assert.Equal((1, "7-301-1700000000000", 301, 7), (meta.GetProperty("Version").GetInt32(), meta.GetProperty("ID").GetString(), meta.GetProperty("Index").GetInt64(), meta.GetProperty("Term").GetInt64()));
        Assert.Equal("""[{"Suffrage":0,"ID":"id1","Address":"10.0.0.1:8300"},{"Suffrage":1,"ID":"id2","Address":"10.0.0.2:8300"}]""", meta.GetProperty("Configuration").GetProperty("Servers").GetRawText());
        Assert.Equal(files["state.bin"].Length, meta.GetProperty("Size").GetInt64());
        Assert.Equal($"{Sum(files["meta.json"])}  meta.json\n{Sum(files["state.bin"])}  state.bin\n", Encoding.ASCII.GetString(files["SHA256SUMS"]));
    }

    [Fact]
    public void A_whole_archive_passes_and_gives_its_state()
    {
        var archive = new MemoryStream(Write());

        ArchiveSummary summary = ArchiveReader.Check(archive);
        using SnapshotPieces state = ArchiveReader.OpenState(archive, 1000);

        Assert.Equal((1, "7-301-1700000000000", 301L, 7L), (summary.Version, summary.Id, summary.Index, summary.Term));
        Assert.Equal(301, state.HighestIndex);
        Assert.True(state.Check() > 10);
    }

    [Fact]
    public void Every_cut_is_found()
    {
        byte[] whole = Write();
        for (int length = 0; length < whole.Length; length += 11)
        {
            string text = Assert.Throws<ArchiveException>(() => ArchiveReader.Check(new MemoryStream(whole, 0, length))).Message;
            Assert.StartsWith(length < 10 ? "failed to decompress snapshot: " : "failed to read snapshot file: ", text);
        }
    }

    [Fact]
    public void Every_altered_byte_of_the_content_is_found()
    {
        var random = new Random(1);
        byte[] tar = Decompressed(Write());
        Dictionary<string, byte[]> files = Files(Write());
        int stateStart = tar.AsSpan().IndexOf(files["state.bin"]);
        for (int i = 0; i < 200; i++)
        {
            byte[] altered = [.. tar];
            altered[stateStart + random.Next(files["state.bin"].Length)] ^= (byte)(1 << random.Next(8));

            Assert.Equal("failed to read snapshot file: failed checking integrity of snapshot: hash check failed for \"state.bin\"",
                Assert.Throws<ArchiveException>(() => ArchiveReader.Check(new MemoryStream(Compressed(altered)))).Message);
        }
    }

    [Fact]
    public void Random_bytes_do_no_harm()
    {
        var random = new Random(2);
        byte[] whole = Write();
        for (int i = 0; i < 500; i++)
        {
            byte[] altered = [.. whole];
            for (int j = random.Next(1, 20); j > 0; j--)
                altered[random.Next(altered.Length)] = (byte)random.Next(256);
            try
            {
                ArchiveReader.Check(new MemoryStream(altered));
            }
            catch (ArchiveException)
            {
                // The only way to say no.
            }
        }
    }

    [Theory]
    [InlineData("", "failed to decompress snapshot: EOF")]
    [InlineData("short", "failed to decompress snapshot: unexpected EOF")]
    [InlineData("this is no archive at all", "failed to decompress snapshot: gzip: invalid header")]
    public void What_is_not_compressed_is_no_archive(string text, string refusal) =>
        Assert.Equal(refusal, Assert.Throws<ArchiveException>(() => ArchiveReader.Check(new MemoryStream(Encoding.ASCII.GetBytes(text)))).Message);

    [Fact]
    public void A_file_that_does_not_belong_is_refused() =>
        Refused("unexpected file \"x\" in snapshot", files => files["x"] = [1]);

    [Fact]
    public void A_file_without_a_sum_is_refused() =>
        Refused("failed checking integrity of snapshot: list missing hash for \"meta.json\"", static files => files["SHA256SUMS"] = []);

    [Fact]
    public void A_missing_state_is_refused() =>
        Refused("failed checking integrity of snapshot: hash check failed for \"state.bin\"", static files => files.Remove("state.bin"));

    [Fact]
    public void Metadata_that_are_none_are_refused() =>
        Assert.StartsWith("failed to read snapshot file: failed to decode snapshot metadata: ", Refusal(static files => files["meta.json"] = "[]"u8.ToArray()));

    [Fact]
    public void Another_version_is_refused() =>
        Refused("unsupported snapshot version 2", files => Replace(files, "meta.json", Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(files["meta.json"]).Replace("\"Version\":1", "\"Version\":2", StringComparison.Ordinal))));

    [Fact]
    public void A_size_that_is_not_the_states_is_refused() =>
        Assert.EndsWith("expected 5", Refusal(files => Replace(files, "meta.json", Encoding.UTF8.GetBytes(System.Text.RegularExpressions.Regex.Replace(Encoding.UTF8.GetString(files["meta.json"]), "\"Size\":\\d+", "\"Size\":5")))));

    [Fact]
    public void A_state_of_another_program_is_refused_by_name()
    {
        // The first bytes of a state as Consul writes it: a msgpack map with LastIndex.
        string refusal = Refusal(files => Replace(files, "state.bin", [0x81, 0xa9, .. "LastIndex"u8, 0x0c, 0, 1, 2, 3]));

        Assert.StartsWith("failed to read snapshot file: state.bin is not one of this program, archives of another cannot be restored: ", refusal);
    }

    private byte[] Write()
    {
        using var output = new MemoryStream();
        SnapshotArchive.Write(_state.Root, _state.Heap, new ArchiveMeta(_state.Root.ClientIndex, 7, 1_700_000_000_000, s_servers, 0), output, CancellationToken.None);
        return output.ToArray();
    }

    private void Refused(string cause, Action<Dictionary<string, byte[]>> change) => Assert.Equal($"failed to read snapshot file: {cause}", Refusal(change));

    private string Refusal(Action<Dictionary<string, byte[]>> change)
    {
        Dictionary<string, byte[]> files = Files(Write());
        change(files);
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Fastest, leaveOpen: true))
        using (var tar = new TarWriter(gzip))
        {
            foreach ((string name, byte[] content) in files)
                tar.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
        }

        output.Position = 0;
        return Assert.Throws<ArchiveException>(() => ArchiveReader.Check(output)).Message;
    }

    /// <summary>Puts other content in place, with a sum that is right.</summary>
    private static void Replace(Dictionary<string, byte[]> files, string name, byte[] content)
    {
        files["SHA256SUMS"] = Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(files["SHA256SUMS"]).Replace(Sum(files[name]), Sum(content), StringComparison.Ordinal));
        files[name] = content;
    }

    private static string Sum(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private static Dictionary<string, byte[]> Files(byte[] archive)
    {
        var files = new Dictionary<string, byte[]>();
        using var tar = new TarReader(new MemoryStream(Decompressed(archive)));
        while (tar.GetNextEntry() is { } entry)
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, entry.Mode);
            using var content = new MemoryStream();
            entry.DataStream!.CopyTo(content);
            files[entry.Name] = content.ToArray();
        }

        return files;
    }

    private static byte[] Decompressed(byte[] archive)
    {
        using var tar = new MemoryStream();
        new GZipStream(new MemoryStream(archive), CompressionMode.Decompress).CopyTo(tar);
        return tar.ToArray();
    }

    private static byte[] Compressed(byte[] tar)
    {
        using var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(tar);
        return output.ToArray();
    }
}
