using System.Diagnostics;
using System.Globalization;
using Praetor.Load.Measuring;
using Praetor.Load.Wire;

namespace Praetor.Load.Scenarios;

/// <summary>
/// Many connections wait for one thing (?index=N&amp;wait=8s); one write changes it. Measured is the time from the start of the write to the
/// last full answer; and how many waits end when something else is written.
/// </summary>
public sealed class WatchScenario(LoadTarget target, int watchers, string path, Action<RequestWriter, long> change) : IDisposable
{
    private const string Wait = "&wait=8s";
    private const string LongWait = "&wait=10m";
    private static readonly TimeSpan WaitLength = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(300);

    private readonly Epoll _epoll = new();
    private readonly HttpChannel[] _channels = new HttpChannel[watchers];
    private readonly byte[] _receiveBuffer = new byte[256 * 1024];
    private readonly int[] _ready = new int[512];
    private readonly SingleConnection _writer = new(target);
    private long _changes = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    /// <summary>watchers-key, or watchers-service.</summary>
    public static WatchScenario Of(string name, LoadTarget target, int watchers) => name == "watchers-key"
        ? new WatchScenario(target, watchers, Requests.WatchedKey, Requests.ChangeKey)
        : new WatchScenario(target, watchers, Requests.WatchedService, Requests.ChangeService);

    /// <summary>Opens the connections and lets all wait.</summary>
    /// <exception cref="IOException">A watcher was answered at once.</exception>
    public void Begin()
    {
        Open();
        _writer.Ask(writer => change(writer, _changes++));
        Ask(LongWait);
        if (Collect(Settle, stopAt: 1, null, 0) != 0)
            throw new IOException("a watcher was answered before anything was written");
    }

    /// <summary>After <see cref="Begin"/>: writes once; returns the time to the last answer in nanoseconds.</summary>
    /// <exception cref="IOException">A watcher was answered wrongly or not at all.</exception>
    public long End(LatencyHistogram perWatcher)
    {
        var start = Stopwatch.GetTimestamp();
        _writer.Ask(writer => change(writer, _changes++));
        if (Collect(WaitLength, stopAt: watchers, perWatcher, start) != watchers)
            throw new IOException("a watcher was not answered");
        return Stopwatch.GetElapsedTime(start).Ticks * 100;
    }

    /// <summary>Runs that many rounds; returns per round the time to the last answer in nanoseconds.</summary>
    /// <exception cref="IOException">A watcher was answered wrongly or not at all.</exception>
    public long[] MeasureFanOut(int rounds, LatencyHistogram perWatcher)
    {
        ArgumentNullException.ThrowIfNull(perWatcher);
        Open();
        _writer.Ask(writer => change(writer, _changes++));
        var times = new long[rounds];
        for (var round = 0; round < rounds; round++)
        {
            Ask(Wait);
            if (Collect(Settle, stopAt: 1, null, 0) != 0)
                throw new IOException("a watcher was answered before anything was written");
            times[round] = End(perWatcher);
        }

        return times;
    }

    /// <summary>Writes other things while all wait; returns how many writes there were and how many waits ended.</summary>
    public (long Writes, int Wakeups) CountForeignWakeups(TimeSpan during, Action<RequestWriter, long> foreignWrite)
    {
        ArgumentNullException.ThrowIfNull(foreignWrite);
        Open();
        _writer.Ask(writer => change(writer, _changes++));
        Ask(Wait);
        var wakeups = Collect(Settle, stopAt: watchers, null, 0);
        long writes = 0;
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < during)
        {
            var number = writes++;
            _writer.Ask(writer => foreignWrite(writer, number));
            wakeups += Collect(TimeSpan.Zero, stopAt: watchers, null, 0);
        }

        return (writes, wakeups + Collect(Settle, stopAt: watchers, null, 0));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var channel in _channels)
            channel?.Dispose();
        _writer.Dispose();
        _epoll.Dispose();
    }

    private void Open()
    {
        for (var i = 0; i < _channels.Length; i++)
        {
            _channels[i] = new HttpChannel(target.Http, _receiveBuffer);
            _channels[i].Open();
            _epoll.Watch(_channels[i], i);
        }
    }

    private void Ask(string wait)
    {
        var index = _writer.Ask(writer => writer.Get(path));
        var query = string.Create(CultureInfo.InvariantCulture, $"{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}index={index}{wait}");
        var request = new RequestWriter();
        request.Get(path + query);
        foreach (var channel in _channels)
        {
            if (!channel.Send(0, request.Written))
                throw new IOException("the agent closed a watcher's connection");
        }
    }

    /// <summary>Reads answers until that many are whole or the time is up; returns how many are.</summary>
    private int Collect(TimeSpan limit, int stopAt, LatencyHistogram? perWatcher, long writeStart)
    {
        var start = Stopwatch.GetTimestamp();
        var answered = 0;
        while (answered < stopAt)
        {
            var left = limit - Stopwatch.GetElapsedTime(start);
            var count = _epoll.Wait(_ready, left);
            for (var i = 0; i < count; i++)
            {
                switch (_channels[_ready[i]].Receive(out _))
                {
                    case Received.Ok:
                        answered++;
                        perWatcher?.Record(Stopwatch.GetElapsedTime(writeStart).Ticks * 100);
                        break;
                    case Received.Fail or Received.Closed:
                        throw new IOException($"a watcher was answered {_channels[_ready[i]].Status}");
                    default:
                        break;
                }
            }

            if (count == 0 && left <= TimeSpan.Zero)
                break;
        }

        return answered;
    }
}
