using System.Collections.Concurrent;
using System.Net.Sockets;
using Praetor.Api.Dns.Lookups;
using Praetor.Api.Dns.Wire;

namespace Praetor.Api.Dns.Sockets;

/// <summary>Accepts connections, at most <see cref="SocketPolicy.MaxConnections"/> at a time, and ends them all when stopped.</summary>
internal sealed class TcpListenerLoop(Socket listener, IDnsAnswers answers, TimeProvider time, RequestLog log) : IAsyncDisposable
{
    private readonly string _address = listener.LocalEndPoint?.ToString() ?? "";
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _slots = new(SocketPolicy.MaxConnections);
    private readonly ConcurrentDictionary<Task, byte> _connections = new();
    private Task _accepting = Task.CompletedTask;

    /// <summary>Ends when the loop has ended: successfully after <see cref="DisposeAsync"/>, faulted if the listener died.</summary>
    public Task Completion => _accepting;

    /// <summary>Connections open now.</summary>
    public int ConnectionCount => _connections.Count;

    /// <summary>Starts to accept.</summary>
    public void Start() => _accepting = AcceptAsync();

    /// <summary>Closes the listener and all connections and waits for them.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        listener.Dispose();
        await Task.WhenAll(_connections.Keys).ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        int failuresInARow = 0;
        while (true)
        {
            Socket? socket = null;
            try
            {
                await _slots.WaitAsync(_stopping.Token).ConfigureAwait(false);
                socket = await listener.AcceptAsync(_stopping.Token).ConfigureAwait(false);
                failuresInARow = 0;
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException) when (++failuresInARow < SocketPolicy.MaxReceiveFailures)
            {
                // A client that went away while it waited, or no file handle left for the moment.
                _slots.Release();
                await Task.Delay(AcceptPause(failuresInARow), time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                continue;
            }
            catch (Exception cause) when (cause is SocketException or ObjectDisposedException)
            {
                DnsLog.LoopDied(log.Logger, _address, "tcp", cause);
                throw;
            }
            Track(new TcpConnection(socket, answers, time, log).ServeAsync(_stopping.Token));
        }
    }

    private static TimeSpan AcceptPause(int failures) => TimeSpan.FromMilliseconds(Math.Min(failures, 100));

    private void Track(Task connection)
    {
        _connections.TryAdd(connection, 0);
        connection.ContinueWith(
            static (ended, state) =>
            {
                TcpListenerLoop loop = (TcpListenerLoop)state!;
                loop._connections.TryRemove(ended, out _);
                loop._slots.Release();
            },
            this, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }
}
