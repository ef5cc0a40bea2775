using System.IO.Pipelines;
using Praetor.Core.State;
using Praetor.Runtime;
using Praetor.Runtime.Archives;

namespace Praetor.Api.Http.Snapshot;

/// <summary>Archives of the whole state: <c>/v1/snapshot</c> (http-core 8.4). Thread-safe.</summary>
/// <param name="newSpool">A file that is gone when it is closed, for an archive that is to be checked before it is restored.</param>
public sealed class SnapshotRoom(Func<FileStream> newSpool)
{
    private const string Gzip = "application/x-gzip";

    /// <summary>Bytes of an archive that wait for a slow client; then its writing waits.</summary>
    private const int MaxWaitingBytes = 1024 * 1024;

    /// <summary>Maps the routes.</summary>
    public void Map(RouteTable routes) => routes.Map("GET,PUT", "/v1/snapshot", request => request.Method == "GET" ? SaveAsync(request) : RestoreAsync(request), isStream: true);

    private static async ValueTask SaveAsync(ApiRequest request)
    {
        if (!TryBegin(request, out QueryOptions options, out Refusal refusal))
        {
            await request.RefuseAsync(refusal).ConfigureAwait(false);
            return;
        }

        StateRoot root = await request.Services.Runtime.ReadAsync(options.Consistency, request.Aborted).ConfigureAwait(false);
        request.SetMetadata(root.ClientIndex, options, effectiveConsistency: false);
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: MaxWaitingBytes, resumeWriterThreshold: MaxWaitingBytes / 2, useSynchronizationContext: false));
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(request.Aborted);
        Task written = WriteAsync(request.Services.Runtime, root, pipe.Writer, gone.Token);
        try
        {
            request.SetHeader("Content-Type", Gzip);
            await request.StreamAsync(pipe.Reader).ConfigureAwait(false);
        }
        finally
        {
            // A client that has gone ends the writing, which may wait for it.
            await gone.CancelAsync().ConfigureAwait(false);
            await pipe.Reader.CompleteAsync().ConfigureAwait(false);
            await written.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Ends the pipe as the writing ends, so that a reader of half an archive hears of it.</summary>
    private static async Task WriteAsync(ServerRuntime runtime, StateRoot root, PipeWriter output, CancellationToken gone)
    {
        try
        {
            await runtime.WriteArchiveAsync(root, output.AsStream(), gone).ConfigureAwait(false);
            await output.CompleteAsync().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // The cause reaches the reader of the pipe.
        catch (Exception cause)
#pragma warning restore CA1031
        {
            await output.CompleteAsync(cause).ConfigureAwait(false);
        }
    }

    private async ValueTask RestoreAsync(ApiRequest request)
    {
        if (!TryBegin(request, out QueryOptions options, out Refusal refusal))
        {
            await request.RefuseAsync(refusal).ConfigureAwait(false);
            return;
        }

        if (options.Consistency == ReadConsistency.Stale)
        {
            await request.RespondErrorAsync(500, "stale not allowed for restore").ConfigureAwait(false);
            return;
        }

        FileStream spool = newSpool();
        await using (spool.ConfigureAwait(false))
        {
            await request.BodyReader.CopyToAsync(spool, request.Aborted).ConfigureAwait(false);
            await spool.FlushAsync(request.Aborted).ConfigureAwait(false);
            try
            {
                await request.Services.Runtime.RestoreArchiveAsync(spool, request.Aborted).ConfigureAwait(false);
            }
            catch (ArchiveException unfit)
            {
                await request.RespondErrorAsync(500, unfit.Message).ConfigureAwait(false);
                return;
            }
        }

        await request.RespondEmptyAsync().ConfigureAwait(false);
    }

    private static bool TryBegin(ApiRequest request, out QueryOptions options, out Refusal refusal) =>
        request.TryReadOptions(out options, out refusal, ScopeRefusals.None) && request.TryReachDatacenter(options.Datacenter, out refusal);
}
