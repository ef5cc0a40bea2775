using System.Net;
using System.Text;
using System.Text.Json;

namespace Praetor.Api.Cli.Client;

/// <summary>What came back from the agent: an answer, or the text of a transport failure.</summary>
/// <param name="Status">HTTP status; 0 if no answer came.</param>
/// <param name="Body">Body bytes.</param>
/// <param name="TransportError">Why no answer came, or null.</param>
public sealed record ApiAnswer(int Status, byte[] Body, string? TransportError = null)
{
    /// <summary>X-Consul-Index; 0 if there is none.</summary>
    public long Index { get; init; }

    /// <summary>Null if the request succeeded, else the text that commands put after their own prefix (cli 6).</summary>
    public string? Error => TransportError
        ?? (Status is >= 200 and <= 299 ? null : $"Unexpected response code: {Status} ({Encoding.UTF8.GetString(Body)})");

    /// <summary>True for 404, which several commands take as "there is none".</summary>
    public bool IsNotFound => Status == (int)HttpStatusCode.NotFound;

    /// <summary>True if the body is the JSON literal true.</summary>
    public bool IsTrue => Body.AsSpan().Trim(" \t\r\n"u8).SequenceEqual("true"u8);

    /// <summary>Reads the body as JSON; null with a text if it is none.</summary>
    public JsonDocument? ReadJson(out string? error)
    {
        error = null;
        try
        {
            return JsonDocument.Parse(Body.Length == 0 ? "null"u8.ToArray() : Body);
        }
        catch (JsonException)
        {
            error = "the agent's answer is not JSON";
            return null;
        }
    }
}
