using System.Buffers;
using Praetor.Core.Codec;
using Praetor.Core.Gossip;
using Praetor.Core.Ports;

namespace Praetor.Runtime.Gossip;

/// <summary>What is asked of a key ring. On the wire: values are frozen.</summary>
public enum KeyRingAction : byte
{
    /// <summary>Which keys there are.</summary>
    List = 1,

    /// <summary>Add a key.</summary>
    Install = 2,

    /// <summary>Seal with a key from now on.</summary>
    Use = 3,

    /// <summary>Forget a key.</summary>
    Remove = 4,
}

/// <summary>
/// Operations on the key rings of a pool's members, as exchanges: they travel sealed with a key that both sides have. Pure.
/// </summary>
internal static class KeyRingExchange
{
    public static byte[] Request(KeyRingAction action, ReadOnlySpan<byte> key)
    {
        var bytes = new ArrayBufferWriter<byte>(64);
        var writer = new FieldWriter(bytes);
        writer.Byte(PoolExchange.Version);
        writer.Byte((byte)ExchangeKind.KeyRing);
        writer.Byte((byte)action);
        writer.Bytes(key);
        return bytes.WrittenSpan.ToArray();
    }

    /// <exception cref="PacketExchangeException">Refused, with the text for the operator.</exception>
    public static byte[] Answer(IKeyRing? ring, ReadOnlySpan<byte> body)
    {
        var reader = new FieldReader(body);
        var action = (KeyRingAction)reader.Byte();
        ReadOnlySpan<byte> key = reader.Bytes();
        // A ring without keys means that this exchange came unsealed: nobody may change it that way.
        if (ring is not { IsEnabled: true })
            throw new PacketExchangeException(action == KeyRingAction.List ? "Keyring is empty (encryption not enabled)" : "No keyring to modify (encryption not enabled)");
        if (Apply(ring, action, key) is { } refusal)
            throw new PacketExchangeException(refusal);
        var bytes = new ArrayBufferWriter<byte>(256);
        new FieldWriter(bytes).TextList(action == KeyRingAction.List ? ring.Keys : []);
        return bytes.WrittenSpan.ToArray();
    }

    public static IReadOnlyList<string> Keys(ReadOnlySpan<byte> answer) => new FieldReader(answer).TextList() ?? [];

    private static string? Apply(IKeyRing ring, KeyRingAction action, ReadOnlySpan<byte> key) => action switch
    {
        KeyRingAction.List => null,
        KeyRingAction.Install => ring.Install(key),
        KeyRingAction.Use => ring.Use(key),
        KeyRingAction.Remove => ring.Remove(key),
        _ => "unknown operation",
    };
}
