using System.Diagnostics;
using System.Diagnostics.Metrics;
using Praetor.Core.Consensus;
using Praetor.Core.State;
using Praetor.Core.State.Catalog;

namespace Praetor.Runtime.Telemetry;

/// <summary>What a server measures of its consensus and state (config 8). Instruments that nobody listens to cost next to nothing. Thread-safe.</summary>
internal sealed class ServerMeters : IDisposable
{
    private static readonly TimeSpan ContactInterval = TimeSpan.FromSeconds(1);

    private readonly ServerRuntime _server;
    private readonly TimeProvider _time;
    private readonly Histogram<double>?[] _writes = new Histogram<double>?[256];
    private readonly (Histogram<double> Timer, string? Op)?[] _applied = new (Histogram<double>, string?)?[256];
    private readonly Histogram<double> _lastContact;
    private readonly Histogram<double> _applyBatch;
    private readonly Histogram<double> _restore;
    private readonly Counter<long> _restores;
    private readonly Histogram<double> _snapshotPersist;
    private readonly Histogram<double> _statePersist;
    private readonly ITimer _contacts;
    private readonly string _datacenter;
    private double _lastRestoreMs;
    private long _lastBatch;

    public ServerMeters(Meter meter, ServerRuntime server, string datacenter, TimeProvider time)
    {
        _server = server;
        _time = time;
        _datacenter = datacenter;
        Proposals = meter.CreateCounter<long>("raft.apply");
        CommitTime = Timer(meter, "raft.commitTime");
        DispatchLog = Timer(meter, "raft.leader.dispatchLog");
        Raft = new RaftMeters(meter);
        _applyBatch = Timer(meter, "raft.fsm.apply");
        _restore = Timer(meter, "raft.fsm.restore");
        _restores = meter.CreateCounter<long>("raft.restore");
        _snapshotPersist = Timer(meter, "raft.snapshot.persist");
        _statePersist = Timer(meter, "fsm.persist");
        PinTime = Timer(meter, "raft.fsm.snapshot");
        SnapshotTime = Timer(meter, "raft.snapshot.takeSnapshot");
        SnapshotCreate = Timer(meter, "raft.snapshot.create");
        ConsistentRead = Timer(meter, "rpc.consistentRead");
        SessionRenew = Timer(meter, "session.renew");
        SessionInvalidate = Timer(meter, "session_ttl.invalidate");
        ReapTombstones = Timer(meter, "leader.reapTombstones");
        BecameLeader = meter.CreateCounter<long>("raft.state.leader");
        BecameCandidate = meter.CreateCounter<long>("raft.state.candidate");
        BecameFollower = meter.CreateCounter<long>("raft.state.follower");
        _lastContact = Timer(meter, "raft.leader.lastContact");
        CreateWriteTimers(meter);
        CreateApplyTimers(meter);
        CreateGauges(meter);
        _contacts = time.CreateTimer(static meters => ((ServerMeters)meters!).MeasureContact(), this, ContactInterval, ContactInterval);
    }

    /// <summary>Entries proposed to this leader.</summary>
    public Counter<long> Proposals { get; }

    /// <summary>From proposal to applied, milliseconds.</summary>
    public Histogram<double> CommitTime { get; }

    /// <summary>One append to the log with its sync, milliseconds.</summary>
    public Histogram<double> DispatchLog { get; }

    /// <summary>Messages, rounds and threads of consensus.</summary>
    public RaftMeters Raft { get; }

    /// <summary>Keeping a state for a snapshot, milliseconds.</summary>
    public Histogram<double> PinTime { get; }

    /// <summary>Taking one snapshot, milliseconds.</summary>
    public Histogram<double> SnapshotTime { get; }

    /// <summary>Until there is a file for it, milliseconds.</summary>
    public Histogram<double> SnapshotCreate { get; }

    /// <summary>Confirming a read with other servers, milliseconds.</summary>
    public Histogram<double> ConsistentRead { get; }

    /// <summary>Renewing a session, milliseconds.</summary>
    public Histogram<double> SessionRenew { get; }

    /// <summary>Ending a session whose time is over, milliseconds.</summary>
    public Histogram<double> SessionInvalidate { get; }

