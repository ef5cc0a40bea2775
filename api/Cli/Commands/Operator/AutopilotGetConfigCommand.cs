using Praetor.Api.Cli.Client;
using Praetor.Core.Codec;

namespace Praetor.Api.Cli.Commands.Operator;

/// <summary>operator autopilot get-config (cli 8).</summary>
internal sealed class AutopilotGetConfigCommand : AutopilotCommand
{
    /// <inheritdoc/>
    public override string Usage => "operator autopilot get-config [options]";

    /// <inheritdoc/>
    public override string Description => """
        Prints the settings of the autopilot.
        """;

    /// <inheritdoc/>
    public override async Task<int> RunAsync(CliCall call, CancellationToken cancellation)
    {
        using var client = Connect(call);
        if (client is null)
            return ExitCode.Failure;
        var query = new ApiQuery("/v1/operator/autopilot/configuration").WithFlag("stale", Client.IsStale(call.Flags));
        var answer = await client.GetAsync(query, cancellation).ConfigureAwait(false);
        using var json = answer.Error is null ? answer.ReadJson(out _) : null;
        if (json is null)
            return call.Io.Fail($"Error querying Autopilot configuration: {answer.Error ?? "the agent's answer is not JSON"}");
        foreach (string name in new[] { "CleanupDeadServers", "LastContactThreshold", "MaxTrailingLogs", "MinQuorum", "ServerStabilizationTime" })
            call.Io.Out.WriteLine($"{name} = {json.RootElement.Text(name)}");
        call.Io.Out.WriteLine($"RedundancyZoneTag = {GoQuote.Quote(json.RootElement.Text("RedundancyZoneTag"))}");
        call.Io.Out.WriteLine($"DisableUpgradeMigration = {json.RootElement.Text("DisableUpgradeMigration")}");
        call.Io.Out.WriteLine($"UpgradeVersionTag = {GoQuote.Quote(json.RootElement.Text("UpgradeVersionTag"))}");
        return ExitCode.Success;
    }
}
