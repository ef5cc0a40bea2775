using System.Text;

namespace Praetor.Api.Cli.Client;

/// <summary>A request target: path and query parameters, escaped as they are added.</summary>
public sealed class ApiQuery
{
    private readonly StringBuilder _target;
    private bool _hasParameters;

    /// <summary>Starts with an absolute path. Its segments must be escaped already, see <see cref="EscapePath"/>.</summary>
    public ApiQuery(string path) => _target = new StringBuilder(path);

    /// <summary>Adds <c>name=value</c>.</summary>
    public ApiQuery With(string name, string value)
    {
        Separate().Append(name).Append('=').Append(Uri.EscapeDataString(value));
        return this;
    }

    /// <summary>Adds <c>name=value</c> unless the value is null or empty.</summary>
    public ApiQuery WithOptional(string name, string? value) => string.IsNullOrEmpty(value) ? this : With(name, value);

    /// <summary>Adds a parameter without a value.</summary>
    public ApiQuery WithFlag(string name, bool isSet = true)
    {
        if (isSet)
            Separate().Append(name);
        return this;
    }

    /// <summary>Escapes a path segment by segment: slashes stay, everything else that is special is escaped.</summary>
    public static string EscapePath(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));

    /// <inheritdoc/>
    public override string ToString() => _target.ToString();

    private StringBuilder Separate()
    {
        _target.Append(_hasParameters ? '&' : '?');
        _hasParameters = true;
        return _target;
    }
}
