using System.Collections.Concurrent;
using System.Net;

namespace Praetor.Transport.Rpc;

/// <summary>Counts what is open per source address. Thread-safe.</summary>
/// <param name="maxPerAddress">The bound at first; 0 = none.</param>
public sealed class AddressLimit(int maxPerAddress)
{
    private readonly ConcurrentDictionary<IPAddress, int> _open = new();
    private volatile int _maxPerAddress = maxPerAddress;

    /// <summary>The bound; 0 = none. A lower one closes nothing that is open.</summary>
    public int MaxPerAddress
    {
        get => _maxPerAddress;
        set => _maxPerAddress = value;
    }

    /// <summary>Counts one more, to be taken back with <see cref="Leave"/>; false, and nothing is counted, if the address has all it may have.</summary>
    public bool TryEnter(IPAddress address)
    {
        int open = _open.AddOrUpdate(address, 1, static (_, count) => count + 1);
        if (_maxPerAddress <= 0 || open <= _maxPerAddress)
            return true;
        Leave(address);
        return false;
    }

    /// <summary>One less. The last one out removes the address, so that the table holds connected addresses only.</summary>
    public void Leave(IPAddress address)
    {
        while (_open.TryGetValue(address, out int count))
        {
            bool left = count == 1
                ? _open.TryRemove(KeyValuePair.Create(address, count))
                : _open.TryUpdate(address, count - 1, count);
            if (left)
                return;
        }
    }
}
