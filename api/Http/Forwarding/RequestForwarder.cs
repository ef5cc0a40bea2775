using System.Buffers;
using Microsoft.Extensions.Primitives;
using Praetor.Core.Codec;

namespace Praetor.Api.Http.Forwarding;

/// <summary>Sends an encoded request and returns the encoded answer: request, whether it only reads, how long an answer may take.</summary>
internal delegate ValueTask<ReadOnlyMemory<byte>> ForwardedAsk(ReadOnlyMemory<byte> request, bool isRead, TimeSpan timeout, CancellationToken cancellation);

/// <summary>
/// The state's part of the HTTP API on an agent that has none: each request goes to a server as it is, and the answer comes back as it is. Blocking queries wait
/// there. Thread-safe.
/// </summary>
internal sealed class RequestForwarder(ForwardedAsk ask, Func<TimeSpan> callTimeout)
{
    /// <summary>Longest body that is passed on; a key's value and a transaction have smaller bounds of their own on the server.</summary>
    private const int MaxBodyBytes = 24 * 1024 * 1024;

    /// <summary>Passes one request on and answers it.</summary>
    public async ValueTask ForwardAsync(ApiRequest request)
    {
        byte[]? body = await request.ReadBodyAsync(MaxBodyBytes).ConfigureAwait(false);
        if (body is null)
        {
            await request.RespondErrorAsync(413, $"Request body too large, max size: {MaxBodyBytes} bytes.").ConfigureAwait(false);
            return;
        }

        var encoded = new ArrayBufferWriter<byte>(512 + body.Length);
        ForwardedCodec.Write(encoded, request.AgentNode, request.RemoteAddress, request.Method, request.RawTarget, request.RequestHeaders, body);
        bool isRead = request.Method is "GET" or "HEAD";
        ReadOnlyMemory<byte> answer = await ask(encoded.WrittenMemory, isRead, callTimeout() + WaitOf(request), request.Aborted).ConfigureAwait(false);
        await RespondAsync(request, answer).ConfigureAwait(false);
    }

    /// <summary>A blocking query may take its wait and a sixteenth more.</summary>
    private static TimeSpan WaitOf(ApiRequest request)
    {
        if (!request.Query.HasValue("index") && !request.Query.HasValue("hash"))
            return TimeSpan.Zero;
        TimeSpan wait = GoDuration.TryParse(request.Query.Get("wait"), out long nanoseconds, out _) && nanoseconds > 0
            ? TimeSpan.FromTicks(nanoseconds / 100)
            : request.Options.DefaultQueryTime;
        return (wait < request.Options.MaxQueryTime ? wait : request.Options.MaxQueryTime) * 1.2;
    }

    private static async ValueTask RespondAsync(ApiRequest request, ReadOnlyMemory<byte> answer)
    {
        (int status, var headers, int bodyOffset) = ForwardedCodec.ReadAnswer(answer.Span);
        string? contentType = null;
        foreach ((string name, StringValues values) in headers)
        {
            if (name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase))
                contentType = values;
            else
                request.ResponseHeaders[name] = values;
        }

        // The server has compressed it already if that was wanted.
        await request.SendAsItIsAsync(status, contentType, answer[bodyOffset..]).ConfigureAwait(false);
    }
}
