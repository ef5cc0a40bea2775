using Praetor.Api.Http.Catalog;
using Praetor.Api.Http.Coordinates;
using Praetor.Api.Http.Json;
using Praetor.Api.Http.Kv;
using Praetor.Api.Http.Query;
using Praetor.Api.Http.Session;
using Praetor.Core.State;
using Praetor.Storage.Heap;

namespace Praetor.Api.Cli.Commands.Snapshot;

/// <summary>snapshot decode (cli 12): an archive as lines of JSON, without an agent.</summary>
internal sealed class SnapshotDecodeCommand : CliCommand
{
    /// <inheritdoc/>
    public override string Usage => "snapshot decode [options] FILE";

    /// <inheritdoc/>
    public override string Description => """
        Prints what is in an archive, one line of JSON for each thing. No agent is asked.

            $ consul snapshot decode backup.snap
        """;

    /// <inheritdoc/>
    public override string? FlagErrorTrailer(string error) => error;

    /// <inheritdoc/>
    public override async Task<int> RunAsync(CliCall call, CancellationToken cancellation)
    {
        if (call.Arguments.Count == 0)
            return call.Io.Fail("Missing FILE argument");
        if (call.TooMany(1) is { } tooMany)
            return call.Io.Fail(tooMany);
        if (SnapshotFile.Open(call.Arguments[0], out var file) is { } error)
            return call.Io.Fail($"Error reading snapshot: {error}");
        using (file)
        {
            using var heap = new MemoryRecordHeap();
            var state = new StateMachine(heap);
            try
            {
                state.Restore(file.OpenState(), new ChangeSet());
            }
            catch (InvalidDataException broken)
            {
                return call.Io.Fail($"Error reading snapshot: {broken.Message}");
            }

            await PrintAsync(call, state.Root, heap, cancellation).ConfigureAwait(false);
            return ExitCode.Success;
        }
    }

    private static async Task PrintAsync(CliCall call, StateRoot root, MemoryRecordHeap heap, CancellationToken cancellation)
    {
        void Line(string type, Action<GoJsonWriter> data) => call.Io.Out.WriteLine(CompactJson.Of(json =>
        {
            json.BeginObject();
            json.Name("Data"u8);
            data(json);
            json.Member("Type"u8, type);
            json.EndObject();
        }));
        Line("SnapshotHeader", json =>
        {
            json.BeginObject();
            json.Member("LastIndex"u8, root.ClientIndex);
            json.EndObject();
        });
        foreach (var node in root.Catalog.Nodes())
            Line("Register", json => CatalogJson.Node(json, node));
        foreach (var service in root.Catalog.Services())
            Line("Register", json => CatalogJson.ServiceNode(json, root.Catalog.FindNode(service.Node)!, service));
        foreach (var check in root.Catalog.Checks())
            Line("Register", json => CatalogJson.HealthCheck(json, check));
        foreach (var (key, entry) in root.Kv.Scan([]))
        {
            var value = entry.Version == 0 ? [] : await heap.ReadAsync(entry.Version, cancellation).ConfigureAwait(false);
            Line("KVS", json => KvJson.Write(json, key.Span, entry, value));
        }

        foreach (var session in root.Sessions.All())
            Line("Session", json => SessionJson.Write(json, session));
        foreach (var query in root.Queries.All())
            Line("PreparedQuery", json => QueryJson.Write(json, query));
        foreach (var (_, coordinate) in root.Coordinates.ByNode.Scan([]))
            Line("CoordinateBatchUpdate", json => CoordinateRoom.Write(json, coordinate));
    }
}
