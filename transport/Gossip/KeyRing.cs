using System.Buffers.Binary;
using System.Security.Cryptography;
using Praetor.Core.Ports;

namespace Praetor.Transport.Gossip;

/// <summary>
/// The keys of a pool and what is done with them: AES-GCM with 12-byte random nonces and 16-byte tags (gossip-raft 3.4). What is sealed
/// names its key, so that neither a rotation nor a flood of foreign packets costs a failed attempt per key. Thread-safe.
/// </summary>
public sealed class KeyRing : IKeyRing
{
    /// <summary>Bytes that sealing adds: key id, nonce and tag.</summary>
    public const int OverheadBytes = IdBytes + NonceBytes + TagBytes;

    private const int IdBytes = sizeof(uint);
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const string BadSize = "key size must be 16, 24 or 32 bytes";

    private readonly Lock _gate = new();

    // Primary first. Replaced as a whole: readers take no lock.
    private SealKey[] _keys = [];

    /// <inheritdoc/>
    public bool IsEnabled => Volatile.Read(ref _keys).Length > 0;

    /// <inheritdoc/>
    public IReadOnlyList<string> Keys => [.. Volatile.Read(ref _keys).Select(static key => key.Base64)];

    /// <inheritdoc/>
    public string? Install(ReadOnlySpan<byte> key)
    {
        if (key.Length is not (16 or 24 or 32))
            return BadSize;
        lock (_gate)
        {
            if (IndexOf(key) < 0)
                Volatile.Write(ref _keys, [.. _keys, new SealKey(key)]);
        }

        return null;
    }

    /// <inheritdoc/>
    public string? Use(ReadOnlySpan<byte> key)
    {
        lock (_gate)
        {
            int index = IndexOf(key);
            if (index < 0)
                return "requested key is not in the keyring";
            Volatile.Write(ref _keys, [_keys[index], .. _keys.Where((_, i) => i != index)]);
        }

        return null;
    }

    /// <inheritdoc/>
    public string? Remove(ReadOnlySpan<byte> key)
    {
        lock (_gate)
        {
            int index = IndexOf(key);
            if (index == 0)
                return "removing the primary key is not allowed";
            if (index > 0)
                Volatile.Write(ref _keys, [.. _keys.Where((_, i) => i != index)]);
        }

        return null;
    }

    /// <summary>Decodes a configured key; null and a reason if it is none.</summary>
    public static byte[]? TryParse(string base64, out string? refusal)
    {
        byte[] key = new byte[(base64.Length / 4 * 3) + 3];
        if (!Convert.TryFromBase64String(base64, key, out int size))
        {
            refusal = "illegal base64 data";
            return null;
        }

        refusal = size is 16 or 24 or 32 ? null : BadSize;
        return refusal is null ? key[..size] : null;
    }

    /// <summary>Seals with the primary key: key id, nonce, sealed bytes, tag. <paramref name="output"/> holds <see cref="OverheadBytes"/> more than <paramref name="plain"/>. False if there is no key.</summary>
    internal bool TrySeal(ReadOnlySpan<byte> plain, ReadOnlySpan<byte> context, Span<byte> output)
    {
        SealKey[] keys = Volatile.Read(ref _keys);
        if (keys.Length == 0)
            return false;
        BinaryPrimitives.WriteUInt32LittleEndian(output, keys[0].Id);
        Span<byte> nonce = output.Slice(IdBytes, NonceBytes);
        RandomNumberGenerator.Fill(nonce);
        Span<byte> sealedBytes = output.Slice(IdBytes + NonceBytes, plain.Length);
        keys[0].Seal(nonce, plain, sealedBytes, output.Slice(IdBytes + NonceBytes + plain.Length, TagBytes), context);
        return true;
    }

    /// <summary>Opens with the key that the input names. <paramref name="plain"/> takes <see cref="OverheadBytes"/> less than <paramref name="input"/> has.</summary>
    internal bool TryOpen(ReadOnlySpan<byte> input, ReadOnlySpan<byte> context, Span<byte> plain)
    {
        if (input.Length < OverheadBytes)
            return false;
        uint id = BinaryPrimitives.ReadUInt32LittleEndian(input);
        ReadOnlySpan<byte> nonce = input.Slice(IdBytes, NonceBytes);
        ReadOnlySpan<byte> sealedBytes = input[(IdBytes + NonceBytes)..^TagBytes];
        foreach (SealKey key in Volatile.Read(ref _keys))
        {
            if (key.Id == id && key.TryOpen(nonce, sealedBytes, input[^TagBytes..], plain[..sealedBytes.Length], context))
                return true;
        }

        return false;
    }

    private int IndexOf(ReadOnlySpan<byte> key)
    {
        for (int i = 0; i < _keys.Length; i++)
        {
            if (_keys[i].IsSame(key))
                return i;
        }

        return -1;
    }

    /// <summary>One key. The cipher object serves one thread at a time.</summary>
#pragma warning disable CA1001 // A reader may still hold a removed key; its cipher goes with the last reference.
    private sealed class SealKey(ReadOnlySpan<byte> key)
#pragma warning restore CA1001
    {
        private readonly byte[] _key = key.ToArray();
        private readonly AesGcm _cipher = new(key, TagBytes);
        private readonly Lock _gate = new();

        /// <summary>Names the key and tells nothing of it.</summary>
        public uint Id { get; } = BinaryPrimitives.ReadUInt32LittleEndian(HMACSHA256.HashData(key, "key id"u8));

        public string Base64 => Convert.ToBase64String(_key);

        public bool IsSame(ReadOnlySpan<byte> other) => CryptographicOperations.FixedTimeEquals(_key, other);

        public void Seal(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> plain, Span<byte> output, Span<byte> tag, ReadOnlySpan<byte> context)
        {
            lock (_gate)
                _cipher.Encrypt(nonce, plain, output, tag, context);
        }

        public bool TryOpen(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> input, ReadOnlySpan<byte> tag, Span<byte> plain, ReadOnlySpan<byte> context)
        {
            try
            {
                lock (_gate)
                    _cipher.Decrypt(nonce, input, tag, plain, context);
                return true;
            }
            catch (AuthenticationTagMismatchException)
            {
                return false;
            }
        }
    }
}
