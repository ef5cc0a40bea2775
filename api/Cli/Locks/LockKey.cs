namespace Praetor.Api.Cli.Locks;

/// <summary>A lock: one key that one session acquires (http-core 7.5).</summary>
internal sealed class LockKey(LockStore store, string key) : ILockForm
{
    private const ulong Use = 0x2ddccbc058a50c18;
    private const string OtherUse = "Existing key does not match lock use";

    public string SessionBehavior => "release";

    public async Task<LockStep> TryAcquireAsync(string session, long waitIndex, TimeSpan wait, CancellationToken cancellation)
    {
        var seen = await store.ReadAsync(key, isPrefix: false, waitIndex, wait, isConsistent: false, cancellation).ConfigureAwait(false);
        if (seen.Error is { } unread)
            return new LockStep(false, Error: $"failed to read lock: {unread}");
        if (seen.Entries is [var entry])
        {
            if (entry.Flags != Use)
                return new LockStep(false, Error: OtherUse);
            if (entry.Session == session)
                return new LockStep(true);
            if (entry.Session.Length > 0)
                return new LockStep(false, seen.Index);
        }

        var (done, error) = await store.WriteAsync(key, "acquire", session, Use, default, cancellation).ConfigureAwait(false);
        if (done || error is not null)
            return new LockStep(done, Error: error is null ? null : $"failed to acquire lock: {error}");
        // Somebody was faster, or a lock-delay is in effect: then nobody holds it, and only time helps.
        var after = await store.ReadAsync(key, isPrefix: false, 0, wait, isConsistent: true, cancellation).ConfigureAwait(false);
        return new LockStep(false, after.Entries is [{ Session.Length: > 0 }] ? after.Index : 0, after.Error);
    }

    public async Task<(bool IsHeld, LockReading Reading)> LookAsync(string session, long index, CancellationToken cancellation)
    {
        var seen = await store.ReadAsync(key, isPrefix: false, index, TimeSpan.FromMinutes(5), isConsistent: true, cancellation).ConfigureAwait(false);
        return (seen.Entries is [var entry] && entry.Session == session, seen);
    }

    public async Task<string?> ReleaseAsync(string session, CancellationToken cancellation)
    {
        var (_, error) = await store.WriteAsync(key, "release", session, Use, default, cancellation).ConfigureAwait(false);
        return error is null ? null : $"failed to release lock: {error}";
    }

    public async Task<LockStep> CleanUpAsync(CancellationToken cancellation)
    {
        var seen = await store.ReadAsync(key, isPrefix: false, 0, default, isConsistent: false, cancellation).ConfigureAwait(false);
        if (seen.Error is { } unread)
            return new LockStep(false, Error: $"failed to read lock: {unread}");
        if (seen.Entries is not [var entry])
            return new LockStep(true);
        if (entry.Flags != Use)
            return new LockStep(false, Error: OtherUse);
        if (entry.Session.Length > 0)
            return new LockStep(false);
        var (done, error) = await store.DeleteAsync(entry, cancellation).ConfigureAwait(false);
        return new LockStep(done, Error: error is null ? null : $"failed to remove lock entry: {error}");
    }
}
