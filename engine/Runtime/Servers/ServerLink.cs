using Praetor.Core.Gossip;
using Praetor.Core.Ports;

namespace Praetor.Runtime.Servers;

/// <summary>No server is known; shown as 500.</summary>
public sealed class NoServersException() : IOException("No known Consul servers");

/// <summary>
/// An agent without state asks the servers of its datacenter (gossip-raft 8): one at a time, the next when that one fails, in an order of its own so that agents
/// spread over the servers. Thread-safe.
/// </summary>
public sealed class ServerLink(ServerDirectory directory, IServerCalls calls, TimeSpan holdTime, int seed, TimeProvider time)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan RebalancePeriod = TimeSpan.FromSeconds(150);

    private readonly Lock _gate = new();
    private readonly Random _random = new(seed);
    private readonly List<string> _order = [];
    private long _balancedAt;

    /// <summary>
    /// Asks until somebody answers or the hold time is over. What may have been carried out already is asked again only if <paramref name="isRead"/>.
    /// </summary>
    /// <exception cref="NoServersException">Gossip knows no server.</exception>
    /// <exception cref="OverloadedException">The server has too much to do.</exception>
    /// <exception cref="IOException">No answer; whether a write was carried out is not known.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> AskAsync(ServerMethod method, ReadOnlyMemory<byte> request, bool isRead, TimeSpan timeout, CancellationToken cancellation)
    {
        long start = time.GetTimestamp();
        for (TimeSpan pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            ServerAddress server = Choose() ?? throw new NoServersException();
            string failure;
            try
            {
                return await calls.CallAsync(server, method, request, timeout, cancellation).ConfigureAwait(false);
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
