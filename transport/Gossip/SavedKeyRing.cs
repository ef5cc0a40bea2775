using Praetor.Core.Ports;

namespace Praetor.Transport.Gossip;

/// <summary>A key ring whose changes are on disk before they are reported done (gossip-raft 3.4). Thread-safe.</summary>
public sealed class SavedKeyRing(KeyRing ring, string path) : IKeyRing
{
    private readonly Lock _gate = new();

    /// <inheritdoc/>
    public bool IsEnabled => ring.IsEnabled;

    /// <inheritdoc/>
    public IReadOnlyList<string> Keys => ring.Keys;

    /// <inheritdoc/>
    public string? Install(ReadOnlySpan<byte> key)
    {
        lock (_gate)
            return ring.Install(key) ?? Save();
    }

    /// <inheritdoc/>
    public string? Use(ReadOnlySpan<byte> key)
    {
        lock (_gate)
            return ring.Use(key) ?? Save();
    }

    /// <inheritdoc/>
    public string? Remove(ReadOnlySpan<byte> key)
    {
        lock (_gate)
            return ring.Remove(key) ?? Save();
    }

    private string? Save()
    {
        try
        {
            KeyRingFile.Save(path, ring);
            return null;
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            return $"Failed to save the keyring: {failed.Message}";
        }
    }
}
