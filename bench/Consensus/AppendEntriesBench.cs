using System.Buffers;
using BenchmarkDotNet.Attributes;
using Praetor.Core.Consensus;
using Praetor.Core.Ports;

namespace Praetor.Bench.Consensus;

/// <summary>An AppendEntries onto the wire and off it, and its answer. Budget: 0 bytes allocated.</summary>
[MemoryDiagnoser]
[ShortRunJob]
public class AppendEntriesBench
{
    private readonly ArrayBufferWriter<byte> _output = new(1024 * 1024);
    private readonly ReceivedEntries _received = new();
    private LogEntry[] _entries = [];
    private RaftMessage _message;
    private byte[] _bytes = [];

    /// <summary>Entries of 128 bytes in the message; none is a heartbeat.</summary>
    [Params(0, 1, 64)]
    public int Entries { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _entries = [.. Enumerable.Range(0, Entries).Select(i => new LogEntry(1001 + i, 7, LogEntryKind.Command, new byte[128]))];
        _message = new RaftMessage(RaftMessageKind.Append, "a", "b", 7) { Index = 1000, LogTerm = 7, CommitIndex = 990, Round = 12345, Count = Entries };
        Encode();
        _bytes = _output.WrittenSpan.ToArray();
    }

    [Benchmark]
    public int Encode()
    {
        _output.ResetWrittenCount();
        RaftMessageCodec.Encode(_output, _message, _entries);
        return _output.WrittenCount;
    }

    [Benchmark]
    public int Decode() => RaftMessageCodec.Decode("a", "b", _bytes, _received).Count;
}
