using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Praetor.Api.Dns.Answers;
using Praetor.Api.Dns.Lookups;
using Praetor.Api.Dns.Wire;

namespace Praetor.Api.Dns.Sockets;

/// <summary>
/// Takes all waiting datagrams with one system call and sends all replies with another: under load that is two calls per batch, while
/// an idle server answers each datagram as it comes. On a socket bound to a wildcard address, replies leave from the address the
/// request was sent to, as clients insist.
/// </summary>
internal sealed unsafe class BatchedUdpLoop : UdpLoop
{
    // Buffers lie an odd number of cache lines apart, so that their beginnings do not compete for the same cache sets.
    private const int BufferStride = 65_536 + 192;
    private const int NameBytes = 128; // sockaddr_storage
    private const int ControlBytes = 64; // one cmsghdr with in6_pktinfo, aligned, and room to spare
    private const int Batch = SocketPolicy.UdpBatch;

    private readonly bool _repliesFromTarget;

    /// <summary>Creates the loop; the socket must stay in blocking mode.</summary>
    public BatchedUdpLoop(Socket socket, Responder responder, IDnsAnswers later, RequestLog log)
        : base(socket, responder, later, log)
    {
        _repliesFromTarget = socket.LocalEndPoint is IPEndPoint { Address: var address }
            && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any));
        if (_repliesFromTarget)
        {
            SocketOptionLevel level = socket.AddressFamily == AddressFamily.InterNetwork ? SocketOptionLevel.IP : SocketOptionLevel.IPv6;
            socket.SetSocketOption(level, SocketOptionName.PacketInformation, true);
        }
    }

    /// <inheritdoc/>
    protected override void Serve()
    {
        // The kernel gives pages to the buffers as they are used: small datagrams touch one page each.
        byte* packets = (byte*)NativeMemory.Alloc(Batch, BufferStride);
        byte* replies = (byte*)NativeMemory.Alloc(Batch, BufferStride);
        byte* names = (byte*)NativeMemory.AllocZeroed(Batch, NameBytes);
        byte* controls = (byte*)NativeMemory.AllocZeroed(Batch, ControlBytes);
        try
        {
            LinuxDatagrams.Vector* vectors = stackalloc LinuxDatagrams.Vector[2 * Batch];
            LinuxDatagrams.Message* incoming = stackalloc LinuxDatagrams.Message[Batch];
            LinuxDatagrams.Message* outgoing = stackalloc LinuxDatagrams.Message[Batch];
            for (int i = 0; i < Batch; i++)
            {
                vectors[i] = new() { Base = packets + i * BufferStride, Length = DnsLimits.MessageBytes };
                vectors[Batch + i] = new() { Base = replies + i * BufferStride };
                incoming[i] = new() { Name = names + i * NameBytes, Vectors = vectors + i, VectorCount = 1, Control = controls + i * ControlBytes };
                outgoing[i] = new() { Vectors = vectors + Batch + i, VectorCount = 1 };
            }
            Serve(incoming, outgoing);
        }
        finally
        {
            NativeMemory.Free(packets);
            NativeMemory.Free(replies);
            NativeMemory.Free(names);
            NativeMemory.Free(controls);
        }
    }

    private void Serve(LinuxDatagrams.Message* incoming, LinuxDatagrams.Message* outgoing)
    {
        int socket = (int)Socket.SafeHandle.DangerousGetHandle();
        int failuresInARow = 0;
        while (!IsStopping)
        {
            for (int i = 0; i < Batch; i++)
            {
                incoming[i].NameLength = NameBytes;
                incoming[i].ControlLength = _repliesFromTarget ? (nuint)ControlBytes : 0;
            }
            int received = LinuxDatagrams.Receive(socket, incoming, Batch, LinuxDatagrams.WaitForOne, null);
            if (IsStopping)
                return;
            if (received < 0)
            {
                int error = Marshal.GetLastPInvokeError();
                if (error != LinuxDatagrams.Interrupted && ++failuresInARow >= SocketPolicy.MaxReceiveFailures)
                    throw new IOException($"receive: {Marshal.GetPInvokeErrorMessage(error)}");
                continue;
            }
            failuresInARow = 0;
            SendAll(socket, outgoing, Answer(incoming, received, outgoing));
        }
    }

    /// <summary>Answers a batch; returns how many replies there are.</summary>
    private int Answer(LinuxDatagrams.Message* incoming, int received, LinuxDatagrams.Message* outgoing)
    {
        int replies = 0;
        for (int i = 0; i < received; i++)
        {
            ReadOnlySpan<byte> packet = new(incoming[i].Vectors->Base, (int)incoming[i].Length);
            LinuxDatagrams.Message* reply = outgoing + replies;
            long begun = Log.Begin();
            int length = Responder.Answer(packet, new Asker(DnsTransport.Udp, SocketName.AddressOf(incoming[i].Name, incoming[i].NameLength)), new Span<byte>(reply->Vectors->Base, DnsLimits.MessageBytes));
            if (length < 0)
                AnswerLater(incoming + i);
            if (length <= 0)
                continue;
            if (Log.IsOn)
                Log.Served(packet, begun, SocketName.Parse(incoming[i].Name, incoming[i].NameLength), "udp");
            reply->Vectors->Length = (nuint)length;
            reply->Name = incoming[i].Name;
            reply->NameLength = incoming[i].NameLength;
            reply->Control = null;
            reply->ControlLength = 0;
            if (HasTarget(incoming + i))
            {
                reply->Control = incoming[i].Control;
                reply->ControlLength = incoming[i].ControlLength;
            }
            replies++;
        }
        return replies;
    }

    private bool HasTarget(LinuxDatagrams.Message* request) => _repliesFromTarget && (request->Flags & LinuxDatagrams.ControlTruncated) == 0
        && SocketName.ForgetInterface(request->Control, request->ControlLength);

    /// <summary>The buffers belong to the next batch by then, so the request and where its reply goes are copied.</summary>
    private void AnswerLater(LinuxDatagrams.Message* request)
    {
        byte[] name = new ReadOnlySpan<byte>(request->Name, (int)request->NameLength).ToArray();
        byte[] control = HasTarget(request) ? new ReadOnlySpan<byte>(request->Control, (int)request->ControlLength).ToArray() : [];
        byte[] packet = new ReadOnlySpan<byte>(request->Vectors->Base, (int)request->Length).ToArray();
        AnswerLater(packet, SocketName.Parse(request->Name, request->NameLength), reply => Send(reply.Span, name, control));
    }

    private string? Send(ReadOnlySpan<byte> reply, byte[] name, byte[] control)
    {
        fixed (byte* replyAt = reply, nameAt = name, controlAt = control)
        {
            var vector = new LinuxDatagrams.Vector { Base = replyAt, Length = (nuint)reply.Length };
            var message = new LinuxDatagrams.Message
            {
                Name = nameAt,
                NameLength = (uint)name.Length,
                Vectors = &vector,
                VectorCount = 1,
                Control = controlAt,
                ControlLength = (nuint)control.Length,
            };
            try
            {
                return LinuxDatagrams.Send(Socket.SafeHandle, &message, 1, LinuxDatagrams.NoSignal) == 1 ? null : Marshal.GetLastPInvokeErrorMessage();
            }
            catch (ObjectDisposedException closed)
            {
                return closed.Message;
            }
        }
    }

    private void SendAll(int socket, LinuxDatagrams.Message* outgoing, int count)
    {
        for (int sent = 0; sent < count;)
        {
            int more = LinuxDatagrams.Send(socket, outgoing + sent, (uint)(count - sent), LinuxDatagrams.NoSignal);
            if (more > 0)
            {
                sent += more;
                continue;
            }
            int error = Marshal.GetLastPInvokeError();
            if (error == LinuxDatagrams.Interrupted)
                continue;
            if (IsStopping)
                return;
            // The first one of the rest could not be sent; that client asks again, the others still get their replies.
            if (Log.IsOn)
                Log.SendFailed(SocketName.Parse(outgoing[sent].Name, outgoing[sent].NameLength), Marshal.GetPInvokeErrorMessage(error));
            sent++;
        }
    }
}
