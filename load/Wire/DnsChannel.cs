using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Praetor.Load.Wire;

/// <summary>A UDP socket that asks one DNS question at a time. Ok is an answer to that question, without error, that has answers.</summary>
public sealed class DnsChannel(IPEndPoint target, byte[] receiveBuffer) : Channel(target)
{
    private const int HeaderBytes = 12;
    private const int MaxLabelBytes = 63;
    private ushort _id;
    private long _answerBytes;

    /// <inheritdoc/>
    public override long AnswerBytes => _answerBytes;

    /// <summary>Writes a query (recursion desired, EDNS with 4096 bytes) for a name such as "web.service.consul".</summary>
    public static void WriteQuery(RequestWriter writer, ushort id, string name, ushort type)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(name);
        writer.Add([(byte)(id >> 8), (byte)id, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1]);
        foreach (var label in name.Split('.'))
        {
            if (label.Length is 0 or > MaxLabelBytes)
                throw new FormatException($"no DNS name: {name}");
            writer.Add([(byte)label.Length]).Add(Encoding.ASCII.GetBytes(label));
        }

        writer.Add([0, (byte)(type >> 8), (byte)type, 0, 1]);
        writer.Add([0, 0, 41, 0x10, 0, 0, 0, 0, 0, 0, 0]);
    }

    /// <summary>The query that is sent next has that id.</summary>
    public void Expect(ushort id) => _id = id;

    /// <inheritdoc/>
    public override Received Receive()
    {
        while (true)
        {
            var count = Socket!.Receive(receiveBuffer, SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock)
                return Received.Pending;
            if (error != SocketError.Success)
                return Received.Closed;
            // A late answer to a question that was given up is no answer to this one.
            if (count < HeaderBytes || BinaryPrimitives.ReadUInt16BigEndian(receiveBuffer) != _id)
                continue;
            _answerBytes = count;
            var hasNoError = (receiveBuffer[3] & 0x0f) == 0;
            return hasNoError && BinaryPrimitives.ReadUInt16BigEndian(receiveBuffer.AsSpan(6)) > 0 ? Received.Ok : Received.Fail;
        }
    }

    /// <inheritdoc/>
    protected override Socket CreateSocket(AddressFamily family) => new(family, SocketType.Dgram, ProtocolType.Udp);
}