    /// <summary>Letting tombstones go, milliseconds.</summary>
    public Histogram<double> ReapTombstones { get; }

    /// <summary>Times that this server became leader.</summary>
    public Counter<long> BecameLeader { get; }

    /// <summary>Times that it stood for election.</summary>
    public Counter<long> BecameCandidate { get; }

    /// <summary>Times that it became a follower.</summary>
    public Counter<long> BecameFollower { get; }

    public void Dispose() => _contacts.Dispose();

    /// <summary>Milliseconds since a timestamp of <see cref="Stopwatch"/>.</summary>
    public static double Since(long timestamp) => Stopwatch.GetElapsedTime(timestamp).TotalMilliseconds;

    /// <summary>So many entries were applied together.</summary>
    public void AppliedTogether(int entries, double milliseconds)
    {
        Volatile.Write(ref _lastBatch, entries);
        _applyBatch.Record(milliseconds);
    }

    /// <summary>The state was replaced by a snapshot.</summary>
    public void Restored(double milliseconds)
    {
        Volatile.Write(ref _lastRestoreMs, milliseconds);
        _restore.Record(milliseconds);
        _restores.Add(1);
    }

    /// <summary>A snapshot was written to disk.</summary>
    public void Persisted(double milliseconds)
    {
        _snapshotPersist.Record(milliseconds);
        _statePersist.Record(milliseconds);
    }

    /// <summary>A write of a client was answered.</summary>
    public void Written(CommandKind kind, double milliseconds) => _writes[(byte)kind]?.Record(milliseconds);

    /// <summary>A command was applied.</summary>
    public void Applied(CommandKind kind, double milliseconds)
    {
        if (_applied[(byte)kind] is not { } timer)
            return;
        if (timer.Op is null)
            timer.Timer.Record(milliseconds);
        else
            timer.Timer.Record(milliseconds, KeyValuePair.Create<string, object?>("op", timer.Op));
    }

    /// <summary>Whether anybody wants to know about single commands.</summary>
    public bool WantsApplied => _applied[(byte)CommandKind.KvSet]!.Value.Timer.Enabled;

    private static Histogram<double> Timer(Meter meter, string name) => meter.CreateHistogram<double>(name, "ms");

    private void CreateWriteTimers(Meter meter)
    {
        void Timed(string name, params CommandKind[] kinds)
        {
            Histogram<double> timer = Timer(meter, name);
            foreach (CommandKind kind in kinds)
                _writes[(byte)kind] = timer;
        }

        Timed("kvs.apply", CommandKind.KvSet, CommandKind.KvDelete, CommandKind.KvDeleteTree, CommandKind.KvAcquire, CommandKind.KvRelease);
        Timed("txn.apply", CommandKind.Txn);
        Timed("session.apply", CommandKind.SessionCreate, CommandKind.SessionDestroy);
        Timed("prepared-query.apply", CommandKind.QuerySet, CommandKind.QueryDelete);
        Timed("catalog.register", CommandKind.CatalogRegister);
        Timed("catalog.deregister", CommandKind.CatalogDeregister);
    }

    private void CreateApplyTimers(Meter meter)
    {
        Histogram<double> kvs = Timer(meter, "fsm.kvs");
        Histogram<double> session = Timer(meter, "fsm.session");
        Histogram<double> query = Timer(meter, "fsm.prepared-query");
        _applied[(byte)CommandKind.KvSet] = (kvs, "set");
        _applied[(byte)CommandKind.KvDelete] = (kvs, "delete");
        _applied[(byte)CommandKind.KvDeleteTree] = (kvs, "delete-tree");
        _applied[(byte)CommandKind.KvAcquire] = (kvs, "lock");
        _applied[(byte)CommandKind.KvRelease] = (kvs, "unlock");
        _applied[(byte)CommandKind.KvReapTombstones] = (Timer(meter, "fsm.tombstone"), "reap");
        _applied[(byte)CommandKind.SessionCreate] = (session, "create");
        _applied[(byte)CommandKind.SessionDestroy] = (session, "destroy");
        _applied[(byte)CommandKind.QuerySet] = (query, "create");
        _applied[(byte)CommandKind.QueryDelete] = (query, "delete");
        _applied[(byte)CommandKind.CatalogRegister] = (Timer(meter, "fsm.register"), null);
        _applied[(byte)CommandKind.CatalogDeregister] = (Timer(meter, "fsm.deregister"), null);
        _applied[(byte)CommandKind.Txn] = (Timer(meter, "fsm.txn"), null);
        _applied[(byte)CommandKind.AutopilotSet] = (Timer(meter, "fsm.autopilot"), null);
        _applied[(byte)CommandKind.CoordinateUpdate] = (Timer(meter, "fsm.coordinate.batch-update"), null);
    }

