using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Praetor.Core.Ports;
using Praetor.Runtime.Servers;

namespace Praetor.Api.Http.Forwarding;

/// <summary>The server's end of <see cref="RequestForwarder"/>: requests from other agents take the way of any request, without a connection of their own. Thread-safe.</summary>
internal sealed class ForwardedHttp(ApiApplication application)
{
    /// <summary>Longest answer that fits a frame between nodes.</summary>
    private const int MaxAnswerBytes = 30 * 1024 * 1024;

    /// <summary>Answers one request.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> AnswerAsync(ReadOnlyMemory<byte> forwarded, CancellationToken cancellation)
    {
        ForwardedRequest given = ForwardedCodec.ReadRequest(forwarded.Span);
        if (!given.Target.StartsWith("/v1/", StringComparison.Ordinal) || given.Target.StartsWith("/v1/agent/", StringComparison.Ordinal))
            throw new ServerErrorException(0, "only what is answered from the state is passed on");
        given.Headers.ContentLength = given.Body.Length;
        using var output = new MemoryStream();
        var response = new HttpResponseFeature();
        var features = new FeatureCollection();
        features.Set<IHttpRequestFeature>(new HttpRequestFeature { Method = given.Method, RawTarget = given.Target, Headers = given.Headers, Body = new MemoryStream(given.Body) });
        features.Set<IRequestBodyPipeFeature>(new BodyPipe(given.Body));
        features.Set<IForwardingAgent>(new ForwardingAgent(given.Agent));
        features.Set<IHttpConnectionFeature>(new HttpConnectionFeature { RemoteIpAddress = given.Client });
        features.Set<IHttpResponseFeature>(response);
        features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(output));
        features.Set<IHttpRequestLifetimeFeature>(new HttpRequestLifetimeFeature { RequestAborted = cancellation });
        ApiRequest request = application.CreateContext(features);
        try
        {
            await application.ProcessRequestAsync(request).ConfigureAwait(false);
            await features.Get<IHttpResponseBodyFeature>()!.CompleteAsync().ConfigureAwait(false);
        }
        finally
        {
            application.DisposeContext(request, null);
        }

        cancellation.ThrowIfCancellationRequested();
        return output.Length <= MaxAnswerBytes
            ? ForwardedCodec.EncodeAnswer(response.StatusCode, response.Headers, output.GetBuffer().AsSpan(0, (int)output.Length))
            : throw new ServerErrorException(0, $"the answer has {output.Length} bytes, more than {MaxAnswerBytes}: ask a server directly");
    }

    private sealed class BodyPipe(byte[] body) : IRequestBodyPipeFeature
    {
        public System.IO.Pipelines.PipeReader Reader { get; } = System.IO.Pipelines.PipeReader.Create(new System.Buffers.ReadOnlySequence<byte>(body));
    }
}

/// <summary>The agent that passed a request on.</summary>
internal interface IForwardingAgent
{
    /// <summary>Its node name.</summary>
    string Node { get; }
}

/// <inheritdoc/>
internal sealed record ForwardingAgent(string Node) : IForwardingAgent;
