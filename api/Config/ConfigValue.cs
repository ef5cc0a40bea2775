using System.Globalization;

namespace Praetor.Api.Config;

/// <summary>Kinds of configuration values, whatever the file format.</summary>
public enum ConfigKind
{
    /// <summary>Unset.</summary>
    Null,

    /// <summary>true or false.</summary>
    Bool,

    /// <summary>A number.</summary>
    Number,

    /// <summary>Text.</summary>
    String,

    /// <summary>A list.</summary>
    List,

    /// <summary>An object: keys in the order of the source.</summary>
    Object,
}

/// <summary>One value of a configuration source. Immutable except while it is being put together.</summary>
public sealed class ConfigValue
{
    private readonly string _text = "";
    private readonly double _number;
    private readonly List<ConfigValue>? _items;
    private readonly List<KeyValuePair<string, ConfigValue>>? _members;

    private ConfigValue(ConfigKind kind) => Kind = kind;

    private ConfigValue(double number, bool isInteger)
        : this(ConfigKind.Number) => (_number, IsInteger) = (number, isInteger);

    private ConfigValue(string text)
        : this(ConfigKind.String) => _text = text;

    private ConfigValue(List<ConfigValue> items)
        : this(ConfigKind.List) => _items = items;

    private ConfigValue(List<KeyValuePair<string, ConfigValue>> members)
        : this(ConfigKind.Object) => _members = members;

    /// <summary>Unset.</summary>
    public static ConfigValue Null { get; } = new(ConfigKind.Null);

    /// <summary>What the value is.</summary>
    public ConfigKind Kind { get; }

    /// <summary>True if the source wrote a number without fraction as an integer type; JSON numbers never are (Go reads them as float64).</summary>
    public bool IsInteger { get; }

    /// <summary>A list of objects that HCL made of blocks: one of them stands for itself.</summary>
    public bool IsBlocks { get; private init; }

    /// <summary>The text of a string.</summary>
    public string AsString => _text;

    /// <summary>The number.</summary>
    public double AsNumber => _number;

    /// <summary>The truth value.</summary>
    public bool AsBool => _number != 0;

    /// <summary>The elements of a list.</summary>
    public IReadOnlyList<ConfigValue> Items => _items ?? [];

    /// <summary>The members of an object.</summary>
    public IReadOnlyList<KeyValuePair<string, ConfigValue>> Members => _members ?? [];

    /// <summary>Name of Go's type for the value, as error texts show it.</summary>
    public string GoType => Kind switch
    {
        ConfigKind.Bool => "bool",
        ConfigKind.Number => IsInteger ? "int" : "float64",
        ConfigKind.String => "string",
        ConfigKind.List => IsBlocks ? "[]map[string]interface {}" : "[]interface {}",
        ConfigKind.Object => "map[string]interface {}",
        _ => "<nil>",
    };

    /// <summary>Name of Go's kind for the value, as error texts show it.</summary>
    public string GoKind => Kind switch
    {
        ConfigKind.List => "slice",
        ConfigKind.Object => "map",
        _ => GoType,
    };

    /// <summary>A truth value.</summary>
    public static ConfigValue Of(bool value) => new(ConfigKind.Bool, value);

    /// <summary>An integer.</summary>
    public static ConfigValue Of(long value) => new(value, isInteger: true);

    /// <summary>A number as JSON knows it.</summary>
    public static ConfigValue Of(double value) => new(value, isInteger: false);

    /// <summary>Text.</summary>
    public static ConfigValue Of(string value) => new(value);

    /// <summary>A list.</summary>
    public static ConfigValue OfList(IEnumerable<ConfigValue> items) => new([.. items]);

    /// <summary>A list that HCL made of blocks.</summary>
    public static ConfigValue OfBlocks(IEnumerable<ConfigValue> blocks) => new([.. blocks]) { IsBlocks = true };

    /// <summary>The value as an opaque one is kept: whatever the format, one block is an object.</summary>
    public ConfigValue Plain() => Kind switch
    {
        ConfigKind.List when IsBlocks && Items.Count == 1 => Items[0].Plain(),
        ConfigKind.List => OfList(Items.Select(static item => item.Plain())),
        ConfigKind.Object => OfMembers(Members.Select(static member => KeyValuePair.Create(member.Key, member.Value.Plain()))),
        _ => this,
    };

    /// <summary>A list of texts.</summary>
    public static ConfigValue OfList(IEnumerable<string> items) => new([.. items.Select(Of)]);

    /// <summary>An empty object, to be filled with <see cref="Set"/>.</summary>
    public static ConfigValue NewObject() => new(new List<KeyValuePair<string, ConfigValue>>());

    /// <summary>An object with these members.</summary>
    public static ConfigValue OfMembers(IEnumerable<KeyValuePair<string, ConfigValue>> members) => new([.. members]);

    /// <summary>The member with exactly this key; null if there is none.</summary>
    public ConfigValue? Find(string key)
    {
        foreach (var (name, value) in Members)
        {
            if (name == key)
                return value;
        }

        return null;
    }

    /// <summary>The value at a dotted path; null if any part is missing.</summary>
    public ConfigValue? FindPath(string path)
    {
        ConfigValue? value = this;
        foreach (var key in path.Split('.'))
            value = value?.Find(key);
        return value is { Kind: ConfigKind.Null } ? null : value;
    }

    /// <summary>Sets a member of an object under construction; a member that exists is replaced.</summary>
    public void Set(string key, ConfigValue value)
    {
        var members = _members ?? throw new InvalidOperationException("not an object");
        var at = members.FindIndex(member => member.Key == key);
        if (at < 0)
            members.Add(new(key, value));
        else
            members[at] = new(key, value);
    }

    /// <summary>Sets a value at a dotted path of an object under construction, making the objects on the way.</summary>
    public void SetPath(string path, ConfigValue value)
    {
        var target = this;
        var keys = path.Split('.');
        foreach (var key in keys[..^1])
        {
            if (target.Find(key) is not { Kind: ConfigKind.Object } next)
                target.Set(key, next = NewObject());
            target = next;
        }

        target.Set(keys[^1], value);
    }

    /// <summary>Removes a member of an object under construction.</summary>
    public void Remove(string key) => _members?.RemoveAll(member => member.Key == key);

    /// <summary>The value as Go's <c>%v</c> prints it.</summary>
    public override string ToString() => Kind switch
    {
        ConfigKind.Bool => AsBool ? "true" : "false",
        ConfigKind.Number => IsInteger ? ((long)_number).ToString(CultureInfo.InvariantCulture) : GoText.Float(_number),
        ConfigKind.String => _text,
        ConfigKind.List => $"[{string.Join(' ', Items)}]",
        ConfigKind.Object => $"map[{string.Join(' ', Members.OrderBy(member => member.Key, StringComparer.Ordinal).Select(member => $"{member.Key}:{member.Value}"))}]",
        _ => "<nil>",
    };

    private ConfigValue(ConfigKind kind, bool value)
        : this(kind) => _number = value ? 1 : 0;
}