    private void CreateGauges(Meter meter)
    {
        meter.CreateObservableGauge("raft.applied_index", () => _server.Root.Index);
        meter.CreateObservableGauge("raft.last_index", () => _server.Status.LastLogIndex);
        meter.CreateObservableGauge("raft.commitNumLogs", () => Volatile.Read(ref _lastBatch));
        meter.CreateObservableGauge("raft.fsm.lastRestoreDuration", () => Volatile.Read(ref _lastRestoreMs));
        meter.CreateObservableGauge("raft.peers", () => (long)_server.Status.Servers.Count);
        meter.CreateObservableGauge("server.isLeader", () => _server.IsReadyLeader ? 1L : 0L);
        meter.CreateObservableGauge("rpc.queries_blocking", () => (long)_server.Watches.Count);
        meter.CreateObservableGauge("session_ttl.active", () => _server.IsReadyLeader ? (long)_server.Root.Sessions.All().Count(static session => session.TtlNs > 0) : 0L);
        Counted(meter, "state.nodes", static root => root.Catalog.NodeCount);
        Counted(meter, "state.services", static root => root.Catalog.ServiceNameCount);
        Counted(meter, "state.service_instances", static root => root.Catalog.ServiceCount);
        Counted(meter, "state.kv_entries", static root => root.Kv.Count);
        Counted(meter, "state.peerings", static _ => 0);
        Counted(meter, "state.billable_service_instances", static root => root.Catalog.Services().Count(IsBillable));
        meter.CreateObservableGauge("state.connect_instances", ConnectInstances);
    }

    private void Counted(Meter meter, string name, Func<StateRoot, int> count) =>
        meter.CreateObservableGauge(name, () => new Measurement<long>(count(_server.Root), KeyValuePair.Create<string, object?>("datacenter", _datacenter)));

    /// <summary>Plain and native instances, without the servers' own (http-core 10).</summary>
    private static bool IsBillable(ServiceRecord service) => service.Kind.Length == 0 && service.Name != "consul";

    private IEnumerable<Measurement<long>> ConnectInstances()
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal) { ["connect-native"] = 0, [ServiceKinds.ConnectProxy] = 0, [ServiceKinds.MeshGateway] = 0, [ServiceKinds.TerminatingGateway] = 0, [ServiceKinds.IngressGateway] = 0, [ServiceKinds.ApiGateway] = 0 };
        foreach (ServiceRecord service in _server.Root.Catalog.Services())
        {
            if (service.ConnectNative)
                counts["connect-native"]++;
            if (counts.TryGetValue(service.Kind, out long known))
                counts[service.Kind] = known + 1;
        }

        foreach ((string kind, long count) in counts)
            yield return new Measurement<long>(count, KeyValuePair.Create<string, object?>("datacenter", _datacenter), KeyValuePair.Create<string, object?>("kind", kind));
    }

    private void MeasureContact()
    {
        if (!_lastContact.Enabled || !_server.IsReadyLeader)
            return;
        _ = MeasureContactAsync();
    }

    private async Task MeasureContactAsync()
    {
        try
        {
            RaftConfiguration servers = await _server.ConfigurationAsync(isStale: true, CancellationToken.None).ConfigureAwait(false);
            foreach (RaftServer server in servers.Servers)
            {
                if (!server.IsLeader)
                    _lastContact.Record(server.SinceContact.TotalMilliseconds);
            }
        }
        catch (Exception passing) when (passing is NoLeaderException or NotLeaderException or LeadershipLostException or ServerStoppedException or OperationCanceledException)
        {
            // It leads no more: others measure now.
        }
    }
}
