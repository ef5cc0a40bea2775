using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Praetor.Core.Consensus;

namespace Praetor.Runtime.Archives;

/// <summary>What meta.json of an archive says (http-core 8.4).</summary>
/// <param name="Index">Highest index in the state.</param>
/// <param name="Term">Term of the server that wrote it.</param>
/// <param name="CreatedMs">When, milliseconds since 1970.</param>
/// <param name="Servers">The server set.</param>
/// <param name="Size">Bytes of state.bin.</param>
public sealed record ArchiveMeta(long Index, long Term, long CreatedMs, ServerSet Servers, long Size)
{
    /// <summary>Version of the archive's form.</summary>
    public const int Version = 1;

    /// <summary>term-index-milliseconds.</summary>
    public string Id => string.Create(CultureInfo.InvariantCulture, $"{Term}-{Index}-{CreatedMs}");

    /// <summary>meta.json.</summary>
    public byte[] Encode()
    {
        var bytes = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteNumber("Version"u8, Version);
            json.WriteString("ID"u8, Id);
            json.WriteNumber("Index"u8, Index);
            json.WriteNumber("Term"u8, Term);
            json.WriteBase64String("Peers"u8, Servers.Encode());
            json.WriteStartObject("Configuration"u8);
            json.WriteStartArray("Servers"u8);
            foreach (ServerMember server in Servers.Servers)
            {
                json.WriteStartObject();
                json.WriteNumber("Suffrage"u8, server.IsVoter ? 0 : 1);
                json.WriteString("ID"u8, server.Id);
                json.WriteString("Address"u8, server.Address);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteNumber("ConfigurationIndex"u8, 1);
            json.WriteNumber("Size"u8, Size);
            json.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>Version, id, index, term and size of a meta.json, ours or another's.</summary>
    /// <exception cref="ArchiveException">Not one.</exception>
    public static ArchiveSummary Read(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(bytes);
            JsonElement meta = document.RootElement;
            return new ArchiveSummary(meta.GetProperty("Version"u8).GetInt32(), meta.GetProperty("ID"u8).GetString() ?? "", meta.GetProperty("Index"u8).GetInt64(), meta.GetProperty("Term"u8).GetInt64(),
                meta.GetProperty("Size"u8).GetInt64());
        }
        catch (Exception malformed) when (malformed is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw ArchiveException.Unreadable($"failed to decode snapshot metadata: {malformed.Message}");
        }
    }
}

/// <summary>What an archive says of itself.</summary>
/// <param name="Version">Version of its form.</param>
/// <param name="Id">term-index-milliseconds.</param>
/// <param name="Index">Highest index in the state.</param>
/// <param name="Term">Term of the server that wrote it.</param>
/// <param name="Size">Bytes of state.bin.</param>
public readonly record struct ArchiveSummary(int Version, string Id, long Index, long Term, long Size);

/// <summary>An archive that cannot be restored. The text is for the client (http-core 8.4).</summary>
public sealed class ArchiveException(string message) : IOException(message)
{
    internal static ArchiveException NotGzip(string cause) => new($"failed to decompress snapshot: {cause}");

    internal static ArchiveException Unreadable(string cause) => new($"failed to read snapshot file: {cause}");
}
