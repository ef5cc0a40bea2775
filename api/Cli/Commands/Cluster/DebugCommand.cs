using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using Praetor.Api.Cli.Client;
using Praetor.Api.Cli.Flags;
using Praetor.Core.Codec;

namespace Praetor.Api.Cli.Commands.Cluster;

/// <summary>debug (cli 8): gathers what helps to find out what an agent does, for a while.</summary>
internal sealed class DebugCommand : ClientCommand
{
    private const string Arrow = "==> ";
    private const string Indent = "    ";

    private static readonly string[] s_targets = ["metrics", "logs", "pprof", "host", "agent", "members"];
    private static readonly TimeSpan s_leastDuration = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_leastInterval = TimeSpan.FromSeconds(5);

    private readonly ListFlag _capture;
    private readonly DurationFlag _interval;
    private readonly DurationFlag _duration;
    private readonly StringFlag _output;
    private readonly BoolFlag _archive;
    private readonly DurationFlag _since;

    /// <summary>Declares the flags.</summary>
    public DebugCommand() : base(ClientFlagGroups.Client)
    {
        _capture = Declare(new ListFlag("capture", $"What to gather: {string.Join(", ", s_targets)}. May be given several times; all unless given."));
        _interval = Declare(new DurationFlag("interval", "How often to look at what changes.", TimeSpan.FromSeconds(30)));
        _duration = Declare(new DurationFlag("duration", "For how long.", TimeSpan.FromMinutes(5)));
        _output = Declare(new StringFlag("output", "Where to put it. The default is consul-debug- and the time."));
        _archive = Declare(new BoolFlag("archive", "Packs it into one file. The default value is true.", unset: true));
        _since = Declare(new DurationFlag("since", "Accepted and without effect: agents keep no logs to look back at."));
    }

    /// <inheritdoc/>
    public override string Usage => "debug [options]";

    /// <inheritdoc/>
    public override string Description => """
        Gathers what an agent tells of itself, its metrics and its log for a while, and packs it for whoever has to
        find out what is wrong.

            $ consul debug -duration=1m
        """;

    /// <inheritdoc/>
    public override string? FlagErrorTrailer(string error) => $"{Arrow}Error parsing flags: {error}";

    /// <inheritdoc/>
    public override async Task<int> RunAsync(CliCall call, CancellationToken cancellation)
    {
        if (call.Arguments.Count > 0)
            return call.Io.Fail($"{Arrow}debug: Too many arguments provided, expected 0");
        using var client = Connect(call);
        if (client is null)
            return ExitCode.Failure;
        var name = _output.Get(call.Flags) is { Length: > 0 } given ? given : string.Create(CultureInfo.InvariantCulture, $"consul-debug-{call.Io.Time.GetUtcNow():yyyy-MM-dd'T'HH-mm-ss'Z'}");
        var directory = call.Io.PathOf(name);
        string[] targets = [.. _capture.Get(call.Flags) is { Length: > 0 } wanted ? wanted.Select(static target => target == "cluster" ? "members" : target) : s_targets];
        using var interrupts = new Interrupts(cancellation);
        var self = await client.GetAsync(new ApiQuery("/v1/agent/self"), interrupts.Token).ConfigureAwait(false);
        if (Refusal(call, targets, directory, name, self) is { } refusal)
            return call.Io.Fail($"{Arrow}Capture validation failed: {refusal}");
        try
        {
            Directory.CreateDirectory(directory);
            await GatherAsync(call, client, targets, directory, self, interrupts.Token).ConfigureAwait(false);
            var saved = name;
            if (_archive.Get(call.Flags))
            {
                saved = name + ".tar.gz";
                await PackAsync(directory, call.Io.PathOf(saved), CancellationToken.None).ConfigureAwait(false);
            }

            call.Io.Out.WriteLine($"{Indent}Saved debug archive: {saved}");
            return ExitCode.Success;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return call.Io.Fail($"{Arrow}{e.Message}");
        }
    }

    private string? Refusal(CliCall call, string[] targets, string directory, string name, ApiAnswer self)
    {
        var (duration, interval) = (_duration.Get(call.Flags), _interval.Get(call.Flags));
        if (self.Error is { } error)
            return $"error querying target agent: {error}. verify connectivity and agent address";
        if (duration < s_leastDuration)
            return "duration must be longer than 10s";
        if (interval < s_leastInterval)
            return "interval must be longer than 10s";
        if (duration < interval)
            return $"duration ({GoDuration.Format(GoDuration.FromTimeSpan(duration))}) must be longer than interval ({GoDuration.Format(GoDuration.FromTimeSpan(interval))})";
        if (targets.FirstOrDefault(static target => !s_targets.Contains(target)) is { } unknown)
            return $"target not found: {unknown}";
        return Directory.Exists(directory) ? $"output directory already exists: {name}" : null;
    }

