using System.Text.Json;
using Praetor.Api.Cli.Client;

namespace Praetor.Api.Cli.Locks;

/// <summary>A semaphore: each contender acquires a key of its own, and a list of holders is changed by compare-and-set (http-core 7.5).</summary>
internal sealed class SemaphoreKey(LockStore store, string prefix, long limit) : ILockForm
{
    private const ulong Use = 0xe0f69a2baa414de0;
    private const string OtherUse = "Existing key does not match semaphore use";

    private readonly string _lockKey = prefix + "/.lock";
    private bool _isContending;

    public string SessionBehavior => "delete";

    public async Task<LockStep> TryAcquireAsync(string session, long waitIndex, TimeSpan wait, CancellationToken cancellation)
    {
        if (!_isContending)
        {
            var (done, error) = await store.WriteAsync($"{prefix}/{session}", "acquire", session, Use, default, cancellation).ConfigureAwait(false);
            if (!done)
                return new LockStep(false, Error: $"failed to make contender entry: {error ?? "it is held"}");
            _isContending = true;
        }

        var seen = await store.ReadAsync(prefix + "/", isPrefix: true, waitIndex, wait, isConsistent: false, cancellation).ConfigureAwait(false);
        if (seen.Error is { } unread)
            return new LockStep(false, Error: $"failed to read prefix: {unread}");
        if (Read(seen.Entries, out var state, out var holders) is { } conflict)
            return new LockStep(false, Error: conflict);
        if (holders.Count >= limit && !holders.Contains(session))
            return new LockStep(false, seen.Index);
        holders.Add(session);
        var (written, failure) = await WriteAsync(state, holders, cancellation).ConfigureAwait(false);
        return failure is not null ? new LockStep(false, Error: $"failed to update lock: {failure}") : written ? new LockStep(true) : new LockStep(false, 1);
    }

    public async Task<(bool IsHeld, LockReading Reading)> LookAsync(string session, long index, CancellationToken cancellation)
    {
        var seen = await store.ReadAsync(prefix + "/", isPrefix: true, index, TimeSpan.FromMinutes(5), isConsistent: true, cancellation).ConfigureAwait(false);
        return (seen.Error is null && Read(seen.Entries, out _, out var holders) is null && holders.Contains(session), seen);
    }

    public async Task<string?> ReleaseAsync(string session, CancellationToken cancellation)
    {
        while (true)
        {
            var seen = await store.ReadAsync(_lockKey, isPrefix: false, 0, default, isConsistent: true, cancellation).ConfigureAwait(false);
            if (seen.Error is { } unread)
                return $"failed to read lock: {unread}";
            if (seen.Entries is not [var entry] || !Decode(entry.Value, out _, out var holders) || !holders.Remove(session))
                break;
            var (written, error) = await WriteAsync(entry, holders, cancellation).ConfigureAwait(false);
            if (error is not null)
                return $"failed to update lock: {error}";
            if (written)
                break;
        }

        var contender = await store.ReadAsync($"{prefix}/{session}", isPrefix: false, 0, default, isConsistent: false, cancellation).ConfigureAwait(false);
        if (contender.Entries is [var own])
            await store.DeleteAsync(own, cancellation).ConfigureAwait(false);
        _isContending = false;
        return null;
    }

    public async Task<LockStep> CleanUpAsync(CancellationToken cancellation)
    {
        var seen = await store.ReadAsync(prefix + "/", isPrefix: true, 0, default, isConsistent: false, cancellation).ConfigureAwait(false);
        if (seen.Error is { } unread)
            return new LockStep(false, Error: $"failed to read prefix: {unread}");
        if (Read(seen.Entries, out var state, out var holders) is { } conflict)
            return new LockStep(false, Error: conflict);
        if (state is null)
            return new LockStep(true);
        if (holders.Count > 0)
            return new LockStep(false);
        var (done, error) = await store.DeleteAsync(state, cancellation).ConfigureAwait(false);
        return new LockStep(done, Error: error is null ? null : $"failed to remove semaphore: {error}");
    }

    /// <summary>The list of holders as far as they still contend; what is wrong with it, or null.</summary>
    private string? Read(IReadOnlyList<LockEntry> entries, out LockEntry? state, out SortedSet<string> holders)
    {
        holders = new SortedSet<string>(StringComparer.Ordinal);
        state = entries.FirstOrDefault(entry => entry.Key == _lockKey);
        if (state is null)
            return null;
        if (state.Flags != Use || !Decode(state.Value, out var theirs, out var listed))
            return OtherUse;
        if (theirs != limit)
            return $"semaphore limit conflict (lock: {theirs}, local: {limit})";
        var alive = entries.Where(entry => entry.Key != _lockKey && entry.Session.Length > 0).Select(static entry => entry.Session).ToHashSet(StringComparer.Ordinal);
        holders.UnionWith(listed.Where(alive.Contains));
        return null;
    }

    private Task<(bool Done, string? Error)> WriteAsync(LockEntry? state, SortedSet<string> holders, CancellationToken cancellation)
    {
        var value = CompactJson.BytesOf(json =>
        {
            json.BeginObject();
            json.Member("Limit"u8, limit);
            json.Name("Holders"u8);
            json.BeginObject();
            foreach (var holder in holders)
            {
                json.Name(holder);
                json.Bool(true);
            }

            json.EndObject();
            json.EndObject();
        });
        return store.WriteAsync(_lockKey, "cas", (state?.ModifyIndex ?? 0).ToString(System.Globalization.CultureInfo.InvariantCulture), Use, value, cancellation);
    }

    private static bool Decode(byte[] value, out long limit, out SortedSet<string> holders)
    {
        (limit, holders) = (0, new SortedSet<string>(StringComparer.Ordinal));
        try
        {
            using var json = JsonDocument.Parse(value);
            limit = json.RootElement.Number("Limit");
            holders.UnionWith(json.RootElement.Field("Holders").Members().Where(static member => member.Value.ValueKind == JsonValueKind.True).Select(static member => member.Name));
            return json.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
