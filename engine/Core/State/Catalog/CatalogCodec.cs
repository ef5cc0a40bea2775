using Praetor.Core.Codec;

namespace Praetor.Core.State.Catalog;

/// <summary>
/// Binary form of catalog records in commands and snapshots. Each record starts with a format version; fields are only ever
/// appended under a new version. Indexes are written only where asked, so the bytes without them decide whether two records say
/// the same.
/// </summary>
public static class CatalogCodec
{
    private const byte FormatVersion = 1;

    /// <summary>Writes a node.</summary>
    public static void Write(FieldWriter writer, NodeRecord node, bool withIndexes)
    {
        writer.Byte(FormatVersion);
        writer.Text(node.Id);
        writer.Text(node.Name);
        writer.Text(node.Address);
        writer.Text(node.Datacenter);
        writer.TextMap(node.TaggedAddresses);
        writer.TextMap(node.Meta);
        WriteLocality(writer, node.Locality);
        if (withIndexes)
            WriteIndexes(writer, node.CreateIndex, node.ModifyIndex);
    }

    /// <summary>Reads a node.</summary>
    public static NodeRecord ReadNode(ref FieldReader reader, bool withIndexes)
    {
        CheckVersion(reader.Byte());
        return new NodeRecord
        {
            Id = reader.Text(),
            Name = reader.Text(),
            Address = reader.Text(),
            Datacenter = reader.Text(),
            TaggedAddresses = reader.TextMap(),
            Meta = reader.TextMap(),
            Locality = ReadLocality(ref reader),
            CreateIndex = withIndexes ? reader.Int() : 0,
            ModifyIndex = withIndexes ? reader.Int() : 0,
        };
    }

    /// <summary>Writes a service instance.</summary>
    public static void Write(FieldWriter writer, ServiceRecord service, bool withIndexes)
    {
        writer.Byte(FormatVersion);
        writer.Text(service.Node);
        writer.Text(service.Kind);
        writer.Text(service.Id);
        writer.Text(service.Name);
        writer.TextList(service.Tags);
        writer.Text(service.Address);
        WriteServiceAddresses(writer, service.TaggedAddresses);
        writer.TextMap(service.Meta);
        writer.Int(service.Port);
        writer.Text(service.SocketPath);
        writer.Int(service.Weights.Passing);
        writer.Int(service.Weights.Warning);
        writer.Bool(service.EnableTagOverride);
        WriteLocality(writer, service.Locality);
        writer.Bool(service.Proxy is not null);
        if (service.Proxy is not null)
            ProxyCodec.Write(writer, service.Proxy);
        writer.Bool(service.ConnectNative);
        if (withIndexes)
            WriteIndexes(writer, service.CreateIndex, service.ModifyIndex);
    }

    /// <summary>Reads a service instance.</summary>
    public static ServiceRecord ReadService(ref FieldReader reader, bool withIndexes)
    {
        CheckVersion(reader.Byte());
        return new ServiceRecord
        {
            Node = reader.Text(),
            Kind = reader.Text(),
            Id = reader.Text(),
            Name = reader.Text(),
            Tags = reader.TextList(),
            Address = reader.Text(),
            TaggedAddresses = ReadServiceAddresses(ref reader),
            Meta = reader.TextMap(),
            Port = reader.Int32(),
            SocketPath = reader.Text(),
            Weights = new ServiceWeights(reader.Int32(), reader.Int32()),
            EnableTagOverride = reader.Bool(),
            Locality = ReadLocality(ref reader),
            Proxy = reader.Bool() ? ProxyCodec.Read(ref reader) : null,
            ConnectNative = reader.Bool(),
            CreateIndex = withIndexes ? reader.Int() : 0,
            ModifyIndex = withIndexes ? reader.Int() : 0,
        };
    }

