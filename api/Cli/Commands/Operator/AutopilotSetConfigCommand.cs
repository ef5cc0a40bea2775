using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Praetor.Api.Cli.Client;
using Praetor.Api.Cli.Flags;

namespace Praetor.Api.Cli.Commands.Operator;

/// <summary>operator autopilot set-config (cli 8): reads, lays the given flags over, writes if nobody else has in between.</summary>
internal sealed class AutopilotSetConfigCommand : AutopilotCommand
{
    private readonly (string Field, CliFlag Flag, Func<CliCall, JsonNode?> Value)[] _settings;

    /// <summary>Declares the flags.</summary>
    public AutopilotSetConfigCommand() => _settings =
    [
        Bool("CleanupDeadServers", "cleanup-dead-servers", "Whether servers that failed are removed."),
        Text("LastContactThreshold", "last-contact-threshold", "A server that the leader has not heard of for longer is not healthy."),
        Number("MaxTrailingLogs", "max-trailing-logs", "A server that is more entries behind is not healthy."),
        Number("MinQuorum", "min-quorum", "Clean-up leaves at least so many voters."),
        Text("ServerStabilizationTime", "server-stabilization-time", "How long a new server must be healthy before it votes."),
        Text("RedundancyZoneTag", "redundancy-zone-tag", "Kept and not acted on."),
        Bool("DisableUpgradeMigration", "disable-upgrade-migration", "Kept and not acted on."),
        Text("UpgradeVersionTag", "upgrade-version-tag", "Kept and not acted on."),
    ];

    /// <inheritdoc/>
    public override string Usage => "operator autopilot set-config [options]";

    /// <inheritdoc/>
    public override string Description => """
        Changes settings of the autopilot; those that are not given stay as they are.
        """;

    /// <inheritdoc/>
    public override async Task<int> RunAsync(CliCall call, CancellationToken cancellation)
    {
        using var client = Connect(call);
        if (client is null)
            return ExitCode.Failure;
        var read = await client.GetAsync(new ApiQuery("/v1/operator/autopilot/configuration"), cancellation).ConfigureAwait(false);
        using var json = read.Error is null ? read.ReadJson(out _) : null;
        if (json is null || JsonNode.Parse(read.Body) is not JsonObject settings)
            return call.Io.Fail($"Error querying Autopilot configuration: {read.Error ?? "the agent's answer is not JSON"}");
        foreach ((string field, CliFlag flag, Func<CliCall, JsonNode?> value) in _settings)
        {
            if (flag.IsSet(call.Flags))
                settings[field] = value(call);
        }

        var query = new ApiQuery("/v1/operator/autopilot/configuration").With("cas", json.RootElement.Text("ModifyIndex"));
        var answer = await client.PutAsync(query, Encoding.UTF8.GetBytes(settings.ToJsonString()), cancellation).ConfigureAwait(false);
        if (answer.Error is { } error)
            return call.Io.Fail($"Error setting Autopilot configuration: {error}");
        call.Io.Out.WriteLine(answer.IsTrue ? "Configuration updated!" : "Configuration could not be atomically updated, please try again");
        return answer.IsTrue ? ExitCode.Success : ExitCode.Failure;
    }

    private (string, CliFlag, Func<CliCall, JsonNode?>) Bool(string field, string name, string help)
    {
        var flag = Declare(new BoolFlag(name, help));
        return (field, flag, call => JsonValue.Create(flag.Get(call.Flags)));
    }

    private (string, CliFlag, Func<CliCall, JsonNode?>) Text(string field, string name, string help)
    {
        var flag = Declare(new StringFlag(name, help));
        return (field, flag, call => JsonValue.Create(flag.Get(call.Flags)));
    }

    private (string, CliFlag, Func<CliCall, JsonNode?>) Number(string field, string name, string help)
    {
        var flag = Declare(new UintFlag(name, help));
        return (field, flag, call => JsonNode.Parse(flag.Get(call.Flags).ToString(CultureInfo.InvariantCulture)));
    }
}
