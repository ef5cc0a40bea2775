namespace Praetor.Api.Config;

/// <summary>ui_config (config 5, HTTP and UI) and the limits that are reported with the other bad values.</summary>
internal sealed partial class AgentConfigBuilder
{
    private string? CheckUi(AgentConfig config)
    {
        var path = config.Http.UiContentPath;
        if (!path.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '/'))
            return $"ui-content-path can only contain alphanumeric, -, _, or /. received: {Quoted(path)}";
        for (var i = 1; i < path.Length - 1; i++)
        {
            if (path[i - 1] == '/' && path[i] == 'v' && char.IsAsciiDigit(path[i + 1]))
                return $"ui-content-path cannot have 'v[0-9]'. received: {Quoted(path)}";
        }

        var options = _keys.Text("ui_config.metrics_provider_options_json");
        return CheckName("ui_config.metrics_provider", _keys.Text("ui_config.metrics_provider"), canBeEmpty: true)
            ?? (options.Length > 0 && JsonConfigText.Parse(options, out _) is not null
                ? $"ui_config.metrics_provider_options_json must be empty or a string containing a valid JSON object. received: {Quoted(options)}"
                : null)
            ?? CheckMetricsProxy()
            ?? CheckDashboards();
    }

    /// <summary>What the built-in provider asks for is allowed unless something else is said.</summary>
    private MetricsProxySettings AssembleMetricsProxy()
    {
        IReadOnlyList<string> allowed = _keys.List("ui_config.metrics_proxy.path_allowlist");
        if (allowed.Count == 0 && _keys.Text("ui_config.metrics_provider") == "prometheus")
            allowed = ["/api/v1/query", "/api/v1/query_range"];
        var headers = (_keys.Value("ui_config.metrics_proxy.add_headers")?.Items ?? []).Select(static header => KeyValuePair.Create(header.Text("name"), header.Text("value")));
        return new MetricsProxySettings(_keys.Text("ui_config.metrics_proxy.base_url"), [.. headers], allowed);
    }

    private string? CheckMetricsProxy()
    {
        var baseUrl = _keys.Text("ui_config.metrics_proxy.base_url");
        if (baseUrl.Length > 0 && !IsWebUrl(baseUrl))
            return $"ui_config.metrics_proxy.base_url must be a valid http or https URL. received: {Quoted(baseUrl)}";
        foreach (var path in _keys.List("ui_config.metrics_proxy.path_allowlist"))
        {
            if (!path.StartsWith('/'))
                return $"ui_config.metrics_proxy.path_allowlist: path {Quoted(path)} is not an absolute path";
        }

        return null;
    }

    private string? CheckDashboards()
    {
        foreach (var (name, url) in _keys.Map("ui_config.dashboard_url_templates"))
        {
            if (CheckName("ui_config.dashboard_url_templates key names", name, canBeEmpty: false) is { } error)
                return error;
            if (!IsWebUrl(url))
                return $"ui_config.dashboard_url_templates values must be a valid http or https URL. received: {Quoted(url)}";
        }

        return null;
    }

    private static bool IsWebUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps);

    private static string? CheckUiSource(AgentConfig config) => config is { DevMode: false, Http: { UiEnabled: true, UiDirectory.Length: > 0 } }
        ? "Both the ui_config.enabled and ui_config.dir (or -ui and -ui-dir) were specified, please provide only one.\n"
            + "If trying to use your own web UI resources, use ui_config.dir or -ui-dir.\n"
            + "The web UI is included in the binary so use ui_config.enabled or -ui to enable it."
        : null;

    private void CheckLimits()
    {
        var mode = _keys.Text("limits.request_limits.mode", "disabled");
        if (mode is not ("disabled" or "permissive" or "enforcing"))
            _keys.Report($"limits.request_limits.mode: invalid mode: {Quoted(mode)}");
        var strategy = _keys.Text("dns_config.recursor_strategy", "sequential");
        if (strategy is not ("sequential" or "random"))
            _keys.Report($"dns_config.recursor_strategy: invalid strategy: {Quoted(strategy)}");
    }
}
