using Praetor.Api.Http;
using Praetor.Api.Http.Ui;
using Praetor.Tests.Storage;
using Praetor.Tests.Support;

namespace Praetor.Tests.Http.Ui;

/// <summary>A web UI of the operator's own (config 5, ui_config.dir).</summary>
public sealed class UiFilesTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _files = new();
    private TestServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        string ui = Path.Combine(_files.Path, "ui");
        Directory.CreateDirectory(Path.Combine(ui, "assets"));
        File.WriteAllText(Path.Combine(ui, "index.html"), "<p>index</p>");
        File.WriteAllText(Path.Combine(ui, "assets", "a b.js"), "let x;");
        File.WriteAllText(Path.Combine(_files.Path, "secret"), "secret");
        File.CreateSymbolicLink(Path.Combine(ui, "leak"), Path.Combine(_files.Path, "secret"));
        _server = await TestServer.StartAsync(new TestServerOptions
        {
            Http = new HttpOptions { UiEnabled = true, UiPath = "/my-ui/", ResponseHeaders = new Dictionary<string, string> { ["X-Frame-Options"] = "DENY" } },
            Map = (routes, _) => new UiFiles(ui).Map(routes, "/my-ui/"),
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _files.Dispose();
    }

    [Theory]
    [InlineData("/my-ui/", "text/html; charset=utf-8", "<p>index</p>")]
    [InlineData("/my-ui/index.html", "text/html; charset=utf-8", "<p>index</p>")]
    [InlineData("/my-ui/assets/a%20b.js", "text/javascript; charset=utf-8", "let x;")]
    [InlineData("/my-ui/dc1/services/web", "text/html; charset=utf-8", "<p>index</p>")]
    [InlineData("/my-ui/..%2Fsecret", "text/html; charset=utf-8", "<p>index</p>")]
    [InlineData("/my-ui/assets%2F..%2F..%2Fsecret", "text/html; charset=utf-8", "<p>index</p>")]
    [InlineData("/my-ui/%2Fetc%2Fpasswd", "text/html; charset=utf-8", "<p>index</p>")]
    [InlineData("/my-ui/leak", "text/html; charset=utf-8", "<p>index</p>")]
    public async Task A_path_gets_its_file_or_the_index(string path, string type, string body)
    {
        Reply reply = await _server.GetAsync(path);

        Assert.Equal((200, type, body), (reply.Status, reply.Header("Content-Type"), reply.Body));
        Assert.Equal("DENY", reply.Header("X-Frame-Options"));
    }
}
