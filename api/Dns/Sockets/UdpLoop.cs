using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Praetor.Api.Dns.Answers;
using Praetor.Api.Dns.Lookups;

namespace Praetor.Api.Dns.Sockets;

/// <summary>
/// One dedicated thread that receives datagrams and answers them. It may block: it is no thread of the pool. A bad packet or a
/// client that cannot be reached never ends it; a broken socket does, and <see cref="Completion"/> carries the cause.
/// </summary>
internal abstract class UdpLoop
{
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string _address;
    private volatile bool _stopping;
    private int _later;

    protected UdpLoop(Socket socket, Responder responder, IDnsAnswers later, RequestLog log)
    {
        Socket = socket;
        Responder = responder;
        Later = later;
        Log = log;
        _address = socket.LocalEndPoint?.ToString() ?? "";
    }

    /// <summary>Ends when the loop has ended: successfully after <see cref="RequestStop"/>, faulted if the socket died.</summary>
    public Task Completion => _completion.Task;

    protected Socket Socket { get; }

    protected Responder Responder { get; }

    /// <summary>Answers that take recursors: they must not hold up the loop.</summary>
    protected IDnsAnswers Later { get; }

    protected RequestLog Log { get; }

    protected bool IsStopping => _stopping;

    /// <summary>The loop for this platform: batched system calls on Linux, plain ones elsewhere.</summary>
    /// <param name="socket">Bound; must stay in blocking mode.</param>
    /// <param name="responder">Answers what it can at once.</param>
    /// <param name="later">Answers the rest.</param>
    /// <param name="log">Log.</param>
    public static UdpLoop Create(Socket socket, Responder responder, IDnsAnswers later, RequestLog log) =>
        OperatingSystem.IsLinux() ? new BatchedUdpLoop(socket, responder, later, log) : new PlainUdpLoop(socket, responder, later, log);

    /// <summary>Starts the thread.</summary>
    public void Start() => new Thread(Run) { IsBackground = true, Name = "dns-udp" }.Start();

    /// <summary>Asks the loop to end. The caller wakes it by shutting the socket down.</summary>
    public void RequestStop() => _stopping = true;

    /// <summary>Answers a request while the loop goes on.</summary>
    /// <param name="packet">The request.</param>
    /// <param name="client">Who asked; null if that is not known.</param>
    /// <param name="send">Sends the reply; tells what went wrong, null for nothing.</param>
    protected void AnswerLater(byte[] packet, IPEndPoint? client, Func<ReadOnlyMemory<byte>, string?> send)
    {
        // More than that at once are dropped: their resolvers ask again.
        if (Interlocked.Increment(ref _later) > SocketPolicy.MaxLaterAnswers)
            Interlocked.Decrement(ref _later);
        else
            _ = Task.Run(() => AnswerLaterAsync(packet, client, send));
    }

    private async Task AnswerLaterAsync(byte[] packet, IPEndPoint? client, Func<ReadOnlyMemory<byte>, string?> send)
    {
        long begun = Log.Begin();
        try
        {
            (byte[]? frame, int length) = await Later.FrameAsync(packet, DnsTransport.Udp, client?.Address, CancellationToken.None).ConfigureAwait(false);
            if (frame is null || IsStopping)
                return;
            if (send(frame.AsMemory(IDnsAnswers.LengthBytes, length - IDnsAnswers.LengthBytes)) is { } error)
                Log.SendFailed(client, error);
            else if (Log.IsOn)
                Log.Served(packet, begun, client, "udp");
            ArrayPool<byte>.Shared.Return(frame);
        }
        finally
        {
            Interlocked.Decrement(ref _later);
        }
    }

    /// <summary>Receives and answers until <see cref="IsStopping"/>.</summary>
    protected abstract void Serve();

    private void Run()
    {
        try
        {
            Serve();
            _completion.SetResult();
        }
#pragma warning disable CA1031 // whatever ends the loop reaches its owner through Completion
        catch (Exception cause)
#pragma warning restore CA1031
        {
            if (_stopping)
            {
                _completion.SetResult();
                return;
            }
            DnsLog.LoopDied(Log.Logger, _address, "udp", cause);
            _completion.SetException(cause);
        }
    }
}

/// <summary>The debug line of every answered request. Costs one check of the level when nobody listens.</summary>
internal sealed class RequestLog(ILogger logger, TimeProvider time)
{
    /// <summary>Where it goes.</summary>
    public ILogger Logger { get; } = logger;

    /// <summary>True if requests are logged.</summary>
    public bool IsOn => Logger.IsEnabled(LogLevel.Debug);

    /// <summary>Start of a measured request; 0 while nobody listens.</summary>
    public long Begin() => IsOn ? time.GetTimestamp() : 0;

    /// <summary>Logs an answered request.</summary>
    public void Served(ReadOnlySpan<byte> packet, long begun, EndPoint? client, string network)
    {
        if (Wire.DnsRequestParser.Parse(packet, out Wire.DnsRequest request) != Wire.RequestVerdict.Question)
            return;
        double latencyUs = begun == 0 ? 0 : time.GetElapsedTime(begun).TotalMicroseconds;
        ushort @class = System.Buffers.Binary.BinaryPrimitives.ReadUInt16BigEndian(request.Question[^2..]);
        DnsLog.Served(Logger, Names.NameText.ToText(request.Name), (ushort)request.Type, @class, latencyUs, client?.ToString() ?? "", network);
    }

    /// <summary>Logs a reply that could not be sent.</summary>
    public void SendFailed(EndPoint? client, string error)
    {
        if (IsOn)
            DnsLog.SendFailed(Logger, client?.ToString() ?? "", error);
    }
}
