namespace Praetor.Runtime;

/// <summary>A time-out in a <see cref="TimerWheel"/>. One object serves many arm/disarm rounds.</summary>
public abstract class WheelEntry
{
    internal WheelEntry? Previous;
    internal WheelEntry? Next;
    internal long DueTick;
    internal int Slot = -1;

    /// <summary>True while a time-out is pending.</summary>
    public bool IsArmed => Volatile.Read(ref Slot) >= 0;

    /// <summary>Called outside the wheel's lock, on the timer's thread: be quick.</summary>
    protected internal abstract void OnDue();
}

/// <summary>
/// One timer for any number of time-outs (Kestrel's heartbeat idea): arming and disarming are O(1), a tick looks at one slot. The
/// timer runs only while something is armed. A time-out fires up to one tick late, never early. Thread-safe.
/// </summary>
public sealed class TimerWheel : IDisposable
{
    private const int Slots = 512;

    private readonly Lock _gate = new();
    private readonly WheelEntry?[] _heads = new WheelEntry?[Slots];
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly TimeSpan _tick;
    private readonly long _start;
    private long _lastTick;
    private int _armed;
    private bool _running;

    /// <summary>A wheel on <paramref name="time"/> with the given tick length.</summary>
    public TimerWheel(TimeProvider time, TimeSpan tick)
    {
        _time = time;
        _tick = tick;
        _start = time.GetTimestamp();
        _timer = time.CreateTimer(static wheel => ((TimerWheel)wheel!).OnTick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Time-outs armed now.</summary>
    public int Armed => Volatile.Read(ref _armed);

    /// <summary>Arms an entry that is not armed.</summary>
    public void Arm(WheelEntry entry, TimeSpan delay)
    {
        lock (_gate)
        {
            long now = NowTick();
            if (!_running)
            {
                _running = true;
                _lastTick = now;
                _timer.Change(_tick, _tick);
            }

            // +1: the current tick is already partly over, and a time-out must never be early.
            entry.DueTick = now + Math.Max(1, (delay.Ticks + _tick.Ticks - 1) / _tick.Ticks) + 1;
            Link(entry);
            _armed++;
        }
    }

    /// <summary>Disarms; true if the entry was armed, false if it has fired or never was.</summary>
    public bool Disarm(WheelEntry entry)
    {
        lock (_gate)
            return Unlink(entry);
    }

    /// <summary>Stops the timer; nothing fires any more.</summary>
    public void Dispose() => _timer.Dispose();

    private long NowTick() => _time.GetElapsedTime(_start).Ticks / _tick.Ticks;

    private void OnTick()
    {
        List<WheelEntry>? due = null;
        lock (_gate)
        {
            long now = NowTick();
            // After a long pause every slot is looked at once, not once per missed tick.
            long first = Math.Max(_lastTick + 1, now - Slots + 1);
            for (long tick = first; tick <= now; tick++)
                CollectDue((int)(tick % Slots), now, ref due);
            _lastTick = now;
            if (_armed == 0)
            {
                _running = false;
                _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }
        }

        foreach (WheelEntry entry in due ?? [])
            entry.OnDue();
    }

    private void CollectDue(int slot, long now, ref List<WheelEntry>? due)
    {
        for (WheelEntry? entry = _heads[slot]; entry is not null;)
        {
            WheelEntry? next = entry.Next;
            if (entry.DueTick <= now)
            {
                Unlink(entry);
                (due ??= []).Add(entry);
            }

            entry = next;
        }
    }

    private void Link(WheelEntry entry)
    {
        int slot = (int)(entry.DueTick % Slots);
        entry.Slot = slot;
        entry.Previous = null;
        entry.Next = _heads[slot];
        if (entry.Next is not null)
            entry.Next.Previous = entry;
        _heads[slot] = entry;
    }

    private bool Unlink(WheelEntry entry)
    {
        if (entry.Slot < 0)
            return false;
        if (entry.Previous is null)
            _heads[entry.Slot] = entry.Next;
        else
            entry.Previous.Next = entry.Next;
        if (entry.Next is not null)
            entry.Next.Previous = entry.Previous;
        entry.Previous = entry.Next = null;
        entry.Slot = -1;
        _armed--;
        return true;
    }
}
