using Praetor.Core.Ports;

namespace Praetor.Runtime;

/// <summary>An entry that is in the log and not yet applied, with whoever waits for its result.</summary>
internal readonly record struct StagedEntry(LogEntry Entry, Proposal? Owner);

/// <summary>Entries between log and state, in index order. Not thread-safe: guarded by the apply loop's gate.</summary>
internal sealed class StagedEntries
{
    private StagedEntry[] _ring = new StagedEntry[256];
    private int _head;

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>The oldest one.</summary>
    public ref StagedEntry First => ref _ring[_head];

    /// <summary>Adds the newest one.</summary>
    public void Add(in StagedEntry entry)
    {
        if (Count == _ring.Length)
            Grow();
        _ring[(_head + Count++) % _ring.Length] = entry;
    }

    /// <summary>Takes the oldest one.</summary>
    public StagedEntry TakeFirst()
    {
        StagedEntry first = First;
        First = default;
        _head = (_head + 1) % _ring.Length;
        Count--;
        return first;
    }

    /// <summary>Takes out the entries from an index on; adds those who waited for them to <paramref name="owners"/>.</summary>
    public void TruncateFrom(long index, List<Proposal> owners)
    {
        while (Count > 0)
        {
            ref StagedEntry last = ref _ring[(_head + Count - 1) % _ring.Length];
            if (last.Entry.Index < index)
                return;
            if (last.Owner is not null)
                owners.Add(last.Owner);
            last = default;
            Count--;
        }
    }

    /// <summary>Lets the entries stay and takes away those who wait for them.</summary>
    public void TakeOwners(List<Proposal> owners)
    {
        for (int i = 0; i < Count; i++)
        {
            ref StagedEntry staged = ref _ring[(_head + i) % _ring.Length];
            if (staged.Owner is null)
                continue;
            owners.Add(staged.Owner);
            staged = staged with { Owner = null };
        }
    }

    private void Grow()
    {
        var larger = new StagedEntry[_ring.Length * 2];
        for (int i = 0; i < Count; i++)
            larger[i] = _ring[(_head + i) % _ring.Length];
        _ring = larger;
        _head = 0;
    }
}
