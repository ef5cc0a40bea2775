using System.Text;

namespace Praetor.Api.Config;

/// <summary>Several errors in one text, as operators know it.</summary>
internal static class ConfigErrors
{
    /// <summary><c>N errors occurred:</c> and one indented line each.</summary>
    public static string Together(IReadOnlyList<string> errors)
    {
        var text = new StringBuilder(errors.Count == 1 ? "1 error occurred:\n" : $"{errors.Count} errors occurred:\n");
        foreach (var error in errors)
            text.Append("\t* ").Append(error).Append('\n');
        return text.Append('\n').ToString();
    }
}
