using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Praetor.Core.Ports;
using Praetor.Transport.Framing;
using Praetor.Transport.Tls;

namespace Praetor.Transport.Rpc;

/// <summary>
/// The way to servers: for each one a connection for messages and one for calls, made when first needed and shared by all, and one of
/// its own for each stream. Thread-safe.
/// </summary>
public sealed class RpcClient : IServerCalls, IAsyncDisposable
{
    private static readonly TimeSpan s_sweepPeriod = TimeSpan.FromSeconds(5);

    private readonly RpcOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Dialer _dialer;
    private readonly ConcurrentDictionary<(ServerAddress To, Lane Lane), PeerLink> _links = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly ITimer _sweep;

    /// <summary>A client; nothing is connected yet. Without <paramref name="tls"/> all connections are plain.</summary>
    public RpcClient(NodeIdentity identity, RpcOptions options, TlsContext? tls, TimeProvider time, ILogger log)
    {
        _options = options;
        _time = time;
        _log = log;
        _dialer = new Dialer(identity, options, tls, time);
        _sweep = time.CreateTimer(static client => ((RpcClient)client!).Sweep(), this, s_sweepPeriod, s_sweepPeriod);
    }

    /// <summary>Told when a connection for messages ended or could not be made, with the server's id. Called on any thread; must not block.</summary>
    public Action<string>? Unreachable { get; set; }

    /// <inheritdoc/>
    public void Send(ServerAddress to, ServerMethod method, ReadOnlySpan<byte> message) => TrySend(to, method, message);

    /// <summary>As <see cref="Send"/>; false if the message was dropped here.</summary>
    public bool TrySend(ServerAddress to, ServerMethod method, ReadOnlySpan<byte> message) =>
        to.Address.Length > 0 && LinkTo(to, Lane.Messages).TryGet() is { } connection && connection.TrySend((byte)method, message);

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>> CallAsync(ServerAddress to, ServerMethod method, ReadOnlyMemory<byte> request, TimeSpan timeout,
        CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (request.Length > _options.MaxFrameBytes)
            throw new ServerCallException($"the request has {request.Length} bytes, more than {_options.MaxFrameBytes}", mayHaveRun: false);
        long dueAt = _time.GetTimestamp() + (long)(timeout.TotalSeconds * _time.TimestampFrequency);
        for (int attempt = 1; ; attempt++)
        {
            ClientConnection connection = LinkTo(to, Lane.Calls).TryGet() ?? throw new ServerCallException("this node stops", mayHaveRun: false);
            try
            {
                return await connection.CallAsync((byte)method, request, dueAt, cancellation).ConfigureAwait(false);
            }
            catch (ServerCallException lost) when (attempt == 1 && !lost.MayHaveRun && connection is { WasOpened: true, IsClosed: true })
            {
                // A connection that ended before it could be used again, such as to a server that was restarted, is no reason to fail.
            }
        }
    }

    /// <inheritdoc/>
    public async Task SendStreamAsync(ServerAddress to, ServerMethod method, ReadOnlyMemory<byte> header, Stream body, Stream? reply, CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token, cancellation);
        using DialedConnection dialed = await _dialer.DialAsync(to, method == ServerMethod.HttpStream ? Lane.AgentStream : Lane.Stream, _options.DialTimeout, either.Token).ConfigureAwait(false);
        await new OutboundStream(dialed, to, _options, _time).SendAsync((byte)method, header, body, reply, either.Token).ConfigureAwait(false);
    }

    /// <summary>Ends all connections; calls under way fail.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested)
            return;
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _sweep.DisposeAsync().ConfigureAwait(false);
        foreach (PeerLink link in _links.Values)
            link.Close();
        _stopping.Dispose();
    }

    private PeerLink LinkTo(ServerAddress to, Lane lane)
    {
        if (_links.TryGetValue((to, lane), out PeerLink? link))
            return link;
        link = _links.GetOrAdd((to, lane), new PeerLink(_dialer, to, lane, _options, _time, _log, OnLost));
        if (_stopping.IsCancellationRequested)
            link.Close();
        return link;
    }

    private void OnLost(ServerAddress to, Lane lane)
    {
        if (lane == Lane.Messages)
            Unreachable?.Invoke(to.Id);
    }

    /// <summary>Ends what is idle and forgets servers that nobody talks to, so that old addresses do not pile up.</summary>
    private void Sweep()
    {
        foreach (KeyValuePair<(ServerAddress To, Lane Lane), PeerLink> link in _links)
        {
            link.Value.CloseIfIdle();
            if (link.Value.IsEmpty)
                _links.TryRemove(link);
        }
    }
}
