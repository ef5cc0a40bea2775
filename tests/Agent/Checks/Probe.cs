using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Praetor.Runtime.Agent.Checks;

namespace Praetor.Tests.Agent.Checks;

/// <summary>Small builders for tests of probes.</summary>
internal static class Probe
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>One run of the definition's probe, with nothing but a distant limit to end it.</summary>
    public static async Task<CheckResult> RunAsync(CheckSpec spec, CheckRunnerOptions? options = null)
    {
        using var limit = new CancellationTokenSource(Limit);
        return await RunAsync(spec, limit.Token, options);
    }

    /// <summary>One run that the test ends.</summary>
    public static async Task<CheckResult> RunAsync(CheckSpec spec, CancellationToken deadline, CheckRunnerOptions? options = null)
    {
        using var probe = CheckRunners.CreateProbe(spec with { Interval = TimeSpan.FromSeconds(10) }, options ?? new CheckRunnerOptions(), TimeProvider.System)!;
        return await probe.RunAsync(deadline);
    }

    /// <summary>A port of 127.0.0.1 on which nobody listens, as long as the returned socket is bound.</summary>
    public static Socket Unused(out int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        port = ((IPEndPoint)socket.LocalEndPoint!).Port;
        return socket;
    }

    /// <summary>A self-signed server certificate for the names.</summary>
    public static X509Certificate2 Certificate(string[] dnsNames, IPAddress[]? addresses = null, int validFromDays = -1, int validToDays = 1)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        foreach (var name in dnsNames)
            names.AddDnsName(name);
        foreach (var address in addresses ?? [])
            names.AddIpAddress(address);
        if (dnsNames.Length + (addresses?.Length ?? 0) > 0)
            request.CertificateExtensions.Add(names.Build());
        var now = DateTimeOffset.UtcNow;
        using var certificate = request.CreateSelfSigned(now.AddDays(validFromDays), now.AddDays(validToDays));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null);
    }
}
