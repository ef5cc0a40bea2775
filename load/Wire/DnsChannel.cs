using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Praetor.Load.Wire;

/// <summary>
/// A UDP socket with a few DNS questions under way. Ok is an answer to one of them, without error, that has answers. The id of a
/// question tells its slot and which of the slot's questions it is, so that a late answer is nobody's.
/// </summary>
public sealed class DnsChannel(IPEndPoint target, byte[] receiveBuffer) : SocketChannel(target)
{
    /// <summary>Questions under way on one socket.</summary>
    public const int SlotsPerSocket = 1 << SlotBits;

    private const int SlotBits = 2;
    private const int HeaderBytes = 12;
    private const int MaxLabelBytes = 63;

    private readonly ushort[] _expected = new ushort[SlotsPerSocket];
    private readonly bool[] _isWaiting = new bool[SlotsPerSocket];
    private int _sent;
    private long _answerBytes;

    /// <inheritdoc/>
    public override int Slots => SlotsPerSocket;

    /// <inheritdoc/>
    public override bool OutlivesLoss => true;

    /// <inheritdoc/>
    public override long AnswerBytes => _answerBytes;

    /// <summary>Writes a query (recursion desired, EDNS with 4096 bytes, id 0) for a name such as "web.service.consul".</summary>
    /// <exception cref="FormatException">A label is empty or longer than 63 bytes.</exception>
    public static void WriteQuery(RequestWriter writer, string name, ushort type)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(name);
        writer.Add([0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1]);
        foreach (var label in name.Split('.'))
        {
            if (label.Length is 0 or > MaxLabelBytes)
                throw new FormatException($"no DNS name: {name}");
            writer.Add([(byte)label.Length]).Add(Encoding.ASCII.GetBytes(label));
        }

        writer.Add([0, (byte)(type >> 8), (byte)type, 0, 1]);
        writer.Add([0, 0, 41, 0x10, 0, 0, 0, 0, 0, 0, 0]);
    }

    /// <inheritdoc/>
    public override bool Send(int slot, Span<byte> request)
    {
        var id = (ushort)((_sent++ << SlotBits) | slot);
        _expected[slot] = id;
        _isWaiting[slot] = true;
        BinaryPrimitives.WriteUInt16BigEndian(request, id);
        return base.Send(slot, request);
    }

    /// <inheritdoc/>
    public override Received Receive(out int slot)
    {
        while (true)
        {
            slot = 0;
            var count = Socket!.Receive(receiveBuffer, SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock)
                return Received.Pending;
            if (error != SocketError.Success)
                return Received.Closed;
            if (count < HeaderBytes)
                continue;
            var id = BinaryPrimitives.ReadUInt16BigEndian(receiveBuffer);
            slot = id & (SlotsPerSocket - 1);
            if (!_isWaiting[slot] || _expected[slot] != id)
                continue;
            _isWaiting[slot] = false;
            _answerBytes = count;
            var hasNoError = (receiveBuffer[3] & 0x0f) == 0;
            return hasNoError && BinaryPrimitives.ReadUInt16BigEndian(receiveBuffer.AsSpan(6)) > 0 ? Received.Ok : Received.Fail;
        }
    }

    /// <inheritdoc/>
    protected override Socket CreateSocket(AddressFamily family) => new(family, SocketType.Dgram, ProtocolType.Udp);
}
