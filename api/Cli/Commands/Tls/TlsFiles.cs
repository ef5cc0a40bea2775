using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Praetor.Api.Cli.Client;

namespace Praetor.Api.Cli.Commands.Tls;

/// <summary>Certificates and keys as files in the working directory (cli 13).</summary>
internal static class TlsFiles
{
    private const UnixFileMode Public = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Writes a certificate for all to read.</summary>
    public static string? WriteCertificate(string path, X509Certificate2 certificate) => Write(path, certificate.ExportCertificatePem() + "\n", Public);

    /// <summary>Writes a key for its owner alone.</summary>
    public static string? WriteKey(string path, ECDsa key) => Write(path, key.ExportECPrivateKeyPem() + "\n", Private);

    /// <summary>Whole seconds of now, backdated a little: clocks differ.</summary>
    public static DateTimeOffset ValidFrom(TimeProvider time) => DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds() - 60);

    /// <summary>A random 128-bit serial number, positive.</summary>
    public static byte[] NewSerial()
    {
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = (byte)((serial[0] & 0x7F) | 0x01);
        return serial;
    }

    private static string? Write(string path, string pem, UnixFileMode mode)
    {
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = mode;
            using var writer = new StreamWriter(path, options);
            writer.Write(pem);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return GoFile.Explain(path, e);
        }
    }
}
