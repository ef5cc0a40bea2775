using Praetor.Api.Http.Json;
using Praetor.Core.State;
using Praetor.Core.State.Catalog;
using Praetor.Runtime;

namespace Praetor.Api.Http.Catalog;

/// <summary>
/// catalog/register and catalog/deregister (http-agent 5.2, 5.3). What would change nothing is answered without a log entry. No state.
/// </summary>
internal static class CatalogWrites
{
    /// <summary>Longest body read; a registration is at most a few kilobytes.</summary>
    private const int MaxBodyBytes = 8 * 1024 * 1024;

    public static async ValueTask RegisterAsync(ApiRequest request)
    {
        if (await ReadBodyAsync(request).ConfigureAwait(false) is not { } body)
            return;
        if (!TryDecode(body, CatalogBodies.ReadRegister, out RegisterBody given, out Refusal refusal)
            || !request.TryReachDatacenter(given.Datacenter, out refusal)
            || !TryAccept(given.Refusal(), out refusal))
        {
            await request.RefuseAsync(refusal).ConfigureAwait(false);
            return;
        }

        RegisterRequest registration = given.ToRequest(request.Options.Datacenter);
        ServerRuntime runtime = request.Services.Runtime;
        StateRoot root = await runtime.ReadAsync(ReadConsistency.Default, request.Aborted).ConfigureAwait(false);
        if (root.Catalog.IsUnchangedBy(registration))
            await request.RespondTrueAsync().ConfigureAwait(false);
        else
            await ProposeAsync(request, Commands.Register(registration)).ConfigureAwait(false);
    }

    public static async ValueTask DeregisterAsync(ApiRequest request)
    {
        if (await ReadBodyAsync(request).ConfigureAwait(false) is not { } body)
            return;
        if (!TryDecode(body, CatalogBodies.ReadDeregister, out DeregisterBody given, out Refusal refusal)
            || !request.TryReachDatacenter(given.Datacenter, out refusal)
            || !TryAccept(given.Refusal(), out refusal))
        {
            await request.RefuseAsync(refusal).ConfigureAwait(false);
            return;
        }

        ServerRuntime runtime = request.Services.Runtime;
        StateRoot root = await runtime.ReadAsync(ReadConsistency.Default, request.Aborted).ConfigureAwait(false);
        // Nothing is imported from a peer here, so nothing of a peer can go.
        if (given.PeerName.Length > 0 || root.Catalog.IsUnchangedBy(given.Request))
            await request.RespondTrueAsync().ConfigureAwait(false);
        else
            await ProposeAsync(request, Commands.Deregister(given.Request)).ConfigureAwait(false);
    }

    private delegate T Decoder<T>(ReadOnlySpan<byte> body);

    private static bool TryDecode<T>(byte[] body, Decoder<T> decode, out T given, out Refusal refusal)
    {
        try
        {
            given = decode(body);
            refusal = default;
            return true;
        }
        catch (GoJsonException broken)
        {
            given = default!;
            refusal = new Refusal(400, CatalogBodies.RefusalOf(broken));
            return false;
        }
    }

    private static bool TryAccept(string? refused, out Refusal refusal)
    {
        refusal = refused is null ? default : new Refusal(500, refused);
        return refused is null;
    }

    /// <summary>The body; null if the request was answered with a refusal.</summary>
    private static async ValueTask<byte[]?> ReadBodyAsync(ApiRequest request)
    {
        if (!request.TryReadScopes(ScopeRefusals.NamespaceAndPartition, out Refusal refusal))
        {
            await request.RefuseAsync(refusal).ConfigureAwait(false);
            return null;
        }

        byte[]? body = await request.ReadBodyAsync(MaxBodyBytes).ConfigureAwait(false);
        if (body is null)
            await request.RespondErrorAsync(413, $"Request body too large, max allowed is {MaxBodyBytes} bytes").ConfigureAwait(false);
        return body;
    }

    private static async ValueTask ProposeAsync(ApiRequest request, CommandBuffer command)
    {
        CommandResult result = await request.Services.Runtime.ProposeAsync(command, request.Aborted).ConfigureAwait(false);
        if (result.Outcome == CommandOutcome.Refused)
            await request.RespondErrorAsync(500, result.Refusal ?? "").ConfigureAwait(false);
        else
            await request.RespondTrueAsync().ConfigureAwait(false);
    }
}
