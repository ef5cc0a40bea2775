using System.Buffers.Binary;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Logging.Abstractions;
using Praetor.Api.Dns;
using Praetor.Api.Dns.Answers;
using Praetor.Api.Dns.Lookups;
using Praetor.Api.Dns.Names;
using Praetor.Api.Dns.Wire;
using Praetor.Bench.Catalog;
using Praetor.Core.State;

namespace Praetor.Bench.Dns;

/// <summary>
/// One DNS packet in, one out, for a service of 50 instances: parse, choose, shuffle, write. Budget: 0 B per answer. Plain = UDP
/// without EDNS (3 answers), large = EDNS 4096 (all 50), cut = EDNS 1232 (as many SRV as fit, additional section rebuilt).
/// </summary>
[MemoryDiagnoser]
public class DnsAnswerBench
{
    private readonly byte[] _reply = new byte[DnsLimits.MessageBytes];
    private Responder _responder = null!;
    private byte[] _plainA = [], _plainSrv = [], _largeA = [], _largeSrv = [], _cutSrv = [], _node = [];

    /// <summary>Fills the catalog and builds the packets.</summary>
    [GlobalSetup]
    public void Setup()
    {
        StateRoot root = CatalogState.WithInstances(50);
        DnsBackend backend = new(new DnsZone("consul", null, "dc1"), "n1", new DnsState(() => root, static () => true), new DnsOptions(), TimeProvider.System, NullLogger.Instance);
        _responder = new Responder(backend, seed: 1);
        byte[] web = "\u0003web\u0007service\u0006consul\0"u8.ToArray();
        _plainA = Query(web, RecordType.A, 0);
        _plainSrv = Query(web, RecordType.Srv, 0);
        _largeA = Query(web, RecordType.A, 4096);
        _largeSrv = Query(web, RecordType.Srv, 4096);
        _cutSrv = Query(web, RecordType.Srv, 1232);
        _node = Query("\u0006node42\u0004node\u0006consul\0"u8.ToArray(), RecordType.A, 1232);
    }

    /// <summary>3 of 50 addresses.</summary>
    [Benchmark]
    public int PlainA() => Answer(_plainA);

    /// <summary>3 of 50 SRV with their addresses.</summary>
    [Benchmark]
    public int PlainSrv() => Answer(_plainSrv);

    /// <summary>50 addresses.</summary>
    [Benchmark]
    public int LargeA() => Answer(_largeA);

    /// <summary>50 SRV with their addresses.</summary>
    [Benchmark]
    public int LargeSrv() => Answer(_largeSrv);

    /// <summary>As many SRV as fit into 1232 bytes.</summary>
    [Benchmark]
    public int CutSrv() => Answer(_cutSrv);

    /// <summary>One node.</summary>
    [Benchmark]
    public int Node() => Answer(_node);

    private int Answer(byte[] packet) => _responder.Answer(packet, new Asker(DnsTransport.Udp, []), _reply);

    private static byte[] Query(byte[] name, RecordType type, ushort ednsBytes)
    {
        byte[] header = [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, (byte)(ednsBytes > 0 ? 1 : 0)];
        byte[] opt = [0, 0, (byte)RecordType.Opt, 0, 0, 0, 0, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt16BigEndian(opt.AsSpan(3), ednsBytes);
        return [.. header, .. name, 0, (byte)type, 0, 1, .. ednsBytes > 0 ? opt : []];
    }
}
