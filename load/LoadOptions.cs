using System.Globalization;
using System.Net;
using Praetor.Load.Growth;

namespace Praetor.Load;

/// <summary>The command line.</summary>
/// <param name="Scenarios">Names, in the order they run.</param>
/// <param name="Target">The agent.</param>
/// <param name="Connections">Copies, or watchers.</param>
/// <param name="Duration">Length of the measurement.</param>
/// <param name="WarmUp">Length of the warm-up.</param>
/// <param name="RatePerSecond">Rate of an open loop; 0 for a closed one.</param>
/// <param name="IsRamping">Load grows from nothing.</param>
/// <param name="LoadsData">The data is put in first.</param>
/// <param name="JsonFile">Where the results go as JSON; null for nowhere.</param>
public sealed record LoadOptions(IReadOnlyList<string> Scenarios, LoadTarget Target, int? Connections, TimeSpan Duration, TimeSpan WarmUp, double RatePerSecond,
    bool IsRamping, bool LoadsData, string? JsonFile)
{
    private const string CompareWord = "compare";
    private const string GrowthWord = "growth";

    /// <summary>Measure how costs grow.</summary>
    public bool IsGrowth { get; init; }

    /// <summary>Process of the agent, whose memory is told; null to tell none.</summary>
    public int? ProcessId { get; init; }

    /// <summary>Where the curves are drawn; null for nowhere.</summary>
    public string? PictureDirectory { get; init; }

    /// <summary>Targets of a comparison; empty if there is none.</summary>
    public IReadOnlyList<LoadTarget> Compared { get; init; } = [];

    /// <summary>Rounds of a comparison.</summary>
    public int Rounds { get; init; } = 5;

    /// <summary>Parses arguments.</summary>
    /// <exception cref="FormatException">With what is wrong.</exception>
    public static LoadOptions Parse(IReadOnlyList<string> arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        var names = new List<string>();
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var flags = new HashSet<string>(StringComparer.Ordinal);
        var compared = new List<LoadTarget>();
        for (var i = 0; i < arguments.Count; i++)
        {
            switch (arguments[i])
            {
                case "--address" or "--http-port" or "--dns-port" or "--connections" or "--seconds" or "--warm-up" or "--rate" or "--json" or "--rounds" or "--pid" or "--pictures":
                    values[arguments[i]] = i + 1 < arguments.Count ? arguments[++i] : throw new FormatException($"{arguments[i]} needs a value");
                    break;
                case "--target":
                    compared.Add(LoadTarget.Parse(i + 1 < arguments.Count ? arguments[++i] : throw new FormatException("--target needs a value")));
                    break;
                case CompareWord or GrowthWord:
                    flags.Add(arguments[i]);
                    break;
                case "--ramp" or "--no-data":
                    flags.Add(arguments[i]);
                    break;
                case var unknown when unknown.StartsWith('-'):
                    throw new FormatException($"unknown option {unknown}");
                default:
                    names.AddRange(arguments[i].Split(',', StringSplitOptions.RemoveEmptyEntries));
                    break;
            }
        }

        if (flags.Contains(CompareWord) != compared.Count > 1)
            throw new FormatException("compare takes two or more times --target NAME=[etcd:]ADDRESS[:PORT]");
        if (flags.Contains(GrowthWord) && names.Find(static name => !GrowthSession.Units.Contains(name)) is { } stranger)
            throw new FormatException($"growth knows {string.Join(", ", GrowthSession.Units)}, not {stranger}");
        var address = Address(values.GetValueOrDefault("--address", "127.0.0.1"));
        var target = new LoadTarget(new IPEndPoint(address, (int)Number(values, "--http-port", 8500, 1, 65_535)),
            new IPEndPoint(address, (int)Number(values, "--dns-port", 8600, 1, 65_535)));
        int? connections = values.ContainsKey("--connections") ? (int)Number(values, "--connections", 0, 1, 100_000) : null;
        return new LoadOptions(names, target, connections,
            TimeSpan.FromSeconds(Number(values, "--seconds", 5, 0.1, 86_400)), TimeSpan.FromSeconds(Number(values, "--warm-up", 1, 0, 3600)),
            Number(values, "--rate", 0, 0, 10_000_000), flags.Contains("--ramp"), !flags.Contains("--no-data"), values.GetValueOrDefault("--json"))
        {
            Compared = compared,
            IsGrowth = flags.Contains(GrowthWord),
            ProcessId = values.ContainsKey("--pid") ? (int)Number(values, "--pid", 0, 1, int.MaxValue) : null,
            PictureDirectory = values.GetValueOrDefault("--pictures"),
            Rounds = (int)Number(values, "--rounds", 5, 1, 1000),
        };
    }

    private static double Number(Dictionary<string, string> values, string name, double otherwise, double min, double max)
    {
        if (!values.TryGetValue(name, out var text))
            return otherwise;
        return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? number
            : throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"{name} must be a number from {min} to {max}"));
    }

    private static IPAddress Address(string text) =>
        IPAddress.TryParse(text, out var address) ? address : throw new FormatException($"--address must be an IP address, not {text}");
}
