using System.Text;
using Praetor.Api.Cli.Client;

namespace Praetor.Api.Cli.Commands;

/// <summary>An argument that may stand for a file (<c>@path</c>) or for standard input (<c>-</c>).</summary>
internal static class TextArgument
{
    /// <summary>Reads what the argument stands for.</summary>
    /// <returns>Null, or why it could not be read.</returns>
    public static string? Read(string argument, CliIo io, out string text)
    {
        text = argument;
        if (argument.StartsWith('@'))
            return GoFile.TryReadText(argument[1..], out text) is { } error ? $"Failed to read file: {error}" : null;
        if (argument != "-")
            return null;
        using var reader = new StreamReader(io.OpenInput(), Encoding.UTF8);
        text = reader.ReadToEnd();
        return null;
    }
}
