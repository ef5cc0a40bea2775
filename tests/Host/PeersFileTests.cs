using Praetor.Api;
using Praetor.Core.Consensus;
using Praetor.Tests.Storage;

namespace Praetor.Tests.Host;

/// <summary>raft/peers.json (gossip-raft 5).</summary>
public sealed class PeersFileTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private string FilePath => Path.Combine(_directory.Path, "peers.json");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void A_new_directory_gets_an_explanation_and_a_file_that_was_left_there_is_deleted()
    {
        File.WriteAllText(FilePath, "[]");

        Assert.Null(PeersFile.Read(_directory.Path));
        Assert.False(File.Exists(FilePath));
        Assert.Contains("peers.json", File.ReadAllText(Path.Combine(_directory.Path, "peers.info")), StringComparison.Ordinal);
        Assert.Null(PeersFile.Read(_directory.Path));
    }

    [Fact]
    public void Servers_are_read_until_the_file_is_forgotten()
    {
        Write("""[{"id": "a", "address": "10.0.0.1:8300"}, {"id": "b", "address": "10.0.0.2:8300", "non_voter": true}]""");

        Assert.Equal([new ServerMember("a", "10.0.0.1:8300", IsVoter: true), new ServerMember("b", "10.0.0.2:8300", IsVoter: false)], PeersFile.Read(_directory.Path)!.Servers);
        PeersFile.Forget(_directory.Path);
        Assert.Null(PeersFile.Read(_directory.Path));
    }

    [Theory]
    [InlineData("""[{"address": "a:1"}]""", "empty ID in configuration")]
    [InlineData("""[{"id": "a"}]""", "empty address in configuration")]
    [InlineData("""[{"id": "a", "address": "a:1"}, {"id": "a", "address": "b:1"}]""", "found duplicate ID in configuration: a")]
    [InlineData("""[{"id": "a", "address": "a:1"}, {"id": "b", "address": "a:1"}]""", "found duplicate address in configuration: a:1")]
    [InlineData("""[{"id": "a", "address": "a:1", "non_voter": true}]""", "need at least one voter in configuration")]
    [InlineData("[]", "need at least one voter in configuration")]
    public void A_set_that_cannot_be_is_refused(string text, string refusal)
    {
        Write(text);

        Assert.Equal(refusal, Assert.Throws<InvalidDataException>(() => PeersFile.Read(_directory.Path)).Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[1]")]
    [InlineData("""["10.0.0.1:8300"]""")]
    [InlineData("""[{"id": 1, "address": "a:1"}]""")]
    [InlineData("""[{"id": "a", "address": "a:1", "non_voter": "no"}]""")]
    [InlineData("[{")]
    public void A_file_that_is_something_else_is_refused(string text)
    {
        Write(text);

        Assert.Throws<InvalidDataException>(() => PeersFile.Read(_directory.Path));
    }

    private void Write(string text)
    {
        File.WriteAllText(Path.Combine(_directory.Path, "peers.info"), "");
        File.WriteAllText(FilePath, text);
    }
}
