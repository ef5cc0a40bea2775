using System.Net;
using System.Text.Json;
using Praetor.Api.Cli.Client;
using Praetor.Api.Cli.Flags;
using Praetor.Core.Filtering;

namespace Praetor.Api.Cli.Commands;

/// <summary>members (cli 8).</summary>
internal sealed class MembersCommand : ClientCommand
{
    private const string AllSegments = "_all";

    private readonly BoolFlag _detailed;
    private readonly StringFlag _filter;
    private readonly StringFlag _segment;
    private readonly StringFlag _status;
    private readonly BoolFlag _wan;

    /// <summary>Declares the flags.</summary>
    public MembersCommand() : base(ClientFlagGroups.Partition)
    {
        _detailed = Declare(new BoolFlag("detailed", "Prints all tags of every member. The default value is false."));
        _filter = Declare(new StringFlag("filter", "Filter expression that the members must match."));
        _segment = Declare(new StringFlag("segment", "Network segment to list; all of them without it. Segments are an Enterprise feature.", unset: AllSegments));
        _status = Declare(new StringFlag("status", "Regular expression that the status must match. The default is all members.", unset: ".*"));
        _wan = Declare(new BoolFlag("wan", "Lists the servers of all datacenters. Only server agents know them. The default value is false."));
    }

    /// <inheritdoc/>
    public override string Usage => "members [options]";

    /// <inheritdoc/>
    public override string Description => """
        Prints the members of the cluster as the agent sees them.
        """;

    /// <inheritdoc/>
    public override async Task<int> RunAsync(CliCall call, CancellationToken cancellation)
    {
        var io = call.Io;
        if (!GoRegex.TryCompile(_status.Get(call.Flags), out var status, out var patternError))
            return io.Fail($"Failed to compile status regexp: {patternError}");
        using var client = Connect(call);
        if (client is null)
            return ExitCode.Failure;
        var query = new ApiQuery("/v1/agent/members")
            .WithOptional("segment", _segment.Get(call.Flags))
            .WithOptional("filter", _filter.Get(call.Flags))
            .WithOptional("wan", _wan.Get(call.Flags) ? "1" : null);
        var answer = await client.GetAsync(query, cancellation).ConfigureAwait(false);
        if (answer.Error is { } error)
            return io.Fail($"Error retrieving members: {error}");
        using var json = answer.ReadJson(out var jsonError);
        if (json is null)
            return io.Fail($"Error retrieving members: {jsonError}");
        var members = json.RootElement.Elements().Select(Member.Read).Where(member => status.IsMatch(member.Status)).ToList();
        if (members.Count == 0)
            return ExitCode.Special;
        members.Sort();
        io.Out.Write(ColumnTable.Format(_detailed.Get(call.Flags) ? DetailedRows(members) : Rows(members)));
        return ExitCode.Success;
    }

    private static List<string[]> Rows(List<Member> members)
    {
        List<string[]> rows = [["Node", "Address", "Status", "Type", "Build", "Protocol", "DC", "Partition", "Segment"]];
        foreach (var member in members)
            rows.Add(member.Type == "unknown"
                ? [member.Name, member.Address, member.Status, member.Type, "", "", "", "", ""]
                : [member.Name, member.Address, member.Status, member.Type, member.Build, member.Tag("vsn"), member.Tag("dc"), member.Partition, member.Segment]);
        return rows;
    }

    private static List<string[]> DetailedRows(List<Member> members)
    {
        List<string[]> rows = [["Node", "Address", "Status", "Tags"]];
        foreach (var member in members)
            rows.Add([member.Name, member.Address, member.Status, member.AllTags]);
        return rows;
    }

    /// <summary>A member, ordered servers first, then by segment, partition and name.</summary>
    private sealed record Member(string Name, string Address, string Status, SortedDictionary<string, string> Tags) : IComparable<Member>
    {
        private static readonly string[] s_status = ["none", "alive", "leaving", "left", "failed"];

        public bool IsServer => Tag("role") == "consul";

        public string Type => Tag("role") switch
        {
            "consul" => "server",
            "node" => "client",
            _ => "unknown",
        };

        public string Build => Tag("build").Split(':')[0] is { Length: > 0 } build ? build : "< 0.3";

        public string Segment => Tag("segment");

        public string Partition => Tag("ap");

        public string AllTags => string.Join(',', Tags.Select(tag => $"{tag.Key}={tag.Value}"));

        public string Tag(string name) => Tags.GetValueOrDefault(name, "");

        public static Member Read(JsonElement element)
        {
            var tags = new SortedDictionary<string, string>(StringComparer.Ordinal);
            foreach (var tag in element.Field("Tags").Members())
                tags[tag.Name] = tag.Value.AsText();
            tags.TryAdd("ap", "default");
            if (tags.GetValueOrDefault("role") == "consul")
                tags["segment"] = "<all>";
            else if (tags.GetValueOrDefault("segment", "").Length == 0)
                tags["segment"] = "<default>";
            var status = element.Number("Status");
            return new Member(
                element.Text("Name"), AddressOf(element), status >= 0 && status < s_status.Length ? s_status[status] : $"unknown status: {status}", tags);
        }

        public int CompareTo(Member? other)
        {
            if (other is null)
                return 1;
            var order = other.IsServer.CompareTo(IsServer);
            order = order != 0 ? order : string.CompareOrdinal(Segment, other.Segment);
            order = order != 0 ? order : string.CompareOrdinal(Partition, other.Partition);
            return order != 0 ? order : string.CompareOrdinal(Name, other.Name);
        }

        private static string AddressOf(JsonElement element)
        {
            var address = element.Text("Addr");
            var host = IPAddress.TryParse(address, out _) && address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address;
            return $"{host}:{element.Text("Port")}";
        }
    }
}
