using System.IO.Pipelines;
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
        given.Headers.ContentLength = given.Body.Length;
        using var output = new MemoryStream();
        var response = new HttpResponseFeature();
        var body = new StreamResponseBodyFeature(output);
        await RunAsync(given, PipeReader.Create(new System.Buffers.ReadOnlySequence<byte>(given.Body)), response, body, cancellation).ConfigureAwait(false);
        cancellation.ThrowIfCancellationRequested();
        return output.Length <= MaxAnswerBytes
            ? ForwardedCodec.EncodeAnswer(response.StatusCode, response.Headers, output.GetBuffer().AsSpan(0, (int)output.Length))
            : throw new ServerErrorException(0, $"the answer has {output.Length} bytes, more than {MaxAnswerBytes}: ask a server directly");
    }

    /// <summary>Answers one request whose body or answer has any length.</summary>
    public Task StreamAsync(ReadOnlyMemory<byte> forwarded, Stream body, Stream reply, CancellationToken cancellation)
    {
        ForwardedRequest given = ForwardedCodec.ReadRequest(forwarded.Span);
        var response = new StreamedResponse(reply);
        return RunAsync(given, PipeReader.Create(body), response, response, cancellation);
    }

    private async Task RunAsync(ForwardedRequest given, PipeReader requestBody, IHttpResponseFeature response, IHttpResponseBodyFeature responseBody, CancellationToken cancellation)
    {
        if (!given.Target.StartsWith("/v1/", StringComparison.Ordinal) || given.Target.StartsWith("/v1/agent/", StringComparison.Ordinal))
            throw new ServerErrorException(0, "only what is answered from the state is passed on");
        var features = new FeatureCollection();
        features.Set<IHttpRequestFeature>(new HttpRequestFeature { Method = given.Method, RawTarget = given.Target, Headers = given.Headers, Body = requestBody.AsStream() });
        features.Set<IRequestBodyPipeFeature>(new BodyPipe(requestBody));
        features.Set<IForwardingAgent>(new ForwardingAgent(given.Agent));
        features.Set<IHttpConnectionFeature>(new HttpConnectionFeature { RemoteIpAddress = given.Client });
        features.Set(response);
        features.Set(responseBody);
        features.Set<IHttpRequestLifetimeFeature>(new HttpRequestLifetimeFeature { RequestAborted = cancellation });
        ApiRequest request = application.CreateContext(features);
        try
        {
            await application.ProcessRequestAsync(request).ConfigureAwait(false);
            await responseBody.CompleteAsync().ConfigureAwait(false);
        }
        finally
        {
            application.DisposeContext(request, null);
        }
    }

    private sealed class BodyPipe(PipeReader reader) : IRequestBodyPipeFeature
    {
        public PipeReader Reader { get; } = reader;
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
