using Praetor.Core.State;
using Praetor.Core.State.Catalog;
using Praetor.Runtime;
using Praetor.Runtime.Agent;
using Praetor.Tests.State;

namespace Praetor.Tests.Agent;

/// <summary>A catalog in this process, on the real tables: it counts log entries, can be without a leader, and can refuse.</summary>
internal sealed class FakeCatalog : ICatalogAccess
{
    private readonly Lock _gate = new();
    private readonly StateHarness _state = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource? _held;

    /// <summary>Commands that made a log entry, as short texts.</summary>
    public List<string> Entries { get; } = [];

    /// <summary>Requests that arrived, whether they made an entry or not.</summary>
    public int Requests { get; private set; }

    /// <summary>Reads that began.</summary>
    public int Reads { get; private set; }

    /// <summary>False: every call ends without a leader.</summary>
    public bool HasLeader { get; set; } = true;

    /// <summary>What every call throws; null for none.</summary>
    public Exception? Fault { get; set; }

    /// <summary>What the catalog answers to registrations; null accepts.</summary>
    public string? Refusal { get; set; }

    public CatalogTables Tables => _state.Catalog;

    /// <summary>Register requests as they came.</summary>
    public List<RegisterRequest> Registrations { get; } = [];

    public CheckRecord? Check(string id) => Tables.FindCheck("n1", id);

    public ServiceRecord? Service(string id) => Tables.FindService("n1", id);

    /// <summary>Somebody else edits the catalog.</summary>
    public void Edit(RegisterRequest request)
    {
        lock (_gate)
            _state.Register(request);
        Pulse();
    }

    /// <summary>Holds every call until the result is disposed.</summary>
    public IDisposable Hold()
    {
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _held = held;
        return new Release(() =>
        {
            _held = null;
            held.TrySetResult();
        });
    }

    public async ValueTask<NodeReading> ReadNodeAsync(string node, long afterIndex, TimeSpan limit, CancellationToken cancellation)
    {
        await PassAsync(cancellation);
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                Reads++;
                changed = _changed.Task;
                long index = Math.Max(1, Tables.NodeIndex(node));
                if (index > afterIndex)
                    return new NodeReading(index, Tables.FindNode(node) is { } record ? new NodeView(record, [.. Tables.ServicesOfNode(node)], [.. Tables.ChecksOfNode(node)]) : null);
            }

            await changed.WaitAsync(cancellation);
        }
    }

    public async ValueTask<string?> RegisterAsync(RegisterRequest request, string token, CancellationToken cancellation)
    {
        await PassAsync(cancellation);
        lock (_gate)
        {
            Requests++;
            Registrations.Add(request);
            if (Refusal is not null)
                return Refusal;
            if (Tables.IsUnchangedBy(request))
                return null;
            Entries.Add("register " + string.Join(' ', new[] { request.Service?.Id }.Concat(request.Checks.Select(check => check.CheckId)).OfType<string>()));
            _state.Register(request);
        }

        Pulse();
        return null;
    }

    public async ValueTask<string?> DeregisterAsync(DeregisterRequest request, string token, CancellationToken cancellation)
    {
        await PassAsync(cancellation);
        lock (_gate)
        {
            Requests++;
            if (Tables.IsUnchangedBy(request))
                return null;
            Entries.Add($"deregister {request.ServiceId}{request.CheckId}");
            _state.Deregister(request.Node, request.ServiceId, request.CheckId);
        }

        Pulse();
        return null;
    }

    private async Task PassAsync(CancellationToken cancellation)
    {
        if (_held is { } held)
            await held.Task.WaitAsync(cancellation);
        if (Fault is not null)
            throw Fault;
        if (!HasLeader)
            throw new NoLeaderException();
    }

    private void Pulse()
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            changed = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.TrySetResult();
    }

    private sealed class Release(Action release) : IDisposable
    {
        public void Dispose() => release();
    }
}
