using System.Diagnostics.Metrics;
using Praetor.Core.Gossip;
using Praetor.Core.Ports;

namespace Praetor.Runtime.Servers;

/// <summary>No server is known; shown as 500.</summary>
public sealed class NoServersException() : IOException("No known Consul servers");

/// <summary>This agent has made more calls than it may (limits.rpc_rate); shown as 429.</summary>
public sealed class CallRateException() : IOException("RPC rate limit exceeded");

/// <summary>
/// An agent without state asks the servers of its datacenter (gossip-raft 8): one at a time, the next when that one fails, in an order of its own so that agents
/// spread over the servers. Thread-safe.
/// </summary>
public sealed class ServerLink(ServerDirectory directory, IServerCalls calls, TimeSpan holdTime, int seed, TimeProvider time, Meter? meter = null)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan RebalancePeriod = TimeSpan.FromSeconds(150);

    private readonly TokenBucket _rate = new(-1, 0, time);
    private readonly Counter<long>? _exceeded = meter?.CreateCounter<long>("client.rpc.exceeded");
    private readonly Counter<long>? _calls = meter?.CreateCounter<long>("client.rpc");
    private readonly Counter<long>? _failed = meter?.CreateCounter<long>("client.rpc.failed");
    private readonly Lock _gate = new();
    private readonly Random _random = new(seed);
    private readonly List<string> _order = [];
    private readonly Dictionary<string, CancellationTokenSource> _alive = new(StringComparer.Ordinal);
    private long _balancedAt;

    /// <summary>
    /// Asks until somebody answers or the hold time is over. What may have been carried out already is asked again only if <paramref name="isRead"/>.
    /// </summary>
    /// <exception cref="NoServersException">Gossip knows no server.</exception>
    /// <exception cref="CallRateException">Too many calls.</exception>
    /// <exception cref="OverloadedException">The server has too much to do.</exception>
    /// <exception cref="IOException">No answer; whether a write was carried out is not known.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> AskAsync(ServerMethod method, ReadOnlyMemory<byte> request, bool isRead, TimeSpan timeout, CancellationToken cancellation)
    {
        long start = time.GetTimestamp();
        Count();
        for (TimeSpan pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            ServerAddress server = Choose() ?? throw new NoServersException();
            string failure;
            CancellationToken answers = WhileAlive(server.Id);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(answers, cancellation);
            try
            {
                return await calls.CallAsync(server, method, request, timeout, either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (answers.IsCancellationRequested && !cancellation.IsCancellationRequested)
            {
                // Off the thread that cancels, which is gossip's.
                await Task.Yield();
                Failed(server.Id);
                failure = "rpc error making call: the server has failed";
                if (!isRead)
                    throw new IOException(failure);
            }
            catch (ServerCallException lost)
            {
                Failed(server.Id);
                failure = $"rpc error making call: {lost.Message}";
                if (!isRead && lost.MayHaveRun)
                    throw new IOException(failure, lost);
            }
            catch (ServerErrorException refused) when (refused.Code == (byte)ServerError.Overloaded)
            {
                throw new OverloadedException();
            }
            catch (ServerErrorException refused) when (refused.Code == (byte)ServerError.NotLeader)
            {
                Failed(server.Id);
                failure = refused.Message;
            }
            catch (ServerErrorException refused)
            {
                throw new IOException(refused.Message, refused);
            }

            if (time.GetElapsedTime(start) + pause >= holdTime)
                throw new IOException(failure);
            await Task.Delay(pause, time, cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Asks one server with streams both ways. It is not asked again: a part of the answer may have been passed on.</summary>
    /// <exception cref="NoServersException">Gossip knows no server.</exception>
    /// <exception cref="IOException">No answer, or only a part of one.</exception>
    public async Task StreamAsync(ServerMethod method, ReadOnlyMemory<byte> request, Stream body, Stream reply, CancellationToken cancellation)
    {
        Count();
        ServerAddress server = Choose() ?? throw new NoServersException();
        CancellationToken answers = WhileAlive(server.Id);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(answers, cancellation);
        try
        {
            await calls.SendStreamAsync(server, method, request, body, reply, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (answers.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            await Task.Yield();
            Failed(server.Id);
            throw new IOException("rpc error making call: the server has failed");
        }
        catch (Exception lost) when (lost is ServerCallException or ServerErrorException)
        {
            Failed(server.Id);
            throw new IOException($"rpc error making call: {lost.Message}", lost);
        }
    }

    /// <summary>
    /// Gossip says that a member is not what it was. Calls to a server that has failed end: it may stand still with its connections open, and another one can answer.
    /// </summary>
    public void OnMember(MemberChange change)
    {
        if (change.Kind is not (MemberChangeKind.Failed or MemberChangeKind.Left or MemberChangeKind.Reaped) || DatacenterServer.Of(change.Member) is not { } gone)
            return;
        CancellationTokenSource? ended;
        lock (_gate)
            _alive.Remove(gone.Id, out ended);
        ended?.Cancel();
    }

    /// <summary>Changes how many calls may be made.</summary>
    /// <param name="perSecond">Calls per second; negative for no limit.</param>
    /// <param name="burst">Calls at once after silence.</param>
    public void ConfigureRate(double perSecond, int burst) => _rate.Configure(perSecond, burst);

    private void Count()
    {
        _calls?.Add(1);
        if (_rate.TryTake())
            return;
        _exceeded?.Add(1);
        throw new CallRateException();
    }

    private CancellationToken WhileAlive(string id)
    {
        lock (_gate)
        {
            if (!_alive.TryGetValue(id, out CancellationTokenSource? alive))
                _alive[id] = alive = new CancellationTokenSource();
            return alive.Token;
        }
    }

    /// <summary>The first server of the order that gossip believes alive, else the first that failed: gossip may be behind.</summary>
    private ServerAddress? Choose()
    {
        IReadOnlyList<DatacenterServer> known = directory.All;
        lock (_gate)
        {
            Arrange(known);
            DatacenterServer? best = null;
            foreach (string id in _order)
            {
                DatacenterServer? server = known.FirstOrDefault(each => each.Id == id);
                if (server?.Status == MemberStatus.Alive)
                    return server.Target;
                best ??= server;
            }

            return best?.Target;
        }
    }

    private void Failed(string id)
    {
        _failed?.Add(1, KeyValuePair.Create<string, object?>("server", directory.Find(id)?.Name ?? id));
        lock (_gate)
        {
            if (_order.Remove(id))
                _order.Add(id);
        }
    }

    /// <summary>Newcomers enter at a random place; now and then all are mixed, so that servers that came back get their share again.</summary>
    private void Arrange(IReadOnlyList<DatacenterServer> known)
    {
        _order.RemoveAll(id => !known.Any(server => server.Id == id));
        foreach (DatacenterServer server in known)
        {
            if (!_order.Contains(server.Id))
                _order.Insert(_random.Next(_order.Count + 1), server.Id);
        }

        if (time.GetElapsedTime(_balancedAt) < RebalancePeriod)
            return;
        _balancedAt = time.GetTimestamp();
        _random.Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_order));
    }
}
