using System.Diagnostics.Metrics;
using Praetor.Core.Ports;
using Praetor.Runtime.Agent;

namespace Praetor.Runtime.Servers;

/// <summary>Answers a request that came to an agent without state, in its encoded form.</summary>
public delegate ValueTask<ReadOnlyMemory<byte>> ForwardedAnswer(ReadOnlyMemory<byte> request, CancellationToken cancellation);

/// <summary>Answers a request that came to an agent without state and whose body or answer has any length: the encoded request, its body, and where the answer goes.</summary>
public delegate Task StreamedAnswer(ReadOnlyMemory<byte> request, Stream body, Stream reply, CancellationToken cancellation);

/// <summary>What a server answers to other nodes: servers ask its consensus, agents its catalog, its HTTP API and its DNS. Thread-safe.</summary>
public sealed class ServerCallee(ServerRuntime server, Meter? meter = null) : IServerCallee
{
    private readonly Counter<long>? _requests = meter?.CreateCounter<long>("rpc.request");
    private readonly Counter<long>? _queries = meter?.CreateCounter<long>("rpc.query");
    private readonly Counter<long>? _errors = meter?.CreateCounter<long>("rpc.request_error");
    private readonly ServerCatalogAccess _catalog = new(server);

    /// <summary>The HTTP API; null until it serves.</summary>
    public ForwardedAnswer? Http { get; set; }

    /// <summary>DNS; null until it serves.</summary>
    public ForwardedAnswer? Dns { get; set; }

    /// <summary>Requests of the HTTP API of any length; null until it serves.</summary>
    public StreamedAnswer? HttpStream { get; set; }

    /// <inheritdoc/>
    public void Receive(string fromId, ServerMethod method, ReadOnlyMemory<byte> message) => server.Receive(fromId, method, message);

    /// <inheritdoc/>
    public async ValueTask<ReadOnlyMemory<byte>> AnswerAsync(string fromId, ServerMethod method, ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        _requests?.Add(1);
        if (method is ServerMethod.ReadNode or ServerMethod.Http or ServerMethod.Dns or ServerMethod.ReadIndex)
            _queries?.Add(1);
        try
        {
            return await DispatchAsync(fromId, method, request, cancellation).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            _errors?.Add(1);
            throw;
        }
    }

    /// <inheritdoc/>
    public Task TakeStreamAsync(string fromId, ServerMethod method, ReadOnlyMemory<byte> header, Stream body, Stream reply, CancellationToken cancellation) =>
        method == ServerMethod.HttpStream
            ? HttpStream is { } answer ? answer(header, body, reply, cancellation) : throw new ServerErrorException((byte)ServerError.NotLeader, "the server is starting")
            : server.TakeStreamAsync(fromId, method, header, body, reply, cancellation);

    private ValueTask<ReadOnlyMemory<byte>> DispatchAsync(string fromId, ServerMethod method, ReadOnlyMemory<byte> request, CancellationToken cancellation) => method switch
    {
        ServerMethod.ReadNode => ReadNodeAsync(request, cancellation),
        ServerMethod.Http => ForwardElsewhereAsync(Http, request, cancellation),
        ServerMethod.Dns => ForwardAsync(Dns, request, cancellation),
        _ => server.AnswerAsync(fromId, method, request, cancellation),
    };

    private static ValueTask<ReadOnlyMemory<byte>> ForwardAsync(ForwardedAnswer? answer, ReadOnlyMemory<byte> request, CancellationToken cancellation) =>
        answer is not null ? answer(request, cancellation) : throw new ServerErrorException((byte)ServerError.NotLeader, "the server is starting");

    /// <summary>Rendering a long answer must not keep the connection's other calls waiting.</summary>
    private static async ValueTask<ReadOnlyMemory<byte>> ForwardElsewhereAsync(ForwardedAnswer? answer, ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        await Task.Yield();
        return await ForwardAsync(answer, request, cancellation).ConfigureAwait(false);
    }

    private async ValueTask<ReadOnlyMemory<byte>> ReadNodeAsync(ReadOnlyMemory<byte> request, CancellationToken cancellation)
    {
        try
        {
            (string node, long afterIndex, TimeSpan limit) = NodeReadingCodec.DecodeRequest(request.Span);
            return NodeReadingCodec.Encode(await _catalog.ReadNodeAsync(node, afterIndex, limit, cancellation).ConfigureAwait(false));
        }
        catch (NoLeaderException refusal)
        {
            throw new ServerErrorException((byte)ServerError.NotLeader, refusal.Message);
        }
        catch (ServerStoppedException refusal)
        {
            throw new ServerErrorException((byte)ServerError.NotLeader, refusal.Message);
        }
    }
}
