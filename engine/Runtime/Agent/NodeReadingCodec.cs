using System.Buffers;
using Praetor.Core.Codec;
using Praetor.Core.State.Catalog;

namespace Praetor.Runtime.Agent;

/// <summary>The wire form of <see cref="ICatalogAccess.ReadNodeAsync"/> between an agent and a server. Pure.</summary>
internal static class NodeReadingCodec
{
    private const int MinimumRecordBytes = 4;

    /// <summary>Longest wait that an agent may ask for.</summary>
    private static readonly TimeSpan MaxLimit = TimeSpan.FromMinutes(11);

    public static byte[] EncodeRequest(string node, long afterIndex, TimeSpan limit)
    {
        var bytes = new ArrayBufferWriter<byte>(64);
        var writer = new FieldWriter(bytes);
        writer.Text(node);
        writer.Int(afterIndex);
        writer.Int((long)limit.TotalMilliseconds);
        return bytes.WrittenSpan.ToArray();
    }

    public static (string Node, long AfterIndex, TimeSpan Limit) DecodeRequest(ReadOnlySpan<byte> request)
    {
        var reader = new FieldReader(request);
        return (reader.Text(), reader.Int(), TimeSpan.FromMilliseconds(Math.Clamp(reader.Int(), 0, (long)MaxLimit.TotalMilliseconds)));
    }

    public static byte[] Encode(in NodeReading reading)
    {
        var bytes = new ArrayBufferWriter<byte>(1024);
        var writer = new FieldWriter(bytes);
        writer.Int(reading.Index);
        writer.Bool(reading.View is not null);
        if (reading.View is not { } view)
            return bytes.WrittenSpan.ToArray();
        CatalogCodec.Write(writer, view.Node, withIndexes: true);
        writer.UInt((ulong)view.Services.Count + 1);
        foreach (ServiceRecord service in view.Services)
            CatalogCodec.Write(writer, service, withIndexes: true);
        writer.UInt((ulong)view.Checks.Count + 1);
        foreach (CheckRecord check in view.Checks)
            CatalogCodec.Write(writer, check, withIndexes: true);
        return bytes.WrittenSpan.ToArray();
    }

    /// <exception cref="InvalidDataException">Malformed.</exception>
    public static NodeReading Decode(ReadOnlySpan<byte> answer)
    {
        var reader = new FieldReader(answer);
        long index = reader.Int();
        if (!reader.Bool())
            return new NodeReading(index, null);
        NodeRecord node = CatalogCodec.ReadNode(ref reader, withIndexes: true);
        var services = new ServiceRecord[Math.Max(0, reader.OptionalCount(MinimumRecordBytes))];
        for (int i = 0; i < services.Length; i++)
            services[i] = CatalogCodec.ReadService(ref reader, withIndexes: true);
        var checks = new CheckRecord[Math.Max(0, reader.OptionalCount(MinimumRecordBytes))];
        for (int i = 0; i < checks.Length; i++)
            checks[i] = CatalogCodec.ReadCheck(ref reader, withIndexes: true);
        return new NodeReading(index, new NodeView(node, services, checks));
    }
}
