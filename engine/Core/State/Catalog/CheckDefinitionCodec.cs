using Praetor.Core.Codec;

namespace Praetor.Core.State.Catalog;

/// <summary>Binary form of a check's Definition, part of <see cref="CatalogCodec"/>.</summary>
internal static class CheckDefinitionCodec
{
    public static void Write(FieldWriter writer, CheckDefinitionRecord definition)
    {
        writer.Int(definition.IntervalNs);
        writer.Int(definition.OutputMaxSize);
        writer.Int(definition.TimeoutNs);
        writer.Int(definition.DeregisterCriticalServiceAfterNs);
        writer.Text(definition.Http);
        writer.Text(definition.TlsServerName);
        writer.Bool(definition.TlsSkipVerify);
        WriteHeader(writer, definition.Header);
        writer.Text(definition.Method);
        writer.Text(definition.Body);
        writer.Bool(definition.DisableRedirects);
        writer.Text(definition.Tcp);
        writer.Bool(definition.TcpUseTls);
        writer.Text(definition.Udp);
        writer.Text(definition.H2Ping);
        writer.Text(definition.OsService);
        writer.Bool(definition.H2PingUseTls);
        writer.TextList(definition.ScriptArgs);
        writer.Text(definition.DockerContainerId);
        writer.Text(definition.Shell);
        writer.Text(definition.Grpc);
        writer.Bool(definition.GrpcUseTls);
        writer.Text(definition.AliasNode);
        writer.Text(definition.AliasService);
        writer.Text(definition.SessionName);
        writer.Int(definition.TtlNs);
    }

    public static CheckDefinitionRecord Read(ref FieldReader reader) => new()
    {
        IntervalNs = reader.Int(),
        OutputMaxSize = reader.Int32(),
        TimeoutNs = reader.Int(),
        DeregisterCriticalServiceAfterNs = reader.Int(),
        Http = reader.Text(),
        TlsServerName = reader.Text(),
        TlsSkipVerify = reader.Bool(),
        Header = ReadHeader(ref reader),
        Method = reader.Text(),
        Body = reader.Text(),
        DisableRedirects = reader.Bool(),
        Tcp = reader.Text(),
        TcpUseTls = reader.Bool(),
        Udp = reader.Text(),
        H2Ping = reader.Text(),
        OsService = reader.Text(),
        H2PingUseTls = reader.Bool(),
        ScriptArgs = reader.TextList(),
        DockerContainerId = reader.Text(),
        Shell = reader.Text(),
        Grpc = reader.Text(),
        GrpcUseTls = reader.Bool(),
        AliasNode = reader.Text(),
        AliasService = reader.Text(),
        SessionName = reader.Text(),
        TtlNs = reader.Int(),
    };

    private static void WriteHeader(FieldWriter writer, IReadOnlyDictionary<string, string[]>? header)
    {
        writer.UInt(header is null ? 0 : (ulong)header.Count + 1);
        if (header is null)
            return;
        foreach ((string name, string[] values) in header.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            writer.Text(name);
            writer.TextList(values);
        }
    }

    private static SortedList<string, string[]>? ReadHeader(ref FieldReader reader)
    {
        int count = reader.OptionalCount(2);
        if (count < 0)
            return null;
        var header = new SortedList<string, string[]>(count, StringComparer.Ordinal);
        for (int i = 0; i < count; i++)
        {
            string name = reader.Text();
            header[name] = reader.TextList() ?? [];
        }

        return header;
    }
}
