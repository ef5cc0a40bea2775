using Praetor.Core.State;
using Praetor.Core.State.Sessions;

namespace Praetor.Runtime.Sessions;

/// <summary>
/// When sessions that nobody renews end (after twice their time to live) and lock-delays are over (http-core 7.2, 7.3), as the leader counts it. A new leader begins all of
/// it in full, so that a session or a delay may last longer than its time, never shorter. Pure: it is told the time, of any origin, on one clock. Not thread-safe.
/// </summary>
internal sealed class SessionClock
{
    /// <summary>Between attempts to end something, as long as none succeeds.</summary>
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(10);

    private const int MinGarbage = 1024;

    private readonly Dictionary<string, TimeSpan> _deadlines = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _ending = new(StringComparer.OrdinalIgnoreCase);
    private readonly PriorityQueue<string, TimeSpan> _sessions = new();
    private readonly PriorityQueue<(byte[] Key, long Since), TimeSpan> _delays = new();
    private long? _term;

    /// <summary>Sessions in the queue, renewed and gone ones included.</summary>
    public int Queued => _sessions.Count;

    /// <summary>
    /// Leads in a term, or in none (null). Whoever begins to lead counts all of the state anew, also who led before: in between another may have given sessions more time.
    /// </summary>
    public void Lead(long? term, StateRoot root, TimeSpan now)
    {
        if (term == _term)
            return;
        _term = term;
        Restart(root, now);
    }

    /// <summary>Sessions and delays have come or gone; <paramref name="root"/> is the state with them.</summary>
    public void Applied(ChangeSet changes, StateRoot root, TimeSpan now)
    {
        if (_term is null)
            return;
        if (changes.Everything)
        {
            // A restored state begins like a new leader.
            Restart(root, now);
            return;
        }

        foreach (SessionRecord session in changes.SessionsCreated)
            Begin(session, now);
        foreach (string id in changes.SessionsEnded)
        {
            _deadlines.Remove(id);
            _ending.Remove(id);
        }

        foreach ((byte[] key, LockDelay delay) in changes.LockDelays)
            Begin(key, delay, now);
        if (_sessions.Count > MinGarbage + (2 * _deadlines.Count))
            DropGarbage();
    }

    /// <summary>
    /// Restarts a session's time; false if its time is over and its end on the way, so that nobody is promised what is about to end. A leader that has not looked yet in this
    /// term begins all anew anyway.
    /// </summary>
    public bool Renew(SessionRecord session, long? term, TimeSpan now)
    {
        if (term is null || term != _term || !_deadlines.ContainsKey(session.Id))
            return true;
        if (_ending.Contains(session.Id))
            return false;
        _deadlines[session.Id] = Deadline(session, now);
        return true;
    }

    /// <summary>What is over by now. It comes again after a pause for as long as the state still has it.</summary>
    public void TakeDue(TimeSpan now, List<string> ended, List<(byte[] Key, long Since)> over)
    {
        // A renewed session stands in the queue with its old time; it goes back with the new one when that comes.
        while (_sessions.TryPeek(out string? id, out TimeSpan due) && due <= now)
        {
            _sessions.Dequeue();
            if (!_deadlines.TryGetValue(id, out TimeSpan deadline))
                continue;
            if (deadline <= now)
            {
                ended.Add(id);
                _ending.Add(id);
                _deadlines[id] = deadline = now + RetryPause;
            }

            _sessions.Enqueue(id, deadline);
        }

        while (_delays.TryPeek(out _, out TimeSpan due) && due <= now)
            over.Add(_delays.Dequeue());
    }

    /// <summary>The ends of these delays did not get into the log: they come again after a pause.</summary>
    public void Failed(List<(byte[] Key, long Since)> over, TimeSpan now)
    {
        foreach ((byte[] Key, long Since) delay in over)
            _delays.Enqueue(delay, now + RetryPause);
    }

    private void Restart(StateRoot root, TimeSpan now)
    {
        _deadlines.Clear();
        _ending.Clear();
        _sessions.Clear();
        _delays.Clear();
        if (_term is null)
            return;
        foreach (SessionRecord session in root.Sessions.All())
            Begin(session, now);
        foreach ((byte[] key, LockDelay delay) in root.Sessions.LockDelays())
            Begin(key, delay, now);
    }

    /// <summary>Sessions that were destroyed would stand in the queue until their time.</summary>
    private void DropGarbage()
    {
        _sessions.Clear();
        foreach ((string id, TimeSpan deadline) in _deadlines)
            _sessions.Enqueue(id, deadline);
    }

    private void Begin(SessionRecord session, TimeSpan now)
    {
        if (session.TtlNs <= 0)
            return;
        TimeSpan deadline = Deadline(session, now);
        _deadlines[session.Id] = deadline;
        _sessions.Enqueue(session.Id, deadline);
    }

    private void Begin(byte[] key, LockDelay delay, TimeSpan now) => _delays.Enqueue((key, delay.Index), now + TimeSpan.FromTicks(delay.DelayNs / 100));

    private static TimeSpan Deadline(SessionRecord session, TimeSpan now) => now + (2 * TimeSpan.FromTicks(session.TtlNs / 100));
}
