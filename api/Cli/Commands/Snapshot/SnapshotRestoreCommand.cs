using Praetor.Api.Cli.Client;

namespace Praetor.Api.Cli.Commands.Snapshot;

/// <summary>snapshot restore (cli 12).</summary>
internal sealed class SnapshotRestoreCommand() : ClientCommand(ClientFlagGroups.Server)
{
    /// <inheritdoc/>
    public override string Usage => "snapshot restore [options] FILE";

    /// <inheritdoc/>
    public override string Description => """
        Replaces the state of the servers by that of a file. The servers check the file before they touch anything.

            $ consul snapshot restore backup.snap
        """;

    /// <inheritdoc/>
    public override async Task<int> RunAsync(CliCall call, CancellationToken cancellation)
    {
        var io = call.Io;
        if (call.Arguments.Count == 0)
            return io.Fail("Missing FILE argument");
        if (call.TooMany(1) is { } tooMany)
            return io.Fail(tooMany);
        FileStream archive;
        try
        {
            archive = File.OpenRead(call.Arguments[0]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return io.Fail($"Error opening snapshot file: {GoFile.Explain(call.Arguments[0], e)}");
        }

        await using (archive.ConfigureAwait(false))
        {
            using var client = Connect(call);
            if (client is null)
                return ExitCode.Failure;
            var answer = await client.UploadAsync(new ApiQuery("/v1/snapshot"), archive, cancellation).ConfigureAwait(false);
            if (answer.Error is { } error)
                return io.Fail($"Error restoring snapshot: {error}");
        }

        io.Out.WriteLine("Restored snapshot");
        return ExitCode.Success;
    }
}
