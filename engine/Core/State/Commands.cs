using Praetor.Core.State.Catalog;

namespace Praetor.Core.State;

/// <summary>Kinds of commands in the log. Persisted: values are frozen, new ones are only added.</summary>
public enum CommandKind : byte
{
    /// <summary>KV set, with or without condition.</summary>
    KvSet = 1,

    /// <summary>KV delete of one key, with or without condition.</summary>
    KvDelete = 2,

    /// <summary>KV delete of all keys with a prefix.</summary>
    KvDeleteTree = 3,

    /// <summary>Drops tombstones up to an index.</summary>
    KvReapTombstones = 4,

    /// <summary>Catalog register.</summary>
    CatalogRegister = 16,

    /// <summary>Catalog deregister.</summary>
    CatalogDeregister = 17,
}

/// <summary>Builds commands in their log form. The caller owns the result until it hands it to the runtime.</summary>
public static partial class Commands
{
    /// <summary>Unconditional or check-and-set write. Append the value to the returned buffer: it is the command's tail.</summary>
    /// <param name="key">Key bytes.</param>
    /// <param name="flags">Client flags.</param>
    /// <param name="casIndex">null: unconditional; 0: only if missing; else only if ModifyIndex matches.</param>
    /// <param name="valueCapacity">Expected bytes of the value.</param>
    public static partial CommandBuffer KvSet(ReadOnlySpan<byte> key, ulong flags, long? casIndex, int valueCapacity);

    /// <summary>Deletes one key; with <paramref name="casIndex"/> only if missing or its ModifyIndex matches.</summary>
    public static partial CommandBuffer KvDelete(ReadOnlySpan<byte> key, long? casIndex);

    /// <summary>Deletes all keys that start with the prefix.</summary>
    public static partial CommandBuffer KvDeleteTree(ReadOnlySpan<byte> prefix);

    /// <summary>Drops tombstones with an index up to <paramref name="throughIndex"/>.</summary>
    public static partial CommandBuffer KvReapTombstones(long throughIndex);

    /// <summary>Catalog register.</summary>
    public static partial CommandBuffer Register(RegisterRequest request);

    /// <summary>Catalog deregister.</summary>
    public static partial CommandBuffer Deregister(DeregisterRequest request);
}
