using System.Text.Json;
using Praetor.Load.Wire;

namespace Praetor.Load.Scenarios;

/// <summary>Renewing of 64 sessions, as lock holders do all day.</summary>
public sealed class SessionRenew : Scenario
{
    private const int Sessions = 64;

    private readonly string[] _paths = new string[Sessions];

    /// <inheritdoc/>
    public override string Name => "session-renew";

    /// <inheritdoc/>
    public override string Description => "session/renew of 64 sessions";

    /// <summary>Makes the sessions: their ids are the agent's to choose.</summary>
    public override void Prepare(LoadTarget target)
    {
        using var client = new HttpClient { BaseAddress = new Uri($"http://{target.Http}") };
        Put(client, "/v1/catalog/register", """{"Node":"load","Address":"10.1.1.1"}""");
        for (int i = 0; i < Sessions; i++)
        {
            using var created = JsonDocument.Parse(Put(client, "/v1/session/create", """{"Node":"load","NodeChecks":[],"TTL":"3600s"}"""));
            _paths[i] = $"/v1/session/renew/{created.RootElement.GetProperty("ID").GetString()}";
        }
    }

    /// <inheritdoc/>
    public override int WriteRequest(RequestWriter writer, long number)
    {
        writer.Put(_paths[number % Sessions], -1, []);
        return 0;
    }

    private static string Put(HttpClient client, string path, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, path) { Content = new StringContent(body) };
        using HttpResponseMessage answer = client.Send(request);
        using var reader = new StreamReader(answer.Content.ReadAsStream());
        string text = reader.ReadToEnd();
        return answer.IsSuccessStatusCode ? text : throw new IOException($"{path}: {text}");
    }
}

/// <summary>Transactions that set 64 keys each.</summary>
public sealed class TxnPut : Scenario
{
    private const int Puts = 64;
    private const int Bodies = Requests.Keys / Puts;

    private static readonly byte[][] Transactions = [.. Enumerable.Range(0, Bodies).Select(static i =>
    {
        string value = Convert.ToBase64String([.. Enumerable.Repeat((byte)'x', 128)]);
        IEnumerable<string> ops = Enumerable.Range(i * Puts, Puts).Select(key => $$$"""{"KV":{"Verb":"set","Key":"bench/0/{{{key}}}","Value":"{{{value}}}"}}""");
        return System.Text.Encoding.ASCII.GetBytes($"[{string.Join(',', ops)}]");
    })];

    /// <inheritdoc/>
    public override string Name => "txn-put";

    /// <inheritdoc/>
    public override string Description => "txn of 64 sets of 128 bytes";

    /// <inheritdoc/>
    public override int WriteRequest(RequestWriter writer, long number)
    {
        writer.Put("/v1/txn", -1, Transactions[number % Bodies]);
        return 0;
    }
}
