using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Praetor.Core.Ports;

namespace Praetor.Storage.Log;

/// <summary>
/// Term and vote in two slots that are written in turn, so that a torn write never touches the last good one. Held exclusively: a
/// second process on the same directory is refused here.
/// <code>
///  slot (512 bytes):  0 u32 magic "PVOT" | 4 u32 CRC-32C of the rest | 8 u64 sequence | 16 i64 term | 24 i32 id bytes, -1 = none | 28 id
/// </code>
/// </summary>
internal sealed class VoteFile : IDisposable
{
    private const int SlotBytes = 512;
    private const int IdStart = 28;
    private const uint Magic = 0x544f5650;

    private readonly string _path;
    private readonly SafeFileHandle _file;
    private ulong _sequence;

    private VoteFile(string path, SafeFileHandle file)
    {
        _path = path;
        _file = file;
    }

    /// <summary>As last saved.</summary>
    public HardState State { get; private set; }

    public static VoteFile Open(string path)
    {
        bool isNew = !File.Exists(path);
        SafeFileHandle file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        var vote = new VoteFile(path, file);
        try
        {
            if (isNew)
                vote.Create();
            else
                vote.Load();
            return vote;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public void Save(HardState state)
    {
        byte[] slot = new byte[SlotBytes];
        int length = -1;
        if (state.VotedFor is { } id)
        {
            if (Encoding.UTF8.GetByteCount(id) > SlotBytes - IdStart)
                throw new ArgumentException("the server id is too long for the vote file", nameof(state));
            length = Encoding.UTF8.GetBytes(id, slot.AsSpan(IdStart));
        }

        BinaryPrimitives.WriteUInt32LittleEndian(slot, Magic);
        BinaryPrimitives.WriteUInt64LittleEndian(slot.AsSpan(8), _sequence + 1);
        BinaryPrimitives.WriteInt64LittleEndian(slot.AsSpan(16), state.Term);
        BinaryPrimitives.WriteInt32LittleEndian(slot.AsSpan(24), length);
        BinaryPrimitives.WriteUInt32LittleEndian(slot.AsSpan(4), Crc32C.Of(slot.AsSpan(8)));
        RandomAccess.Write(_file, slot, (long)((_sequence + 1) % 2) * SlotBytes);
        DurableFile.SyncData(_file, _path);
        _sequence++;
        State = state;
    }

    public void Dispose() => _file.Dispose();

    private void Create()
    {
        RandomAccess.Write(_file, new byte[2 * SlotBytes], 0);
        RandomAccess.FlushToDisk(_file);
        DurableFile.SyncDirectory(Path.GetDirectoryName(_path)!);
    }

    private void Load()
    {
        byte[] bytes = new byte[2 * SlotBytes];
        RandomAccess.Read(_file, bytes, 0);
        bool any = false;
        for (int i = 0; i < 2; i++)
            any |= TryTake(bytes.AsSpan(i * SlotBytes, SlotBytes));
        bool firstWriteTorn = bytes.AsSpan(0, SlotBytes).IndexOfAnyExcept((byte)0) < 0;
        if (!any && !firstWriteTorn)
            throw new InvalidDataException($"vote file {_path} is damaged: neither of its copies matches its checksum");
    }

    private bool TryTake(ReadOnlySpan<byte> slot)
    {
        int length = BinaryPrimitives.ReadInt32LittleEndian(slot[24..]);
        if (BinaryPrimitives.ReadUInt32LittleEndian(slot) != Magic || BinaryPrimitives.ReadUInt32LittleEndian(slot[4..]) != Crc32C.Of(slot[8..])
            || length > SlotBytes - IdStart)
            return false;
        ulong sequence = BinaryPrimitives.ReadUInt64LittleEndian(slot[8..]);
        if (sequence > _sequence)
        {
            _sequence = sequence;
            State = new HardState(BinaryPrimitives.ReadInt64LittleEndian(slot[16..]),
                length < 0 ? null : Encoding.UTF8.GetString(slot.Slice(IdStart, length)));
        }

        return true;
    }
}
