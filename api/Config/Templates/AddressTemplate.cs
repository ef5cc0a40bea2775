using Praetor.Core.Codec;

namespace Praetor.Api.Config.Templates;

/// <summary>
/// Addresses that may hold templates such as <c>{{ GetPrivateIP }}</c> or <c>{{ GetInterfaceIP "eth0" }}</c> (config 3). Plain text passes unchanged. Entry of this room.
/// </summary>
internal static class AddressTemplate
{
    /// <summary>Expands a text and splits it at white space.</summary>
    /// <returns>Null with the parts, or what is wrong.</returns>
    public static string? Expand(string text, HostFacts host, out string[] parts)
    {
        string expanded = text;
        parts = [];
        if (text.Contains("{{", StringComparison.Ordinal))
        {
            string phase = "unable to parse template";
            try
            {
                var functions = new AddressFunctions(host);
                IReadOnlyList<TemplateNode> nodes = TemplateParser.Parse(text, AddressFunctions.IsKnown);
                phase = "unable to execute sockaddr input";
                expanded = TemplateRun.Execute(nodes, functions.All, functions.Find);
            }
            catch (TemplateException wrong)
            {
                string quoted = GoQuote.Quote(text);
                return $"error parsing {quoted}: {phase} {quoted}: template: sockaddr.Parse:1: {wrong.Message}";
            }
        }

        parts = expanded.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return null;
    }
}
