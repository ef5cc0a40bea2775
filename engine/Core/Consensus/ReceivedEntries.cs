using Praetor.Core.Ports;

namespace Praetor.Core.Consensus;

/// <summary>The entries of one received message, in arrays that serve message after message. Not thread-safe.</summary>
public sealed class ReceivedEntries
{
    private LogEntry[] _entries = new LogEntry[16];
    private EntryShape[] _shapes = new EntryShape[16];

    /// <summary>How many entries the message carried.</summary>
    public int Count { get; private set; }

    /// <summary>The entries; payloads are slices of the message. Valid until <see cref="Clear"/>.</summary>
    public ReadOnlySpan<LogEntry> Entries => _entries.AsSpan(0, Count);

    /// <summary>What consensus needs of them. Valid until <see cref="Clear"/>.</summary>
    public ReadOnlyMemory<EntryShape> Shapes => _shapes.AsMemory(0, Count);

    /// <summary>Lets go of everything, for the next message.</summary>
    public void Clear()
    {
        Array.Clear(_entries, 0, Count);
        Array.Clear(_shapes, 0, Count);
        Count = 0;
    }

    internal void Begin(int count)
    {
        Clear();
        if (_entries.Length < count)
        {
            Array.Resize(ref _entries, count);
            Array.Resize(ref _shapes, count);
        }

        Count = count;
    }

    internal void SetShape(int place, in EntryShape shape) => _shapes[place] = shape;

    internal void SetEntry(int place, in LogEntry entry) => _entries[place] = entry;
}
