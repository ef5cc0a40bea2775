using System.Text;
using Praetor.Core.Codec;
using Praetor.Core.Ports;
using Praetor.Core.State.Catalog;
using Praetor.Core.State.Kv;

namespace Praetor.Core.State.Txn;

/// <summary>
/// One run of a transaction over a batch (http-core 6): all operations in order, each sees what came before it, every failure is told. What the batch then
/// holds counts only if nothing failed. May block on the heap's disk, unless what is there is fetched.
/// </summary>
/// <param name="batch">What it works on.</param>
/// <param name="heap">Where values are.</param>
/// <param name="index">Its log index.</param>
/// <param name="fetched">Values that were on disk; what is missing here is only noted, and the outcome is void. Null: it waits for the disk.</param>
internal sealed class TxnRun(StateBatch batch, IRecordHeap heap, long index, FetchedValues? fetched = null)
{
    private readonly List<TxnResult> _results = [];
    private readonly List<(int, string)> _errors = [];

    public TxnOutcome Run(IReadOnlyList<TxnOp> ops)
    {
        // Looked at before anything is done, and then told alone.
        for (int i = 0; i < ops.Count; i++)
        {
            if (ops[i].Verb == TxnVerb.KvLock && batch.Sessions.IsDelayed(ops[i].Key))
                _errors.Add((i, $"failed to lock key {Quoted(ops[i])} due to lock delay"));
        }

        if (_errors.Count > 0)
            return new TxnOutcome([], _errors);
        for (int i = 0; i < ops.Count; i++)
        {
            if (Do(ops[i]) is { } failure)
                _errors.Add((i, failure));
        }

        return _errors.Count == 0 ? new TxnOutcome(_results, []) : new TxnOutcome([], _errors);
    }

    /// <summary>Null if it succeeded.</summary>
    private string? Do(TxnOp op) => op.Verb switch
    {
        < TxnVerb.KvGet => WriteKey(op),
        < TxnVerb.KvDelete => ReadKey(op),
        < TxnVerb.NodeGet => DeleteKey(op),
        < TxnVerb.ServiceGet => DoNode(op.Verb, op.Node!),
        < TxnVerb.CheckGet => DoService(op.Verb, op.Service!),
        _ => DoCheck(op.Verb, op.Check!),
    };

    private string? WriteKey(TxnOp op)
    {
        string? failure = op.Verb switch
        {
            TxnVerb.KvSet => Failed(batch.Kv.Set(index, op.Key, op.Value, op.Flags, null), ""),
            TxnVerb.KvCas => Failed(batch.Kv.Set(index, op.Key, op.Value, op.Flags, op.Index), $"failed to set key {Quoted(op)}, index is stale"),
            _ when op.Session.Length == 0 => "missing session",
            TxnVerb.KvLock => batch.Sessions.Find(op.Session) is { } session
                ? Failed(batch.Kv.Acquire(index, op.Key, op.Value, op.Flags, session.Id), $"failed to lock key {Quoted(op)}, lock is already held")
                : $"invalid session {GoQuote.Quote(op.Session)}",
            _ => Failed(
                batch.Kv.Release(index, op.Key, op.Value, op.Flags, batch.Sessions.Find(op.Session)?.Id ?? op.Session),
                $"failed to unlock key {Quoted(op)}, lock isn't held, or is held by another session"),
        };
        if (failure is null && batch.Kv.TryGet(op.Key, out KvEntry? entry))
            _results.Add(new TxnResult(op.Key, entry, null));
        return failure;
    }

    private string? ReadKey(TxnOp op)
    {
        batch.Kv.TryGet(op.Key, out KvEntry? entry);
        switch (op.Verb)
        {
            case TxnVerb.KvGet when entry is null:
                return $"key {Quoted(op)} doesn't exist";
            case TxnVerb.KvGetOrEmpty when entry is null:
                _results.Add(new TxnResult(op.Key, new KvEntry { Flags = op.Flags, ModifyIndex = op.Index, Session = op.Session.Length > 0 ? op.Session : null }, null));
                return null;
            case TxnVerb.KvGet or TxnVerb.KvGetOrEmpty:
                _results.Add(new TxnResult(op.Key, entry, ValueOf(entry)));
                return null;
            case TxnVerb.KvGetTree:
                foreach ((ReadOnlyMemory<byte> key, KvEntry below) in batch.Kv.Scan(op.Key))
                    _results.Add(new TxnResult(key.ToArray(), below, ValueOf(below)));
                return null;
            case TxnVerb.KvCheckNotExists:
                return entry is not null ? $"key {Quoted(op)} exists" : null;
            case TxnVerb.KvCheckIndex when entry is null:
                return $"failed to check index, key {Quoted(op)} doesn't exist";
            case TxnVerb.KvCheckIndex when entry.ModifyIndex != op.Index:
                return $"failed index check for key {Quoted(op)}, current modify index {entry.ModifyIndex} != {op.Index}";
            case TxnVerb.KvCheckSession when entry is null:
                return $"failed to check session, key {Quoted(op)} doesn't exist";
            case TxnVerb.KvCheckSession when (entry.Session ?? "") != op.Session:
                return $"failed session check for key {Quoted(op)}, current session {GoQuote.Quote(entry.Session ?? "")} != {GoQuote.Quote(op.Session)}";
            default:
                _results.Add(new TxnResult(op.Key, entry, null));
                return null;
        }
    }

