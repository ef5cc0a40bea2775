using Praetor.Core.Mvcc;
using Praetor.Core.State;

namespace Praetor.Api.Http.Kv;

/// <summary>Waits for one key (http-core 2.3): its ModifyIndex, or the tables' index while it is missing.</summary>
internal sealed class KvEntryRead(byte[] key) : WatchedRead
{
    public override WatchTopic Topic => WatchTopic.KvKey(key);

    public override long IndexOf(StateRoot root) => root.Kv.TryGet(key, out var entry) ? entry.ModifyIndex : root.Kv.TableIndex;

    public override bool IsMissing(StateRoot root) => !root.Kv.TryGet(key, out _);
}

/// <summary>Waits for anything under a prefix, deletions included (http-core 2.3).</summary>
internal sealed class KvPrefixRead(byte[] prefix) : WatchedRead
{
    public byte[] Prefix => prefix;

    public override WatchTopic Topic => WatchTopic.KvPrefix(prefix);

    public override long IndexOf(StateRoot root) => root.Kv.PrefixIndex(prefix);
}
