using System.Globalization;
using System.Text;
using Praetor.Runtime.Children;

namespace Praetor.Api.Watches;

/// <summary>What handlers of watches have in common (cli 11).</summary>
internal static class WatchHandlers
{
    /// <summary>A handler's command for a result: one line of JSON on its input, the index in its environment.</summary>
    public static ChildCommand With(ChildCommand command, WatchResult result) => command with
    {
        Input = Encoding.UTF8.GetBytes(result.Json + "\n"),
        Environment = [.. command.Environment, KeyValuePair.Create("CONSUL_INDEX", ((ulong)result.Index).ToString(CultureInfo.InvariantCulture))],
    };

    /// <summary>How a command ended, as Go says it.</summary>
    public static string Describe(int exitCode) => exitCode < 0 ? "signal: killed" : string.Create(CultureInfo.InvariantCulture, $"exit status {exitCode}");
}
