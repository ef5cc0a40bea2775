using Praetor.Api.Http.Json;
using Praetor.Core.Codec;
using Praetor.Core.State;
using Praetor.Core.State.Catalog;

namespace Praetor.Api.Http.Catalog;

/// <summary>internal/service-virtual-ip: an operator's addresses for a service in the mesh (mesh, virtual IPs). No state.</summary>
internal static class VirtualIpWrites
{
    private const int MaxBodyBytes = 64 * 1024;

    public static async ValueTask SetAsync(ApiRequest request)
    {
        if (!request.TryReadScopes(ScopeRefusals.NamespaceAndPartition, out Refusal refusal))
        {
            await request.RefuseAsync(refusal).ConfigureAwait(false);
            return;
        }

        (string Service, IReadOnlyList<string> Addresses) given;
        try
        {
            byte[]? body = await request.ReadBodyAsync(MaxBodyBytes).ConfigureAwait(false);
            given = Read(body ?? throw new GoJsonException("http: request body too large"));
        }
        catch (GoJsonException malformed)
        {
            await request.RespondErrorAsync(400, $"Request decode failed: {malformed.Message}").ConfigureAwait(false);
            return;
        }

        if (VirtualIps.CheckManual(given.Addresses) is { } wrong)
        {
            await request.RespondErrorAsync(500, wrong).ConfigureAwait(false);
            return;
        }

        CommandResult result = await request.Services.Runtime.ProposeAsync(Commands.VirtualIpsSet(given.Service, given.Addresses), request.Aborted).ConfigureAwait(false);
        if (result.Outcome == CommandOutcome.Refused)
            await request.RespondErrorAsync(500, result.Refusal ?? "").ConfigureAwait(false);
        else
            await request.RespondJsonAsync(json => Write(json, result)).ConfigureAwait(false);
    }

    private static void Write(GoJsonWriter json, CommandResult result)
    {
        string[] losers = [];
        if (result.Payload is { } payload)
        {
            var reader = new FieldReader(payload);
            losers = reader.TextList() ?? [];
        }

        json.BeginObject();
        json.Member("Found"u8, result.IsApplied);
        json.Name("UnassignedFrom"u8);
        if (losers.Length == 0)
        {
            json.Null();
        }
        else
        {
            json.BeginArray();
            foreach (string loser in losers)
                WriteName(json, loser);
            json.EndArray();
        }

        json.EndObject();
    }

    private static void WriteName(GoJsonWriter json, string service)
    {
        json.BeginObject();
        json.Name("ServiceName"u8);
        json.BeginObject();
        json.Member("Name"u8, service);
        json.EndObject();
        json.Member("Peer"u8, "");
        json.EndObject();
    }

    private static (string Service, IReadOnlyList<string> Addresses) Read(ReadOnlySpan<byte> body)
    {
        var json = new GoJsonReader(body);
        string service = "";
        IReadOnlyList<string> addresses = [];
        if (!json.BeginObject())
            return (service, addresses);
        while (json.NextField(out string name))
        {
            if (name == "service")
                service = json.ReadString();
            else if (name == "manualvips")
                addresses = json.ReadStringList() ?? [];
            else
                json.UnknownField();
        }

        return (service, addresses);
    }
}
