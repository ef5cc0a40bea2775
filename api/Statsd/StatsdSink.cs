using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Praetor.Runtime.Telemetry;

namespace Praetor.Api.Statsd;

/// <summary>
/// Sends every measurement to a statsd daemon (config 5, telemetry). Whoever measures never waits: measurements go through a bounded queue, and are lost while the daemon does not take
/// them. Thread-safe.
/// </summary>
public sealed class StatsdSink : IAsyncDisposable
{
    /// <summary>Measurements that wait at most.</summary>
    private const int MaxWaiting = 4096;

    /// <summary>A datagram stays within what any network passes in one piece.</summary>
    private const int MaxPacketBytes = 1400;

    private static readonly TimeSpan s_gathering = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_pauseAfterFailure = TimeSpan.FromSeconds(5);

    private readonly StatsdOptions _sink;
    private readonly MetricStore _store;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Channel<(MetricSeries Series, double Value)> _waiting =
        Channel.CreateBounded<(MetricSeries, double)>(new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _sending;
    private Socket? _socket;

    private StatsdSink(StatsdOptions sink, MetricStore store, TimeProvider time, ILogger log)
    {
        _sink = sink;
        _store = store;
        _time = time;
        _log = log;
        store.Measured += Add;
        _sending = SendAllAsync();
    }

    /// <summary>Begins to send what the store measures; connects in the background and again whenever the daemon was lost.</summary>
    public static StatsdSink Start(StatsdOptions sink, MetricStore store, TimeProvider time, ILogger log) => new(sink, store, time, log);

    /// <summary>Tries whether the daemon's address can be used at all.</summary>
    /// <returns>Null, or why not.</returns>
    public static async Task<string?> TryAsync(StatsdOptions sink, CancellationToken cancellation)
    {
        try
        {
            using Socket socket = await StatsdConnection.OpenAsync(sink, cancellation).ConfigureAwait(false);
            return null;
        }
        catch (Exception refused) when (refused is SocketException or FormatException)
        {
            return refused.Message;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _store.Measured -= Add;
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _sending.ConfigureAwait(false);
        _socket?.Dispose();
        _stopping.Dispose();
    }

    private void Add(MetricSeries series, double value)
    {
        if (double.IsFinite(value))
            _waiting.Writer.TryWrite((series, value));
    }

    private async Task SendAllAsync()
    {
        // Nobody who makes a sink may wait for the daemon.
        await Task.Yield();
        var lines = new StringBuilder();
        try
        {
            while (await _waiting.Reader.WaitToReadAsync(_stopping.Token).ConfigureAwait(false))
            {
                await Task.Delay(s_gathering, _time, _stopping.Token).ConfigureAwait(false);
                try
                {
                    await SendWaitingAsync(lines).ConfigureAwait(false);
                }
                catch (Exception lost) when (lost is SocketException or FormatException)
                {
                    HostLog.StatsdLost(_log, _sink.Address, lost.Message);
                    lines.Clear();
                    _socket?.Dispose();
                    _socket = null;
                    await Task.Delay(s_pauseAfterFailure, _time, _stopping.Token).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The agent stops.
        }
    }

    private async Task SendWaitingAsync(StringBuilder lines)
    {
        int end = 0;
        while (_waiting.Reader.TryRead(out (MetricSeries Series, double Value) next))
        {
            StatsdLine.Append(lines, _store.Options, _sink, next.Series, next.Value);
            if (end > 0 && lines.Length > MaxPacketBytes)
            {
                await SendAsync(lines.ToString(0, end)).ConfigureAwait(false);
                lines.Remove(0, end);
            }

            end = lines.Length;
        }

        if (end > 0)
            await SendAsync(lines.ToString()).ConfigureAwait(false);
        lines.Clear();
    }

    private async Task SendAsync(string lines)
    {
        _socket ??= await StatsdConnection.OpenAsync(_sink, _stopping.Token).ConfigureAwait(false);
        ReadOnlyMemory<byte> bytes = Encoding.UTF8.GetBytes(lines);
        while (!bytes.IsEmpty)
            bytes = bytes[await _socket.SendAsync(bytes, SocketFlags.None, _stopping.Token).ConfigureAwait(false)..];
    }
}