    /// <summary>Writes a check.</summary>
    public static void Write(FieldWriter writer, CheckRecord check, bool withIndexes)
    {
        writer.Byte(FormatVersion);
        writer.Text(check.Node);
        writer.Text(check.CheckId);
        writer.Text(check.Name);
        writer.Text(check.Status);
        writer.Text(check.Notes);
        writer.Text(check.Output);
        writer.Text(check.ServiceId);
        writer.Text(check.ServiceName);
        writer.TextList(check.ServiceTags);
        writer.Text(check.Type);
        writer.Text(check.Interval);
        writer.Text(check.Timeout);
        writer.Int(check.ExposedPort);
        writer.Bool(check.Definition is not null);
        if (check.Definition is not null)
            CheckDefinitionCodec.Write(writer, check.Definition);
        if (withIndexes)
            WriteIndexes(writer, check.CreateIndex, check.ModifyIndex);
    }

    /// <summary>Reads a check.</summary>
    public static CheckRecord ReadCheck(ref FieldReader reader, bool withIndexes)
    {
        CheckVersion(reader.Byte());
        return new CheckRecord
        {
            Node = reader.Text(),
            CheckId = reader.Text(),
            Name = reader.Text(),
            Status = reader.Text(),
            Notes = reader.Text(),
            Output = reader.Text(),
            ServiceId = reader.Text(),
            ServiceName = reader.Text(),
            ServiceTags = reader.TextList(),
            Type = reader.Text(),
            Interval = reader.Text(),
            Timeout = reader.Text(),
            ExposedPort = reader.Int32(),
            Definition = reader.Bool() ? CheckDefinitionCodec.Read(ref reader) : null,
            CreateIndex = withIndexes ? reader.Int() : 0,
            ModifyIndex = withIndexes ? reader.Int() : 0,
        };
    }

    /// <summary>True if the records say the same, indexes aside.</summary>
    public static bool SameContent(NodeRecord left, NodeRecord right)
    {
        using var a = new CommandBuffer();
        using var b = new CommandBuffer();
        Write(new FieldWriter(a), left, withIndexes: false);
        Write(new FieldWriter(b), right, withIndexes: false);
        return a.Span.SequenceEqual(b.Span);
    }

    /// <summary>True if the records say the same, indexes aside.</summary>
    public static bool SameContent(ServiceRecord left, ServiceRecord right)
    {
        using var a = new CommandBuffer();
        using var b = new CommandBuffer();
        Write(new FieldWriter(a), left, withIndexes: false);
        Write(new FieldWriter(b), right, withIndexes: false);
        return a.Span.SequenceEqual(b.Span);
    }

    /// <summary>True if the records say the same, indexes aside.</summary>
    public static bool SameContent(CheckRecord left, CheckRecord right)
    {
        using var a = new CommandBuffer();
        using var b = new CommandBuffer();
        Write(new FieldWriter(a), left, withIndexes: false);
        Write(new FieldWriter(b), right, withIndexes: false);
        return a.Span.SequenceEqual(b.Span);
    }

    internal static void CheckVersion(byte version)
    {
        if (version != FormatVersion)
            throw new InvalidDataException($"unknown record format {version}");
    }

    private static void WriteIndexes(FieldWriter writer, long create, long modify)
    {
        writer.Int(create);
        writer.Int(modify);
    }

    private static void WriteLocality(FieldWriter writer, Locality? locality)
    {
        writer.Bool(locality is not null);
        if (locality is null)
            return;
        writer.Text(locality.Region);
        writer.Text(locality.Zone);
    }

    private static Locality? ReadLocality(ref FieldReader reader) =>
        reader.Bool() ? new Locality(reader.Text(), reader.Text()) : null;

    private static void WriteServiceAddresses(FieldWriter writer, IReadOnlyDictionary<string, ServiceAddress>? map)
    {
        writer.UInt(map is null ? 0 : (ulong)map.Count + 1);
        if (map is null)
            return;
        foreach ((string key, ServiceAddress value) in map.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            writer.Text(key);
            writer.Text(value.Address);
            writer.Int(value.Port);
        }
    }

    private static SortedList<string, ServiceAddress>? ReadServiceAddresses(ref FieldReader reader)
    {
        int count = reader.OptionalCount(3);
        if (count < 0)
            return null;
        var map = new SortedList<string, ServiceAddress>(count, StringComparer.Ordinal);
        for (int i = 0; i < count; i++)
        {
            string key = reader.Text();
            map[key] = new ServiceAddress(reader.Text(), reader.Int32());
        }

        return map;
    }
}
