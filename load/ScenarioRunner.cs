using System.Net.Sockets;
using Praetor.Load.Measuring;
using Praetor.Load.Scenarios;
using Praetor.Load.Simulations;
using Praetor.Load.Wire;

namespace Praetor.Load;

/// <summary>
/// Applies load simulations to a scenario, all on the calling thread. A copy is one slot of one channel: it has at most one request
/// under way. One run per instance.
/// </summary>
public sealed class ScenarioRunner : IDisposable
{
    /// <summary>A request that has no answer by then is lost.</summary>
    public static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan SweepEvery = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan IdleWait = TimeSpan.FromMilliseconds(20);

    private readonly Scenario _scenario;
    private readonly IReadiness _readiness;
    private readonly TimeProvider _time;
    private readonly Channel[] _channels;
    private readonly bool[] _isOpen;
    private readonly int _slots;
    private readonly Copy[] _copies;
    private readonly Stack<int> _idle = new();
    private readonly List<int> _parked = [];
    private readonly RequestWriter _writer = new();
    private readonly int[] _ready = new int[512];
    private long _number;
    private int _busy;
    private StepStats[] _stats = [];
    private long _phaseStart;
    private long _lastSweep;
    private TimeSpan _lastOk;
    private TimeSpan _measuredBefore;

    /// <summary>Opens the connections. <paramref name="readiness"/>, which is disposed of with the runner, and the clock are for tests.</summary>
    /// <exception cref="SocketException">The agent does not take them.</exception>
    public ScenarioRunner(Scenario scenario, LoadTarget target, int connections, IReadiness? readiness = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(scenario);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(connections);
        _scenario = scenario;
        _readiness = readiness ?? new Epoll();
        _time = time ?? TimeProvider.System;
        _channels = [.. Enumerable.Range(0, connections).Select(_ => scenario.CreateChannel(target))];
        _isOpen = new bool[connections];
        _slots = _channels[0].Slots;
        _copies = new Copy[connections * _slots];
        for (var i = 0; i < connections; i++)
            Open(i);
        for (var i = _copies.Length - 1; i >= 0; i--)
            _idle.Push(i);
    }

    /// <summary>Requests that can be under way at once.</summary>
    public int Copies => _copies.Length;

