using System.Globalization;
using System.Text;
using Praetor.Api.Cli.Flags;
using Praetor.Api.Http.Json;
using Praetor.Core.State.Restore;
using Praetor.Runtime.Archives;

namespace Praetor.Api.Cli.Commands.Snapshot;

/// <summary>snapshot inspect (cli 12): what is in an archive, without an agent.</summary>
internal sealed class SnapshotInspectCommand : CliCommand
{
    private static readonly string[] s_units = ["B", "KB", "MB", "GB", "TB"];

    private readonly StringFlag _format;
    private readonly BoolFlag _kvDetails;
    private readonly IntFlag _kvDepth;
    private readonly StringFlag _kvFilter;

    /// <summary>Declares the flags.</summary>
    public SnapshotInspectCommand()
    {
        _format = Declare(new StringFlag("format", "Shape of the output: pretty or json.", unset: "pretty"));
        _kvDetails = Declare(new BoolFlag("kvdetails", "Tells of the keys too, by what they begin with."));
        _kvDepth = Declare(new IntFlag("kvdepth", "How many parts of a key count for -kvdetails. The default is 2."));
        _kvFilter = Declare(new StringFlag("kvfilter", "Leaves out keys that do not begin with this."));
    }

    /// <inheritdoc/>
    public override string Usage => "snapshot inspect [options] FILE";

    /// <inheritdoc/>
    public override string Description => """
        Tells what is in an archive and how much of it. No agent is asked.

            $ consul snapshot inspect backup.snap
        """;

    /// <inheritdoc/>
    public override string? FlagErrorTrailer(string error) => error;

    /// <inheritdoc/>
    public override Task<int> RunAsync(CliCall call, CancellationToken cancellation) => Task.FromResult(Run(call));

    private int Run(CliCall call)
    {
        if (call.Arguments.Count == 0)
            return call.Io.Fail("Missing FILE argument");
        if (call.TooMany(1) is { } tooMany)
            return call.Io.Fail(tooMany);
        if (SnapshotFile.Open(call.Arguments[0], out var file) is { } error)
            return call.Io.Fail($"Error reading snapshot: {error}");
        using (file)
        {
            var depth = _kvDepth.IsSet(call.Flags) ? (int)Math.Clamp(_kvDepth.Get(call.Flags), 1, int.MaxValue) : 2;
            var content = _kvDetails.Get(call.Flags) ? new Content(depth, _kvFilter.Get(call.Flags)) : new Content(0, "");
            try
            {
                using var pieces = file.OpenPieces();
                SnapshotInspection.Read(pieces, content.Add);
            }
            catch (InvalidDataException broken)
            {
                return call.Io.Fail($"Error reading snapshot: {broken.Message}");
            }

            switch (_format.Get(call.Flags))
            {
                case "pretty":
                    call.Io.Out.Write(Pretty(file.Summary, content));
                    return ExitCode.Success;
                case "json":
                    call.Io.Out.WriteLine(IndentedJson.Format(CompactJson.Of(json => Write(json, file.Summary, content)), "   "));
                    return ExitCode.Success;
                case var other:
                    return call.Io.Fail($"Error outputting enhanced snapshot data: Unknown format: {other}");
            }
        }
    }

    private static string Pretty(ArchiveSummary meta, Content content)
    {
        var text = new StringBuilder();
        Table(text, [["ID", meta.Id], ["Size", Number(meta.Size)], ["Index", Number(meta.Index)], ["Term", Number(meta.Term)], ["Version", Number(meta.Version)]]);
        text.Append('\n');
        Table(text,
        [
            ["Type", "Count", "Size"], ["----", "----", "----"],
            .. content.Types.Select(static each => new[] { each.Name, Number(each.Count), Size(each.Bytes) }),
            ["----", "----", "----"], ["Total", "", Size(content.Types.Sum(static each => each.Bytes))],
        ]);
        if (content.Keys is { } keys)
        {
            text.Append('\n');
            Table(text,
            [
                ["Key Name", "Count", "Size"], ["----", "----", "----"],
                .. keys.Select(static each => new[] { each.Name, Number(each.Count), Size(each.Bytes) }),
                ["----", "----", "----"], ["Total", "", Size(keys.Sum(static each => each.Bytes))],
            ]);
        }

        return text.ToString();
    }

