using System.Buffers;
using System.Text.Json;
using Praetor.Core.State.Catalog;
using Praetor.Runtime.Agent.Checks;

namespace Praetor.Runtime.Agent.Store;

/// <summary>A service as kept on disk.</summary>
internal sealed record StoredService(ServiceRecord Record, string Token, bool IsSidecar);

/// <summary>A check as kept on disk: status and output are not, they have to be found out again.</summary>
/// <param name="Record">Its record without status and output.</param>
/// <param name="Spec">How it runs; null for maintenance.</param>
/// <param name="Token">Token it was registered with.</param>
internal sealed record StoredCheck(CheckRecord Record, CheckSpec? Spec, string Token);

/// <summary>What a TTL check last said.</summary>
/// <param name="CheckId">Its id.</param>
/// <param name="Status">Status.</param>
/// <param name="Output">Output.</param>
/// <param name="ExpiresUnixMs">Until when that counts.</param>
internal sealed record StoredCheckState(string CheckId, string Status, string Output, long ExpiresUnixMs);

/// <summary>
/// The JSON documents of the data directory. Names are Consul's where it has them; members that are missing read as their default,
/// unknown ones are passed over, so that older and newer files can be read. Decoding throws <see cref="JsonException"/>,
/// <see cref="InvalidOperationException"/>, <see cref="FormatException"/> or <see cref="KeyNotFoundException"/> on what is no such document.
/// </summary>
internal static class AgentFiles
{
    public static byte[] Encode(StoredService stored) => Write(json =>
    {
        json.WriteString("Token", stored.Token);
        json.WriteBoolean("LocallyRegisteredAsSidecar", stored.IsSidecar);
        json.WriteStartObject("Service");
        ServiceJson.Write(json, stored.Record);
        json.WriteEndObject();
    });

    public static StoredService DecodeService(byte[] document)
    {
        using JsonDocument json = JsonDocument.Parse(document);
        JsonElement root = json.RootElement;
        ServiceRecord record = ServiceJson.Read(root.GetProperty("Service"));
        return record.Id.Length == 0 || record.Name.Length == 0
            ? throw new JsonException("service without ID or name")
            : new StoredService(record, root.Text("Token"), root.Flag("LocallyRegisteredAsSidecar"));
    }

    public static byte[] Encode(StoredCheck stored) => Write(json =>
    {
        json.WriteString("Token", stored.Token);
        json.WriteStartObject("Check");
        json.WriteString("CheckID", stored.Record.CheckId);
        json.WriteString("Name", stored.Record.Name);
        json.WriteString("Notes", stored.Record.Notes);
        json.WriteString("ServiceID", stored.Record.ServiceId);
        json.WriteString("Type", stored.Record.Type);
        json.WriteString("Interval", stored.Record.Interval);
        json.WriteString("Timeout", stored.Record.Timeout);
        json.WriteEndObject();
        if (stored.Spec is null)
            return;
        json.WriteStartObject("ChkType");
        CheckSpecJson.Write(json, stored.Spec);
        json.WriteEndObject();
    });

    public static StoredCheck DecodeCheck(byte[] document)
    {
        using JsonDocument json = JsonDocument.Parse(document);
        JsonElement root = json.RootElement;
        JsonElement check = root.GetProperty("Check");
        var record = new CheckRecord
        {
            CheckId = check.Text("CheckID"),
            Name = check.Text("Name"),
            Notes = check.Text("Notes"),
            ServiceId = check.Text("ServiceID"),
            Type = check.Text("Type"),
            Interval = check.Text("Interval"),
            Timeout = check.Text("Timeout"),
            Status = CheckStatus.Critical,
        };
        if (record.CheckId.Length == 0)
            throw new JsonException("check without ID");
        CheckSpec? spec = root.TryGetProperty("ChkType", out JsonElement type) ? CheckSpecJson.Read(type) with { CheckId = record.CheckId } : null;
        return new StoredCheck(record, spec, root.Text("Token"));
    }

    public static byte[] Encode(StoredCheckState stored) => Write(json =>
    {
        json.WriteString("CheckID", stored.CheckId);
        json.WriteString("Status", stored.Status);
        json.WriteString("Output", stored.Output);
        json.WriteNumber("ExpiresUnixMs", stored.ExpiresUnixMs);
    });

    public static StoredCheckState DecodeState(byte[] document)
    {
        using JsonDocument json = JsonDocument.Parse(document);
        JsonElement root = json.RootElement;
        return new StoredCheckState(root.Text("CheckID"), root.Text("Status"), root.Text("Output"), root.Number("ExpiresUnixMs"));
    }

    /// <summary>Equal specs give equal bytes.</summary>
    public static byte[] EncodeSpec(CheckSpec spec) => Write(json => CheckSpecJson.Write(json, spec));

    private static byte[] Write(Action<Utf8JsonWriter> members)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }
}
