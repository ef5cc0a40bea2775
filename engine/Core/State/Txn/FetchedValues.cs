using Praetor.Core.Ports;

namespace Praetor.Core.State.Txn;

/// <summary>Values that a transaction wanted and that were not in memory: it runs once to learn which, and again when they are there. Not thread-safe.</summary>
internal sealed class FetchedValues
{
    private readonly Dictionary<long, byte[]> _values = [];
    private readonly HashSet<long> _wanted = [];

    /// <summary>Some value was not there in the last run.</summary>
    public bool AreMissing => _wanted.Count > 0;

    /// <summary>A value; null if it has to be fetched first.</summary>
    public byte[]? Find(long version)
    {
        if (_values.TryGetValue(version, out byte[]? value))
            return value;
        _wanted.Add(version);
        return null;
    }

    /// <summary>Fetches what was missing, all at once.</summary>
    /// <exception cref="InvalidDataException">A value is not there any more, or damaged.</exception>
    public async Task FetchAsync(IRecordHeap heap, CancellationToken cancellation)
    {
        var readings = _wanted.ToDictionary(static version => version, version => heap.ReadAsync(version, cancellation).AsTask());
        foreach ((long version, Task<byte[]?> reading) in readings)
            _values[version] = await reading.ConfigureAwait(false) ?? throw new InvalidDataException($"record {version} of a live key is missing from the heap");
        _wanted.Clear();
    }
}
