using System.Buffers.Binary;
using System.Numerics;

namespace Praetor.Transport.Compression;

/// <summary>xxHash, 32 bits, seed 0: the checksum of the LZ4 frame format. Feed it piece by piece; not thread-safe.</summary>
internal struct XxHash32
{
    private const uint Prime1 = 2654435761u;
    private const uint Prime2 = 2246822519u;
    private const uint Prime3 = 3266489917u;
    private const uint Prime4 = 668265263u;
    private const uint Prime5 = 374761393u;

    private uint _a;
    private uint _b;
    private uint _c;
    private uint _d;
    private ulong _length;
    private readonly byte[] _held;
    private int _heldBytes;

    public XxHash32()
    {
        _a = unchecked(Prime1 + Prime2);
        _b = Prime2;
        _d = unchecked(0 - Prime1);
        _held = new byte[16];
    }

    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        var hash = new XxHash32();
        hash.Add(bytes);
        return hash.Value;
    }

    public void Add(ReadOnlySpan<byte> bytes)
    {
        _length += (ulong)bytes.Length;
        if (_heldBytes > 0)
        {
            int take = Math.Min(16 - _heldBytes, bytes.Length);
            bytes[..take].CopyTo(_held.AsSpan(_heldBytes));
            _heldBytes += take;
            bytes = bytes[take..];
            if (_heldBytes < 16)
                return;
            Stripe(_held);
            _heldBytes = 0;
        }

        for (; bytes.Length >= 16; bytes = bytes[16..])
            Stripe(bytes);
        bytes.CopyTo(_held);
        _heldBytes = bytes.Length;
    }

    public readonly uint Value
    {
        get
        {
            uint hash = _length >= 16
                ? BitOperations.RotateLeft(_a, 1) + BitOperations.RotateLeft(_b, 7) + BitOperations.RotateLeft(_c, 12) + BitOperations.RotateLeft(_d, 18)
                : Prime5;
            hash += (uint)_length;
            ReadOnlySpan<byte> rest = _held.AsSpan(0, _heldBytes);
            for (; rest.Length >= 4; rest = rest[4..])
                hash = BitOperations.RotateLeft(hash + (BinaryPrimitives.ReadUInt32LittleEndian(rest) * Prime3), 17) * Prime4;
            foreach (byte value in rest)
                hash = BitOperations.RotateLeft(hash + (value * Prime5), 11) * Prime1;
            hash = (hash ^ (hash >> 15)) * Prime2;
            hash = (hash ^ (hash >> 13)) * Prime3;
            return hash ^ (hash >> 16);
        }
    }

    private void Stripe(ReadOnlySpan<byte> bytes)
    {
        _a = Round(_a, BinaryPrimitives.ReadUInt32LittleEndian(bytes));
        _b = Round(_b, BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]));
        _c = Round(_c, BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]));
        _d = Round(_d, BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]));
    }

    private static uint Round(uint lane, uint word) => BitOperations.RotateLeft(lane + (word * Prime2), 13) * Prime1;
}
