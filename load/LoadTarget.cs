using System.Net;

namespace Praetor.Load;

/// <summary>The agent under load.</summary>
/// <param name="Http">Its HTTP API.</param>
/// <param name="Dns">Its DNS over UDP.</param>
/// <param name="Name">What tables call it.</param>
/// <param name="IsEtcd">It is an etcd, asked through its HTTP gateway.</param>
public sealed record LoadTarget(IPEndPoint Http, IPEndPoint Dns, string Name = "", bool IsEtcd = false)
{
    private const string EtcdMark = "etcd:";
    private const int EtcdPort = 2379;
    private const int HttpPort = 8500;
    private const int DnsPort = 8600;

    /// <summary>Reads <c>NAME=[etcd:]ADDRESS[:PORT]</c>; DNS is on port 8600 of the same address.</summary>
    /// <exception cref="FormatException">With what is wrong.</exception>
    public static LoadTarget Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        string address = text[(equals + 1)..];
        bool isEtcd = address.StartsWith(EtcdMark, StringComparison.Ordinal);
        if (equals < 1 || !IPEndPoint.TryParse(isEtcd ? address[EtcdMark.Length..] : address, out IPEndPoint? http))
            throw new FormatException($"--target must be NAME=[etcd:]ADDRESS[:PORT], not {text}");
        if (http.Port == 0)
            http.Port = isEtcd ? EtcdPort : HttpPort;
        return new LoadTarget(http, new IPEndPoint(http.Address, DnsPort), text[..equals], isEtcd);
    }
}
