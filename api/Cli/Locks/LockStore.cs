using System.Globalization;
using System.Text.Json;
using Praetor.Api.Cli.Client;
using Praetor.Api.Cli.Commands.Kv;

namespace Praetor.Api.Cli.Locks;

/// <summary>A key as locks look at it.</summary>
/// <param name="Flags">Which use the key has.</param>
/// <param name="Session">Who holds it; empty for nobody.</param>
/// <param name="ModifyIndex">For compare-and-set.</param>
/// <param name="Value">Its value.</param>
internal sealed record LockEntry(string Key, ulong Flags, string Session, long ModifyIndex, byte[] Value);

/// <summary>An answer of the store: an error that may pass, one that will not, or what was asked for.</summary>
/// <param name="Entries">What is there; empty if there was an error.</param>
/// <param name="Index">Where the store is.</param>
/// <param name="Error">What is wrong; null for nothing.</param>
/// <param name="MayPass">The error is one of the network or of a server.</param>
internal readonly record struct LockReading(IReadOnlyList<LockEntry> Entries, long Index, string? Error, bool MayPass);

/// <summary>Reads and writes of keys that locks need.</summary>
internal sealed class LockStore(ConsulClient client)
{
    /// <summary>One key, or all below a prefix; waits for an index to be passed, for so long.</summary>
    public async Task<LockReading> ReadAsync(string key, bool isPrefix, long index, TimeSpan wait, bool isConsistent, CancellationToken cancellation)
    {
        var query = new ApiQuery(KvCommands.PathOf(key)).WithFlag("recurse", isPrefix).WithFlag("consistent", isConsistent);
        if (index > 0)
            query.With("index", index.ToString(CultureInfo.InvariantCulture)).With("wait", string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1, (long)wait.TotalMilliseconds)}ms"));
        var answer = await client.GetAsync(query, cancellation).ConfigureAwait(false);
        if (answer.IsNotFound)
            return new LockReading([], answer.Index, null, false);
        if (answer.Error is { } error)
            return new LockReading([], 0, error, answer.Status is 0 or >= 500);
        using var json = answer.ReadJson(out var malformed);
        return json is null ? new LockReading([], 0, malformed, false) : new LockReading([.. json.RootElement.Elements().Select(Read)], answer.Index, null, false);
    }

    /// <summary>Writes a key under a condition: acquire, release or cas.</summary>
    /// <returns>Whether it held, or what is wrong.</returns>
    public async Task<(bool Done, string? Error)> WriteAsync(string key, string condition, string value, ulong flags, ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        var query = new ApiQuery(KvCommands.PathOf(key)).With("flags", flags.ToString(CultureInfo.InvariantCulture)).With(condition, value);
        var answer = await client.PutAsync(query, body, cancellation).ConfigureAwait(false);
        return (answer.IsTrue, answer.Error);
    }

    /// <summary>Deletes a key if it is as it was.</summary>
    public async Task<(bool Done, string? Error)> DeleteAsync(LockEntry entry, CancellationToken cancellation)
    {
        var answer = await client.DeleteAsync(new ApiQuery(KvCommands.PathOf(entry.Key)).With("cas", entry.ModifyIndex.ToString(CultureInfo.InvariantCulture)), cancellation).ConfigureAwait(false);
        return (answer.IsTrue, answer.Error);
    }

    private static LockEntry Read(JsonElement entry) => new(entry.Text("Key"), ulong.TryParse(entry.Text("Flags"), out var flags) ? flags : 0, entry.Text("Session"), entry.Number("ModifyIndex"),
        entry.Field("Value") is { ValueKind: JsonValueKind.String } value ? value.GetBytesFromBase64() : []);
}
