using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Praetor.Api.Cli.Flags;

namespace Praetor.Api.Cli.Commands.Tls;

/// <summary>tls ca create (cli 13).</summary>
internal sealed class TlsCaCreateCommand : CliCommand
{
    private const int DefaultDays = 1825;

    private readonly IntFlag _days;
    private readonly StringFlag _domain;
    private readonly StringFlag _commonName;
    private readonly StringFlag _clusterId;
    private readonly BoolFlag _constraint;
    private readonly ListFlag _constraints;

    /// <summary>Declares the flags.</summary>
    public TlsCaCreateCommand()
    {
        _days = Declare(new IntFlag("days", "Days that the authority is valid. The default is 1825."));
        _domain = Declare(new StringFlag("domain", "Domain of the cluster; the files are called after it.", unset: "consul"));
        _commonName = Declare(new StringFlag("common-name", "Common name of the authority."));
        _clusterId = Declare(new StringFlag("cluster-id", "ID of the cluster, put into the certificate as a SPIFFE URI."));
        _constraint = Declare(new BoolFlag("name-constraint", "Lets the authority sign names below the domain and localhost only."));
        _constraints = Declare(new ListFlag("additional-name-constraint", "Another domain for -name-constraint. May be given several times."));
    }

    /// <summary>The groups' help.</summary>
    public static GroupCommand Group() => new("tls <subcommand> <subcommand> [options]", """
        Makes certificates for the agents of a cluster.

            $ consul tls ca create
            $ consul tls cert create -server
        """);

    /// <summary>The group's help.</summary>
    public static GroupCommand CaGroup() => new("tls ca <subcommand> [options] filename-prefix", """
        Makes a certificate authority for a cluster.

            $ consul tls ca create
        """);

    /// <inheritdoc/>
    public override string Usage => "tls ca create [options]";

    /// <inheritdoc/>
    public override string Description => """
        Makes a certificate authority and its key, in two files in the working directory.
        """;

    /// <inheritdoc/>
    public override string? FlagErrorTrailer(string error) => $"Failed to parse args: {error}";

    /// <inheritdoc/>
    public override Task<int> RunAsync(CliCall call, CancellationToken cancellation) => Task.FromResult(Run(call));

    private int Run(CliCall call)
    {
        var (io, domain) = (call.Io, _domain.Get(call.Flags));
        var (certificateFile, keyFile) = ($"{domain}-agent-ca.pem", $"{domain}-agent-ca-key.pem");
        foreach (var file in new[] { certificateFile, keyFile })
        {
            if (File.Exists(io.PathOf(file)))
                return io.Fail($"{file} already exists.");
        }

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var authority = Create(call, key, domain);
        if ((TlsFiles.WriteCertificate(io.PathOf(certificateFile), authority) ?? TlsFiles.WriteKey(io.PathOf(keyFile), key)) is { } failure)
            return io.Fail(failure);
        io.Out.WriteLine($"==> Saved {certificateFile}");
        io.Out.WriteLine($"==> Saved {keyFile}");
        return ExitCode.Success;
    }

    private X509Certificate2 Create(CliCall call, ECDsa key, string domain)
    {
        var serial = TlsFiles.NewSerial();
        var commonName = _commonName.Get(call.Flags) is { Length: > 0 } given ? given : $"Consul Agent CA {new BigInteger(serial, isUnsigned: true, isBigEndian: true)}";
        var subject = new X500DistinguishedNameBuilder();
        subject.AddCommonName(commonName);
        var request = new CertificateRequest(subject.Build(), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(CertificateForm.SubjectKey(request.PublicKey));
        request.CertificateExtensions.Add(CertificateForm.AuthorityKey(CertificateForm.KeyId(request.PublicKey)));
        if (_clusterId.Get(call.Flags) is { Length: > 0 } cluster)
            request.CertificateExtensions.Add(CertificateForm.Uri($"spiffe://{cluster}.{domain}"));
        if (_constraint.Get(call.Flags))
            request.CertificateExtensions.Add(CertificateForm.OnlyBelow([.. _constraints.Get(call.Flags), domain, "localhost"]));
        var from = TlsFiles.ValidFrom(call.Io.Time);
        var days = _days.IsSet(call.Flags) ? _days.Get(call.Flags) : DefaultDays;
        return request.Create(request.SubjectName, X509SignatureGenerator.CreateForECDsa(key), from, from.AddDays(Math.Max(1, days)), serial);
    }
}
