using Praetor.Api.Http;
using Praetor.Tests.Storage;

namespace Praetor.Tests.Http.Conventions;

/// <summary>unix_sockets (config 5).</summary>
public sealed class UnixSocketFileTests : IDisposable
{
    private readonly TemporaryDirectory _files = new();

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData("nobody-of-that-name", "", "", "Failed setting up socket: failed to look up user nobody-of-that-name: user: unknown user nobody-of-that-name")]
    [InlineData("", "wheel", "", "Failed setting up socket: invalid group specified: wheel")]
    [InlineData("", "", "99", "Failed setting up socket: invalid mode specified: 99")]
    public void What_cannot_be_set_is_told(string user, string group, string mode, string error)
    {
        string path = Touch();
        Assert.Equal(error, Assert.Throws<SocketSetupException>(() => new UnixSocketFile(user, group, mode).Apply(path)).Message);
    }

    [Fact]
    public void Own_user_by_name_and_mode_are_set()
    {
        string path = Touch();
        new UnixSocketFile(Environment.UserName, "", "640").Apply(path);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, new FileInfo(path).UnixFileMode);
    }

    private string Touch()
    {
        string path = Path.Combine(_files.Path, "socket");
        File.WriteAllText(path, "");
        return path;
    }
}
