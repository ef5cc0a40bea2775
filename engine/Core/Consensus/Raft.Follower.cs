using Praetor.Core.Ports;

namespace Praetor.Core.Consensus;

/// <summary>A follower's log (Raft section 5.3 and 7).</summary>
public sealed partial class Raft
{
    private string? _acknowledgeTo;
    private long _acknowledgeTerm;
    private long _acknowledgeThrough;
    private long _acknowledgeRound;

    private void OnAppend(in RaftMessage message, RaftEffects effects)
    {
        if (message.Term < Term)
        {
            Send(new RaftMessage(RaftMessageKind.AppendReply, _id, message.From, Term) { Index = _log.LastIndex + 1 }, effects);
            return;
        }

        if (Role == RaftRole.Leader && message.Term == Term)
        {
            effects.Violation = $"two leaders in term {Term}: {_id} and {message.From}";
            return;
        }

        if (message.Term > Term || Role != RaftRole.Follower || LeaderId != message.From)
            Follow(message.Term, message.From, effects);
        _leaderContactMs = _nowMs;
        Promise();
        _isLeaderGone = false;
        _electionDueMs = _nowMs + RandomElectionTimeoutMs();

        long previous = message.Index;
        ReadOnlySpan<EntryShape> entries = message.Entries.Span;
        // What a snapshot has taken in is committed and thus the same on both sides.
        int known = (int)Math.Clamp(_log.BaseIndex - previous, 0, entries.Length);
        if (previous + known >= _log.BaseIndex && !Matches(previous + known, known == 0 ? message.LogTerm : entries[known - 1].Term))
        {
            Refuse(message, effects);
            return;
        }

        long through = previous + entries.Length;
        if (through > _log.BaseIndex && !TryTake(previous, entries, known, effects))
            return;
        Commit(Math.Min(message.CommitIndex, through), effects);
        Acknowledge(message, through, effects);
    }

    private bool Matches(long index, long term) => index <= _log.LastIndex && _log.TermAt(index) == term;

    /// <summary>Tells where to go on: at the first entry of the term in conflict, or behind the last entry (section 5.3, end).</summary>
    private void Refuse(in RaftMessage message, RaftEffects effects)
    {
        bool isShort = message.Index > _log.LastIndex;
        Send(new RaftMessage(RaftMessageKind.AppendReply, _id, message.From, Term)
        {
            Index = isShort ? _log.LastIndex + 1 : _log.FirstOfTermAt(message.Index),
            LogTerm = isShort ? 0 : _log.TermAt(message.Index),
            Round = message.Round,
            PromiseMs = _options.LeaseMs,
        }, effects);
    }

    private bool TryTake(long previous, ReadOnlySpan<EntryShape> entries, int known, RaftEffects effects)
    {
        while (known < entries.Length && Matches(previous + known + 1, entries[known].Term))
            known++;
        if (known == entries.Length)
            return true;
        long first = previous + known + 1;
        long? truncateFrom = first <= _log.LastIndex ? first : null;
        if (first <= CommitIndex)
        {
            effects.Violation = $"{_id} was told to drop committed entry {first}, committed is {CommitIndex}";
            return false;
        }

        if (truncateFrom is not null)
            Truncate(first, effects);
        int firstEntry = effects.Entries.Count;
        foreach (EntryShape entry in entries[known..])
            AddEntry(entry, isProposed: false, effects);
        WriteEntries(firstEntry, truncateFrom, effects);
        return true;
    }

    private void Truncate(long from, RaftEffects effects)
    {
        _log.TruncateFrom(from);
        _durableIndex = Math.Min(_durableIndex, from - 1);
        for (int i = _openWrites.Count; i > 0; i--)
        {
            OpenWrite open = _openWrites.Dequeue();
            open.LastIndex = Math.Min(open.LastIndex, from - 1);
            _openWrites.Enqueue(open);
        }

        while (_configurations.Count > 1 && _configurations[^1].Index >= from)
        {
            _configurations.RemoveAt(_configurations.Count - 1);
            effects.RoleChanged = true;
        }
    }

    /// <summary>At once for what is durable; for the rest when the disk has reported.</summary>
    private void Acknowledge(in RaftMessage message, long through, RaftEffects effects)
    {
        // Every leader counts its rounds from one, and only knows its own: nothing of an older term may be told to it.
        bool isSameTerm = _acknowledgeTerm == Term;
        _acknowledgeTo = message.From;
        _acknowledgeThrough = Math.Max(through, isSameTerm ? _acknowledgeThrough : 0);
        _acknowledgeTerm = Term;
        _acknowledgeRound = Math.Max(message.Round, isSameTerm ? _acknowledgeRound : 0);
        if (message.Entries.IsEmpty || through <= _durableIndex)
            AcknowledgeDurable(effects);
    }

    private void AcknowledgeDurable(RaftEffects effects)
    {
        if (_acknowledgeTo is null || _acknowledgeTerm != Term || Role != RaftRole.Follower)
            return;
        Send(new RaftMessage(RaftMessageKind.AppendReply, _id, _acknowledgeTo, Term)
        {
            IsGranted = true,
            Index = Math.Min(_durableIndex, _acknowledgeThrough),
            Round = _acknowledgeRound,
            PromiseMs = _options.LeaseMs,
        }, effects);
    }

    private void OnSnapshotPersisted(long index, RaftEffects effects)
    {
        long through = Math.Min(index - _options.TrailingEntries, _log.LastIndex);
        if (through <= _log.BaseIndex)
            return;
        effects.CompactThrough = through;
        Compact(through);
    }

    private void Compact(long through)
    {
        _log.CompactThrough(through);
        while (_configurations.Count > 1 && _configurations[1].Index <= through)
            _configurations.RemoveAt(0);
    }

    /// <summary>A leader's snapshot takes the place of the log, unless the log goes on after it (section 7).</summary>
    private void OnSnapshotReceived(long index, long term, ServerSet servers, RaftEffects effects)
    {
        if (index <= CommitIndex)
            return;
        if (_log.TermAt(index) == term)
        {
            Compact(index);
        }
        else
        {
            ResetLog(index, term, effects);
            _configurations.Clear();
            _configurations.Add((index, servers));
        }

        effects.RestoreThrough = index;
        effects.RoleChanged = true;
        Commit(index, effects);
    }

    private void ResetLog(long index, long term, RaftEffects effects)
    {
        _log.Reset(index, term);
        _openWrites.Clear();
        _lastWrite++;
        effects.Writes.Add(new LogWrite(_lastWrite) { ResetTo = index });
        _openWrites.Enqueue(new OpenWrite { Number = _lastWrite, LastIndex = index, StartedMs = _nowMs });
        _durableIndex = index;
    }
}
