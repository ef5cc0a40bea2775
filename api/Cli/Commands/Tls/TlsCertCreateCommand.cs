using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Praetor.Api.Cli.Client;
using Praetor.Api.Cli.Flags;

namespace Praetor.Api.Cli.Commands.Tls;

/// <summary>tls cert create (cli 13).</summary>
internal sealed class TlsCertCreateCommand : CliCommand
{
    private const int DefaultDays = 365;
    private const string DomainPlace = "#DOMAIN#";

    private static readonly Oid s_serverUse = new("1.3.6.1.5.5.7.3.1");
    private static readonly Oid s_clientUse = new("1.3.6.1.5.5.7.3.2");

    private readonly BoolFlag _server;
    private readonly BoolFlag _client;
    private readonly BoolFlag _cli;
    private readonly StringFlag _ca;
    private readonly StringFlag _key;
    private readonly IntFlag _days;
    private readonly StringFlag _datacenter;
    private readonly StringFlag _domain;
    private readonly StringFlag _node;
    private readonly ListFlag _names;
    private readonly ListFlag _addresses;

    /// <summary>Declares the flags.</summary>
    public TlsCertCreateCommand()
    {
        _server = Declare(new BoolFlag("server", "Makes a certificate for a server."));
        _client = Declare(new BoolFlag("client", "Makes a certificate for a client agent."));
        _cli = Declare(new BoolFlag("cli", "Makes a certificate for the command line."));
        _ca = Declare(new StringFlag("ca", "File of the authority's certificate.", unset: $"{DomainPlace}-agent-ca.pem"));
        _key = Declare(new StringFlag("key", "File of the authority's key.", unset: $"{DomainPlace}-agent-ca-key.pem"));
        _days = Declare(new IntFlag("days", "Days that the certificate is valid. The default is 365."));
        _datacenter = Declare(new StringFlag("dc", "Datacenter of the agent.", unset: "dc1"));
        _domain = Declare(new StringFlag("domain", "Domain of the cluster.", unset: "consul"));
        _node = Declare(new StringFlag("node", "Name of the server's node, put into its certificate too."));
        _names = Declare(new ListFlag("additional-dnsname", "Another DNS name. May be given several times."));
        _addresses = Declare(new ListFlag("additional-ipaddress", "Another IP address. May be given several times."));
    }

    /// <summary>The group's help.</summary>
    public static GroupCommand CertGroup() => new("tls cert <subcommand> [options] [filename-prefix]", """
        Makes certificates that a cluster's authority signs.

            $ consul tls cert create -server
        """);

    /// <inheritdoc/>
    public override string Usage => "tls cert create [options]";

    /// <inheritdoc/>
    public override string Description => """
        Makes a certificate and its key, in two files in the working directory.

            $ consul tls cert create -server -dc=dc2
        """;

    /// <inheritdoc/>
    public override string? FlagErrorTrailer(string error) => $"Failed to parse args: {error}";

    /// <inheritdoc/>
    public override Task<int> RunAsync(CliCall call, CancellationToken cancellation) => Task.FromResult(Run(call));

    private int Run(CliCall call)
    {
        var io = call.Io;
        string[] kinds = [.. new[] { (_server, "server"), (_client, "client"), (_cli, "cli") }.Where(each => each.Item1.Get(call.Flags)).Select(static each => each.Item2)];
        if (kinds is not [var kind])
            return io.Fail("Please provide either -server, -client, or -cli");
        if (_node.Get(call.Flags).Length > 0 && kind != "server")
            return io.Fail("-node requires -server");
        var domain = _domain.Get(call.Flags);
        var (caFile, caKeyFile) = (_ca.Get(call.Flags).Replace(DomainPlace, domain, StringComparison.Ordinal), _key.Get(call.Flags).Replace(DomainPlace, domain, StringComparison.Ordinal));
        if (caFile.Length == 0)
            return io.Fail("Please provide the ca");
        if (caKeyFile.Length == 0)
            return io.Fail("Please provide the key");
        var addresses = new List<IPAddress>();
        foreach (var text in _addresses.Get(call.Flags))
        {
            if (IPAddress.TryParse(text, out var address))
                addresses.Add(address);
        }

        if (kind == "server")
        {
            io.Out.WriteLine("==> WARNING: Server Certificates grants authority to become a\n    server and access all state in the cluster including root keys\n    and all ACL tokens. Do not distribute them to production hosts\n    that are not server nodes. Store them as securely as CA keys.");
        }

        if (GoFile.TryReadText(io.PathOf(caFile), out var caPem) is { } caError)
            return io.Fail($"Error reading CA: {caError}");
        if (GoFile.TryReadText(io.PathOf(caKeyFile), out var caKeyPem) is { } keyError)
            return io.Fail($"Error reading CA key: {keyError}");
        io.Out.WriteLine($"==> Using {caFile} and {caKeyFile}");
        try
        {
            using var ca = X509Certificate2.CreateFromPem(caPem);
            using var caKey = ECDsa.Create();
            caKey.ImportFromPem(caKeyPem);
            return Sign(call, kind, domain, addresses, ca, caKey);
        }
        catch (Exception broken) when (broken is CryptographicException or ArgumentException)
        {
            return io.Fail(broken.Message);
        }
    }

