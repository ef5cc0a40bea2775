using System.Buffers;
using BenchmarkDotNet.Attributes;
using Praetor.Transport.Framing;

namespace Praetor.Bench.Transport;

/// <summary>A batch of frames into a sending buffer, and out of a receiving one. Budget: 0 bytes allocated.</summary>
[MemoryDiagnoser]
[ShortRunJob]
public class FrameBench
{
    private const int Frames = 64;
    private const int MaxBodyBytes = 1024 * 1024;

    private readonly FrameBuffer _buffer = new();
    private readonly byte[] _scratch = new byte[CompressedBody.MaxCompressedBytes(64 * 1024)];
    private byte[] _body = [];
    private byte[] _compressible = [];
    private ReadOnlySequence<byte> _received;

    /// <summary>Bytes of a body.</summary>
    [Params(64, 4096)]
    public int BodyBytes { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _body = new byte[BodyBytes];
        new Random(1).NextBytes(_body);
        _compressible = new byte[64 * 1024];
        for (int i = 0; i < _compressible.Length; i++)
            _compressible[i] = (byte)(i % 61);
        Encode();
        _received = new ReadOnlySequence<byte>(_buffer.Memory.ToArray());
    }

    [Benchmark(OperationsPerInvoke = Frames)]
    public int Encode()
    {
        _buffer.Clear();
        for (uint i = 1; i <= Frames; i++)
            _buffer.Append(FrameType.Call, FrameFlags.None, 1, i, _body);
        return _buffer.Length;
    }

    [Benchmark(OperationsPerInvoke = Frames)]
    public long Decode()
    {
        ReadOnlySequence<byte> rest = _received;
        long seen = 0;
        while (FrameReader.TryRead(ref rest, MaxBodyBytes, out FrameHeader header, out ReadOnlySequence<byte> body) == FrameRead.Frame)
            seen += header.StreamId + body.Length;
        return seen;
    }

    [Benchmark]
    public int Compress64KiB() => CompressedBody.TryCompress(_compressible, _scratch);
}
