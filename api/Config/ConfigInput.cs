namespace Praetor.Api.Config;

/// <summary>Where the configuration of one agent comes from (config 1).</summary>
public sealed record ConfigInput
{
    /// <summary>-dev.</summary>
    public bool DevMode { get; init; }

    /// <summary>-config-file and -config-dir in the order given.</summary>
    public IReadOnlyList<string> Paths { get; init; } = [];

    /// <summary>-config-format; null if not given.</summary>
    public string? Format { get; init; }

    /// <summary>Values of flags as an object of keys.</summary>
    public ConfigValue Flags { get; init; } = ConfigValue.NewObject();

    /// <summary>-hcl fragments in order.</summary>
    public IReadOnlyList<string> Fragments { get; init; } = [];

    /// <summary>Deprecations of flags and the like, reported before all others.</summary>
    public IReadOnlyList<string> FlagWarnings { get; init; } = [];
}

/// <summary>What loading came to: a configuration, or the one error that is reported.</summary>
/// <param name="Config">The configuration; null if <paramref name="Error"/> is set.</param>
/// <param name="Error">Text without the leading <c>==&gt; </c>; null on success.</param>
/// <param name="Warnings">Everything worth a WARN line, in order.</param>
public sealed record ConfigLoad(AgentConfig? Config, string? Error, IReadOnlyList<string> Warnings);
