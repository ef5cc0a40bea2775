using System.Globalization;
using System.Text;
using System.Text.Json;
using Praetor.Api.Cli.Client;

namespace Praetor.Api.Cli.Commands.Kv;

/// <summary>A KV entry as the agent answers it.</summary>
internal sealed record KvPair(string Key, string Flags, string CreateIndex, string ModifyIndex, string LockIndex, string Session, byte[] Value)
{
    /// <summary>Reads the list a KV GET answers; an absent value is empty.</summary>
    public static IReadOnlyList<KvPair> ReadList(JsonElement root) => [.. root.Elements().Select(Read)];

    private static KvPair Read(JsonElement element) => new(
        element.Text("Key"), element.Text("Flags"), element.Text("CreateIndex"), element.Text("ModifyIndex"), element.Text("LockIndex"),
        element.Text("Session"), element.Field("Value") is { ValueKind: JsonValueKind.String } value ? value.GetBytesFromBase64() : []);

    /// <summary>The value as it is printed.</summary>
    public byte[] PrintedValue(bool asBase64) => asBase64 ? Encoding.ASCII.GetBytes(Convert.ToBase64String(Value)) : Value;

    /// <summary>The block that -detailed prints; ends with a newline.</summary>
    public byte[] Detailed(bool asBase64, bool withValue)
    {
        const int nameWidth = 17;
        var head = new StringBuilder();
        foreach (var (name, value) in new[]
        {
            ("CreateIndex", CreateIndex), ("Flags", Flags), ("Key", Key), ("LockIndex", LockIndex), ("ModifyIndex", ModifyIndex),
            ("Session", Session.Length == 0 ? "-" : Session),
        })
            head.Append(CultureInfo.InvariantCulture, $"{name.PadRight(nameWidth)}{value}\n");
        if (!withValue)
            return Encoding.UTF8.GetBytes(head.ToString());
        head.Append("Value".PadRight(nameWidth));
        return [.. Encoding.UTF8.GetBytes(head.ToString()), .. PrintedValue(asBase64), (byte)'\n'];
    }
}
