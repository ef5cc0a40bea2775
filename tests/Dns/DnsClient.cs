using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Praetor.Tests.Dns;

/// <summary>Asks a server as a stub resolver does.</summary>
internal static class DnsClient
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    /// <summary>One question over udp or tcp.</summary>
    public static async Task<DnsMessage> AskAsync(IPEndPoint server, DnsQuery query, string transport = "udp")
    {
        using CancellationTokenSource limit = new(s_patience);
        if (transport == "udp")
        {
            // A connected socket drops whatever comes from another address.
            using UdpClient client = new(server.AddressFamily);
            client.Connect(server);
            await client.SendAsync(query.ToBytes(), limit.Token);
            return DnsMessage.Parse((await client.ReceiveAsync(limit.Token)).Buffer);
        }

        using TcpClient connection = new();
        await connection.ConnectAsync(server, limit.Token);
        byte[] packet = query.ToBytes(), length = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)packet.Length);
        await connection.GetStream().WriteAsync((byte[])[.. length, .. packet], limit.Token);
        await connection.GetStream().ReadExactlyAsync(length, limit.Token);
        byte[] reply = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
        await connection.GetStream().ReadExactlyAsync(reply, limit.Token);
        return DnsMessage.Parse(reply);
    }
}
