using System.Collections.Concurrent;
using Praetor.Core.Ports;

namespace Praetor.Tests.Transport;

/// <summary>A callee whose answers are given by the test.</summary>
internal sealed class ScriptedCallee : IServerCallee
{
    /// <summary>What arrived as messages, in order.</summary>
    public ConcurrentQueue<(string From, ServerMethod Method, byte[] Message)> Messages { get; } = new();

    /// <summary>Signals each message.</summary>
    public SemaphoreSlim Received { get; } = new(0);

    /// <summary>Takes a message; by default it is kept.</summary>
    public Action<byte[]> OnMessage { get; set; } = static _ => { };

    /// <summary>Answers a call; by default with the request itself.</summary>
    public Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask<ReadOnlyMemory<byte>>> OnCall { get; set; } = static (request, _) => new(request);

    /// <summary>Takes a stream; by default all of it is read.</summary>
    public Func<ReadOnlyMemory<byte>, Stream, CancellationToken, Task> OnStream { get; set; } = static (_, body, cancellation) => body.CopyToAsync(Stream.Null, cancellation);

    /// <summary>Takes a stream and sends one back; null: <see cref="OnStream"/> does.</summary>
    public Func<Stream, Stream, CancellationToken, Task>? OnDuplex { get; set; }

    public void Receive(string fromId, ServerMethod method, ReadOnlyMemory<byte> message)
    {
        OnMessage(message.ToArray());
        Messages.Enqueue((fromId, method, message.ToArray()));
        Received.Release();
    }

    public ValueTask<ReadOnlyMemory<byte>> AnswerAsync(string fromId, ServerMethod method, ReadOnlyMemory<byte> request, CancellationToken cancellation) =>
        OnCall(request, cancellation);

    public Task TakeStreamAsync(string fromId, ServerMethod method, ReadOnlyMemory<byte> header, Stream body, Stream reply, CancellationToken cancellation) =>
        OnDuplex is { } duplex ? duplex(body, reply, cancellation) : OnStream(header, body, cancellation);
}