    /// <summary>Runs the simulations one after the other, each until what it started is answered. The warm-up is not counted.</summary>
    public ScenarioResult Run(IReadOnlyList<LoadSimulation> simulations, TimeSpan warmUp)
    {
        ArgumentNullException.ThrowIfNull(simulations);
        if (warmUp > TimeSpan.Zero)
            RunPhase(new KeepConstant(_copies.Length, warmUp));

        NewStats();
        foreach (var simulation in simulations)
        {
            RunPhase(simulation);
            var planned = simulation.During == Timeout.InfiniteTimeSpan ? TimeSpan.Zero : simulation.During;
            _measuredBefore += planned > _lastOk ? planned : _lastOk;
        }

        foreach (var step in _stats)
            step.EndSecondsBefore(_measuredBefore);
        return new ScenarioResult(_scenario.Name, _channels.Length, _measuredBefore, _stats);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var channel in _channels)
            channel.Dispose();
        _readiness.Dispose();
    }

    private void NewStats()
    {
        _stats = [.. _scenario.Steps.Select(static step => new StepStats(step))];
        _measuredBefore = TimeSpan.Zero;
    }

    private void RunPhase(LoadSimulation simulation)
    {
        if (_stats.Length == 0)
            NewStats();
        _phaseStart = _lastSweep = _time.GetTimestamp();
        _lastOk = TimeSpan.Zero;
        long started = 0;
        while (true)
        {
            var elapsed = _time.GetElapsedTime(_phaseStart);
            if (simulation.IsOver(elapsed, started, AnswerTimeout))
                break;
            Sweep();
            var mostAtOnce = _copies.Length; // a target that refuses at once frees the copy at once: time must go on all the same
            while (mostAtOnce-- > 0 && simulation.IsDue(elapsed, started, _busy) && TryTakeIdle(out var index))
            {
                Start(index, simulation.IsOpen ? _phaseStart + ToTimestamp(simulation.StartOf(started)) : _time.GetTimestamp());
                started++;
            }

            Receive(simulation.IsOpen && _idle.Count > 0 ? Until(simulation.StartOf(started)) : IdleWait);
        }

        // What an open loop could not even start, for want of a free connection, has failed its clients all the same.
        for (var missing = simulation.Requests - started; simulation.IsOpen && missing > 0; missing--)
            _stats[0].AddFail();
        while (_busy > 0)
        {
            Receive(IdleWait);
            Sweep();
        }
    }

    private TimeSpan Until(TimeSpan start)
    {
        var left = start - _time.GetElapsedTime(_phaseStart);
        return left < TimeSpan.Zero ? TimeSpan.Zero : left > IdleWait ? IdleWait : left;
    }

    /// <summary>A free copy whose channel is open; the others are put aside until theirs is open again.</summary>
    private bool TryTakeIdle(out int index)
    {
        while (_idle.TryPop(out index))
        {
            if (_isOpen[index / _slots])
                return true;
            _parked.Add(index);
        }

        return false;
    }

    private void Start(int index, long intendedStart)
    {
        ref var copy = ref _copies[index];
        _writer.Clear();
        copy.Step = _scenario.WriteRequest(_writer, _number++);
        copy.IntendedStart = intendedStart;
        copy.Sent = _time.GetTimestamp();
        copy.IsBusy = true;
        _busy++;
        if (!_channels[index / _slots].Send(index % _slots, _writer.Written))
            Close(index / _slots);
    }

    private void Receive(TimeSpan timeout)
    {
        var count = _readiness.Wait(_ready, timeout);
        for (var i = 0; i < count; i++)
        {
            var channel = _ready[i];
            if (!_isOpen[channel])
                continue;
            // At most one answer per slot: the others get their turn.
            for (var slots = _slots; slots > 0; slots--)
            {
                var received = _channels[channel].Receive(out var slot);
                if (received == Received.Pending)
                    break;
                if (received == Received.Closed || !_copies[(channel * _slots) + slot].IsBusy)
                {
                    Close(channel);
                    break;
                }

                End((channel * _slots) + slot, received);
            }
        }
    }

    private void End(int index, Received received)
    {
        ref var copy = ref _copies[index];
        copy.IsBusy = false;
        _busy--;
        _idle.Push(index);
        var answerBytes = received is Received.Ok or Received.Fail ? _channels[index / _slots].AnswerBytes : 0;
        if (received != Received.Ok)
        {
            _stats[copy.Step].AddFail(answerBytes, isLost: received == Received.Lost);
            return;
        }

        var now = _time.GetTimestamp();
        _lastOk = _time.GetElapsedTime(_phaseStart, now);
        var latency = _time.GetElapsedTime(copy.IntendedStart, now);
        _stats[copy.Step].AddOk(latency.Ticks * TimeSpan.NanosecondsPerTick, answerBytes, _measuredBefore + _lastOk);
    }

    /// <summary>Fails what is under way on a channel and opens it anew; if that is refused, again with the next sweeps.</summary>
    private void Close(int channel)
    {
        for (var slot = 0; slot < _slots; slot++)
        {
            if (_copies[(channel * _slots) + slot].IsBusy)
                End((channel * _slots) + slot, Received.Closed);
        }

        TryOpen(channel);
    }

    /// <summary>Now and then: gives up requests that nobody answered, opens what could not be opened.</summary>
    private void Sweep()
    {
        if (_time.GetElapsedTime(_lastSweep) < SweepEvery)
            return;
        _lastSweep = _time.GetTimestamp();
        for (var i = 0; i < _copies.Length; i++)
        {
            if (!_copies[i].IsBusy || _time.GetElapsedTime(_copies[i].Sent) <= AnswerTimeout)
                continue;
            End(i, Received.Lost);
            if (!_channels[i / _slots].OutlivesLoss)
                Close(i / _slots);
        }

        for (var channel = 0; channel < _channels.Length; channel++)
        {
            if (!_isOpen[channel])
                TryOpen(channel);
        }

        foreach (var index in _parked)
            _idle.Push(index);
        _parked.Clear();
    }

    private void Open(int channel)
    {
        _channels[channel].Open();
        _readiness.Watch(_channels[channel], channel);
        _isOpen[channel] = true;
    }

    private void TryOpen(int channel)
    {
        _isOpen[channel] = false;
        try
        {
            Open(channel);
        }
        catch (SocketException)
        {
            // The requests that it cost are counted already; without a connection there are no new ones.
        }
    }

    private long ToTimestamp(TimeSpan time) => (long)(time.TotalSeconds * _time.TimestampFrequency);

    private struct Copy
    {
        public long IntendedStart;
        public long Sent;
        public int Step;
        public bool IsBusy;
    }
}