    private async Task GatherAsync(CliCall call, ConsulClient client, string[] targets, string directory, ApiAnswer self, CancellationToken cancellation)
    {
        var (io, duration, interval) = (call.Io, _duration.Get(call.Flags), _interval.Get(call.Flags));
        using var json = self.ReadJson(out _);
        var version = json?.RootElement.Field("Config").Text("Version") ?? "";
        io.Out.WriteLine($"{Arrow}Starting debugger and capturing static information...");
        io.Out.WriteLine($"{Indent} Agent Version: '{version}'");
        io.Out.WriteLine($"{Indent}      Interval: '{GoDuration.Format(GoDuration.FromTimeSpan(interval))}'");
        io.Out.WriteLine($"{Indent}      Duration: '{GoDuration.Format(GoDuration.FromTimeSpan(duration))}'");
        io.Out.WriteLine($"{Indent}        Output: '{Path.GetFileName(directory)}{(_archive.Get(call.Flags) ? ".tar.gz" : "")}'");
        io.Out.WriteLine($"{Indent}       Capture: '{string.Join(", ", targets)}'");
        if (targets.Contains("pprof"))
            io.Error.WriteLine($"{Arrow}[WARN] pprof is not captured: agents have no profiles to give");
        await File.WriteAllTextAsync(Path.Combine(directory, "index.json"), Index(version, targets, duration, interval), CancellationToken.None).ConfigureAwait(false);
        foreach (var (target, file, path) in new[]
        {
            ("agent", "agent.json", "/v1/agent/self"), ("host", "host.json", "/v1/agent/host"), ("members", "members.json", "/v1/agent/members?wan=1"), ("members", "listpeers.json", "/v1/operator/raft/configuration?stale"),
        })
        {
            if (!targets.Contains(target))
                continue;
            var answer = await client.GetAsync(new ApiQuery(path), cancellation).ConfigureAwait(false);
            if (answer.Error is { } error)
                io.Error.WriteLine($"{Arrow}Failed to capture {file}: {error}");
            else
                await File.WriteAllBytesAsync(Path.Combine(directory, file), answer.Body, CancellationToken.None).ConfigureAwait(false);
        }

        using var limit = new CancellationTokenSource(duration, io.Time);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        var streams = new List<Task>();
        if (targets.Contains("metrics"))
            streams.Add(StreamAsync(client, new ApiQuery("/v1/agent/metrics/stream"), Path.Combine(directory, "metrics.json"), over.Token));
        if (targets.Contains("logs"))
            streams.Add(StreamAsync(client, new ApiQuery("/v1/agent/monitor").With("loglevel", "DEBUG"), Path.Combine(directory, "consul.log"), over.Token));
        for (var number = 0; !over.Token.IsCancellationRequested; number++)
        {
            io.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Arrow}Beginning capture interval {io.Time.GetUtcNow():yyyy-MM-dd HH:mm:ss} ({number})"));
            await Task.Delay(interval, io.Time, over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await Task.WhenAll(streams).ConfigureAwait(false);
    }

    private static string Index(string version, string[] targets, TimeSpan duration, TimeSpan interval) => IndentedJson.Format(CompactJson.Of(json =>
    {
        json.BeginObject();
        json.Member("Version"u8, 1);
        json.Member("AgentVersion"u8, version);
        json.Member("Interval"u8, GoDuration.Format(GoDuration.FromTimeSpan(interval)));
        json.Member("Duration"u8, GoDuration.Format(GoDuration.FromTimeSpan(duration)));
        json.Name("Targets"u8);
        json.StringList(targets);
        json.EndObject();
    }), "\t");

    private static async Task StreamAsync(ConsulClient client, ApiQuery query, string file, CancellationToken cancellation)
    {
        try
        {
            using var answer = await client.OpenAsync(query, cancellation).ConfigureAwait(false);
            if (answer.Error is { } error)
            {
                await File.WriteAllTextAsync(file, error, Encoding.UTF8, CancellationToken.None).ConfigureAwait(false);
                return;
            }

            var target = File.Create(file);
            await using (target.ConfigureAwait(false))
                await (await answer.OpenAsync(cancellation).ConfigureAwait(false)).CopyToAsync(target, cancellation).ConfigureAwait(false);
        }
        catch (Exception end) when (end is OperationCanceledException or IOException)
        {
            // The time is over, or the agent has gone; what came is kept.
        }
    }

    private static async Task PackAsync(string directory, string archive, CancellationToken cancellation)
    {
        var file = new FileStream(archive, FileMode.Create, FileAccess.Write);
        await using (file.ConfigureAwait(false))
        {
            var gzip = new GZipStream(file, CompressionLevel.Optimal);
            await using (gzip.ConfigureAwait(false))
                await TarFile.CreateFromDirectoryAsync(directory, gzip, includeBaseDirectory: true, cancellation).ConfigureAwait(false);
        }

        Directory.Delete(directory, recursive: true);
    }
}
