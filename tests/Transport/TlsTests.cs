using System.Text;
using Praetor.Core.Ports;
using Praetor.Transport.Framing;
using Praetor.Transport.Rpc;
using Praetor.Transport.Tls;

namespace Praetor.Tests.Transport;

public sealed class TlsTests : IDisposable
{
    private readonly Certificates _ca = new();
    private readonly Certificates _otherCa = new("Other CA");

    public void Dispose()
    {
        _ca.Dispose();
        _otherCa.Dispose();
    }

    /// <summary>Settings from words: which CA ("ca", "other-ca"), whose certificate ("server", "client", "other"), which verifications.</summary>
    private TlsContext? ContextOf(string words, string file)
    {
        if (words.Length == 0)
            return null;
        string[] has = words.Split(' ');
        var settings = new TlsSettings
        {
            CaFile = has.Contains("ca") ? _ca.CaFile : has.Contains("other-ca") ? _otherCa.CaFile : "",
            VerifyIncoming = has.Contains("incoming"),
            VerifyOutgoing = has.Contains("outgoing"),
            VerifyServerHostname = has.Contains("hostname"),
            MinVersion = has.Contains("1.3") ? "TLSv1_3" : "TLSv1_2",
        };
        (string cert, string key) = has.Contains("server") ? _ca.Issue("server.dc1.consul", file)
            : has.Contains("client") ? _ca.Issue("client.dc1.consul", file)
            : has.Contains("other") ? _otherCa.Issue("server.dc1.consul", file)
            : ("", "");
        return TlsContext.Load(settings with { CertFile = cert, KeyFile = key });
    }

    /// <summary>The matrix of gossip-raft 8.1: the server's settings, the caller's, and whether they come together.</summary>
    [Theory]
    [InlineData("", "", true)]
    [InlineData("ca server", "", true)]
    [InlineData("ca server", "ca client", true)]
    [InlineData("ca server", "ca outgoing", true)]
    [InlineData("ca server 1.3", "ca outgoing 1.3", true)]
    [InlineData("ca server", "ca client outgoing", true)]
    [InlineData("", "ca outgoing", false)]
    [InlineData("ca other", "ca outgoing", false)]
    [InlineData("ca server", "other-ca outgoing", false)]
    [InlineData("ca server incoming", "", false)]
    [InlineData("ca server incoming", "ca client", false)]
    [InlineData("ca server incoming", "ca outgoing", false)]
    [InlineData("ca server incoming", "ca client outgoing", true)]
    [InlineData("ca server incoming", "ca other outgoing", false)]
    [InlineData("ca client", "ca outgoing", true)]
    [InlineData("ca client", "ca hostname", false)]
    [InlineData("ca server", "ca hostname", true)]
    [InlineData("ca server incoming hostname", "ca server hostname", true)]
    [InlineData("ca server incoming hostname", "ca client hostname", true)]
    public async Task A_call_is_answered_if_both_sides_settings_allow_it(string server, string client, bool isAllowed)
    {
        await using RpcPair pair = await RpcPair.StartAsync(new RpcPairOptions { ServerTls = ContextOf(server, "s"), ClientTls = ContextOf(client, "c") });
        if (isAllowed)
        {
            Assert.Equal([1], await pair.CallAsync([1]));
            return;
        }

        ServerCallException failed = await Assert.ThrowsAsync<ServerCallException>(() => pair.CallAsync([1]));
        Assert.False(failed.MayHaveRun);
    }

    [Theory]
    [InlineData("ca server incoming hostname", "ca server hostname", true)]
    [InlineData("ca server incoming hostname", "ca client hostname", false)]
    [InlineData("ca server incoming", "ca client outgoing", true)]
    [InlineData("ca server hostname", "ca client hostname", true)]
    public async Task Raft_connections_need_a_servers_certificate_where_both_verifications_are_on(string server, string client, bool isAllowed)
    {
        await using RpcPair pair = await RpcPair.StartAsync(new RpcPairOptions { ServerTls = ContextOf(server, "s"), ClientTls = ContextOf(client, "c") });
        Task sent = pair.Client.SendStreamAsync(pair.To, ServerMethod.Snapshot, default, new MemoryStream(new byte[10]), reply: null, default);
        if (isAllowed)
        {
            await sent;
            pair.Client.Send(pair.To, ServerMethod.Raft, [1]);
            await pair.Callee.Received.WaitAsync();
            return;
        }

        ServerCallException failed = await Assert.ThrowsAsync<ServerCallException>(() => sent);
        Assert.EndsWith("the caller's certificate is not valid for server.dc1.consul", failed.Message, StringComparison.Ordinal);
        Assert.Equal(1, pair.Server.Drops[RpcDrop.NotAServer]);
    }

