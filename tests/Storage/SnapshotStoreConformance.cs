using Microsoft.Extensions.Logging.Abstractions;
using Praetor.Core.Ports;
using Praetor.Storage.Snapshots;
using Praetor.Transport.Compression;

namespace Praetor.Tests.Storage;

/// <summary>What every <see cref="ISnapshotStore"/> promises.</summary>
public abstract class SnapshotStoreConformance
{
    protected abstract ISnapshotStore Store { get; }

    internal static void Save(ISnapshotStore store, long index, byte[] body, long term = 1)
    {
        using ISnapshotSink sink = store.Create(new SnapshotMeta(index, term, [1, 2, 3]));
        sink.Body.Write(body);
        sink.Commit();
    }

    internal static byte[] ReadAll(ISnapshotSource source)
    {
        var copy = new MemoryStream();
        source.Body.CopyTo(copy);
        return copy.ToArray();
    }

    [Fact]
    public void A_new_store_has_no_snapshot() => Assert.Null(Store.OpenLatest());

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(500_000)]
    public void The_newest_snapshot_comes_back_with_what_it_stands_for(int bytes)
    {
        byte[] body = new byte[bytes];
        new Random(1).NextBytes(body);
        Save(Store, 10, [9]);
        Save(Store, 20, body, term: 2);
        using ISnapshotSource source = Store.OpenLatest()!;
        Assert.Equal((20L, 2L), (source.Meta.Index, source.Meta.Term));
        Assert.Equal([1, 2, 3], source.Meta.Configuration);
        Assert.Equal(body, ReadAll(source));
    }

    [Fact]
    public void A_snapshot_that_is_given_up_leaves_the_older_one_in_force()
    {
        Save(Store, 10, [9]);
        using (ISnapshotSink sink = Store.Create(new SnapshotMeta(20, 1, [])))
            sink.Body.Write([1, 2, 3]);
        using ISnapshotSource source = Store.OpenLatest()!;
        Assert.Equal(10, source.Meta.Index);
    }
}

public sealed class MemorySnapshotStoreTests : SnapshotStoreConformance
{
    protected override ISnapshotStore Store { get; } = new MemorySnapshotStore();
}

public sealed class FileSnapshotStoreTests : SnapshotStoreConformance, IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    protected override ISnapshotStore Store => new FileSnapshotStore(_directory.Path, new Lz4Frame(), NullLogger.Instance);

    public void Dispose() => _directory.Dispose();

    private string[] Files() => [.. Directory.GetFiles(_directory.Path).Order(StringComparer.Ordinal)];

    [Fact]
    public void The_two_newest_are_kept()
    {
        for (int i = 1; i <= 5; i++)
            Save(Store, i * 10, [1]);
        Assert.Equal(2, Files().Length);
        using ISnapshotSource source = Store.OpenLatest()!;
        Assert.Equal(50, source.Meta.Index);
    }

    [Fact]
    public void What_a_crash_left_half_written_is_removed()
    {
        File.WriteAllText(Path.Combine(_directory.Path, "x.snapshot.new"), "half");
        Assert.Null(Store.OpenLatest());
        Assert.Empty(Files());
    }

    [Fact]
    public void A_damaged_snapshot_is_refused_and_named_wherever_it_is_damaged()
    {
        Save(Store, 10, [.. Enumerable.Range(0, 300).Select(i => (byte)i)]);
        string path = Files()[0];
        byte[] whole = File.ReadAllBytes(path);
        for (int at = 0; at < whole.Length; at++)
        {
            byte[] bad = [.. whole];
            bad[at] ^= 0x20;
            File.WriteAllBytes(path, bad);
            Assert.Contains(path, Assert.Throws<InvalidDataException>(() => Store.OpenLatest()).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_shortened_snapshot_is_refused_and_named()
    {
        Save(Store, 10, [.. Enumerable.Range(0, 300).Select(i => (byte)i)]);
        string path = Files()[0];
        byte[] whole = File.ReadAllBytes(path);
        for (int length = 0; length < whole.Length; length += 3)
        {
            File.WriteAllBytes(path, whole[..length]);
            Assert.Contains(path, Assert.Throws<InvalidDataException>(() => Store.OpenLatest()).Message, StringComparison.Ordinal);
        }
    }
}
