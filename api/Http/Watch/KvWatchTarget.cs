using System.Text;
using Praetor.Api.Http.Json;
using Praetor.Api.Http.Kv;
using Praetor.Core.State;
using Praetor.Core.State.Kv;
using Praetor.Runtime;

namespace Praetor.Api.Http.Watch;

/// <summary>
/// A key, or all under a prefix: each event is what one index wrote to them, in order, none left out; a client that is so slow that the server does not keep what it has not seen is told to begin
/// anew.
/// </summary>
internal sealed class KvWatchTarget(WatchedRead read, byte[] name, bool isPrefix) : WatchTarget
{
    /// <summary>A longer state is not sent: the client reads it by itself, page by page.</summary>
    private const int MaxStateBytes = 4 * 1024 * 1024;

    public override WatchedRead Read => read;

    public override async ValueTask WriteStateAsync(WatchEvents events, StateRoot root)
    {
        GoJsonWriter json = events.BeginData();
        json.BeginArray();
        long bytes = 0;
        foreach ((ReadOnlyMemory<byte> key, KvEntry entry) in root.Kv.Scan(name))
        {
            if (!isPrefix && key.Length != name.Length)
                break;
            // Replaced since: the change that did it comes next.
            if (await ValueOfAsync(events.Request.Services.Runtime, entry).ConfigureAwait(false) is { } value)
                KvJson.Write(json, key.Span, entry, value);
            bytes += key.Length + entry.ValueLength;
            if (bytes > MaxStateBytes)
            {
                events.SetData("null"u8);
                return;
            }
        }

        json.EndArray();
    }

    public override async ValueTask<bool> TryWriteChangesAsync(WatchEvents events, StateRoot root, long after)
    {
        ServerRuntime runtime = events.Request.Services.Runtime;
        KvHistory history = runtime.History;
        if (!history.Holds(after))
            return false;
        long through = read.IndexOf(root);
        bool any = false;
        foreach (IGrouping<long, KvChange> written in history.After(after).Where(change => change.Index <= through && IsMine(change.Key)).GroupBy(static change => change.Index))
        {
            GoJsonWriter json = events.BeginData();
            json.BeginArray();
            foreach (KvChange change in written)
            {
                if (change.Entry is not { } entry)
                    KvJson.WriteDeletion(json, change);
                else if (await ValueOfAsync(runtime, entry).ConfigureAwait(false) is { } value)
                    KvJson.Write(json, change.Key, entry, value);
                else
                    return false;
            }

            json.EndArray();
            await events.SendAsync(written.Key, "change").ConfigureAwait(false);
            any = true;
        }

        return any;
    }

    private bool IsMine(byte[] key) => isPrefix ? key.AsSpan().StartsWith(name) : key.AsSpan().SequenceEqual(name);

    private static async ValueTask<byte[]?> ValueOfAsync(ServerRuntime runtime, KvEntry entry) =>
        entry.ValueLength == 0 ? [] : await runtime.Heap.ReadAsync(entry.Version, default).ConfigureAwait(false);
}
