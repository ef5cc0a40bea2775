using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Praetor.Transport.Compression;

/// <summary>
/// The LZ4 block format (lz4_Block_format.md of the LZ4 project): sequences of [token | literals | 16-bit offset | match]. Greedy
/// single pass with a hash table of 4-byte groups. Decompression treats its input as hostile: every length and offset is checked.
/// </summary>
public static class Lz4Block
{
    /// <summary>Largest input of one call; offsets are 16 bits, so larger blocks gain little.</summary>
    public const int MaxInputBytes = 64 * 1024;

    private const int MinMatch = 4;

    // The format's end rules: the last match starts 12 bytes before the end at the latest, the last 5 bytes are literals.
    private const int MatchStartLimit = 12;
    private const int LastLiterals = 5;
    private const int HashBits = 13;

    /// <summary>Most bytes that compressing <paramref name="inputBytes"/> can take.</summary>
    public static int MaxCompressedBytes(int inputBytes) => inputBytes + (inputBytes / 255) + 16;

    /// <summary>Compresses up to <see cref="MaxInputBytes"/>; returns the bytes written. <paramref name="output"/> must hold <see cref="MaxCompressedBytes"/>.</summary>
    public static int Compress(ReadOnlySpan<byte> input, Span<byte> output)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(input.Length, MaxInputBytes);
        ArgumentOutOfRangeException.ThrowIfLessThan(output.Length, MaxCompressedBytes(input.Length));
        if (input.Length < MatchStartLimit + 1)
            return WriteLast(input, output);

        ushort[] table = ArrayPool<ushort>.Shared.Rent(1 << HashBits);
        table.AsSpan(0, 1 << HashBits).Clear();
        int written = CompressWith(table, input, output);
        ArrayPool<ushort>.Shared.Return(table);
        return written;
    }

    /// <summary>Decompresses a block; returns the bytes written, or -1 if the input is malformed or does not fit.</summary>
    public static int Decompress(ReadOnlySpan<byte> input, Span<byte> output)
    {
        int read = 0;
        int written = 0;
        while (read < input.Length)
        {
            byte token = input[read++];
            if (!TryReadLength(input, ref read, token >> 4, out int literals) || literals > input.Length - read || literals > output.Length - written)
                return -1;
            input.Slice(read, literals).CopyTo(output[written..]);
            read += literals;
            written += literals;
            if (read == input.Length)
                return written;
            if (input.Length - read < 2)
                return -1;
            int offset = BinaryPrimitives.ReadUInt16LittleEndian(input[read..]);
            read += 2;
            if (offset == 0 || offset > written || !TryReadLength(input, ref read, token & 15, out int match))
                return -1;
            match += MinMatch;
            if (match > output.Length - written)
                return -1;
            CopyMatch(output, written, offset, match);
            written += match;
        }

        // A block ends with literals; running out after a match means it was cut.
        return -1;
    }

    private static int CompressWith(ushort[] table, ReadOnlySpan<byte> input, Span<byte> output)
    {
        int written = 0;
        int anchor = 0;
        int at = 1;
        int misses = 0;
        int lastStart = input.Length - MatchStartLimit;
        table[Hash(Read32(input, 0))] = 0;
        while (at <= lastStart)
        {
            uint group = Read32(input, at);
            ref ushort slot = ref table[Hash(group)];
            int candidate = slot;
            slot = (ushort)at;
            if (candidate >= at || Read32(input, candidate) != group)
            {
                // Skips faster the longer nothing matches: incompressible data costs little.
                at += 1 + (misses++ >> 6);
                continue;
            }

            misses = 0;
            while (at > anchor && candidate > 0 && input[at - 1] == input[candidate - 1])
            {
                at--;
                candidate--;
            }

            int match = MinMatch + Common(input[(at + MinMatch)..(input.Length - LastLiterals)], input[(candidate + MinMatch)..]);
            written = WriteSequence(input[anchor..at], at - candidate, match - MinMatch, output, written);
            at += match;
            anchor = at;
            if (at <= lastStart)
                table[Hash(Read32(input, at - 2))] = (ushort)(at - 2);
        }

        return written + WriteLast(input[anchor..], output[written..]);
    }

    private static int WriteSequence(ReadOnlySpan<byte> literals, int offset, int matchExtra, Span<byte> output, int at)
    {
        int token = at++;
        output[token] = (byte)((Math.Min(literals.Length, 15) << 4) | Math.Min(matchExtra, 15));
        at = WriteLength(output, at, literals.Length);
        literals.CopyTo(output[at..]);
        at += literals.Length;
        BinaryPrimitives.WriteUInt16LittleEndian(output[at..], (ushort)offset);
        return WriteLength(output, at + 2, matchExtra);
    }

    private static int WriteLast(ReadOnlySpan<byte> literals, Span<byte> output)
    {
        output[0] = (byte)(Math.Min(literals.Length, 15) << 4);
        int at = WriteLength(output, 1, literals.Length);
        literals.CopyTo(output[at..]);
        return at + literals.Length;
    }

    private static int WriteLength(Span<byte> output, int at, int length)
    {
        if (length < 15)
            return at;
        for (length -= 15; length >= 255; length -= 255)
            output[at++] = 255;
        output[at++] = (byte)length;
        return at;
    }

    private static bool TryReadLength(ReadOnlySpan<byte> input, ref int read, int nibble, out int length)
    {
        length = nibble;
        if (nibble < 15)
            return true;
        while (read < input.Length)
        {
            byte more = input[read++];
            length += more;
            // A length beyond any block is hostile: stop before it can overflow.
            if (length > int.MaxValue / 2)
                return false;
            if (more < 255)
                return true;
        }

        return false;
    }

    private static void CopyMatch(Span<byte> output, int at, int offset, int length)
    {
        if (offset >= length)
        {
            output.Slice(at - offset, length).CopyTo(output[at..]);
            return;
        }

        // The match overlaps what it produces: the last `offset` bytes repeat.
        Span<byte> pattern = output.Slice(at - offset, offset);
        Span<byte> target = output.Slice(at, length);
        while (target.Length > pattern.Length)
        {
            pattern.CopyTo(target);
            target = target[pattern.Length..];
        }

        pattern[..target.Length].CopyTo(target);
    }

    private static int Common(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        int length = 0;
        while (length + sizeof(ulong) <= left.Length && length + sizeof(ulong) <= right.Length)
        {
            ulong difference = MemoryMarshal.Read<ulong>(left[length..]) ^ MemoryMarshal.Read<ulong>(right[length..]);
            if (difference != 0)
                return length + (BitOperations.TrailingZeroCount(difference) >> 3);
            length += sizeof(ulong);
        }

        while (length < left.Length && length < right.Length && left[length] == right[length])
            length++;
        return length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Read32(ReadOnlySpan<byte> input, int at) => MemoryMarshal.Read<uint>(input[at..]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Hash(uint group) => (int)((group * 2654435761u) >> (32 - HashBits));
}
