using System.Globalization;
using System.Text;
using Praetor.Api.Http.Json;
using Praetor.Core.Codec;
using Praetor.Runtime.Gossip;

namespace Praetor.Api.Http.Operator;

/// <summary>A pool whose keys are looked after: its name in errors, and how to run an operation on it.</summary>
/// <param name="IsWan">The WAN pool.</param>
/// <param name="RunAsync">Runs an operation on all members.</param>
public sealed record KeyringPool(bool IsWan, Func<KeyRingAction, ReadOnlyMemory<byte>, CancellationToken, Task<KeyRingReport>> RunAsync);

/// <summary>Keys of the gossip pools: <c>/v1/operator/keyring</c> (http-core 10.1). Thread-safe.</summary>
/// <param name="pools">The pools of the server that is asked, the WAN one first.</param>
/// <param name="datacenter">Own datacenter.</param>
public sealed class KeyringRoom(IReadOnlyList<KeyringPool> pools, string datacenter)
{
    private const int MaxBodyBytes = 16 * 1024;
    private const int MaxRelayFactor = 5;

    /// <summary>Maps the route.</summary>
    public void Map(RouteTable routes) => routes.Map("GET,POST,PUT,DELETE", "/v1/operator/keyring", AnswerAsync);

    private async ValueTask AnswerAsync(ApiRequest request)
    {
        if (!TryReadParameters(request, out bool localOnly, out string? error))
        {
            await request.RespondErrorAsync(400, error).ConfigureAwait(false);
            return;
        }

        if (request.Method == "GET")
        {
            await ListAsync(request, localOnly).ConfigureAwait(false);
            return;
        }

        (byte[]? key, string? refusal) = await ReadKeyAsync(request).ConfigureAwait(false);
        if (key is null)
        {
            await request.RespondErrorAsync(400, refusal!).ConfigureAwait(false);
            return;
        }

        KeyRingAction action = request.Method switch { "POST" => KeyRingAction.Install, "PUT" => KeyRingAction.Use, _ => KeyRingAction.Remove };
        List<(KeyringPool Pool, KeyRingReport Report)> reports = await RunAsync(pools, action, key, request.Aborted).ConfigureAwait(false);
        if (ErrorOf(reports) is { } failure)
            await request.RespondErrorAsync(500, failure).ConfigureAwait(false);
        else
            await request.RespondEmptyAsync().ConfigureAwait(false);
    }

    private async ValueTask ListAsync(ApiRequest request, bool localOnly)
    {
        List<(KeyringPool Pool, KeyRingReport Report)> reports =
            await RunAsync([.. pools.Where(pool => !localOnly || !pool.IsWan)], KeyRingAction.List, default, request.Aborted).ConfigureAwait(false);
        if (ErrorOf(reports) is { } failure)
        {
            await request.RespondErrorAsync(500, failure).ConfigureAwait(false);
            return;
        }

        GoJsonWriter json = request.BeginJson();
        json.BeginArray();
        foreach ((KeyringPool pool, KeyRingReport report) in reports)
            Write(json, pool, report);
        json.EndArray();
        await request.RespondJsonAsync().ConfigureAwait(false);
    }

    private static async Task<List<(KeyringPool Pool, KeyRingReport Report)>> RunAsync(IReadOnlyList<KeyringPool> asked, KeyRingAction action, ReadOnlyMemory<byte> key, CancellationToken cancellation)
    {
        var reports = new List<(KeyringPool, KeyRingReport)>();
        foreach (KeyringPool pool in asked)
            reports.Add((pool, await pool.RunAsync(action, key, cancellation).ConfigureAwait(false)));
        return reports;
    }

    /// <summary>All that went wrong as one text: the pool's summary, then what its members said.</summary>
    private string? ErrorOf(List<(KeyringPool Pool, KeyRingReport Report)> reports)
    {
        var errors = new List<string>();
        foreach ((KeyringPool pool, KeyRingReport report) in reports)
        {
            if (report.Error is not { } summary)
                continue;
            errors.Add($"{(pool.IsWan ? "WAN" : $"{datacenter} (LAN)")} error: {summary}");
            errors.AddRange(report.Messages.Select(static message => $"{message.Key}: {message.Value}"));
        }

        if (errors.Count == 0)
            return null;
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{errors.Count} error{(errors.Count == 1 ? "" : "s")} occurred:\n");
        foreach (string error in errors)
            text.Append("\t* ").Append(error).Append('\n');
        return text.Append('\n').ToString();
    }

    private static bool TryReadParameters(ApiRequest request, out bool localOnly, [System.Diagnostics.CodeAnalysis.NotNullWhen(false)] out string? error)
    {
        localOnly = false;
        error = null;
        string relay = request.Query.Get("relay-factor");
        if (relay.Length > 0)
        {
            if (!long.TryParse(relay, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long factor))
                error = $"Error parsing relay factor: strconv.Atoi: parsing {GoQuote.Quote(relay)}: invalid syntax";
            else if (factor is < 0 or > MaxRelayFactor)
                error = "Invalid relay-factor: Relay factor must be in range: [0, 5]";
        }

        string local = request.Query.Get("local-only");
        if (error is null && local.Length > 0)
        {
            if (!GoStrconv.TryParseBool(local, out localOnly, out string? refusal))
                error = $"Error parsing local-only: {refusal}";
            else if (localOnly && request.Method != "GET")
                error = "Invalid use of local-only: local-only can only be set for list requests";
        }

        return error is null;
    }

    private static async ValueTask<(byte[]? Key, string? Refusal)> ReadKeyAsync(ApiRequest request)
    {
        byte[]? body = await request.ReadBodyAsync(MaxBodyBytes).ConfigureAwait(false);
        if (body is null)
            return (null, "Request decode failed: http: request body too large");
        try
        {
            byte[]? key = Transport.Gossip.KeyRing.TryParse(KeyOf(body), out string? refusal);
            return (key, refusal);
        }
        catch (GoJsonException malformed)
        {
            return (null, $"Request decode failed: {malformed.Message}");
        }
    }

    private static string KeyOf(ReadOnlySpan<byte> body)
    {
        string key = "";
        var json = new GoJsonReader(body);
        if (json.BeginObject())
        {
            while (json.NextField(out string name))
            {
                if (name == "key")
                    key = json.ReadString();
                else
                    json.SkipValue();
            }
        }

        return key;
    }

    private void Write(GoJsonWriter json, KeyringPool pool, KeyRingReport report)
    {
        json.BeginObject();
        json.Member("WAN"u8, pool.IsWan);
        json.Member("Datacenter"u8, datacenter);
        json.Member("Segment"u8, "");
        Counts(json, "Keys"u8, report.Keys);
        Counts(json, "PrimaryKeys"u8, report.PrimaryKeys);
        json.Member("NumNodes"u8, report.Members);
        json.EndObject();
    }

    private static void Counts(GoJsonWriter json, ReadOnlySpan<byte> name, IReadOnlyDictionary<string, int> counts)
    {
        json.Name(name);
        json.BeginObject();
        foreach ((string key, int count) in counts)
        {
            json.Name(key);
            json.Number(count);
        }

        json.EndObject();
    }
}
