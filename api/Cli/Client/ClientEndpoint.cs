namespace Praetor.Api.Cli.Client;

/// <summary>The agent's address taken apart (cli 4, -http-addr).</summary>
/// <param name="BaseUri">Scheme and authority; for a unix socket a stand-in host.</param>
/// <param name="PathPrefix">Sent before every path; empty or starting with a slash.</param>
/// <param name="SocketPath">Unix socket, or null for TCP.</param>
public sealed record ClientEndpoint(Uri BaseUri, string PathPrefix, string? SocketPath)
{
    /// <summary>Reads an address.</summary>
    /// <returns>Null, or the refusal text.</returns>
    public static string? Parse(string address, bool useTls, out ClientEndpoint endpoint)
    {
        endpoint = new ClientEndpoint(new Uri("http://localhost"), "", null);
        var scheme = useTls ? "https" : "http";
        var rest = address;
        if (address.Split("://", 2) is [var given, var after])
        {
            if (given == "unix")
            {
                endpoint = endpoint with { SocketPath = after };
                return null;
            }

            if (given is not ("http" or "https"))
                return $"Unknown protocol scheme: {given}";
            scheme = useTls ? "https" : given;
            rest = after;
        }

        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var prefix = slash < 0 ? "" : rest[slash..].TrimEnd('/');
        var authority = slash < 0 ? rest : rest[..slash];
        if (!Uri.TryCreate($"{scheme}://{authority}", UriKind.Absolute, out var uri))
            return $"parse \"{scheme}://{authority}\": invalid address";
        endpoint = new ClientEndpoint(uri, prefix, null);
        return null;
    }
}
