using Praetor.Api.Config;
using Praetor.Tests.Storage;

namespace Praetor.Tests.Config;

/// <summary>The node's id (config 5, node_id).</summary>
public class NodeIdFileTests
{
    private const string Id = "0b2f3a54-6a0f-4a9d-8f0a-0123456789ab";
    private static readonly Guid s_new = Guid.Parse("aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee");

    private static (string? Error, string Id) Resolve(string configured, string directory)
    {
        var error = NodeIdFile.Resolve(configured, directory, () => s_new, out var id);
        return (error, id);
    }

    [Fact]
    public void A_new_id_is_made_once_and_kept()
    {
        using var directory = new TemporaryDirectory();

        Assert.Equal((null, s_new.ToString()), Resolve("", directory.Path));
        var path = Path.Combine(directory.Path, "node-id");
        Assert.Equal(s_new.ToString(), File.ReadAllText(path));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Equal((null, s_new.ToString()), Resolve("", directory.Path));
    }

    [Fact]
    public void A_kept_id_is_read_in_lower_case()
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllText(Path.Combine(directory.Path, "node-id"), Id.ToUpperInvariant() + "\n");

        Assert.Equal((null, Id), Resolve("", directory.Path));
    }

    [Fact]
    public void A_configured_id_wins_and_is_kept()
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllText(Path.Combine(directory.Path, "node-id"), s_new.ToString());

        Assert.Equal((null, Id), Resolve(Id, directory.Path));
        Assert.Equal(Id, File.ReadAllText(Path.Combine(directory.Path, "node-id")));
    }

    [Fact]
    public void Without_a_directory_every_start_has_a_new_id() => Assert.Equal((null, s_new.ToString()), Resolve("", ""));

    [Fact]
    public void A_configured_id_must_be_a_uuid() =>
        Assert.Equal("failed to setup node ID: specified NodeID is invalid: uuid string is wrong length", Resolve("x", "").Error);
}
