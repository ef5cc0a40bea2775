using BenchmarkDotNet.Attributes;
using Praetor.Transport.Gossip;

namespace Praetor.Bench.Transport;

/// <summary>One full datagram into its form and out again. Budget: 0 bytes allocated.</summary>
[MemoryDiagnoser]
[ShortRunJob]
public class PacketBench
{
    private readonly byte[] _packet = new byte[1300];
    private readonly byte[] _form = new byte[1300 + PacketSeal.MaxOverheadBytes];
    private readonly byte[] _scratch = new byte[1300 + PacketSeal.MaxOverheadBytes];
    private PacketSeal _seal = null!;

    /// <summary>With a key or without.</summary>
    [Params(true, false)]
    public bool IsSealed { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var ring = new KeyRing();
        if (IsSealed)
            ring.Install(new byte[32]);
        _seal = new PacketSeal("lan", ring);
    }

    [Benchmark]
    public int SealAndOpen()
    {
        int size = _seal.Seal(SealKind.Packet, _packet, _form);
        return _seal.TryOpen(SealKind.Packet, _form.AsSpan(0, size), _scratch, out ReadOnlySpan<byte> bytes) is null ? bytes.Length : throw new InvalidOperationException("it does not open");
    }
}
