using System.Text.Json;
using Praetor.Core.Ports;

namespace Praetor.Transport.Gossip;

/// <summary>A key ring on disk: a JSON array of base64 keys, the primary first, readable by the owner only (gossip-raft 3.4).</summary>
public static class KeyRingFile
{
    private const int MaxFileBytes = 1024 * 1024;

    /// <summary>Installs the file's keys into an empty ring. False if there is no file.</summary>
    /// <exception cref="InvalidDataException">The file holds no key ring.</exception>
    public static bool TryLoad(string path, IKeyRing ring)
    {
        if (!File.Exists(path))
            return false;
        if (new FileInfo(path).Length > MaxFileBytes)
            throw new InvalidDataException($"{path} is no keyring: it is too long");
        List<string> keys = Read(path);
        if (keys.Count == 0)
            throw new InvalidDataException($"{path} contains no keys");
        foreach (string text in keys)
        {
            byte[]? key = KeyRing.TryParse(text, out string? refusal);
            if (key is null)
                throw new InvalidDataException($"{path} holds a key that is none: {refusal}");
            ring.Install(key);
        }

        return true;
    }

    /// <summary>Writes the ring's keys. A crash leaves either the old file or the new one.</summary>
    public static void Save(string path, IKeyRing ring)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        string written = path + ".tmp";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        // A leftover would keep its own permissions.
        File.Delete(written);
        using (var file = new FileStream(written, options))
        {
            using (var json = new Utf8JsonWriter(file, new JsonWriterOptions { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            {
                json.WriteStartArray();
                foreach (string key in ring.Keys)
                    json.WriteStringValue(key);
                json.WriteEndArray();
            }

            file.Flush(flushToDisk: true);
        }

        File.Move(written, path, overwrite: true);
    }

    private static List<string> Read(string path)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            if (document.RootElement.ValueKind != JsonValueKind.Array)
                throw new InvalidDataException($"{path} is no keyring: not a JSON array");
            var keys = new List<string>();
            foreach (JsonElement key in document.RootElement.EnumerateArray())
                keys.Add(key.GetString() ?? "");
            return keys;
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException($"{path} is no keyring: {malformed.Message}", malformed);
        }
    }
}
