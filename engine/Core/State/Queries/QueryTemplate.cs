using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using Praetor.Core.Filtering;

namespace Praetor.Core.State.Queries;

/// <summary>The name that a template is rendered for, taken apart.</summary>
/// <param name="full">The name as it was asked for.</param>
/// <param name="prefix">Name of the template.</param>
/// <param name="groups">Groups of the template's expression on the full name; null without a match.</param>
internal sealed class NameVariables(string full, string prefix, GroupCollection? groups)
{
    /// <summary>A variable of the template language; null if there is none of that name.</summary>
    public string? Variable(ReadOnlySpan<char> name) => name switch
    {
        "name.full" => full,
        "name.prefix" => prefix,
        "name.suffix" => full.StartsWith(prefix, StringComparison.Ordinal) ? full[prefix.Length..] : full,
        // Segments of the network are an enterprise feature.
        "agent.segment" => "",
        _ => null,
    };

    /// <summary>A group of the match; empty if there is none.</summary>
    public string Match(int group) => groups is not null && group >= 0 && group < groups.Count ? groups[group].Value : "";
}

/// <summary>A template's query, ready to be rendered (http-core 9.2). Immutable.</summary>
internal sealed class QueryTemplate
{
    private const string NamePrefixMatch = "name_prefix_match";

    private readonly PreparedQuery _query;
    private readonly Regex? _regex;

    private QueryTemplate(PreparedQuery query)
    {
        _query = query;
        if (query.TemplateType != NamePrefixMatch)
            throw new QueryTemplateException($"Bad Template.Type '{query.TemplateType}'");
        if (query.TemplateRegexp.Length > 0 && !GoRegex.TryCompile(query.TemplateRegexp, out _regex, out string? error))
            throw new QueryTemplateException($"Bad Regexp: {error}");
    }

    /// <summary>Compiles a template and renders it for its own name; the refusal says what is wrong with it.</summary>
    public static bool TryCompile(PreparedQuery query, [NotNullWhen(true)] out QueryTemplate? template, [NotNullWhen(false)] out string? refusal)
    {
        refusal = null;
        template = null;
        try
        {
            var compiled = new QueryTemplate(query);
            compiled.Render(query.Name);
            template = compiled;
            return true;
        }
        catch (QueryTemplateException bad)
        {
            refusal = bad.Message;
            return false;
        }
    }

    /// <summary>The query for a name.</summary>
    public PreparedQuery Render(string name)
    {
        Match? match = _regex?.Match(name);
        var variables = new NameVariables(name, _query.Name, match is { Success: true } ? match.Groups : null);
        string Text(string text, string field) => Rendered(text, field, variables);
        QueriedService service = _query.Service;
        string[]? tags = Rendered(service.Tags, "Service.Tags", variables);
        return _query with
        {
            Service = service with
            {
                Name = Text(service.Name, "Service.Service"),
                FailoverDatacenters = Rendered(service.FailoverDatacenters, "Service.Failover.Datacenters", variables),
                FailoverTargets = service.FailoverTargets is null ? null : [.. service.FailoverTargets.Select((target, i) =>
                    new FailoverTarget(Text(target.Peer, $"Service.Failover.Targets[{i}].Peer"), Text(target.Datacenter, $"Service.Failover.Targets[{i}].Datacenter")))],
                IgnoreCheckIds = Rendered(service.IgnoreCheckIds, "Service.IgnoreCheckIDs", variables),
                Near = Text(service.Near, "Service.Near"),
                Tags = _query.RemoveEmptyTags && tags is not null ? Array.FindAll(tags, static tag => tag.Length > 0) : tags,
                NodeMeta = Rendered(service.NodeMeta, "Service.NodeMeta", variables),
                ServiceMeta = Rendered(service.ServiceMeta, "Service.ServiceMeta", variables),
                Peer = Text(service.Peer, "Service.Peer"),
            },
        };
    }

    private static string Rendered(string text, string field, NameVariables variables)
    {
        if (!text.Contains("${", StringComparison.Ordinal))
            return text;
        Interpolation parsed;
        try
        {
            parsed = new Interpolation(text);
        }
        catch (QueryTemplateException bad)
        {
            throw new QueryTemplateException($"Bad format '{text}' in {field}: {bad.Message}");
        }

        try
        {
            return parsed.Render(variables);
        }
        catch (QueryTemplateException bad)
        {
            throw new QueryTemplateException($"Bad evaluation for '{text}' in {field}: {bad.Message}");
        }
    }

    private static string[]? Rendered(IReadOnlyList<string>? texts, string field, NameVariables variables) =>
        texts is null ? null : [.. texts.Select((text, i) => Rendered(text, $"{field}[{i}]", variables))];

    private static SortedList<string, string>? Rendered(IReadOnlyDictionary<string, string>? map, string field, NameVariables variables)
    {
        if (map is null)
            return null;
        var rendered = new SortedList<string, string>(map.Count, StringComparer.Ordinal);
        foreach ((string key, string value) in map)
            rendered.Add(key, Rendered(value, $"{field}[{key}]", variables));
        return rendered;
    }
}
