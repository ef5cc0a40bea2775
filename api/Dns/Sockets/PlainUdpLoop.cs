using System.Net;
using System.Net.Sockets;
using Praetor.Api.Dns.Answers;
using Praetor.Api.Dns.Lookups;
using Praetor.Api.Dns.Wire;

namespace Praetor.Api.Dns.Sockets;

/// <summary>One datagram per system call: runs everywhere.</summary>
internal sealed class PlainUdpLoop(Socket socket, Responder responder, IDnsAnswers later, RequestLog log) : UdpLoop(socket, responder, later, log)
{
    /// <inheritdoc/>
    protected override void Serve()
    {
        byte[] packet = new byte[DnsLimits.MessageBytes], reply = new byte[DnsLimits.MessageBytes];
        SocketAddress client = new(Socket.AddressFamily);
        int failuresInARow = 0;
        while (!IsStopping)
        {
            int received;
            try
            {
                client.Size = client.Buffer.Length;
                received = Socket.ReceiveFrom(packet, SocketFlags.None, client);
                failuresInARow = 0;
            }
            catch (SocketException) when (!IsStopping && ++failuresInARow < SocketPolicy.MaxReceiveFailures)
            {
                continue; // for example an ICMP error for an earlier reply, reported here on some systems
            }

            long begun = Log.Begin();
            int length = Responder.Answer(packet.AsSpan(0, received), new Asker(DnsTransport.Udp, (EndPointOf(client) as IPEndPoint)?.Address.GetAddressBytes() ?? []), reply);
            if (length < 0)
                AnswerLater(packet.AsSpan(0, received).ToArray(), client);
            if (length <= 0)
                continue;
            try
            {
                Socket.SendTo(reply.AsSpan(0, length), SocketFlags.None, client);
                if (Log.IsOn)
                    Log.Served(packet.AsSpan(0, received), begun, EndPointOf(client), "udp");
            }
            catch (SocketException e) when (!IsStopping)
            {
                Log.SendFailed(EndPointOf(client), e.Message);
            }
        }
    }

    private void AnswerLater(byte[] packet, SocketAddress from)
    {
        var client = (IPEndPoint)EndPointOf(from);
        AnswerLater(packet, client, reply =>
        {
            try
            {
                Socket.SendTo(reply.Span, SocketFlags.None, client);
                return null;
            }
            catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
            {
                return gone.Message;
            }
        });
    }

    private EndPoint EndPointOf(SocketAddress client) => Socket.LocalEndPoint!.Create(client);
}
