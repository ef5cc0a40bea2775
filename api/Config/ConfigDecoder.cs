using System.Globalization;

namespace Praetor.Api.Config;

/// <summary>
/// Checks one source against the schema and brings it into canonical form: canonical key names, no nulls, scalars out of one-element lists (config 2).
/// Type errors and unknown keys are collected. Pure.
/// </summary>
internal sealed class ConfigDecoder
{
    private readonly List<string> _typeErrors = [];
    private readonly List<string> _unknownKeys = [];

    /// <summary>Paths of unknown keys in order of appearance.</summary>
    public IReadOnlyList<string> UnknownKeys => _unknownKeys;

    /// <summary>All type errors in one text, sorted; null if there are none.</summary>
    public string? TypeError => _typeErrors.Count == 0
        ? null
        : $"{_typeErrors.Count} error(s) decoding:\n\n{string.Join('\n', _typeErrors.Select(error => "* " + error).Order(StringComparer.Ordinal))}";

    /// <summary>Decodes a block; unknown and unusable keys are left out of the result.</summary>
    public ConfigValue DecodeBlock(ConfigValue raw, ConfigBlock block, string path)
    {
        var decoded = ConfigValue.NewObject();
        var spelling = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in raw.Members)
        {
            var field = block.Find(key);
            // Of two spellings of one key the canonical one counts, else the first; the other is unknown.
            if (field is null || (spelling.TryGetValue(field.Name, out var earlier) && key != field.Name))
            {
                _unknownKeys.Add(Join(path, key));
                continue;
            }

            if (earlier is not null && spelling.ContainsKey(field.Name))
                _unknownKeys.Add(Join(path, earlier));
            spelling[field.Name] = key;
            if (Decode(value, field, Join(path, field.Name)) is { } result)
                decoded.Set(field.Name, result);
        }

        return decoded;
    }

    private ConfigValue? Decode(ConfigValue value, ConfigField field, string path)
    {
        if (field.Type is ConfigType.StringList or ConfigType.BlockList or ConfigType.OpaqueList)
            return value.Kind == ConfigKind.Null ? null : DecodeList(value, field, path);
        value = Unwrap(value);
        return value.Kind == ConfigKind.Null ? null : field.Type switch
        {
            ConfigType.Block => DecodeMap(value, path, map => DecodeBlock(map, field.Block!, path)),
            ConfigType.OpaqueMap => DecodeMap(value, path, static map => map.Plain()),
            ConfigType.StringMap => DecodeMap(value, path, map => DecodeEntries(map, path, DecodeString)),
            ConfigType.ListMap => DecodeMap(value, path, map => DecodeEntries(map, path, DecodeStringList)),
            ConfigType.BlockMap => DecodeMap(value, path, map => DecodeEntries(map, path, (item, itemPath) =>
                DecodeMap(Unwrap(item), itemPath, entry => DecodeBlock(entry, field.Block!, itemPath)))),
            _ => DecodeScalar(value, field, path),
        };
    }

    /// <summary>A list of one element stands for that element wherever no list is expected.</summary>
    private static ConfigValue Unwrap(ConfigValue value)
    {
        while (value.Kind == ConfigKind.List && value.Items.Count <= 1)
            value = value.Items.Count == 0 ? ConfigValue.Null : value.Items[0];
        return value;
    }

    private ConfigValue? DecodeList(ConfigValue value, ConfigField field, string path)
    {
        if (value.Kind != ConfigKind.List)
        {
            _typeErrors.Add($"'{path}': source data must be an array or slice, got {value.GoKind}");
            return null;
        }

        var items = new List<ConfigValue>(value.Items.Count);
        for (var i = 0; i < value.Items.Count; i++)
        {
            var (item, itemPath) = (Unwrap(value.Items[i]), $"{path}[{i}]");
            var decoded = item.Kind == ConfigKind.Null ? null : field.Type switch
            {
                ConfigType.StringList => DecodeString(item, itemPath),
                ConfigType.OpaqueList => DecodeMap(item, itemPath, static map => map.Plain()),
                _ => DecodeMap(item, itemPath, map => DecodeBlock(map, field.Block!, itemPath)),
            };
            if (decoded is not null)
                items.Add(decoded);
        }

        return ConfigValue.OfList(items);
    }

    private ConfigValue? DecodeMap(ConfigValue value, string path, Func<ConfigValue, ConfigValue> decode)
    {
        if (value.Kind == ConfigKind.Object)
            return decode(value);
        _typeErrors.Add($"'{path}' expected a map, got '{value.GoKind}'");
        return null;
    }

    private static ConfigValue DecodeEntries(ConfigValue map, string path, Func<ConfigValue, string, ConfigValue?> decode)
    {
        var decoded = ConfigValue.NewObject();
        foreach (var (key, value) in map.Members)
        {
            if (value.Kind != ConfigKind.Null && decode(value, $"{path}[{key}]") is { } entry)
                decoded.Set(key, entry);
        }

        return decoded;
    }

    private ConfigValue? DecodeString(ConfigValue value, string path) => DecodeScalar(Unwrap(value), s_string, path);

    private ConfigValue? DecodeStringList(ConfigValue value, string path) => DecodeList(value, s_stringList, path);

    private ConfigValue? DecodeScalar(ConfigValue value, ConfigField field, string path)
    {
        var fits = field.Type switch
        {
            ConfigType.String => value.Kind == ConfigKind.String,
            ConfigType.Bool => value.Kind == ConfigKind.Bool,
            _ => value.Kind == ConfigKind.Number,
        };
        if (!fits)
        {
            _typeErrors.Add($"'{path}' expected type '{field.GoType}', got unconvertible type '{value.GoType}', value: '{value}'");
            return null;
        }

        if (field.Type is not (ConfigType.Int or ConfigType.Uint))
            return value;
        if (field.Type == ConfigType.Uint && value.AsNumber < 0)
        {
            var shown = value.IsInteger ? value.ToString() : value.AsNumber.ToString("F6", CultureInfo.InvariantCulture);
            _typeErrors.Add($"cannot parse '{path}', {shown} overflows uint");
            return null;
        }

        return ConfigValue.Of((long)Math.Truncate(value.AsNumber));
    }

    private static readonly ConfigField s_string = new("", ConfigType.String);
    private static readonly ConfigField s_stringList = new("", ConfigType.StringList);

    private static string Join(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";
}