    private int Sign(CliCall call, string kind, string domain, List<IPAddress> addresses, X509Certificate2 ca, ECDsa caKey)
    {
        var datacenter = _datacenter.Get(call.Flags);
        var commonName = $"{kind}.{datacenter}.{domain}";
        string[] additional = _names.Get(call.Flags);
        List<string> names = [.. kind == "cli" ? [] : additional, .. _node.Get(call.Flags) is { Length: > 0 } node ? [$"{node}.server.{datacenter}.{domain}"] : Array.Empty<string>(), commonName, "localhost"];
        if (kind != "cli")
            addresses.Add(IPAddress.Loopback);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = Create(call, kind, commonName, names, addresses, key, ca, caKey);
        if (Refusal(certificate, ca) is { } refusal)
            return call.Io.Fail(refusal);
        var number = 0;
        string FileOf(string end) => string.Create(CultureInfo.InvariantCulture, $"{datacenter}-{kind}-{domain}-{number}{end}");
        while (File.Exists(call.Io.PathOf(FileOf(".pem"))) || File.Exists(call.Io.PathOf(FileOf("-key.pem"))))
            number++;
        if ((TlsFiles.WriteCertificate(call.Io.PathOf(FileOf(".pem")), certificate) ?? TlsFiles.WriteKey(call.Io.PathOf(FileOf("-key.pem")), key)) is { } failure)
            return call.Io.Fail(failure);
        call.Io.Out.WriteLine($"==> Saved {FileOf(".pem")}");
        call.Io.Out.WriteLine($"==> Saved {FileOf("-key.pem")}");
        return ExitCode.Success;
    }

    private X509Certificate2 Create(CliCall call, string kind, string commonName, List<string> names, List<IPAddress> addresses, ECDsa key, X509Certificate2 ca, ECDsa caKey)
    {
        var subject = new X500DistinguishedNameBuilder();
        subject.AddCommonName(commonName);
        var request = new CertificateRequest(subject.Build(), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment, critical: true));
        if (kind != "cli")
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(kind == "server" ? [s_serverUse, s_clientUse] : [s_clientUse, s_serverUse], critical: false));
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(CertificateForm.SubjectKey(request.PublicKey));
        var issuerKey = ca.Extensions.OfType<X509SubjectKeyIdentifierExtension>().FirstOrDefault();
        request.CertificateExtensions.Add(CertificateForm.AuthorityKey(issuerKey is null ? CertificateForm.KeyId(ca.PublicKey) : issuerKey.SubjectKeyIdentifierBytes.ToArray()));
        request.CertificateExtensions.Add(CertificateForm.Names(names, addresses));
        var from = TlsFiles.ValidFrom(call.Io.Time);
        var days = _days.IsSet(call.Flags) ? _days.Get(call.Flags) : DefaultDays;
        return request.Create(ca.SubjectName, X509SignatureGenerator.CreateForECDsa(caKey), from, from.AddDays(Math.Max(1, days)), TlsFiles.NewSerial());
    }

    /// <summary>What a peer would say of it; null if it would be content.</summary>
    private static string? Refusal(X509Certificate2 certificate, X509Certificate2 ca)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(ca);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(certificate) ? null : $"x509: {string.Join(' ', Array.ConvertAll(chain.ChainStatus, static status => status.StatusInformation.Trim()))}";
    }
}
