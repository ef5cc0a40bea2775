using System.Net;

namespace Praetor.Runtime.Agent.Checks.Probes;

/// <summary>The proxies of the environment (HTTP_PROXY, HTTPS_PROXY, NO_PROXY), which this machine's own addresses never go through.</summary>
internal sealed class RemoteOnlyProxy : IWebProxy
{
    public ICredentials? Credentials
    {
        get => HttpClient.DefaultProxy.Credentials;
        set => throw new NotSupportedException("The environment's proxy is shared.");
    }

    public Uri? GetProxy(Uri destination) => IsBypassed(destination) ? null : HttpClient.DefaultProxy.GetProxy(destination);

    public bool IsBypassed(Uri host) => host.IsLoopback || HttpClient.DefaultProxy.IsBypassed(host);
}
