using System.Text;

namespace Praetor.Core.State.Kv;

/// <summary>Index keys of held keys: the session's id, a zero byte, the key. Ids hold no zero byte.</summary>
internal static class HeldKeys
{
    public static byte[] Of(string session, ReadOnlySpan<byte> key)
    {
        int length = Encoding.UTF8.GetByteCount(session);
        byte[] held = new byte[length + 1 + key.Length];
        Encoding.UTF8.GetBytes(session, held);
        key.CopyTo(held.AsSpan(length + 1));
        return held;
    }

    /// <summary>What the keys of a session begin with.</summary>
    public static byte[] Below(string session) => Of(session, []);
}
