using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Praetor.Core.Ports;
using Praetor.Transport.Framing;
using Praetor.Transport.Tls;

namespace Praetor.Transport.Rpc;

/// <summary>A connection to a server that has said welcome.</summary>
internal sealed class DialedConnection(Stream stream, PipeReader input, Welcome welcome) : IDisposable
{
    /// <summary>Where frames go.</summary>
    public Stream Output { get; } = stream;

    /// <summary>Where frames come from.</summary>
    public PipeReader Input { get; } = input;

    /// <summary>Who the server is and what it can do.</summary>
    public Welcome Welcome { get; } = welcome;

    /// <inheritdoc/>
    public void Dispose() => Output.Dispose();
}

/// <summary>Makes connections to servers: TCP, TLS if so configured, hello. Thread-safe.</summary>
internal sealed class Dialer(NodeIdentity identity, RpcOptions options, TlsContext? tls, TimeProvider time)
{
    private const int ReadBytes = 16 * 1024;
    private const int MaxRefusalBytes = 16 * 1024;

    /// <summary>Connects within <paramref name="timeout"/>.</summary>
    /// <exception cref="ServerCallException">It could not be done; nothing has run.</exception>
    public async Task<DialedConnection> DialAsync(ServerAddress to, Lane lane, TimeSpan timeout, CancellationToken cancellation)
    {
        using var timer = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellation);
        try
        {
            Socket socket = await ConnectAsync(to.Address, either.Token).ConfigureAwait(false);
            return await GreetAsync(socket, to, lane, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (timer.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw Failed(to, $"no connection within {timeout.TotalSeconds:0.#}s", null);
        }
        catch (Exception cause) when (cause is SocketException or IOException or AuthenticationException or InvalidDataException or FormatException)
        {
            throw Failed(to, cause.Message, cause);
        }
    }

    /// <summary>The exception for a server that cannot be reached.</summary>
    public static ServerCallException Failed(ServerAddress to, string reason, Exception? cause) =>
        new($"failed to connect to server {to.Id} at {to.Address}: {reason}", mayHaveRun: false, cause);

    private async Task<Socket> ConnectAsync(string address, CancellationToken cancellation)
    {
        IPEndPoint endPoint = await ResolveAsync(address, cancellation).ConfigureAwait(false);
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            SocketTuning.SetKeepAlive(socket);
            if (options.SourceAddress is { } source && source.AddressFamily == endPoint.AddressFamily)
                socket.Bind(new IPEndPoint(source, 0));
            await socket.ConnectAsync(endPoint, cancellation).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async ValueTask<IPEndPoint> ResolveAsync(string address, CancellationToken cancellation)
    {
        if (IPEndPoint.TryParse(address, out IPEndPoint? endPoint))
            return endPoint;
        int colon = address.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(address.AsSpan(colon + 1), out ushort port))
            throw new FormatException($"{(address.Length == 0 ? "no address is known" : "the address is not host:port")}");
        IPAddress[] found = await Dns.GetHostAddressesAsync(address[..colon], cancellation).ConfigureAwait(false);
        return found.Length > 0 ? new IPEndPoint(found[0], port) : throw new FormatException("the name has no address");
    }

    private async Task<DialedConnection> GreetAsync(Socket socket, ServerAddress to, Lane lane, CancellationToken cancellation)
    {
        SocketTuning.SetUnacknowledgedTimeout(socket, lane == Lane.Messages ? options.MessageUnacknowledgedTimeout : options.CallUnacknowledgedTimeout);
        Stream stream = new NetworkStream(socket, ownsSocket: true);
        try
        {
            if (tls is { Settings.IsOutgoing: true })
            {
                var secured = new SslStream(stream);
                stream = secured;
                await secured.AuthenticateAsClientAsync(tls.ClientOptions(), cancellation).ConfigureAwait(false);
            }

            await stream.WriteAsync(HelloBytes(to, lane), cancellation).ConfigureAwait(false);
            PipeReader input = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: ReadBytes, leaveOpen: true, useZeroByteReads: true));
            return new DialedConnection(stream, input, await ReadWelcomeAsync(input, cancellation).ConfigureAwait(false));
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private byte[] HelloBytes(ServerAddress to, Lane lane)
    {
        var hello = new Hello
        {
            Lane = lane,
            Features = options.Features,
            IsServer = identity.IsServer,
            NodeId = identity.NodeId,
            NodeName = identity.NodeName,
            Datacenter = identity.Datacenter,
            WantedDatacenter = identity.Datacenter,
            WantedServerId = to.Id,
        };
        var buffer = new FrameBuffer();
        buffer.AppendRaw(Hello.Preface);
        buffer.Append(FrameType.Hello, FrameFlags.None, 0, 0, hello.Encode());
        byte[] bytes = buffer.Memory.ToArray();
        buffer.Release();
        return bytes;
    }

    private static async Task<Welcome> ReadWelcomeAsync(PipeReader input, CancellationToken cancellation)
    {
        while (true)
        {
            ReadResult read = await input.ReadAsync(cancellation).ConfigureAwait(false);
            ReadOnlySequence<byte> buffer = read.Buffer;
            FrameRead found = FrameReader.TryRead(ref buffer, MaxRefusalBytes, out FrameHeader header, out ReadOnlySequence<byte> body);
            byte[] bytes = found == FrameRead.Frame ? body.ToArray() : [];
            input.AdvanceTo(buffer.Start, found == FrameRead.Frame ? buffer.Start : read.Buffer.End);
            switch (found)
            {
                case FrameRead.Frame when header.Type == FrameType.Welcome:
                    return Welcome.Decode(bytes);
                case FrameRead.Frame when header.Type == FrameType.Refused:
                    throw new InvalidDataException(System.Text.Encoding.UTF8.GetString(bytes));
                case FrameRead.Incomplete when !read.IsCompleted:
                    continue;
                case FrameRead.Incomplete:
                    throw new EndOfStreamException("the connection was closed during the handshake");
                default:
                    throw new InvalidDataException("the other side does not speak Praetor's server protocol");
            }
        }
    }
}
