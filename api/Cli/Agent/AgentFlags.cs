using System.CommandLine;
using System.CommandLine.Parsing;
using Praetor.Api.Cli.Flags;
using Praetor.Api.Config;

namespace Praetor.Api.Cli.Agent;

/// <summary>The flags of <c>agent</c> and the configuration keys they stand for (cli 7).</summary>
internal sealed partial class AgentFlags
{
    private readonly List<CliFlag> _all = [];
    private readonly List<(CliFlag Flag, string Key)> _keys = [];
    private readonly BoolFlag _dev;
    private readonly ListFlag _configFile;
    private readonly ListFlag _configDir;
    private readonly StringFlag _configFormat;
    private readonly ListFlag _hcl;
    private readonly ListFlag _join;
    private readonly ListFlag _joinWan;
    private readonly NodeMetaFlag _nodeMeta;

    /// <summary>Makes all flags.</summary>
    public AgentFlags()
    {
        DeclareKeys();
        _dev = Add(new BoolFlag("dev", "Starts an agent for development: a server of its own that keeps everything in memory.", longError: true));
        _configFile = Add(new ListFlag("config-file", "Configuration file in JSON or HCL format, or a directory of such files. May be given several times."));
        _configDir = Add(new ListFlag("config-dir", "Directory of configuration files, read in the order of their names. May be given several times."));
        _configFormat = Add(new StringFlag("config-format", "Format of all configuration files, whatever their names: hcl or json.", ValueWord));
        _hcl = Add(new ListFlag("hcl", "Fragment of configuration, laid over everything else. May be given several times."));
        _join = Add(new ListFlag("join", "Deprecated: use -retry-join."));
        _joinWan = Add(new ListFlag("join-wan", "Deprecated: use -retry-join-wan."));
        _nodeMeta = Add(new NodeMetaFlag("node-meta", "Metadata of this node as key:value. May be given several times."));
    }

    /// <summary>All flags, to declare on the command.</summary>
    public IReadOnlyList<CliFlag> All => _all;

    /// <summary>What the flags say, as input of the configuration.</summary>
    public ConfigInput ToInput(ParseResult flags)
    {
        var values = ConfigValue.NewObject();
        var warnings = new List<string>();
        foreach (var (flag, key) in _keys)
        {
            if (ValueOf(flag, flags) is { } value)
                values.SetPath(key, value);
        }

        if (_nodeMeta.IsSet(flags))
            values.Set("node_meta", ConfigValue.OfMembers(_nodeMeta.Get(flags).Select(pair => KeyValuePair.Create(pair.Key, ConfigValue.Of(pair.Value)))));
        MoveDeprecated(_join, "join", "retry_join", flags, values, warnings);
        MoveDeprecated(_joinWan, "join-wan", "retry_join_wan", flags, values, warnings);
        return new ConfigInput
        {
            DevMode = _dev.Get(flags),
            Paths = PathsInOrder(flags),
            Format = _configFormat.IsSet(flags) ? _configFormat.Get(flags) : null,
            Flags = values,
            Fragments = _hcl.Get(flags),
            FlagWarnings = warnings,
        };
    }

    /// <summary>-config-file and -config-dir make one list: their order among each other is read from the tokens.</summary>
    private List<string> PathsInOrder(ParseResult flags)
    {
        var options = new[] { _configFile.Option.Name, _configDir.Option.Name };
        var paths = new List<string>();
        for (var i = 0; i < flags.Tokens.Count - 1; i++)
        {
            if (options.Contains(flags.Tokens[i].Value) && flags.Tokens[i].Type == TokenType.Option)
                paths.Add(flags.Tokens[i + 1].Value);
        }

        return paths;
    }

    private static ConfigValue? ValueOf(CliFlag flag, ParseResult flags) => flag switch
    {
        StringFlag text when text.IsSet(flags) => ConfigValue.Of(text.Get(flags)),
        BoolFlag truth when truth.IsSet(flags) => ConfigValue.Of(truth.Get(flags)),
        DecimalFlag number when number.IsSet(flags) => ConfigValue.Of(number.Get(flags) ?? 0),
        ListFlag list when list.IsSet(flags) => ConfigValue.OfList(list.Get(flags)),
        _ => null,
    };

    private static void MoveDeprecated(ListFlag flag, string old, string key, ParseResult flags, ConfigValue values, List<string> warnings)
    {
        if (!flag.IsSet(flags))
            return;
        warnings.Add($"The '-{old}' flag is deprecated. Use the '-retry-{old}' flag instead.");
        values.Set(key, ConfigValue.OfList([.. values.Find(key)?.Items ?? [], .. flag.Get(flags).Select(ConfigValue.Of)]));
    }

    private T Add<T>(T flag) where T : CliFlag
    {
        _all.Add(flag);
        return flag;
    }
}
