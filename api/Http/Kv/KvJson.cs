using System.Text;
using Praetor.Api.Http.Json;
using Praetor.Core.Ports;
using Praetor.Core.State.Kv;

namespace Praetor.Api.Http.Kv;

/// <summary>JSON of entries (http-core 5). No state.</summary>
internal static class KvJson
{
    /// <summary>A deletion among the versions of a key (not of Consul).</summary>
    public static void WriteDeletion(GoJsonWriter json, KvChange deletion)
    {
        json.BeginObject();
        json.Member("Key"u8, Encoding.UTF8.GetString(deletion.Key));
        json.Member("Deleted"u8, true);
        json.Member("ModifyIndex"u8, deletion.Index);
        json.EndObject();
    }

    /// <summary>One entry with its value; an empty value is null.</summary>
    public static void Write(GoJsonWriter json, ReadOnlySpan<byte> key, KvEntry entry, ReadOnlySpan<byte> value)
    {
        WriteHead(json, key, entry);
        if (value.IsEmpty)
            json.Null();
        else
            json.Base64(value);
        WriteTail(json, entry);
    }

    /// <summary>Everything before the value.</summary>
    public static void WriteHead(GoJsonWriter json, ReadOnlySpan<byte> key, KvEntry entry)
    {
        json.BeginObject();
        json.Member("LockIndex"u8, entry.LockIndex);
        json.Name("Key"u8);
        json.Utf8String(key);
        json.Member("Flags"u8, entry.Flags);
        json.Name("Value"u8);
    }

    /// <summary>Everything after the value.</summary>
    public static void WriteTail(GoJsonWriter json, KvEntry entry)
    {
        if (entry.Session is { } session)
            json.Member("Session"u8, session);
        json.Member("CreateIndex"u8, entry.CreateIndex);
        json.Member("ModifyIndex"u8, entry.ModifyIndex);
        json.EndObject();
    }
}

/// <summary>Writes an entry of a list with its value straight from the heap's memory.</summary>
internal readonly struct KvEntryWriter(GoJsonWriter json, ReadOnlyMemory<byte> key, KvEntry entry) : IRecordReader
{
    public void OnRecord(ReadOnlySpan<byte> record) => KvJson.Write(json, key.Span, entry, record);
}