    private string? DeleteKey(TxnOp op) => op.Verb switch
    {
        TxnVerb.KvDelete => Failed(batch.Kv.Delete(index, op.Key, null), ""),
        TxnVerb.KvDeleteTree => Failed(batch.Kv.DeleteTree(index, op.Key), ""),
        _ => Failed(batch.Kv.Delete(index, op.Key, op.Index), $"failed to delete key {Quoted(op)}, index is stale"),
    };

    private string? DoNode(TxnVerb verb, NodeRecord node)
    {
        NodeRecord? there = verb == TxnVerb.NodeGet && node.Id.Length > 0 ? batch.Catalog.FindNodeById(node.Id) : batch.Catalog.FindNode(node.Name);
        if (Conflict(verb - TxnVerb.NodeGet, there?.ModifyIndex, node.ModifyIndex, $"node {GoQuote.Quote(node.Name)}") is { } conflict)
            return conflict;
        if (verb is TxnVerb.NodeDelete or TxnVerb.NodeDeleteCas)
            return Delete(new DeregisterRequest(node.Name, "", ""));
        if (verb != TxnVerb.NodeGet && Failed(Register(new RegisterRequest { Node = node }), "") is { } refusal)
            return refusal;
        _results.Add(new TxnResult(null, null, null, Node: verb == TxnVerb.NodeGet ? there : batch.Catalog.FindNode(node.Name)));
        return null;
    }

    private string? DoService(TxnVerb verb, ServiceRecord service)
    {
        long? there = batch.Catalog.FindService(service.Node, service.Id)?.ModifyIndex;
        if (Conflict(verb - TxnVerb.ServiceGet, there, service.ModifyIndex, $"service {GoQuote.Quote(service.Id)} on node {GoQuote.Quote(service.Node)}") is { } conflict)
            return conflict;
        if (verb is TxnVerb.ServiceDelete or TxnVerb.ServiceDeleteCas)
            return Delete(new DeregisterRequest(service.Node, service.Id, ""));
        if (verb != TxnVerb.ServiceGet && SetOn(service.Node, new RegisterRequest { Node = new NodeRecord { Name = service.Node }, SkipNodeUpdate = true, Service = service }) is { } refusal)
            return refusal;
        _results.Add(new TxnResult(null, null, null, Service: batch.Catalog.FindService(service.Node, service.Id)));
        return null;
    }

    private string? DoCheck(TxnVerb verb, CheckRecord check)
    {
        long? there = batch.Catalog.FindCheck(check.Node, check.CheckId)?.ModifyIndex;
        if (Conflict(verb - TxnVerb.CheckGet, there, check.ModifyIndex, $"check {GoQuote.Quote(check.CheckId)} on node {GoQuote.Quote(check.Node)}") is { } conflict)
            return conflict;
        if (verb is TxnVerb.CheckDelete or TxnVerb.CheckDeleteCas)
            return Delete(new DeregisterRequest(check.Node, "", check.CheckId));
        bool isOrphan = check.ServiceId.Length > 0 && batch.Catalog.HasNode(check.Node) && batch.Catalog.FindService(check.Node, check.ServiceId) is null;
        if (verb != TxnVerb.CheckGet && isOrphan)
            return "Missing service registration";
        if (verb != TxnVerb.CheckGet && SetOn(check.Node, new RegisterRequest { Node = new NodeRecord { Name = check.Node }, SkipNodeUpdate = true, Checks = [check] }) is { } refusal)
            return refusal;
        _results.Add(new TxnResult(null, null, null, Check: batch.Catalog.FindCheck(check.Node, check.CheckId)));
        return null;
    }

    /// <summary>Why an operation of the catalog cannot be, by its place among get, set, cas, delete, delete-cas; null if it can.</summary>
    private static string? Conflict(int place, long? there, long wanted, string what) => place switch
    {
        0 when there is null => $"{what} doesn't exist",
        // Zero wants it missing, anything else wants exactly that.
        2 when (wanted == 0 ? there is not null : there != wanted) => $"failed to set {what}, index is stale",
        4 when there is null || there != wanted => $"failed to delete {what}, index is stale",
        _ => null,
    };

    private string? SetOn(string node, RegisterRequest request) => batch.Catalog.HasNode(node) ? Failed(Register(request), "") : "Missing node registration";

    private string? Delete(DeregisterRequest request) => Failed(batch.Deregister(index, request), "");

    private CommandResult Register(RegisterRequest request)
    {
        CommandResult result = batch.Catalog.Register(index, request);
        batch.EndSessions(index);
        return result;
    }

    private static string? Failed(CommandResult result, string notApplied) => result.Outcome switch
    {
        CommandOutcome.Applied => null,
        CommandOutcome.Refused => result.Refusal,
        _ => notApplied,
    };

    private byte[]? ValueOf(KvEntry entry)
    {
        if (entry.Version == 0)
            return null;
        var copy = default(Copy);
        return heap.TryRead(entry.Version, ref copy) switch
        {
            RecordRead.Found => copy.Bytes,
            RecordRead.OnDisk when fetched is not null => fetched.Find(entry.Version),
            // The apply loop may wait for the disk.
            RecordRead.OnDisk => heap.ReadAsync(entry.Version, CancellationToken.None).AsTask().GetAwaiter().GetResult(),
            _ => throw new InvalidDataException($"record {entry.Version} of a live key is missing from the heap"),
        };
    }

    private static string Quoted(TxnOp op) => GoQuote.Quote(Encoding.UTF8.GetString(op.Key));

    private struct Copy : IRecordReader
    {
        public byte[]? Bytes;

        public void OnRecord(ReadOnlySpan<byte> record) => Bytes = record.ToArray();
    }
}
