using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;

namespace Praetor.Api.Dns.Sockets;

/// <summary>Linux layouts of socket addresses and of the control message that tells where a datagram was sent to.</summary>
internal static unsafe class SocketName
{
    private const int FamilyIpv4 = 2;
    private const int FamilyIpv6 = 10;
    private const int LevelIp = 0;
    private const int LevelIpv6 = 41;
    private const int PacketInfoIpv4 = 8;
    private const int PacketInfoIpv6 = 50;
    private const int ControlHeaderBytes = 16; // size_t length, int level, int type
    private const int PacketInfoIpv4Bytes = 12; // int interface, in_addr local, in_addr target
    private const int PacketInfoIpv6Bytes = 20; // in6_addr target, int interface

    /// <summary>sockaddr_in or sockaddr_in6 as an end point, for logs; null for anything else.</summary>
    public static IPEndPoint? Parse(byte* name, uint length)
    {
        ReadOnlySpan<byte> address = AddressOf(name, length);
        return address.IsEmpty ? null : new IPEndPoint(new IPAddress(address), BinaryPrimitives.ReadUInt16BigEndian(new ReadOnlySpan<byte>(name, (int)length)[2..]));
    }

    /// <summary>The address in sockaddr_in or sockaddr_in6: 4 or 16 bytes of it, none for anything else.</summary>
    public static ReadOnlySpan<byte> AddressOf(byte* name, uint length)
    {
        ReadOnlySpan<byte> bytes = new(name, (int)length);
        return bytes.Length < 8 ? [] : MemoryMarshal.Read<ushort>(bytes) switch
        {
            FamilyIpv4 => bytes.Slice(4, 4),
            FamilyIpv6 when bytes.Length >= 28 => bytes.Slice(8, 16),
            _ => [],
        };
    }

    /// <summary>
    /// Makes the control message of a received datagram fit for its reply: the reply shall leave from the address that was asked, by
    /// whichever interface routing says. False if it is not such a message.
    /// </summary>
    public static bool ForgetInterface(byte* control, nuint length)
    {
        if (length < ControlHeaderBytes)
            return false;
        int payload = (int)(*(nuint*)control) - ControlHeaderBytes, level = *(int*)(control + 8), type = *(int*)(control + 12);
        switch (level, type)
        {
            case (LevelIp, PacketInfoIpv4) when payload >= PacketInfoIpv4Bytes:
                *(int*)(control + ControlHeaderBytes) = 0;
                return true;
            case (LevelIpv6, PacketInfoIpv6) when payload >= PacketInfoIpv6Bytes:
                *(int*)(control + ControlHeaderBytes + 16) = 0;
                return true;
            default:
                return false;
        }
    }
}
