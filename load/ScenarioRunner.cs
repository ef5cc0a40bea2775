using System.Diagnostics;
using System.Net.Sockets;
using Praetor.Load.Measuring;
using Praetor.Load.Scenarios;
using Praetor.Load.Simulations;
using Praetor.Load.Wire;

namespace Praetor.Load;

/// <summary>Applies load simulations to a scenario, all on the calling thread. One run per instance.</summary>
public sealed class ScenarioRunner : IDisposable
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SweepEvery = TimeSpan.FromMilliseconds(250);
    private const int IdleWaitMs = 20;

    private readonly Scenario _scenario;
    private readonly Epoll _epoll = new();
    private readonly Copy[] _copies;
    private readonly Stack<int> _idle = new();
    private readonly RequestWriter _writer = new();
    private readonly int[] _ready = new int[512];
    private long _number;
    private int _busy;
    private StepStats[] _stats = [];
    private long _phaseStart;
    private TimeSpan _measuredBefore;

    /// <summary>Opens the connections.</summary>
    /// <exception cref="SocketException">The agent does not take them.</exception>
    public ScenarioRunner(Scenario scenario, LoadTarget target, int connections)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        _scenario = scenario;
        _copies = [.. Enumerable.Range(0, connections).Select(_ => new Copy(scenario.CreateChannel(target)))];
        for (var i = connections - 1; i >= 0; i--)
        {
            Open(i);
            _idle.Push(i);
        }
    }

    /// <summary>Runs the simulations one after the other, then waits for what is under way. The warm-up is not counted.</summary>
    public ScenarioResult Run(IReadOnlyList<LoadSimulation> simulations, TimeSpan warmUp)
    {
        ArgumentNullException.ThrowIfNull(simulations);
        _stats = NewStats();
        if (warmUp > TimeSpan.Zero)
        {
            RunPhase(new KeepConstant(_copies.Length, warmUp));
            Drain(missing: 0);
        }

        _stats = NewStats();
        _measuredBefore = TimeSpan.Zero;
        foreach (var simulation in simulations)
        {
            Drain(missing: RunPhase(simulation));
            _measuredBefore += simulation.During;
        }

        return new ScenarioResult(_scenario.Name, _measuredBefore, _stats);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var copy in _copies)
            copy.Channel.Dispose();
        _epoll.Dispose();
    }

    private StepStats[] NewStats() => [.. _scenario.Steps.Select(static step => new StepStats(step))];

    /// <summary>Returns how many requests of an open loop could not start for want of a connection.</summary>
    private long RunPhase(LoadSimulation simulation)
    {
        _phaseStart = Stopwatch.GetTimestamp();
        long started = 0;
        var nextSweep = SweepEvery;
        while (true)
        {
            var elapsed = Stopwatch.GetElapsedTime(_phaseStart);
            // An open loop that is behind, for want of free connections, gets some time to start what it owes.
            var missing = simulation.IsOpen ? simulation.StartedBy(simulation.During) - started : 0;
            if (elapsed >= simulation.During && (missing == 0 || elapsed >= simulation.During + AnswerTimeout))
                return missing;
            if (elapsed >= nextSweep)
            {
                Sweep();
                nextSweep = elapsed + SweepEvery;
            }

            if (simulation.IsOpen)
            {
                for (var due = simulation.StartedBy(elapsed); started < due && _idle.Count > 0; started++)
                    Start(_idle.Pop(), _phaseStart + ToTicks(simulation.StartOf(started)));
            }
            else
            {
                for (var copies = Math.Min(simulation.CopiesAt(elapsed), _copies.Length); _busy < copies && _idle.Count > 0;)
                    Start(_idle.Pop(), Stopwatch.GetTimestamp());
            }

            Receive(simulation.IsOpen ? WaitMs(simulation.StartOf(started)) : IdleWaitMs);
        }
    }

    /// <summary>Whole milliseconds until the next start; the last part of one is spent spinning, for the start's exactness.</summary>
    private int WaitMs(TimeSpan nextStart) =>
        _idle.Count == 0 ? IdleWaitMs : (int)Math.Clamp((nextStart - Stopwatch.GetElapsedTime(_phaseStart)).TotalMilliseconds, 0, IdleWaitMs);

    /// <summary>Waits for the answers under way; what was never asked is a failure.</summary>
    private void Drain(long missing)
    {
        for (; missing > 0; missing--)
            _stats[0].Add(isOk: false, 0, 0, TimeSpan.Zero);
        while (_busy > 0)
        {
            Receive(IdleWaitMs);
            Sweep();
        }
    }

    private void Start(int index, long startTicks)
    {
        ref var copy = ref _copies[index];
        _writer.Clear();
        copy.Step = _scenario.WriteRequest(_writer, copy.Channel, _number++);
        copy.StartTicks = startTicks;
        copy.SentTicks = Stopwatch.GetTimestamp();
        copy.IsBusy = true;
        _busy++;
        if (!copy.Channel.Send(_writer.Written))
            End(index, Received.Closed);
    }

    private void Receive(int timeoutMs)
    {
        var count = _epoll.Wait(_ready, timeoutMs);
        for (var i = 0; i < count; i++)
        {
            var index = _ready[i];
            var received = _copies[index].Channel.Receive();
            if (received == Received.Pending)
                continue;
            if (_copies[index].IsBusy)
                End(index, received);
            else
                Open(index);
        }
    }

    private void End(int index, Received received)
    {
        ref var copy = ref _copies[index];
        copy.IsBusy = false;
        _busy--;
        var now = Stopwatch.GetTimestamp();
        _stats[copy.Step].Add(received == Received.Ok, Stopwatch.GetElapsedTime(copy.StartTicks, now).Ticks * 100, copy.Channel.AnswerBytes,
            _measuredBefore + Stopwatch.GetElapsedTime(_phaseStart, now));
        if (received == Received.Closed)
            Open(index);
        _idle.Push(index);
    }

    /// <summary>Gives up requests that nobody answered.</summary>
    private void Sweep()
    {
        for (var i = 0; i < _copies.Length; i++)
        {
            if (_copies[i].IsBusy && Stopwatch.GetElapsedTime(_copies[i].SentTicks) > AnswerTimeout)
                End(i, Received.Closed);
        }
    }

    private void Open(int index)
    {
        _copies[index].Channel.Open();
        _epoll.Watch(_copies[index].Channel.Socket!, index);
    }

    private static long ToTicks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);

    private struct Copy(Channel channel)
    {
        public readonly Channel Channel = channel;
        public long StartTicks;
        public long SentTicks;
        public int Step;
        public bool IsBusy;
    }
}
