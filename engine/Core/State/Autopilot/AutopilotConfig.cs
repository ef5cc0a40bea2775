using Praetor.Core.Codec;

namespace Praetor.Core.State.Autopilot;

/// <summary>The autopilot's settings as the datacenter has agreed on them (http-core 10). Immutable. Durations in nanoseconds.</summary>
public sealed record AutopilotConfig
{
    private const byte Format = 1;

    /// <summary>Servers that failed are removed.</summary>
    public bool CleanupDeadServers { get; init; } = true;

    /// <summary>A server that the leader has not heard of for longer is not healthy.</summary>
    public long LastContactThresholdNs { get; init; } = 200_000_000;

    /// <summary>A server that is more entries behind is not healthy.</summary>
    public ulong MaxTrailingLogs { get; init; } = 250;

    /// <summary>Clean-up leaves at least so many voters.</summary>
    public ulong MinQuorum { get; init; }

    /// <summary>How long a server must be healthy before it may vote.</summary>
    public long ServerStabilizationTimeNs { get; init; } = 10_000_000_000;

    /// <summary>Kept and not acted on.</summary>
    public string RedundancyZoneTag { get; init; } = "";

    /// <summary>Kept and not acted on.</summary>
    public bool DisableUpgradeMigration { get; init; }

    /// <summary>Kept and not acted on.</summary>
    public string UpgradeVersionTag { get; init; } = "";

    /// <summary>Log index of its first form.</summary>
    public long CreateIndex { get; init; }

    /// <summary>Log index of this form.</summary>
    public long ModifyIndex { get; init; }

    internal void Write(FieldWriter writer)
    {
        writer.Byte(Format);
        writer.Bool(CleanupDeadServers);
        writer.Int(LastContactThresholdNs);
        writer.UInt(MaxTrailingLogs);
        writer.UInt(MinQuorum);
        writer.Int(ServerStabilizationTimeNs);
        writer.Text(RedundancyZoneTag);
        writer.Bool(DisableUpgradeMigration);
        writer.Text(UpgradeVersionTag);
        writer.Int(CreateIndex);
        writer.Int(ModifyIndex);
    }

    /// <exception cref="InvalidDataException">Malformed.</exception>
    internal static AutopilotConfig Read(ref FieldReader reader)
    {
        if (reader.Byte() != Format)
            throw new InvalidDataException("autopilot settings of another format");
        return new AutopilotConfig
        {
            CleanupDeadServers = reader.Bool(),
            LastContactThresholdNs = reader.Int(),
            MaxTrailingLogs = reader.UInt(),
            MinQuorum = reader.UInt(),
            ServerStabilizationTimeNs = reader.Int(),
            RedundancyZoneTag = reader.Text(),
            DisableUpgradeMigration = reader.Bool(),
            UpgradeVersionTag = reader.Text(),
            CreateIndex = reader.Int(),
            ModifyIndex = reader.Int(),
        };
    }

    /// <summary>What a set with this condition makes of the settings; null if the condition does not hold.</summary>
    internal static AutopilotConfig? Set(AutopilotConfig? before, AutopilotConfig wanted, long? casIndex, long index) =>
        casIndex is { } expected && expected != (before?.ModifyIndex ?? 0) ? null : wanted with { CreateIndex = before?.CreateIndex ?? index, ModifyIndex = index };
}
