namespace Praetor.Core.Ports;

/// <summary>
/// The keys of a gossip pool: one primary that seals, all of them open (gossip-raft 3.4). Operations return null when done, else the
/// refusal's text. Thread-safe.
/// </summary>
public interface IKeyRing
{
    /// <summary>True if at least one key is installed.</summary>
    bool IsEnabled { get; }

    /// <summary>The keys as base64, the primary first; empty if encryption is not configured.</summary>
    IReadOnlyList<string> Keys { get; }

    /// <summary>Adds a key (16, 24 or 32 bytes); one that is there already is no error. The first key of an empty ring becomes the primary.</summary>
    string? Install(ReadOnlySpan<byte> key);

    /// <summary>Makes an installed key the primary.</summary>
    string? Use(ReadOnlySpan<byte> key);

    /// <summary>Removes a key that is not the primary; one that is not there is no error.</summary>
    string? Remove(ReadOnlySpan<byte> key);
}
