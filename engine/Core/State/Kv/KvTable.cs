namespace Praetor.Core.State.Kv;

/// <summary>What the index holds for a key; the value is in the record heap under <see cref="Version"/>.</summary>
/// <param name="Version">Record heap id of the value.</param>
/// <param name="CreateIndex">Raft index of creation.</param>
/// <param name="ModifyIndex">Raft index of the last change.</param>
/// <param name="LockIndex">Times the key was acquired.</param>
/// <param name="Flags">Client flags.</param>
/// <param name="ValueLength">Bytes of the value; 0 = null in JSON.</param>
/// <param name="Session">Holder, or null.</param>
public readonly record struct KvEntry(long Version, long CreateIndex, long ModifyIndex, long LockIndex, ulong Flags, int ValueLength, string? Session);

/// <summary>The KV store as of one root: ordered by key bytes. Immutable.</summary>
public sealed partial class KvTable
{
    /// <summary>Finds a key.</summary>
    public partial bool TryGet(ReadOnlySpan<byte> key, out KvEntry entry);

    /// <summary>Entries whose key starts with <paramref name="prefix"/>, in key order.</summary>
    public partial IEnumerable<KeyValuePair<byte[], KvEntry>> Scan(byte[] prefix);

    /// <summary>max(kvs table, tombstones table): the index of a missing key and of the empty prefix.</summary>
    public partial long TableIndex { get; }

    /// <summary>Index of a prefix read (http-core 2.3), tombstones included; a recursive delete above the prefix counts too.</summary>
    public partial long PrefixIndex(byte[] prefix);

    /// <summary>Keys held.</summary>
    public partial int Count { get; }
}
