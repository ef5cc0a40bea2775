using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Praetor.Api.Cli.Commands.Tls;

/// <summary>Extensions that the certificates of a cluster carry (cli 13). Pure.</summary>
internal static class CertificateForm
{
    private const string NameConstraintsOid = "2.5.29.30";
    private const string AlternativeNamesOid = "2.5.29.17";

    /// <summary>Identifier of a key: SHA-256 of its DER form.</summary>
    public static byte[] KeyId(PublicKey key) => SHA256.HashData(key.ExportSubjectPublicKeyInfo());

    /// <summary>Subject key identifier.</summary>
    public static X509Extension SubjectKey(PublicKey key) => new X509SubjectKeyIdentifierExtension(KeyId(key), critical: false);

    /// <summary>Authority key identifier.</summary>
    public static X509Extension AuthorityKey(byte[] keyId) => X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(keyId);

    /// <summary>Only names below these may be in certificates that the authority signs (RFC 5280 4.2.1.10).</summary>
    public static X509Extension OnlyBelow(IEnumerable<string> domains)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0)))
        {
            foreach (var domain in domains)
            {
                using (writer.PushSequence())
                    writer.WriteCharacterString(UniversalTagNumber.IA5String, domain, new Asn1Tag(TagClass.ContextSpecific, 2));
            }
        }

        return new X509Extension(NameConstraintsOid, writer.Encode(), critical: true);
    }

    /// <summary>A name of the cluster as a URI, exactly as it is written.</summary>
    public static X509Extension Uri(string uri)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
            writer.WriteCharacterString(UniversalTagNumber.IA5String, uri, new Asn1Tag(TagClass.ContextSpecific, 6));
        return new X509Extension(AlternativeNamesOid, writer.Encode(), critical: false);
    }

    /// <summary>Names and addresses, names first.</summary>
    public static X509Extension Names(IEnumerable<string> names, IEnumerable<System.Net.IPAddress> addresses)
    {
        var builder = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
            builder.AddDnsName(name);
        foreach (var address in addresses)
            builder.AddIpAddress(address);
        return builder.Build();
    }
}
