using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Praetor.Tests.Transport;

/// <summary>A CA of the test's own in a folder of PEM files. Dispose removes the folder.</summary>
internal sealed class Certificates : IDisposable
{
    private static readonly DateTimeOffset s_from = DateTimeOffset.UtcNow.AddDays(-1);
    private static readonly DateTimeOffset s_to = DateTimeOffset.UtcNow.AddDays(30);

    private readonly string _folder = Directory.CreateTempSubdirectory("praetor-tls").FullName;
    private readonly X509Certificate2 _authority;

    public Certificates(string name = "Test CA")
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        _authority = request.CreateSelfSigned(s_from, s_to);
        File.WriteAllText(CaFile, _authority.ExportCertificatePem());
    }

    public string CaFile => Path.Combine(_folder, "ca.pem");

    public string Folder => _folder;

    /// <summary>Writes a certificate of this CA for a DNS name; returns its two files.</summary>
    public (string CertFile, string KeyFile) Issue(string dnsName, string file = "node")
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={dnsName}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(dnsName);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1"), new Oid("1.3.6.1.5.5.7.3.2")], false));
        using X509Certificate2 certificate = request.Create(_authority, s_from, s_to, RandomNumberGenerator.GetBytes(8));
        string certFile = Path.Combine(_folder, $"{file}.pem");
        string keyFile = Path.Combine(_folder, $"{file}.key");
        File.WriteAllText(certFile, certificate.ExportCertificatePem());
        File.WriteAllText(keyFile, key.ExportPkcs8PrivateKeyPem());
        return (certFile, keyFile);
    }

    public void Dispose()
    {
        _authority.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