    [Fact]
    public async Task Large_bodies_and_streams_pass_through_tls()
    {
        await using RpcPair pair = await RpcPair.StartAsync(new RpcPairOptions { ServerTls = ContextOf("ca server", "s"), ClientTls = ContextOf("ca outgoing", "c") });
        byte[] body = new byte[500_000];
        new Random(5).NextBytes(body);
        byte[][] answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => pair.CallAsync(body)));
        Assert.All(answers, answer => Assert.Equal(body, answer));
        await pair.Client.SendStreamAsync(pair.To, ServerMethod.Snapshot, default, new MemoryStream(body), reply: null, default);
    }

    [Fact]
    public async Task A_plain_connection_to_a_server_that_verifies_is_closed_and_counted()
    {
        await using RpcPair pair = await RpcPair.StartAsync(new RpcPairOptions { ServerTls = ContextOf("ca server incoming", "s") });
        await using Stream raw = await pair.ConnectRawAsync();
        await raw.WriteAsync(Wire.Opening(Wire.NewHello()));
        Assert.True(await Wire.IsClosedAsync(raw));
        Assert.Equal(1, pair.Server.Drops[RpcDrop.Plaintext]);
    }

    [Theory]
    [InlineData("ca server")]
    [InlineData("")]
    public async Task A_broken_tls_handshake_is_closed_and_counted(string server)
    {
        await using RpcPair pair = await RpcPair.StartAsync(new RpcPairOptions { ServerTls = ContextOf(server, "s") });
        await using Stream raw = await pair.ConnectRawAsync();
        await raw.WriteAsync(Encoding.Latin1.GetBytes("\x16\x03\x01\0\x05hello and more"));
        while (!await Wire.IsClosedAsync(raw))
        {
            // An alert comes before the end.
        }

        Assert.Equal(1, pair.Server.Drops[RpcDrop.TlsFailed]);
        Assert.Equal(0, pair.Server.Drops[RpcDrop.NotThisProtocol]);
    }

    [Fact]
    public async Task New_connections_use_certificates_that_were_loaded_again()
    {
        TlsContext serverTls = ContextOf("ca server", "s")!;
        await using RpcPair pair = await RpcPair.StartAsync(new RpcPairOptions { ServerTls = serverTls, ClientTls = ContextOf("ca outgoing", "c") });
        Assert.Equal([1], await pair.CallAsync([1]));

        (string cert, string key) = _otherCa.Issue("server.dc1.consul");
        serverTls.Reload(serverTls.Settings with { CertFile = cert, KeyFile = key });
        Assert.Equal([2], await pair.CallAsync([2]));
        await using var other = new RpcClient(new NodeIdentity("id-3", "n3", "dc1", IsServer: true), new RpcOptions(), ContextOf("other-ca outgoing", "c"),
            TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        Assert.True((await other.CallAsync(pair.To, ServerMethod.Propose, new byte[] { 3 }, TimeSpan.FromSeconds(30), default)).Span.SequenceEqual((ReadOnlySpan<byte>)[3]));
    }

    [Fact]
    public void A_reload_that_fails_changes_nothing()
    {
        TlsContext context = ContextOf("ca server", "s")!;
        TlsSettings before = context.Settings;
        Assert.Throws<TlsSettingsException>(() => context.Reload(before with { CertFile = "/nonexistent/file" }));
        Assert.Same(before, context.Settings);
        Assert.True(context.HasCertificate);
    }

    [Theory]
    [InlineData("incoming", "VerifyIncoming set but no CA certificates were provided")]
    [InlineData("ca incoming", "VerifyIncoming requires either a Cert and Key pair in the configuration file, or auto_encrypt/auto_config be enabled")]
    [InlineData("outgoing", "VerifyOutgoing set but no CA certificates were provided")]
    [InlineData("hostname", "VerifyOutgoing set but no CA certificates were provided")]
    public void Settings_that_contradict_each_other_are_refused(string words, string text) =>
        Assert.Equal(text, Assert.Throws<TlsSettingsException>(() => ContextOf(words, "s")).Message);

    [Fact]
    public void Files_that_are_wrong_are_named()
    {
        string empty = Path.Combine(_ca.Folder, "empty");
        Directory.CreateDirectory(empty);
        Assert.Equal("Error loading from CAPath: no CAs found",
            Assert.Throws<TlsSettingsException>(() => TlsContext.Load(new TlsSettings { CaPath = empty })).Message);
        string text = Path.Combine(empty, "text.pem");
        File.WriteAllText(text, "no certificate");
        Assert.Equal($"Error loading from CAPath: {text}: no certificates in it",
            Assert.Throws<TlsSettingsException>(() => TlsContext.Load(new TlsSettings { CaPath = empty })).Message);
        Assert.StartsWith("Failed to load cert/key pair: ",
            Assert.Throws<TlsSettingsException>(() => TlsContext.Load(new TlsSettings { CertFile = _ca.CaFile, KeyFile = text })).Message, StringComparison.Ordinal);
        Assert.StartsWith("no matching TLS version found for x",
            Assert.Throws<TlsSettingsException>(() => TlsContext.Load(new TlsSettings { MinVersion = "x" })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_of_authorities_serves_as_one_file_does()
    {
        string folder = Path.Combine(_ca.Folder, "cas");
        Directory.CreateDirectory(folder);
        File.Copy(_ca.CaFile, Path.Combine(folder, "a.pem"));
        File.Copy(_otherCa.CaFile, Path.Combine(folder, "b.pem"));
        TlsContext client = TlsContext.Load(new TlsSettings { CaPath = folder, VerifyOutgoing = true });
        await using RpcPair pair = await RpcPair.StartAsync(new RpcPairOptions { ServerTls = ContextOf("ca server", "s"), ClientTls = client });
        Assert.Equal([1], await pair.CallAsync([1]));
    }
}
