namespace Praetor.Api.Config;

/// <summary>The text of one configuration source.</summary>
/// <param name="Name">Path of the file, or flags-N.hcl; used in errors.</param>
/// <param name="Format">hcl or json.</param>
/// <param name="Text">What it says.</param>
public sealed record ConfigSource(string Name, string Format, string Text)
{
    /// <summary>HCL.</summary>
    public const string Hcl = "hcl";

    /// <summary>JSON.</summary>
    public const string Json = "json";

    /// <summary>Reads the text into values.</summary>
    /// <returns>Null with the value, or the detail that follows <c>failed to parse NAME: </c>.</returns>
    internal string? Parse(out ConfigValue value)
    {
        // JSON is accepted inside HCL sources.
        return Format == Json || Text.AsSpan().TrimStart().StartsWith("{") ? JsonConfigText.Parse(Text, out value) : HclConfigText.Parse(Text, out value);
    }
}
