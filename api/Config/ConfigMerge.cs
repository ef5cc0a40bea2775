namespace Praetor.Api.Config;

/// <summary>Lays one canonical source over another (config 1): scalars replace, lists append, maps overlay, blocks merge key by key. Pure.</summary>
internal static class ConfigMerge
{
    /// <summary>The result of laying <paramref name="later"/> over <paramref name="earlier"/>; neither is changed.</summary>
    public static ConfigValue Merge(ConfigValue earlier, ConfigValue later, ConfigBlock block)
    {
        var merged = ConfigValue.NewObject();
        foreach (var (key, value) in earlier.Members)
            merged.Set(key, value);
        foreach (var (key, value) in later.Members)
            merged.Set(key, merged.Find(key) is { } before ? MergeField(before, value, block.Find(key)!) : value);
        return merged;
    }

    private static ConfigValue MergeField(ConfigValue earlier, ConfigValue later, ConfigField field) => field.Type switch
    {
        ConfigType.Block => Merge(earlier, later, field.Block!),
        ConfigType.StringList or ConfigType.BlockList or ConfigType.OpaqueList => ConfigValue.OfList(earlier.Items.Concat(later.Items)),
        ConfigType.StringMap or ConfigType.ListMap or ConfigType.BlockMap or ConfigType.OpaqueMap => Overlay(earlier, later),
        _ => later,
    };

    private static ConfigValue Overlay(ConfigValue earlier, ConfigValue later)
    {
        var merged = ConfigValue.NewObject();
        foreach (var (key, value) in earlier.Members.Concat(later.Members))
            merged.Set(key, value);
        return merged;
    }
}
