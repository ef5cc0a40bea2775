using Praetor.Core.Mvcc;
using Praetor.Core.State.Kv;
using Praetor.Core.State.Sessions;

namespace Praetor.Core.State;

/// <summary>
/// What one apply batch changed: whom to wake and which heap versions nobody needs once the history window has passed. Reused
/// from batch to batch by the apply loop.
/// </summary>
public sealed class ChangeSet
{
    /// <summary>Writes to keys kept of one batch: a deletion of very many is not kept one by one.</summary>
    private const int MaxKvChanges = 4096;

    private readonly List<byte[]> _kvKeys = [];
    private readonly List<KvChange> _kvChanges = [];
    private readonly HashSet<string> _services = [];
    private readonly HashSet<string> _nodes = [];
    private readonly List<long> _superseded = [];
    private readonly List<SessionRecord> _sessionsCreated = [];
    private readonly List<string> _sessionsEnded = [];
    private readonly List<(byte[] Key, LockDelay Delay)> _lockDelays = [];
    private readonly List<long>? _written;
    private int _tables;

    /// <summary>Nothing has changed.</summary>
    public ChangeSet()
    {
    }

    /// <summary>Changes on trial: they also know what was put into the heap, so that it can be taken back.</summary>
    internal ChangeSet(bool onTrial) => _written = onTrial ? [] : null;

    /// <summary>Heap versions that were put, of changes on trial.</summary>
    internal IReadOnlyList<long> HeapVersions => _written ?? [];

    /// <summary>KV keys written or deleted, in order.</summary>
    public IReadOnlyList<byte[]> KvKeys => _kvKeys;

    /// <summary>The same with what became of them; null if they are more than are kept.</summary>
    public IReadOnlyList<KvChange>? KvChanges => _kvKeys.Count == _kvChanges.Count ? _kvChanges : null;

    /// <summary>Lower-case names of services whose instances, checks or nodes changed.</summary>
    public IReadOnlyCollection<string> Services => _services;

    /// <summary>Lower-case names of nodes that changed, with anything on them.</summary>
    public IReadOnlyCollection<string> Nodes => _nodes;

    /// <summary>Heap versions that the new root no longer refers to.</summary>
    public IReadOnlyList<long> Superseded => _superseded;

    /// <summary>Sessions that began.</summary>
    public IReadOnlyList<SessionRecord> SessionsCreated => _sessionsCreated;

    /// <summary>Ids of sessions that ended.</summary>
    public IReadOnlyList<string> SessionsEnded => _sessionsEnded;

    /// <summary>Keys that may not be acquired for a while.</summary>
    public IReadOnlyList<(byte[] Key, LockDelay Delay)> LockDelays => _lockDelays;

    /// <summary>Everything was replaced (snapshot installed): wake everybody.</summary>
    public bool Everything { get; internal set; }

    /// <summary>True if the table changed.</summary>
    public bool Changed(WatchTable table) => (_tables & (1 << (int)table)) != 0;

    /// <summary>Forgets everything, for the next batch.</summary>
    public void Clear()
    {
        _kvKeys.Clear();
        _kvChanges.Clear();
        _services.Clear();
        _nodes.Clear();
        _superseded.Clear();
        _sessionsCreated.Clear();
        _sessionsEnded.Clear();
        _lockDelays.Clear();
        _tables = 0;
        Everything = false;
    }

    /// <summary>Takes over changes that were on trial.</summary>
    internal void Take(ChangeSet accepted)
    {
        _kvKeys.AddRange(accepted._kvKeys);
        _kvChanges.AddRange(accepted._kvChanges);
        _services.UnionWith(accepted._services);
        _nodes.UnionWith(accepted._nodes);
        _superseded.AddRange(accepted._superseded);
        _sessionsCreated.AddRange(accepted._sessionsCreated);
        _sessionsEnded.AddRange(accepted._sessionsEnded);
        _lockDelays.AddRange(accepted._lockDelays);
        _tables |= accepted._tables;
    }

    internal void Written(long version) => _written?.Add(version);

    internal void KvChanged(KvChange change, long superseded)
    {
        _kvKeys.Add(change.Key);
        if (_kvChanges.Count < MaxKvChanges)
            _kvChanges.Add(change);
        Dropped(superseded);
    }

    /// <summary>A heap version that the new root no longer refers to, without a key of its own that changed; 0 is none.</summary>
    internal void Dropped(long version)
    {
        if (version != 0)
            _superseded.Add(version);
    }

    internal void ServiceChanged(string lowerName) => _services.Add(lowerName);

    internal void NodeChanged(string lowerName) => _nodes.Add(lowerName);

    internal void SessionCreated(SessionRecord session) => _sessionsCreated.Add(session);

    internal void SessionEnded(string id) => _sessionsEnded.Add(id);

    internal void LockDelayed(byte[] key, LockDelay delay) => _lockDelays.Add((key, delay));

    internal void TableChanged(WatchTable table) => _tables |= 1 << (int)table;
}
