using System.Buffers;
using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Authentication;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Praetor.Transport.Framing;
using Praetor.Transport.Tls;

namespace Praetor.Transport.Rpc;

/// <summary>A connection whose other side is known.</summary>
/// <param name="Hello">Who it is and what it wants.</param>
/// <param name="Input">Where frames come from.</param>
/// <param name="Output">Where frames go.</param>
internal sealed record AcceptedConnection(Hello Hello, PipeReader Input, Stream Output);

/// <summary>
/// The first steps on an accepted connection: TLS or not by the first byte, then the hello, then a welcome or a refusal that says why.
/// Bounded in time and bytes.
/// </summary>
internal sealed class ServerHandshake(NodeIdentity identity, RpcOptions options, TlsContext? tls, TimeProvider time, RpcDrops drops, ILogger log)
{
    // First byte of a TLS handshake record.
    private const byte TlsHandshake = 0x16;

    /// <summary>Null if the connection was refused; the reason is counted, logged and, where the other side can read it, sent.</summary>
    public async Task<AcceptedConnection?> AcceptAsync(ConnectionContext transport)
    {
        using var timeout = new CancellationTokenSource(options.HandshakeTimeout, time);
        try
        {
            bool isTls = await PeekAsync(transport.Transport.Input, timeout.Token).ConfigureAwait(false) == TlsHandshake;
            if (!isTls)
            {
                if (tls is { Settings.VerifyIncoming: true })
                {
                    drops.Count(RpcDrop.Plaintext);
                    RpcLog.Plaintext(log, transport.RemoteEndPoint);
                    return null;
                }

                Stream plain = transport.Transport.Output.AsStream(leaveOpen: true);
                return await GreetAsync(transport, transport.Transport.Input, plain, null, timeout.Token).ConfigureAwait(false);
            }

            SslStream? secured = await SecureAsync(transport, timeout.Token).ConfigureAwait(false);
            return secured is null ? null : await GreetAsync(transport, PipeReader.Create(secured), secured, secured, timeout.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            Refuse(transport, RpcDrop.HandshakeTimeout, "the handshake took too long");
            return null;
        }
    }

    private static async ValueTask<byte> PeekAsync(PipeReader input, CancellationToken cancellation)
    {
        ReadResult read = await input.ReadAsync(cancellation).ConfigureAwait(false);
        if (read.Buffer.IsEmpty)
            throw new EndOfStreamException();
        byte first = read.Buffer.FirstSpan[0];
        input.AdvanceTo(read.Buffer.Start);
        return first;
    }

    private async Task<SslStream?> SecureAsync(ConnectionContext transport, CancellationToken cancellation)
    {
        if (tls is not { HasCertificate: true })
        {
            drops.Count(RpcDrop.TlsFailed);
            RpcLog.TlsFailed(log, transport.RemoteEndPoint, "no certificate is configured here");
            return null;
        }

        var secured = new SslStream(new PipeStream(transport.Transport));
        try
        {
            await secured.AuthenticateAsServerAsync(tls.ServerOptions(), cancellation).ConfigureAwait(false);
            return secured;
        }
        catch (Exception failure) when (failure is AuthenticationException or IOException)
        {
            drops.Count(RpcDrop.TlsFailed);
            RpcLog.TlsFailed(log, transport.RemoteEndPoint, failure.Message);
            await secured.DisposeAsync().ConfigureAwait(false);
            return null;
        }
    }

    private async Task<AcceptedConnection?> GreetAsync(ConnectionContext transport, PipeReader input, Stream output, SslStream? secured, CancellationToken cancellation)
    {
        (Hello? hello, RpcDrop drop, string reason) = await ReadHelloAsync(input, cancellation).ConfigureAwait(false);
        if (hello is not null)
            (drop, reason) = Judge(hello, secured);
        var answer = new FrameBuffer();
        if (hello is null || reason.Length > 0)
        {
            Refuse(transport, drop, reason);
            answer.Append(FrameType.Refused, FrameFlags.None, 0, 0, System.Text.Encoding.UTF8.GetBytes(reason));
            hello = null;
        }
        else
        {
            answer.Append(FrameType.Welcome, FrameFlags.None, 0, 0, new Welcome(options.Features, identity.NodeId, identity.NodeName).Encode());
        }

        await output.WriteAsync(answer.Memory, cancellation).ConfigureAwait(false);
        answer.Release();
        return hello is null ? null : new AcceptedConnection(hello, input, output);
    }

    private static async Task<(Hello? Hello, RpcDrop Drop, string Reason)> ReadHelloAsync(PipeReader input, CancellationToken cancellation)
    {
        while (true)
        {
            ReadResult read = await input.ReadAsync(cancellation).ConfigureAwait(false);
            ReadOnlySequence<byte> buffer = read.Buffer;
            (Hello? hello, RpcDrop drop, string reason) = TryReadHello(ref buffer);
            input.AdvanceTo(buffer.Start, hello is null ? read.Buffer.End : buffer.Start);
            if (hello is not null || reason.Length > 0)
                return (hello, drop, reason);
            if (read.IsCompleted)
                throw new EndOfStreamException();
        }
    }

    /// <summary>Neither a hello nor a reason: more bytes are needed.</summary>
    private static (Hello? Hello, RpcDrop Drop, string Reason) TryReadHello(ref ReadOnlySequence<byte> buffer)
    {
        Span<byte> preface = stackalloc byte[Hello.Preface.Length];
        int have = (int)Math.Min(buffer.Length, preface.Length);
        buffer.Slice(0, have).CopyTo(preface);
        if (!Hello.Preface.StartsWith(preface[..have]))
            return (null, RpcDrop.NotThisProtocol, "this port speaks Praetor's server protocol");
        ReadOnlySequence<byte> frames = buffer.Slice(have);
        switch (FrameReader.TryRead(ref frames, Hello.MaxBytes, out FrameHeader header, out ReadOnlySequence<byte> body))
        {
            case FrameRead.Incomplete:
                return (null, default, "");
            case FrameRead.Frame when header is { Type: FrameType.Hello, Flags: FrameFlags.None, StreamId: 0 }:
                break;
            default:
                return (null, RpcDrop.MalformedHello, "the first frame is no hello");
        }

        try
        {
            byte[] bytes = body.ToArray();
            byte version = Hello.VersionOf(bytes);
            if (version != Hello.CurrentVersion)
                return (null, RpcDrop.WrongVersion, $"wrong protocol version: this server speaks {Hello.CurrentVersion}, the caller {version}");
            var hello = Hello.Decode(bytes);
            buffer = frames;
            return (hello, default, "");
        }
        catch (InvalidDataException malformed)
        {
            return (null, RpcDrop.MalformedHello, $"malformed hello: {malformed.Message}");
        }
    }

    /// <summary>An empty reason: the caller is welcome.</summary>
    private (RpcDrop Drop, string Reason) Judge(Hello hello, SslStream? secured)
    {
        if (hello.WantedDatacenter != identity.Datacenter)
            return (RpcDrop.WrongDatacenter, $"wrong datacenter: this server is in {Quoted(identity.Datacenter)}, the caller wants {Quoted(hello.WantedDatacenter)}");
        if (hello.WantedServerId.Length > 0 && hello.WantedServerId != identity.NodeId)
            return (RpcDrop.WrongServer, $"wrong server: this is {Quoted(identity.NodeId)}, the caller wants {Quoted(hello.WantedServerId)}");
        if (hello.NodeId == identity.NodeId)
            return (RpcDrop.SameId, $"the caller has the node id of this server, {Quoted(identity.NodeId)} ({Quoted(identity.NodeName)})");
        if (hello.Lane is Lane.Calls or Lane.AgentStream)
            return (default, "");
        if (!hello.IsServer)
            return (RpcDrop.NotAServer, "only servers may open this kind of connection");
        if (hello.Datacenter != identity.Datacenter)
            return (RpcDrop.WrongDatacenter, $"wrong datacenter: this server is in {Quoted(identity.Datacenter)}, the caller in {Quoted(hello.Datacenter)}");
        return tls is null || tls.MaySpeakAsServer(secured?.RemoteCertificate)
            ? (default, "")
            : (RpcDrop.NotAServer, $"the caller's certificate is not valid for {tls.Settings.ServerHostname}");
    }

    private void Refuse(ConnectionContext transport, RpcDrop drop, string reason)
    {
        drops.Count(drop);
        RpcLog.Refused(log, transport.RemoteEndPoint, reason);
    }

    /// <summary>Names from outside go into logs and terminals: control characters do not.</summary>
    private static string Quoted(string name)
    {
        const int maxCharacters = 128;
        string shown = name.Length > maxCharacters ? name[..maxCharacters] : name;
        return $"\"{string.Create(shown.Length, shown, static (text, name) =>
        {
            for (int i = 0; i < text.Length; i++)
                text[i] = char.IsControl(name[i]) ? '?' : name[i];
        })}\"";
    }
}
