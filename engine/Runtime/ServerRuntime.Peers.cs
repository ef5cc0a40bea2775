using System.Diagnostics;
using System.Text;
using Praetor.Core.Consensus;
using Praetor.Core.Ports;
using Praetor.Core.State;
using Praetor.Runtime.Telemetry;

namespace Praetor.Runtime;

/// <summary>What other servers ask of this one, and what operators do to the server set.</summary>
public sealed partial class ServerRuntime : IServerCallee
{
    private readonly SemaphoreSlim _snapshotInbound = new(1);

    /// <summary>The leader if it is another server and reachable by address; null otherwise.</summary>
    private ServerAddress? LeaderElsewhere =>
        _calls is not null && Volatile.Read(ref _view) is { Role: not RaftRole.Leader, LeaderId: { } leader } ? ServerAddressOf(leader) : null;

    /// <summary>Calls the leader for as long as it is the leader.</summary>
    /// <exception cref="ServerCallException">No answer, or it leads no more.</exception>
    private async ValueTask<ReadOnlyMemory<byte>> CallLeaderAsync(ServerAddress leader, ServerMethod method, ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        CancellationToken leads = Volatile.Read(ref _leaderCalls).Token;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(leads, cancellation);
        try
        {
            // The token was taken before this look: a change in between is not missed.
            if (Volatile.Read(ref _view).LeaderId != leader.Id)
                throw new ServerCallException("the leader has changed", mayHaveRun: false);
            return await _calls!.CallAsync(leader, method, request, _options.CallTimeout(), either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (leads.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            // Off the thread that cancels: what follows may take its time, and whoever gives up the token meanwhile would spin until it is done.
            await Task.Yield();
            throw new ServerCallException("the leader has changed", mayHaveRun: true);
        }
    }

    /// <summary>Adds, promotes or demotes one server, on the leader. Null when the change is under way, else the reason why not.</summary>
    public Task<string?> ChangeServersAsync(ServerSet servers) => _raftLoop.RequestAsync(RaftEvent.ChangeServers(_raftLoop.NowMs, servers));

    /// <summary>Tells an empty server the first server set; every server of the set must be told the same. Null when done, else the reason why not.</summary>
    public Task<string?> BootstrapAsync(ServerSet servers) => _raftLoop.RequestAsync(RaftEvent.Bootstrap(_raftLoop.NowMs, servers));

    /// <summary>The connection to a server broke.</summary>
    public void OnPeerUnreachable(string serverId) => _raftLoop.Post(RaftEvent.PeerUnreachable(_raftLoop.NowMs, serverId));

    /// <inheritdoc/>
    public void Receive(string fromId, ServerMethod method, ReadOnlyMemory<byte> message)
    {
        if (method != ServerMethod.Raft)
            throw new InvalidDataException($"method {(byte)method} is no message");
        ReceivedEntries entries = _raftLoop.RentEntries();
        try
        {
            _raftLoop.Receive(RaftMessageCodec.Decode(fromId, _options.ServerId, message, entries), entries);
        }
        catch (InvalidDataException)
        {
            _raftLoop.ReturnEntries(entries);
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>> AnswerAsync(string fromId, ServerMethod method, ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        try
        {
            return method switch
            {
                ServerMethod.Propose => ResultCodec.Encode(await ProposeHereAsync(request).ConfigureAwait(false)),
                ServerMethod.ReadIndex when request.Length == 1 => BitConverter.GetBytes(await AnswerReadIndexAsync((ReadConsistency)request.Span[0]).ConfigureAwait(false)),
                ServerMethod.Configuration => (await ConfigurationHereAsync().ConfigureAwait(false)).Encode(),
                ServerMethod.RemoveServer => Encoding.UTF8.GetBytes(await RemoveHereAsync(Encoding.UTF8.GetString(request.Span)).ConfigureAwait(false) ?? ""),
                ServerMethod.RenewSession => await RenewForAsync(request).ConfigureAwait(false),
                ServerMethod.Birth => Encoding.UTF8.GetBytes(await BeBornAsync(request).ConfigureAwait(false) ?? ""),
                ServerMethod.Write => ResultCodec.Encode(await WriteForAsync(request, cancellation).ConfigureAwait(false)),
                ServerMethod.TransferLeadership => Encoding.UTF8.GetBytes(await TransferHereAsync(Encoding.UTF8.GetString(request.Span)).ConfigureAwait(false) ?? ""),
                _ => throw new ServerErrorException((byte)ServerError.Other, $"method {(byte)method} is not known"),
            };
        }
        catch (Exception refusal) when (refusal is NotLeaderException or NoLeaderException)
        {
            throw new ServerErrorException((byte)ServerError.NotLeader, refusal.Message);
        }
        catch (OverloadedException refusal)
        {
            throw new ServerErrorException((byte)ServerError.Overloaded, refusal.Message);
        }
        catch (Exception lost) when (lost is LeadershipLostException or ServerStoppedException)
        {
            throw new ServerErrorException((byte)ServerError.LeadershipLost, lost.Message);
        }
    }

    /// <inheritdoc/>
    public async Task TakeStreamAsync(string fromId, ServerMethod method, ReadOnlyMemory<byte> header, Stream body, Stream reply, CancellationToken cancellation)
    {
        if (method != ServerMethod.Snapshot)
            throw new ServerErrorException((byte)ServerError.Other, $"method {(byte)method} takes no stream");
        (long leaderTerm, SnapshotMeta meta) = SnapshotHeader.Decode(header.Span);
        if (leaderTerm < Volatile.Read(ref _view).Term)
            throw new ServerErrorException((byte)ServerError.NotLeader, "a snapshot from a leader of an older term");
        ServerSet servers = ServerSet.Decode(meta.Configuration);
        if (!await _snapshotInbound.WaitAsync(0, cancellation).ConfigureAwait(false))
            throw new ServerErrorException((byte)ServerError.Overloaded, "a snapshot is being received already");
        try
        {
            long begun = Stopwatch.GetTimestamp();
            using ISnapshotSink sink = _stores.Snapshots.Create(meta);
            await body.CopyToAsync(sink.Body, cancellation).ConfigureAwait(false);
            // Syncing blocks: not on a thread of the pool.
            await Task.Factory.StartNew(sink.Commit, cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
            _meters?.Raft.ReceiveSnapshot.Record(ServerMeters.Since(begun));
        }
        finally
        {
            _snapshotInbound.Release();
        }

        RuntimeLog.SnapshotReceived(_logger, meta.Index, fromId);
        _raftLoop.Post(RaftEvent.SnapshotReceived(_raftLoop.NowMs, meta.Index, meta.Term, servers));
    }

    private async ValueTask<CommandResult> ProposeHereAsync(ReadOnlyMemory<byte> request)
    {
        if (!IsReadyLeader)
            throw new NotLeaderException();
        using CommandBuffer command = Checked(request);
        return await Enqueue(command).ConfigureAwait(false);
    }

    /// <summary>A command of an agent without state: this server does with it what it does with its own.</summary>
    private ValueTask<CommandResult> WriteForAsync(ReadOnlyMemory<byte> request, CancellationToken cancellation) => ProposeAsync(Checked(request), cancellation);

    /// <summary>What comes from elsewhere must decode before it enters the log.</summary>
    private static CommandBuffer Checked(ReadOnlyMemory<byte> request)
    {
        if (!Commands.IsWellFormed(request.Span))
            throw new ServerErrorException((byte)ServerError.Other, "a command that does not decode");
        var command = new CommandBuffer(Math.Max(request.Length, 1));
        request.Span.CopyTo(command.GetSpan(request.Length));
        command.Advance(request.Length);
        return command;
    }

    private ServerAddress ServerAddressOf(string id) => new(id, AddressOf(Volatile.Read(ref _view).Servers, id));
}
