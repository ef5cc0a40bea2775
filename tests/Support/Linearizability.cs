namespace Praetor.Tests.Support;

/// <summary>What a client asked of a register and what it was told.</summary>
/// <param name="StartTicks">When it asked.</param>
/// <param name="EndTicks">When it was told; <see cref="Unknown"/> if it never was: the operation may have happened at any time after, or not at all.</param>
/// <param name="Kind">What it asked.</param>
/// <param name="Value">Written, or seen by a read; 0 = nothing there.</param>
/// <param name="Expected">What a compare-and-set expects to be there.</param>
/// <param name="Succeeded">What a compare-and-set was told.</param>
public readonly record struct RegisterOperation(long StartTicks, long EndTicks, RegisterKind Kind, long Value, long Expected = 0, bool Succeeded = true)
{
    /// <summary>The end of an operation whose outcome nobody knows.</summary>
    public const long Unknown = long.MaxValue;

    /// <summary>Applies it to the register; false if what the client was told cannot be.</summary>
    public bool TryApply(long state, out long next)
    {
        next = state;
        switch (Kind)
        {
            case RegisterKind.Read:
                return Value == state;
            case RegisterKind.Write:
                next = Value;
                return true;
            default:
                bool succeeds = state == Expected;
                next = succeeds ? Value : state;
                return EndTicks == Unknown || succeeds == Succeeded;
        }
    }
}

/// <summary>Kinds of operations.</summary>
public enum RegisterKind
{
    Read,
    Write,
    CompareAndSet,
}

/// <summary>
/// Whether there is an order of a register's operations, each between its question and its answer, in which all that clients were told is true (Herlihy and Wing 1990;
/// search after Wing and Gong 1993 with the memory of Lowe 2017).
/// </summary>
public static class Linearizability
{
    /// <summary>Situations that are looked at before a history is given up as undecided; many operations of unknown outcome make more than anybody can try.</summary>
    private const int MaxSituations = 200_000;

    /// <summary>True if the history of one register is linearizable, or too tangled to be decided.</summary>
    public static bool Holds(IEnumerable<RegisterOperation> history)
    {
        // A read of unknown outcome says nothing.
        RegisterOperation[] operations = [.. history.Where(static each => each.Kind != RegisterKind.Read || each.EndTicks != RegisterOperation.Unknown).OrderBy(static each => each.StartTicks)];
        return new Search(operations).Succeeds();
    }

    private sealed class Search
    {
        private readonly RegisterOperation[] _operations;
        private readonly Event _head = new(-1, false);
        private readonly ulong[] _taken;
        private readonly HashSet<Configuration> _seen = [];

        public Search(RegisterOperation[] operations)
        {
            _operations = operations;
            _taken = new ulong[(operations.Length / 64) + 1];
            var events = new List<(long Ticks, bool IsReturn, int Operation)>();
            for (int i = 0; i < operations.Length; i++)
            {
                events.Add((operations[i].StartTicks, false, i));
                events.Add((operations[i].EndTicks, true, i));
            }

            events.Sort(static (left, right) => left.Ticks != right.Ticks ? left.Ticks.CompareTo(right.Ticks) : left.IsReturn.CompareTo(right.IsReturn));
            var calls = new Event[operations.Length];
            Event last = _head;
            foreach ((_, bool isReturn, int operation) in events)
            {
                var next = new Event(operation, isReturn);
                if (isReturn)
                    calls[operation].Return = next;
                else
                    calls[operation] = next;
                last.Next = next;
                next.Previous = last;
                last = next;
            }
        }

        public bool Succeeds()
        {
            long state = 0;
            var chosen = new Stack<(Event Call, long StateBefore)>();
            Event? at = _head.Next;
            while (_head.Next is not null && _seen.Count < MaxSituations)
            {
                if (at is { IsReturn: false })
                {
                    if (_operations[at.Operation].TryApply(state, out long next) && IsNew(at.Operation, next))
                    {
                        chosen.Push((at, state));
                        state = next;
                        at.Lift();
                        at = _head.Next;
                    }
                    else
                    {
                        at = at.Next;
                    }

                    continue;
                }

                // All answers come before those that never came: what is left has unknown outcomes and may as well not have happened.
                if (at is null || _operations[at.Operation].EndTicks == RegisterOperation.Unknown)
                    return true;
                // An operation was answered here and has found no place before.
                if (!chosen.TryPop(out (Event Call, long StateBefore) last))
                    return false;
                _taken[last.Call.Operation / 64] &= ~(1UL << (last.Call.Operation % 64));
                state = last.StateBefore;
                last.Call.Unlift();
                at = last.Call.Next;
            }

            return true;
        }

        /// <summary>Takes the operation if this set of taken ones with this state was not tried before.</summary>
        private bool IsNew(int operation, long state)
        {
            _taken[operation / 64] |= 1UL << (operation % 64);
            if (_seen.Add(new Configuration([.. _taken], state)))
                return true;
            _taken[operation / 64] &= ~(1UL << (operation % 64));
            return false;
        }
    }

    /// <summary>A question or an answer in the order of time; a doubly linked list from which pairs are lifted and put back.</summary>
    private sealed class Event(int operation, bool isReturn)
    {
        public int Operation { get; } = operation;

        public bool IsReturn { get; } = isReturn;

        public Event? Return { get; set; }

        public Event? Next { get; set; }

        public Event? Previous { get; set; }

        public void Lift()
        {
            Unlink(this);
            Unlink(Return!);
        }

        public void Unlift()
        {
            Relink(Return!);
            Relink(this);
        }

        private static void Unlink(Event each)
        {
            each.Previous!.Next = each.Next;
            if (each.Next is { } next)
                next.Previous = each.Previous;
        }

        private static void Relink(Event each)
        {
            each.Previous!.Next = each;
            if (each.Next is { } next)
                next.Previous = each;
        }
    }

    private readonly struct Configuration(ulong[] taken, long state) : IEquatable<Configuration>
    {
        private readonly ulong[] _taken = taken;
        private readonly long _state = state;

        public bool Equals(Configuration other) => _state == other._state && _taken.AsSpan().SequenceEqual(other._taken);

        public override bool Equals(object? obj) => obj is Configuration other && Equals(other);

        public override int GetHashCode()
        {
            var hash = default(HashCode);
            hash.Add(_state);
            foreach (ulong word in _taken)
                hash.Add(word);
            return hash.ToHashCode();
        }
    }
}