    private static void Table(StringBuilder text, IReadOnlyList<string[]> rows)
    {
        foreach (var line in ColumnTable.FormatTabs(rows).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            text.Append(' ').Append(line).Append('\n');
    }

    private static void Write(GoJsonWriter json, ArchiveSummary meta, Content content)
    {
        json.BeginObject();
        json.Name("Meta"u8);
        json.BeginObject();
        json.Member("ID"u8, meta.Id);
        json.Member("Size"u8, meta.Size);
        json.Member("Index"u8, meta.Index);
        json.Member("Term"u8, meta.Term);
        json.Member("Version"u8, meta.Version);
        json.EndObject();
        json.Name("Stats"u8);
        WriteStats(json, content.Types);
        json.Name("StatsKV"u8);
        if (content.Keys is { } keys)
            WriteStats(json, keys);
        else
            json.Null();
        json.Member("TotalSize"u8, content.Types.Sum(static each => each.Bytes));
        json.Member("TotalSizeKV"u8, content.Keys?.Sum(static each => each.Bytes) ?? 0);
        json.EndObject();
    }

    private static void WriteStats(GoJsonWriter json, IEnumerable<Tally> tallies)
    {
        json.BeginArray();
        foreach (var tally in tallies)
        {
            json.BeginObject();
            json.Member("Name"u8, tally.Name);
            json.Member("Sum"u8, tally.Bytes);
            json.Member("Count"u8, tally.Count);
            json.EndObject();
        }

        json.EndArray();
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>One decimal, without it where it is 0.</summary>
    internal static string Size(long bytes)
    {
        if (bytes == 0)
            return "0";
        int unit = 0;
        double size = bytes;
        while (size >= 1024 && unit < s_units.Length - 1)
        {
            size /= 1024;
            unit++;
        }

        return size.ToString("0.0", CultureInfo.InvariantCulture).Replace(".0", "", StringComparison.Ordinal) + s_units[unit];
    }

    /// <summary>Records and bytes under one name.</summary>
    private sealed record Tally(string Name)
    {
        public long Count { get; set; }

        public long Bytes { get; set; }
    }

    /// <summary>What was counted; keys only if <paramref name="depth"/> is not 0.</summary>
    private sealed class Content(int depth, string filter)
    {
        private readonly Dictionary<string, Tally> _types = new(StringComparer.Ordinal);
        private readonly Dictionary<string, Tally> _keys = new(StringComparer.Ordinal);

        public IReadOnlyList<Tally> Types => Ordered(_types);

        public IReadOnlyList<Tally>? Keys => depth > 0 ? Ordered(_keys) : null;

        public void Add(string type, int bytes, ReadOnlySpan<byte> key)
        {
            Add(_types, type, bytes);
            if (depth == 0 || type != SnapshotInspection.KvType)
                return;
            var name = Encoding.UTF8.GetString(key);
            if (name.StartsWith(filter, StringComparison.Ordinal))
                Add(_keys, string.Join('/', name.Split('/').Take(depth)), bytes);
        }

        private static void Add(Dictionary<string, Tally> tallies, string name, int bytes)
        {
            if (!tallies.TryGetValue(name, out var tally))
                tallies[name] = tally = new Tally(name);
            tally.Count++;
            tally.Bytes += bytes;
        }

        private static IReadOnlyList<Tally> Ordered(Dictionary<string, Tally> tallies) =>
            [.. tallies.Values.OrderByDescending(static each => each.Bytes).ThenBy(static each => each.Name, StringComparer.Ordinal)];
    }
}
