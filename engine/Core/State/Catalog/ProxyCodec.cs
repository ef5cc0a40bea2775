using Praetor.Core.Codec;

namespace Praetor.Core.State.Catalog;

/// <summary>Binary form of a service's Proxy block, part of <see cref="CatalogCodec"/>.</summary>
internal static class ProxyCodec
{
    public static void Write(FieldWriter writer, ServiceProxy proxy)
    {
        writer.Text(proxy.DestinationServiceName);
        writer.Text(proxy.DestinationServiceId);
        writer.Text(proxy.LocalServiceAddress);
        writer.Int(proxy.LocalServicePort);
        writer.Text(proxy.LocalServiceSocketPath);
        writer.Text(proxy.Mode);
        writer.OptionalText(proxy.ConfigJson);
        WriteList(writer, proxy.Upstreams, WriteUpstream);
        writer.Text(proxy.MeshGatewayMode);
        writer.Bool(proxy.ExposeChecks);
        WriteList(writer, proxy.ExposePaths, static (w, path) =>
        {
            w.Int(path.ListenerPort);
            w.Text(path.Path);
            w.Int(path.LocalPathPort);
            w.Text(path.Protocol);
            w.Bool(path.ParsedFromCheck);
        });
        writer.Bool(proxy.TransparentProxy is not null);
        if (proxy.TransparentProxy is { } transparent)
        {
            writer.Int(transparent.OutboundListenerPort);
            writer.Bool(transparent.DialedDirectly);
        }

        WriteAccessLogs(writer, proxy.AccessLogs);
        WriteList(writer, proxy.EnvoyExtensions, static (w, extension) =>
        {
            w.Text(extension.Name);
            w.Bool(extension.Required);
            w.OptionalText(extension.ArgumentsJson);
            w.Text(extension.ConsulVersion);
            w.Text(extension.EnvoyVersion);
        });
    }

    public static ServiceProxy Read(ref FieldReader reader) => new()
    {
        DestinationServiceName = reader.Text(),
        DestinationServiceId = reader.Text(),
        LocalServiceAddress = reader.Text(),
        LocalServicePort = reader.Int32(),
        LocalServiceSocketPath = reader.Text(),
        Mode = reader.Text(),
        ConfigJson = reader.OptionalText(),
        Upstreams = ReadList(ref reader, ReadUpstream),
        MeshGatewayMode = reader.Text(),
        ExposeChecks = reader.Bool(),
        ExposePaths = ReadList(ref reader, static (ref FieldReader r) =>
            new ExposePath(r.Int32(), r.Text(), r.Int32(), r.Text(), r.Bool())),
        TransparentProxy = reader.Bool() ? new TransparentProxy(reader.Int32(), reader.Bool()) : null,
        AccessLogs = reader.Bool()
            ? new AccessLogs(reader.Bool(), reader.Bool(), reader.Text(), reader.Text(), reader.Text(), reader.Text())
            : null,
        EnvoyExtensions = ReadList(ref reader, static (ref FieldReader r) =>
            new EnvoyExtension(r.Text(), r.Bool(), r.OptionalText(), r.Text(), r.Text())),
    };

    private delegate T ReadItem<T>(ref FieldReader reader);

    private delegate void WriteItem<T>(FieldWriter writer, T item);

    private static void WriteList<T>(FieldWriter writer, T[]? items, WriteItem<T> write)
    {
        writer.UInt(items is null ? 0 : (ulong)items.Length + 1);
        foreach (T item in items ?? [])
            write(writer, item);
    }

    private static T[]? ReadList<T>(ref FieldReader reader, ReadItem<T> read)
    {
        // Every item of these lists takes at least five bytes.
        int count = reader.OptionalCount(5);
        if (count < 0)
            return null;
        var items = new T[count];
        for (int i = 0; i < count; i++)
            items[i] = read(ref reader);
        return items;
    }

    private static void WriteUpstream(FieldWriter writer, ServiceUpstream upstream)
    {
        writer.Text(upstream.DestinationType);
        writer.Text(upstream.DestinationNamespace);
        writer.Text(upstream.DestinationPartition);
        writer.Text(upstream.DestinationPeer);
        writer.Text(upstream.DestinationName);
        writer.Text(upstream.Datacenter);
        writer.Text(upstream.LocalBindAddress);
        writer.Int(upstream.LocalBindPort);
        writer.Text(upstream.LocalBindSocketPath);
        writer.Text(upstream.LocalBindSocketMode);
        writer.OptionalText(upstream.ConfigJson);
        writer.Text(upstream.MeshGatewayMode);
    }

    private static ServiceUpstream ReadUpstream(ref FieldReader reader) => new()
    {
        DestinationType = reader.Text(),
        DestinationNamespace = reader.Text(),
        DestinationPartition = reader.Text(),
        DestinationPeer = reader.Text(),
        DestinationName = reader.Text(),
        Datacenter = reader.Text(),
        LocalBindAddress = reader.Text(),
        LocalBindPort = reader.Int32(),
        LocalBindSocketPath = reader.Text(),
        LocalBindSocketMode = reader.Text(),
        ConfigJson = reader.OptionalText(),
        MeshGatewayMode = reader.Text(),
    };

    private static void WriteAccessLogs(FieldWriter writer, AccessLogs? logs)
    {
        writer.Bool(logs is not null);
        if (logs is null)
            return;
        writer.Bool(logs.Enabled);
        writer.Bool(logs.DisableListenerLogs);
        writer.Text(logs.Type);
        writer.Text(logs.Path);
        writer.Text(logs.JsonFormat);
        writer.Text(logs.TextFormat);
    }
}
