using System.Text;

namespace Praetor.Core.Mvcc;

/// <summary>What kind of thing a watcher waits for.</summary>
public enum WatchKind : byte
{
    /// <summary>One KV key.</summary>
    KvKey,

    /// <summary>All KV keys that start with the given bytes.</summary>
    KvPrefix,

    /// <summary>A service name: its instances, their checks, their nodes.</summary>
    Service,

    /// <summary>A node and everything on it.</summary>
    Node,

    /// <summary>A whole table.</summary>
    Table,
}

/// <summary>Tables that can be watched as a whole.</summary>
public enum WatchTable : byte
{
    /// <summary>Catalog nodes.</summary>
    Nodes = 1,

    /// <summary>Service instances (also names and tags of services).</summary>
    Services = 2,

    /// <summary>Health checks.</summary>
    Checks = 3,

    /// <summary>Coordinates of nodes.</summary>
    Coordinates = 4,

    /// <summary>Sessions.</summary>
    Sessions = 5,

    /// <summary>Prepared queries.</summary>
    PreparedQueries = 6,
}

/// <summary>One thing to wait for. Two topics are equal when kind and bytes are equal.</summary>
public readonly struct WatchTopic : IEquatable<WatchTopic>
{
    private WatchTopic(WatchKind kind, byte[] key)
    {
        Kind = kind;
        Key = key;
    }

    /// <summary>Kind of thing.</summary>
    public WatchKind Kind { get; }

    /// <summary>Its name as bytes (lower case for services and nodes).</summary>
    public byte[] Key { get; }

    /// <summary>One KV key.</summary>
    public static WatchTopic KvKey(byte[] key) => new(WatchKind.KvKey, key);

    /// <summary>A KV prefix.</summary>
    public static WatchTopic KvPrefix(byte[] prefix) => new(WatchKind.KvPrefix, prefix);

    /// <summary>A service name in any case.</summary>
    public static WatchTopic Service(string name) => new(WatchKind.Service, Encoding.UTF8.GetBytes(name.ToLowerInvariant()));

    /// <summary>A node name in any case.</summary>
    public static WatchTopic Node(string name) => new(WatchKind.Node, Encoding.UTF8.GetBytes(name.ToLowerInvariant()));

    /// <summary>A whole table.</summary>
    public static WatchTopic Table(WatchTable table) => new(WatchKind.Table, [(byte)table]);

    /// <inheritdoc/>
    public bool Equals(WatchTopic other) => Kind == other.Kind && Key.AsSpan().SequenceEqual(other.Key);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is WatchTopic other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.Add((byte)Kind);
        hash.AddBytes(Key);
        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public static bool operator ==(WatchTopic left, WatchTopic right) => left.Equals(right);

    /// <inheritdoc/>
    public static bool operator !=(WatchTopic left, WatchTopic right) => !left.Equals(right);
}
