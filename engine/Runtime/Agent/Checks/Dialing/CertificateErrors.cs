using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Praetor.Runtime.Agent.Checks.Dialing;

/// <summary>The wording of a refused certificate. Looked at in this order: validity period, name, authority.</summary>
internal static class CertificateErrors
{
    private const string Prefix = "tls: failed to verify certificate: x509: ";
    private const int MaxNames = 100;

    public static string Describe(SslPolicyErrors errors, X509Certificate2? certificate, string name, DateTimeOffset now)
    {
        if (certificate is null || errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
            return "tls: no certificate was presented";
        if (now.UtcDateTime > certificate.NotAfter.ToUniversalTime())
            return $"{Prefix}certificate has expired or is not yet valid: current time {Format(now.UtcDateTime)} is after {Format(certificate.NotAfter.ToUniversalTime())}";
        if (now.UtcDateTime < certificate.NotBefore.ToUniversalTime())
            return $"{Prefix}certificate has expired or is not yet valid: current time {Format(now.UtcDateTime)} is before {Format(certificate.NotBefore.ToUniversalTime())}";
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
            return Prefix + WrongName(certificate, name);
        return Prefix + "certificate signed by unknown authority";
    }

    private static string WrongName(X509Certificate2 certificate, string name)
    {
        var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        if (IPAddress.TryParse(name, out _))
        {
            var addresses = names is null ? [] : names.EnumerateIPAddresses().Take(MaxNames).ToArray();
            return addresses.Length == 0
                ? $"cannot validate certificate for {name} because it doesn't contain any IP SANs"
                : $"certificate is valid for {string.Join(", ", (object[])addresses)}, not {name}";
        }

        if (names is null && certificate.Subject.Contains("CN=", StringComparison.Ordinal))
            return "certificate relies on legacy Common Name field, use SANs instead";
        var hosts = names is null ? [] : names.EnumerateDnsNames().Take(MaxNames).ToArray();
        return hosts.Length == 0
            ? $"certificate is not valid for any names, but wanted to match {name}"
            : $"certificate is valid for {string.Join(", ", hosts)}, not {name}";
    }

    private static string Format(DateTime time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
