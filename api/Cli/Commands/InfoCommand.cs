using System.Text;
using Praetor.Api.Cli.Client;

namespace Praetor.Api.Cli.Commands;

/// <summary>info (cli 8).</summary>
internal sealed class InfoCommand() : ClientCommand(ClientFlagGroups.Client)
{
    /// <inheritdoc/>
    public override string Usage => "info [options]";

    /// <inheritdoc/>
    public override string Description => """
        Prints what the agent reports of its parts, for operators and bug reports.
        """;

    /// <inheritdoc/>
    public override async Task<int> RunAsync(CliCall call, CancellationToken cancellation)
    {
        using var client = Connect(call);
        if (client is null)
            return ExitCode.Failure;
        var answer = await client.GetAsync(new ApiQuery("/v1/agent/self"), cancellation).ConfigureAwait(false);
        if (answer.Error is { } error)
            return call.Io.Fail($"Error querying agent: {error}");
        using var json = answer.ReadJson(out var jsonError);
        if (json is null)
            return call.Io.Fail($"Error querying agent: {jsonError}");
        var text = new StringBuilder();
        foreach (var section in json.RootElement.Field("Stats").Members().OrderBy(section => section.Name, StringComparer.Ordinal))
        {
            text.Append(section.Name).Append(":\n");
            foreach (var entry in section.Value.Members().OrderBy(entry => entry.Name, StringComparer.Ordinal))
                text.Append('\t').Append(entry.Name).Append(" = ").Append(entry.Value.AsText()).Append('\n');
        }

        call.Io.Out.Write(text.ToString());
        return ExitCode.Success;
    }
}
