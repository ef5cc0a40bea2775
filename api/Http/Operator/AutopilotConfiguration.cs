using System.Globalization;
using Praetor.Api.Http.Json;
using Praetor.Core.Codec;
using Praetor.Core.State;
using Praetor.Core.State.Autopilot;

namespace Praetor.Api.Http.Operator;

/// <summary>The autopilot's settings: <c>/v1/operator/autopilot/configuration</c> (http-core 10). Thread-safe.</summary>
internal static class AutopilotConfiguration
{
    private const int MaxBodyBytes = 64 * 1024;

    public static async ValueTask GetAsync(ApiRequest request)
    {
        if (!request.TryReadOptions(out QueryOptions options, out Refusal refusal, ScopeRefusals.None) || !request.TryReachDatacenter(options.Datacenter, out refusal))
        {
            await request.RefuseAsync(refusal).ConfigureAwait(false);
            return;
        }

        StateRoot root = await request.Services.Runtime.ReadAsync(options.Consistency, request.Aborted).ConfigureAwait(false);
        if (root.Autopilot is not { } config)
        {
            await request.RespondErrorAsync(500, "autopilot config not initialized yet").ConfigureAwait(false);
            return;
        }

        Write(request.BeginJson(), config);
        await request.RespondJsonAsync().ConfigureAwait(false);
    }

    /// <summary>Omitted fields take the defaults, not what is in force.</summary>
    public static async ValueTask PutAsync(ApiRequest request)
    {
        if (!request.TryReachDatacenter(request.Query.Get("dc"), out Refusal refusal))
        {
            await request.RefuseAsync(refusal).ConfigureAwait(false);
            return;
        }

        byte[]? body = await request.ReadBodyAsync(MaxBodyBytes).ConfigureAwait(false);
        AutopilotConfig wanted;
        try
        {
            wanted = Read(body ?? throw new GoJsonException("http: request body too large"));
        }
        catch (GoJsonException malformed)
        {
            await request.RespondErrorAsync(400, $"Error parsing autopilot config: {malformed.Message}").ConfigureAwait(false);
            return;
        }

        long? condition = null;
        if (request.Query.TryGet("cas", out string? cas))
        {
            if (!ulong.TryParse(cas, NumberStyles.None, CultureInfo.InvariantCulture, out ulong expected))
            {
                await request.RespondErrorAsync(400, $"Error parsing cas value: strconv.ParseUint: parsing {GoQuote.Quote(cas)}: invalid syntax").ConfigureAwait(false);
                return;
            }

            condition = (long)Math.Min(expected, long.MaxValue);
        }

        CommandResult result = await request.Services.Runtime.ProposeAsync(Commands.AutopilotSet(wanted, condition), CancellationToken.None).ConfigureAwait(false);
        await request.RespondBoolAsync(result.Outcome == CommandOutcome.Applied).ConfigureAwait(false);
    }

    private static AutopilotConfig Read(ReadOnlySpan<byte> body)
    {
        var config = new AutopilotConfig();
        var json = new GoJsonReader(body);
        if (!json.BeginObject())
            return config;
        while (json.NextField(out string name))
        {
            switch (name)
            {
                case "cleanupdeadservers":
                    config = config with { CleanupDeadServers = json.ReadBool(config.CleanupDeadServers) };
                    break;
                case "lastcontactthreshold":
                    config = config with { LastContactThresholdNs = json.ReadDurationNs(config.LastContactThresholdNs) };
                    break;
                case "maxtrailinglogs":
                    config = config with { MaxTrailingLogs = json.ReadULong(config.MaxTrailingLogs) };
                    break;
                case "minquorum":
                    config = config with { MinQuorum = json.ReadULong(config.MinQuorum) };
                    break;
                case "serverstabilizationtime":
                    config = config with { ServerStabilizationTimeNs = json.ReadDurationNs(config.ServerStabilizationTimeNs) };
                    break;
                case "redundancyzonetag":
                    config = config with { RedundancyZoneTag = json.ReadString() };
                    break;
                case "disableupgrademigration":
                    config = config with { DisableUpgradeMigration = json.ReadBool() };
                    break;
                case "upgradeversiontag":
                    config = config with { UpgradeVersionTag = json.ReadString() };
                    break;
                default:
                    json.SkipValue();
                    break;
            }
        }

        return config;
    }

    private static void Write(GoJsonWriter json, AutopilotConfig config)
    {
        json.BeginObject();
        json.Member("CleanupDeadServers"u8, config.CleanupDeadServers);
        json.Member("LastContactThreshold"u8, GoDuration.Format(config.LastContactThresholdNs));
        json.Member("MaxTrailingLogs"u8, config.MaxTrailingLogs);
        json.Member("MinQuorum"u8, config.MinQuorum);
        json.Member("ServerStabilizationTime"u8, GoDuration.Format(config.ServerStabilizationTimeNs));
        json.Member("RedundancyZoneTag"u8, config.RedundancyZoneTag);
        json.Member("DisableUpgradeMigration"u8, config.DisableUpgradeMigration);
        json.Member("UpgradeVersionTag"u8, config.UpgradeVersionTag);
        json.Member("CreateIndex"u8, config.CreateIndex);
        json.Member("ModifyIndex"u8, config.ModifyIndex);
        json.EndObject();
    }
}
