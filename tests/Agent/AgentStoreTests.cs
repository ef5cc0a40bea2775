using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Praetor.Runtime.Agent.Store;
using Praetor.Tests.Storage;

namespace Praetor.Tests.Agent;

/// <summary>One suite for the disk and its in-memory twin, then what only the disk has.</summary>
public sealed class AgentStoreTests
{
    private static readonly byte[] One = "{\"a\":1}"u8.ToArray();
    private static readonly byte[] Two = "{\"a\":2}"u8.ToArray();

    private static IAgentStore Open(bool onDisk, TemporaryDirectory directory) =>
        onDisk ? new FileAgentStore(directory.Path, NullLogger.Instance) : new MemoryAgentStore(isPersistent: true);

    private static string[] Texts(IAgentStore store, AgentFileKind kind) => [.. store.Load(kind).Select(Encoding.UTF8.GetString).Order(StringComparer.Ordinal)];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_newest_document_of_an_id_is_kept(bool onDisk)
    {
        using var directory = new TemporaryDirectory();
        await using IAgentStore store = Open(onDisk, directory);
        store.Put(AgentFileKind.Service, "web", One);
        store.Put(AgentFileKind.Service, "web", Two);
        store.Put(AgentFileKind.Service, "api", One);
        await store.FlushAsync();
        Assert.Equal(["{\"a\":1}", "{\"a\":2}"], Texts(store, AgentFileKind.Service));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Kinds_are_kept_apart_and_removed_documents_are_gone(bool onDisk)
    {
        using var directory = new TemporaryDirectory();
        await using IAgentStore store = Open(onDisk, directory);
        foreach (AgentFileKind kind in Enum.GetValues<AgentFileKind>())
            store.Put(kind, "x", One);
        await store.FlushAsync();
        store.Remove(AgentFileKind.Check, "x");
        store.Remove(AgentFileKind.Check, "never there");
        await store.FlushAsync();
        Assert.Equal((1, 0, 1), (store.Load(AgentFileKind.Service).Count, store.Load(AgentFileKind.Check).Count, store.Load(AgentFileKind.CheckState).Count));
    }

    [Theory]
    [InlineData(AgentFileKind.Service, "services")]
    [InlineData(AgentFileKind.Check, "checks")]
    [InlineData(AgentFileKind.CheckState, "checks/state")]
    public async Task A_file_is_named_by_the_hash_of_its_id(AgentFileKind kind, string folder)
    {
        using var directory = new TemporaryDirectory();
        await using var store = new FileAgentStore(directory.Path, NullLogger.Instance);
        store.Put(kind, "web", One);
        await store.FlushAsync();
        string file = Assert.Single(Directory.GetFiles(Path.Combine(directory.Path, folder)));
        Assert.Equal("73e7f8ad7152f3cd30ad2d4095e5096da3dfd7f8dc1a1ae0f50b20f3ba96ef4c".Length, Path.GetFileName(file).Length);
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("web"u8)), Path.GetFileName(file));
    }

    [Fact]
    public async Task Another_process_finds_what_was_flushed()
    {
        using var directory = new TemporaryDirectory();
        await using (var store = new FileAgentStore(directory.Path, NullLogger.Instance))
            store.Put(AgentFileKind.Service, "web", One);
        await using var again = new FileAgentStore(directory.Path, NullLogger.Instance);
        Assert.Equal(["{\"a\":1}"], Texts(again, AgentFileKind.Service));
    }

    [Fact]
    public async Task The_leftover_of_a_crash_is_no_document()
    {
        using var directory = new TemporaryDirectory();
        await using var store = new FileAgentStore(directory.Path, NullLogger.Instance);
        string leftover = Path.Combine(directory.Path, "services", "abc.tmp");
        await File.WriteAllTextAsync(leftover, "{\"a\"");
        Assert.Empty(store.Load(AgentFileKind.Service));
        Assert.False(File.Exists(leftover));
    }

    [Fact]
    public async Task What_cannot_be_written_is_told_to_who_waits()
    {
        using var directory = new TemporaryDirectory();
        await using var store = new FileAgentStore(directory.Path, NullLogger.Instance);
        Directory.Delete(Path.Combine(directory.Path, "services"));
        store.Put(AgentFileKind.Service, "web", One);
        await Assert.ThrowsAnyAsync<IOException>(async () => await store.FlushAsync());
    }

    [Fact]
    public async Task What_did_not_change_is_not_written_again()
    {
        using var directory = new TemporaryDirectory();
        await using var store = new FileAgentStore(directory.Path, NullLogger.Instance);
        store.Put(AgentFileKind.Service, "web", One);
        await store.FlushAsync();
        string file = Assert.Single(Directory.GetFiles(Path.Combine(directory.Path, "services")));
        File.SetLastWriteTimeUtc(file, new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        store.Put(AgentFileKind.Service, "web", One);
        await store.FlushAsync();
        Assert.Equal(2001, File.GetLastWriteTimeUtc(file).Year);
        store.Put(AgentFileKind.Service, "web", Two);
        await store.FlushAsync();
        Assert.NotEqual(2001, File.GetLastWriteTimeUtc(file).Year);
    }

    [Fact]
    public async Task A_service_that_cannot_be_kept_is_not_registered()
    {
        using var directory = new TemporaryDirectory();
        await using var store = new FileAgentStore(directory.Path, NullLogger.Instance);
        await using AgentHarness agent = await AgentHarness.StartAsync(store: store);
        Directory.Delete(Path.Combine(directory.Path, "services"));
        Assert.NotNull(await agent.Agent.RegisterServiceAsync(AgentHarness.Service("web", AgentHarness.Ttl()), "", false, CancellationToken.None));
        Assert.Empty(agent.Agent.Snapshot.Services);
        Assert.Empty(agent.Agent.Snapshot.Checks);
        await agent.SettleAsync();
        Assert.Null(agent.Catalog.Service("web"));
    }
}
