using Praetor.Core.Ports;
using Praetor.Core.State;
using Praetor.Core.State.Catalog;
using Praetor.Runtime.Servers;

namespace Praetor.Runtime.Agent;

/// <summary>The catalog as an agent without state reaches it: through whichever server answers. Thread-safe.</summary>
public sealed class RemoteCatalogAccess(ServerLink servers, Func<TimeSpan> callTimeout) : ICatalogAccess
{
    /// <inheritdoc/>
    public async ValueTask<NodeReading> ReadNodeAsync(string node, long afterIndex, TimeSpan limit, CancellationToken cancellation)
    {
        byte[] request = NodeReadingCodec.EncodeRequest(node, afterIndex, limit);
        ReadOnlyMemory<byte> answer = await servers.AskAsync(ServerMethod.ReadNode, request, isRead: true, limit + callTimeout(), cancellation).ConfigureAwait(false);
        return NodeReadingCodec.Decode(answer.Span);
    }

    /// <inheritdoc/>
    public async ValueTask<string?> RegisterAsync(RegisterRequest request, string token, CancellationToken cancellation)
    {
        using CommandBuffer command = Commands.Register(request);
        return await WriteAsync(command, cancellation).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<string?> DeregisterAsync(DeregisterRequest request, string token, CancellationToken cancellation)
    {
        using CommandBuffer command = Commands.Deregister(request);
        return await WriteAsync(command, cancellation).ConfigureAwait(false);
    }

    /// <summary>Registering or deregistering twice is the same as once: it may be sent again whatever became of it.</summary>
    private async ValueTask<string?> WriteAsync(CommandBuffer command, CancellationToken cancellation)
    {
        byte[] request = command.Span.ToArray();
        ReadOnlyMemory<byte> answer = await servers.AskAsync(ServerMethod.Write, request, isRead: true, callTimeout(), cancellation).ConfigureAwait(false);
        return ResultCodec.Decode(answer.Span).Refusal;
    }
}
