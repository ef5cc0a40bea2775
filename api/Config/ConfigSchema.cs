namespace Praetor.Api.Config;

/// <summary>What a key holds.</summary>
internal enum ConfigType
{
    /// <summary>Text.</summary>
    String,

    /// <summary>true or false.</summary>
    Bool,

    /// <summary>Integer; a fraction is cut off.</summary>
    Int,

    /// <summary>Integer that must not be negative.</summary>
    Uint,

    /// <summary>Any number.</summary>
    Float,

    /// <summary>List of texts.</summary>
    StringList,

    /// <summary>Map of texts.</summary>
    StringMap,

    /// <summary>Map of lists of texts.</summary>
    ListMap,

    /// <summary>Fixed keys.</summary>
    Block,

    /// <summary>List of blocks.</summary>
    BlockList,

    /// <summary>Map of blocks.</summary>
    BlockMap,

    /// <summary>Map with content of its own.</summary>
    OpaqueMap,

    /// <summary>List of such maps.</summary>
    OpaqueList,
}

/// <summary>One key: its canonical name and what it holds.</summary>
internal sealed record ConfigField(string Name, ConfigType Type, ConfigBlock? Block = null)
{
    /// <summary>Name of the Go type that type errors mention.</summary>
    public string GoType => Type switch
    {
        ConfigType.String => "string",
        ConfigType.Bool => "bool",
        ConfigType.Int => "int",
        ConfigType.Uint => "uint",
        ConfigType.Float => "float64",
        _ => "map",
    };
}

/// <summary>The keys of one block; found in any case, and under their aliases.</summary>
internal sealed class ConfigBlock
{
    private readonly Dictionary<string, ConfigField> _fields = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Builds a block from groups of keys.</summary>
    public ConfigBlock(params IEnumerable<ConfigField>[] groups)
    {
        foreach (var group in groups)
            Add(group);
    }

    /// <summary>Adds keys, such as one that leads back to this block.</summary>
    public void Add(IEnumerable<ConfigField> fields)
    {
        foreach (var field in fields)
            _fields.Add(field.Name, field);
    }

    /// <summary>Adds other spellings of keys, written as <c>alias=name</c>.</summary>
    public ConfigBlock WithAliases(params string[] aliases)
    {
        foreach (var alias in aliases)
        {
            var parts = alias.Split('=');
            _fields.Add(parts[0], _fields[parts[1]]);
        }

        return this;
    }

    /// <summary>All keys, each once.</summary>
    public IEnumerable<ConfigField> Fields => _fields.Values.Distinct();

    /// <summary>Finds a key; null if it is unknown.</summary>
    public ConfigField? Find(string key) => _fields.GetValueOrDefault(key);
}

/// <summary>Words to write schemas with.</summary>
internal static class ConfigKeys
{
    public static IEnumerable<ConfigField> Strings(params string[] names) => Of(ConfigType.String, names);

    public static IEnumerable<ConfigField> Bools(params string[] names) => Of(ConfigType.Bool, names);

    public static IEnumerable<ConfigField> Ints(params string[] names) => Of(ConfigType.Int, names);

    public static IEnumerable<ConfigField> Uints(params string[] names) => Of(ConfigType.Uint, names);

    public static IEnumerable<ConfigField> Floats(params string[] names) => Of(ConfigType.Float, names);

    public static IEnumerable<ConfigField> Lists(params string[] names) => Of(ConfigType.StringList, names);

    public static IEnumerable<ConfigField> Maps(params string[] names) => Of(ConfigType.StringMap, names);

    public static IEnumerable<ConfigField> ListMaps(params string[] names) => Of(ConfigType.ListMap, names);

    public static IEnumerable<ConfigField> Opaque(params string[] names) => Of(ConfigType.OpaqueMap, names);

    public static IEnumerable<ConfigField> OpaqueLists(params string[] names) => Of(ConfigType.OpaqueList, names);

    public static IEnumerable<ConfigField> Block(string name, params IEnumerable<ConfigField>[] groups) =>
        [new ConfigField(name, ConfigType.Block, new ConfigBlock(groups))];

    public static IEnumerable<ConfigField> Block(string name, ConfigBlock block) => [new ConfigField(name, ConfigType.Block, block)];

    public static IEnumerable<ConfigField> Blocks(string name, ConfigBlock block) => [new ConfigField(name, ConfigType.BlockList, block)];

    public static IEnumerable<ConfigField> BlockMap(string name, ConfigBlock block) => [new ConfigField(name, ConfigType.BlockMap, block)];

    private static IEnumerable<ConfigField> Of(ConfigType type, string[] names) => names.Select(name => new ConfigField(name, type));
}
