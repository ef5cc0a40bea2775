using Praetor.Api.Cli.Client;
using Praetor.Api.Cli.Flags;
using Praetor.Runtime.Archives;

namespace Praetor.Api.Cli.Commands.Snapshot;

/// <summary>snapshot save (cli 12).</summary>
internal sealed class SnapshotSaveCommand : ClientCommand
{
    private readonly StringFlag _append;

    /// <summary>Declares the flags.</summary>
    public SnapshotSaveCommand() : base(ClientFlagGroups.Server) =>
        _append = Declare(new StringFlag("append-filename", "Puts the leader's version, the datacenter, or both into the name of the file: version, dc, or version,dc."));

    /// <summary>The group's help.</summary>
    public static GroupCommand Group() => new("snapshot <subcommand> [options] [args]", """
        Saves the state of the servers to a file, looks into such files, and restores from them.

            $ consul snapshot save backup.snap
            $ consul snapshot inspect backup.snap
            $ consul snapshot restore backup.snap
        """);

    /// <inheritdoc/>
    public override string Usage => "snapshot save [options] FILE";

    /// <inheritdoc/>
    public override string Description => """
        Saves the whole state of the servers as of one moment. The file is checked before it gets its name.

            $ consul snapshot save backup.snap
        """;

    /// <inheritdoc/>
    public override async Task<int> RunAsync(CliCall call, CancellationToken cancellation)
    {
        var io = call.Io;
        if (call.Arguments.Count == 0)
            return io.Fail("Missing FILE argument");
        if (call.TooMany(1) is { } tooMany)
            return io.Fail(tooMany);
        using var client = Connect(call);
        if (client is null)
            return ExitCode.Failure;
        var file = call.Arguments[0];
        if (_append.Get(call.Flags) is { Length: > 0 } parts)
        {
            if (await NameAsync(client, file, parts.Split(','), cancellation).ConfigureAwait(false) is not { } named)
                return io.Fail("Error saving snapshot: the agent does not tell its version and datacenter");
            file = named;
        }

        using var answer = await client.OpenAsync(new ApiQuery("/v1/snapshot").WithFlag("stale", Client.IsStale(call.Flags)), cancellation).ConfigureAwait(false);
        if (answer.Error is { } error)
            return io.Fail($"Error saving snapshot: {error}");
        if (await SaveAsync(answer, file, cancellation).ConfigureAwait(false) is { } failure)
            return io.Fail(failure);
        io.Out.WriteLine($"Saved and verified snapshot to index {answer.Header("X-Consul-Index")}");
        return ExitCode.Success;
    }

    private static async Task<string?> NameAsync(ConsulClient client, string file, string[] parts, CancellationToken cancellation)
    {
        var self = await client.GetAsync(new ApiQuery("/v1/agent/self"), cancellation).ConfigureAwait(false);
        using var json = self.Error is null ? self.ReadJson(out _) : null;
        if (json is null)
            return null;
        var config = json.RootElement.Field("Config");
        var suffix = (parts.Contains("version") ? $"-{config.Text("Version")}" : "") + (parts.Contains("dc") ? $"-{config.Text("Datacenter")}" : "");
        return Path.Join(Path.GetDirectoryName(file), Path.GetFileNameWithoutExtension(file) + suffix + Path.GetExtension(file));
    }

    private static async Task<string?> SaveAsync(StreamedAnswer answer, string file, CancellationToken cancellation)
    {
        var unverified = file + ".unverified";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.ReadWrite };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        try
        {
            var archive = await answer.OpenAsync(cancellation).ConfigureAwait(false);
            var saved = new FileStream(unverified, options);
            await using (saved.ConfigureAwait(false))
            {
                await archive.CopyToAsync(saved, cancellation).ConfigureAwait(false);
                saved.Flush(flushToDisk: true);
                ArchiveReader.Check(saved);
            }

            File.Move(unverified, file, overwrite: true);
            return null;
        }
        catch (ArchiveException broken)
        {
            return $"Error verifying snapshot file: {broken.Message}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or HttpRequestException)
        {
            return $"Error writing unverified snapshot file: {GoFile.Explain(unverified, e)}";
        }
    }
}
