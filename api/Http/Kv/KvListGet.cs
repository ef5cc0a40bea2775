using Praetor.Core.Ports;
using Praetor.Core.State;
using Praetor.Core.State.Kv;
using Praetor.Runtime;

namespace Praetor.Api.Http.Kv;

/// <summary>
/// GET with <c>?recurse</c> (http-core 5.1): all entries under a prefix, written as the client takes them. A value that a writer
/// has replaced meanwhile: before the first piece has left, the list is begun anew from the newest root; afterwards the entry is shown as
/// it is now. The index in the header stays the older one, so a waiter is answered at once and misses nothing.
/// </summary>
internal static class KvListGet
{
    /// <summary>Fresh starts before a list under heavy writing is taken as it comes.</summary>
    private const int MaxRestarts = 4;

    private enum Written
    {
        Yes,
        Gone,
    }

    public static async ValueTask AnswerAsync(ApiRequest request, QueryOptions options)
    {
        if (!request.TryReachDatacenter(options.Datacenter, out Refusal refusal))
        {
            await request.RefuseAsync(refusal).ConfigureAwait(false);
            return;
        }
        if (!KvPage.TryRead(request, out KvPage page, out refusal))
        {
            await request.RefuseAsync(refusal).ConfigureAwait(false);
            return;
        }

        var read = new KvPrefixRead(page.Prefix);
        StateRoot root = await request.ReadRootAsync(read, options).ConfigureAwait(false);
        using StreamedJson body = request.StreamJson();
        for (int restarts = 0; ; restarts++)
        {
            bool mayRestart = restarts < MaxRestarts;
            if (await TryWriteAsync(request, read, page, options, root, body, mayRestart).ConfigureAwait(false))
                return;
            body.Restart();
            root = request.Services.Runtime.Root;
        }
    }

    /// <summary>False if a value is gone and the list can still be begun anew.</summary>
    private static async ValueTask<bool> TryWriteAsync(ApiRequest request, KvPrefixRead read, KvPage page, QueryOptions options, StateRoot root, StreamedJson body, bool mayRestart)
    {
        request.SetMetadata(read.IndexOf(root), options, effectiveConsistency: false);
        body.Json.BeginArray();
        int count = 0;
        foreach ((ReadOnlyMemory<byte> key, KvEntry entry) in root.Kv.ScanFrom(page.Prefix, page.From))
        {
            if (count++ == page.Limit)
                break;
            if (await WriteAsync(request.Services.Runtime, body, key, entry).ConfigureAwait(false) == Written.Gone)
            {
                if (mayRestart && !body.HasStarted)
                    return false;
                await WriteNewestAsync(request.Services.Runtime, body, key).ConfigureAwait(false);
            }
            await body.FlushIfFullAsync().ConfigureAwait(false);
        }
        body.Json.EndArray();
        if (count > 0)
            await body.EndAsync().ConfigureAwait(false);
        else
            await request.RespondStatusAsync(404).ConfigureAwait(false);
        return true;
    }

    private static ValueTask<Written> WriteAsync(ServerRuntime runtime, StreamedJson body, ReadOnlyMemory<byte> key, KvEntry entry)
    {
        if (entry.ValueLength == 0)
        {
            KvJson.Write(body.Json, key.Span, entry, []);
            return ValueTask.FromResult(Written.Yes);
        }
        var writer = new KvEntryWriter(body.Json, key, entry);
        return runtime.Heap.TryRead(entry.Version, ref writer) switch
        {
            RecordRead.Found => ValueTask.FromResult(Written.Yes),
            RecordRead.OnDisk => WriteFromDiskAsync(runtime, body, key, entry),
            _ => ValueTask.FromResult(Written.Gone),
        };
    }

    private static async ValueTask<Written> WriteFromDiskAsync(ServerRuntime runtime, StreamedJson body, ReadOnlyMemory<byte> key, KvEntry entry)
    {
        byte[]? value = await runtime.Heap.ReadAsync(entry.Version, default).ConfigureAwait(false);
        if (value is null)
            return Written.Gone;
        KvJson.Write(body.Json, key.Span, entry, value);
        return Written.Yes;
    }

    /// <summary>The entry as it is now; nothing if it was deleted.</summary>
    private static async ValueTask WriteNewestAsync(ServerRuntime runtime, StreamedJson body, ReadOnlyMemory<byte> key)
    {
        while (runtime.Root.Kv.TryGet(key.Span, out KvEntry? entry)
            && await WriteAsync(runtime, body, key, entry).ConfigureAwait(false) == Written.Gone)
        {
            // Replaced again between the look and the read: the next look has a newer root.
        }
    }
}
