using Praetor.Core.Consensus;
using Praetor.Core.Ports;
using Praetor.Core.State;

namespace Praetor.Runtime;

/// <summary>What was found on disk: the state of the newest snapshot and where consensus goes on from.</summary>
/// <param name="Start">Where consensus goes on.</param>
/// <param name="State">The state machine, restored.</param>
/// <param name="SnapshotTerm">Term of the snapshot's last entry.</param>
internal sealed record ServerRecovery(RaftStart Start, StateMachine State, long SnapshotTerm)
{
    /// <summary>Bytes of log read at once when all of it is applied.</summary>
    private const int ReadBytes = 4 * 1024 * 1024;

    /// <summary>Restores the snapshot, bootstraps an empty server if told to, and finds the newest configuration.</summary>
    public static ServerRecovery Run(ServerOptions options, ServerStores stores)
    {
        var state = new StateMachine(stores.Heap);
        SnapshotMeta? snapshot = null;
        using (ISnapshotSource? source = stores.Snapshots.OpenLatest())
        {
            if (source is not null)
            {
                snapshot = source.Meta;
                state.Restore(source.Body, new ChangeSet());
                if (state.Root.Index != snapshot.Index)
                    throw new InvalidDataException($"snapshot {snapshot.Index} holds the state of index {state.Root.Index}");
            }
        }

        IRaftLog log = stores.Log;
        long snapshotIndex = snapshot?.Index ?? 0;
        if (log.LastIndex < snapshotIndex)
            log.Reset(snapshotIndex);
        if (log.FirstIndex > snapshotIndex + 1)
            throw new InvalidDataException($"the log begins at {log.FirstIndex}, the newest snapshot ends at {snapshotIndex}: entries between them are missing");
        if (log.LastIndex == 0 && snapshot is null && options.Bootstrap)
            Bootstrap(options, log);

        var configurations = new List<(long Index, ServerSet Servers)>();
        LogShape shape = Scan(log, snapshotIndex, snapshot?.Term ?? 0, configurations);
        if (snapshot is not null && shape.TermAt(snapshotIndex) != snapshot.Term)
        {
            // It stopped between storing a leader's snapshot and dropping the log that it replaces.
            log.Reset(snapshotIndex);
            shape = new LogShape(snapshotIndex, snapshot.Term);
            configurations.Clear();
        }

        if (options.RecoveredServers is { } survivors)
            return TakeOver(survivors, options, stores, state, shape);
        ServerSet servers = snapshot is null ? ServerSet.Empty : ServerSet.Decode(snapshot.Configuration);
        var start = new RaftStart(options.ServerId, servers, configurations, log.HardState, shape, snapshotIndex);
        return new ServerRecovery(start, state, snapshot?.Term ?? 0);
    }

    /// <summary>
    /// When a majority is lost for good, an operator names the servers that go on (gossip-raft 5, peers.json). Everything in the log counts as committed and becomes a snapshot with
    /// the new set; the log begins anew behind it, so that logs of survivors never hold different entries under one index and term.
    /// </summary>
    private static ServerRecovery TakeOver(ServerSet survivors, ServerOptions options, ServerStores stores, StateMachine state, LogShape shape)
    {
        IRaftLog log = stores.Log;
        var changes = new ChangeSet();
        while (state.Root.Index < log.LastIndex)
        {
            IReadOnlyList<LogEntry> entries = log.Read(state.Root.Index + 1, ReadBytes);
            if (entries.Count == 0)
                throw new InvalidDataException($"log entry {state.Root.Index + 1} is missing");
            state.Apply([.. entries], new CommandResult[entries.Count], changes);
            foreach (long version in changes.Superseded)
                stores.Heap.Free(version);
        }

        (long last, long term) = (log.LastIndex, shape.LastTerm);
        using (ISnapshotSink sink = stores.Snapshots.Create(new SnapshotMeta(last, term, survivors.Encode())))
        {
            var gathered = new BufferedStream(sink.Body, 64 * 1024);
            StateMachine.WriteSnapshot(state.Root, stores.Heap, gathered);
            gathered.Flush();
            sink.Commit();
        }

        log.Reset(last);
        return new ServerRecovery(new RaftStart(options.ServerId, survivors, [], log.HardState, new LogShape(last, term), last), state, term);
    }

    /// <summary>Reads terms, sizes and configurations of what the log holds.</summary>
    private static LogShape Scan(IRaftLog log, long snapshotIndex, long snapshotTerm, List<(long Index, ServerSet Servers)> configurations)
    {
        LogShape? shape = log.FirstIndex == snapshotIndex + 1 ? new LogShape(snapshotIndex, snapshotTerm) : null;
        long next = log.FirstIndex;
        log.Walk(entry =>
        {
            if (entry.Index != next++)
                throw new InvalidDataException($"log entry {next - 1} is missing");
            // Of a log that begins before the snapshot the first entry is only good for its term.
            if (shape is null)
                shape = new LogShape(entry.Index, entry.Term);
            else
                shape.Append(entry.Term, entry.Payload.Length);
            if (entry.Kind == LogEntryKind.Configuration && entry.Index > snapshotIndex)
                configurations.Add((entry.Index, ServerSet.Decode(entry.Payload.Span)));
        });
        if (next <= log.LastIndex)
            throw new InvalidDataException($"log entry {next} is missing");
        return shape ?? new LogShape(snapshotIndex, snapshotTerm);
    }

    /// <summary>The first entry of a new datacenter: its configuration, in term 1.</summary>
    private static void Bootstrap(ServerOptions options, IRaftLog log)
    {
        var servers = new ServerSet([new ServerMember(options.ServerId, options.RpcAddress, IsVoter: true)]);
        log.SaveHardState(new HardState(1, null));
        log.Append([new LogEntry(1, 1, LogEntryKind.Configuration, servers.Encode())]);
    }
}
