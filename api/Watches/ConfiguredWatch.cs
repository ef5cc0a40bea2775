using Praetor.Api.Config;
using Praetor.Core.Codec;
using Praetor.Runtime.Children;

namespace Praetor.Api.Watches;

/// <summary>A request that a handler makes of an HTTP server.</summary>
/// <param name="Path">Where to.</param>
/// <param name="Method">Method.</param>
/// <param name="Timeout">For the whole request.</param>
/// <param name="Headers">Headers beside its own.</param>
/// <param name="SkipsVerify">Takes any certificate.</param>
public sealed record HttpHandlerSettings(Uri Path, string Method, TimeSpan Timeout, IReadOnlyList<KeyValuePair<string, string>> Headers, bool SkipsVerify);

/// <summary>A watch of the configuration with its handler (cli 11). Immutable.</summary>
/// <param name="Parameters">What it looks at.</param>
/// <param name="Command">What it runs; null for an HTTP request.</param>
/// <param name="Http">The request; null for a command.</param>
/// <param name="Handler">The handler as the log names it.</param>
/// <param name="IsDeprecated">It was given in the old way.</param>
public sealed record ConfiguredWatch(WatchParameters Parameters, ChildCommand? Command, HttpHandlerSettings? Http, string Handler, bool IsDeprecated)
{
    private static readonly TimeSpan s_httpTimeout = TimeSpan.FromSeconds(10);

    private static readonly string[] s_ownKeys = ["handler_type", "handler", "args", "http_handler_config"];

    /// <summary>Reads one watch.</summary>
    /// <returns>Null with the watch, or what is wrong with it.</returns>
    public static string? TryRead(ConfigValue given, out ConfiguredWatch watch)
    {
        watch = null!;
        var handlerType = given.Find("handler_type")?.AsString ?? "script";
        if (handlerType is not ("script" or "http"))
            return $"Handler type '{handlerType}' not recognized";
        var type = given.Find("type")?.AsString ?? "";
        if (type.StartsWith("connect_", StringComparison.Ordinal))
            return $"Watch type {type} is not allowed in agent config";
        HttpHandlerSettings? http = null;
        if (handlerType == "http" && ReadHttp(given, out http) is { } httpError)
            return $"Failed to parse watch ({given}): {httpError}";
        var parameters = ConfigValue.OfMembers(given.Members.Where(static member => !s_ownKeys.Contains(member.Key)));
        if (WatchParameters.TryRead(parameters, out var read) is { } error)
            return $"Failed to parse watch ({given}): {error}";
        return ReadCommand(given, http is not null, out var command, out var isDeprecated) is { } commandError
            ? commandError
            : Made(new ConfiguredWatch(read, command, http, http is null ? NameOf(given) : http.Path.OriginalString, isDeprecated), out watch);
    }

    private static string? Made(ConfiguredWatch made, out ConfiguredWatch watch)
    {
        watch = made;
        return null;
    }

    private static string NameOf(ConfigValue given) => (given.Find("args") ?? given.Find("handler"))?.ToString() ?? "";

    private static string? ReadCommand(ConfigValue given, bool isHttp, out ChildCommand? command, out bool isDeprecated)
    {
        var (handler, args) = (given.Find("handler"), given.Find("args"));
        command = null;
        isDeprecated = handler is not null;
        if (handler is { Kind: not ConfigKind.String })
            return "Watch handler must be a string";
        if (args is { Kind: ConfigKind.List } list && list.Items.Any(static item => item.Kind != ConfigKind.String) || args is { Kind: not (ConfigKind.List or ConfigKind.String) })
            return "Watch args must be a list of strings";
        if ((handler is not null ? 1 : 0) + (args is not null ? 1 : 0) + (isHttp ? 1 : 0) > 1)
            return "Only one watch handler allowed";
        if (handler is null && args is null)
            return isHttp ? null : "Must define a watch handler";
        command = handler is not null ? ChildCommand.InShell([handler.AsString])
            : new ChildCommand(args!.Kind == ConfigKind.String ? [args.AsString] : [.. args.Items.Select(static item => item.AsString)]);
        return null;
    }

    private static string? ReadHttp(ConfigValue given, out HttpHandlerSettings? http)
    {
        http = null;
        if (given.Find("http_handler_config") is not { Kind: ConfigKind.Object } settings)
            return "Handler type 'http' requires 'http_handler_config' to be set";
        if (!Uri.TryCreate(settings.Text("path"), UriKind.Absolute, out var path) || (path.Scheme != Uri.UriSchemeHttp && path.Scheme != Uri.UriSchemeHttps))
            return "Failed to parse 'http_handler_config': Requires 'path' to be set";
        var timeout = s_httpTimeout;
        if (settings.Text("timeout") is { Length: > 0 } text)
        {
            if (!GoDuration.TryParse(text, out var nanoseconds, out var error))
                return $"Failed to parse 'http_handler_config': {error}";
            timeout = GoDuration.ToTimeSpan(nanoseconds);
        }

        var headers = (settings.Find("header")?.Members ?? []).SelectMany(static header => header.Value.Kind == ConfigKind.List
            ? header.Value.Items.Select(value => KeyValuePair.Create(header.Key, value.AsString))
            : [KeyValuePair.Create(header.Key, header.Value.AsString)]);
        http = new HttpHandlerSettings(path, settings.Text("method") is { Length: > 0 } method ? method : "POST", timeout > TimeSpan.Zero ? timeout : s_httpTimeout, [.. headers], settings.Flag("tls_skip_verify"));
        return null;
    }
}
