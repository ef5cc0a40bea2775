using BenchmarkDotNet.Attributes;
using FASTER.core;
using Microsoft.Extensions.Logging.Abstractions;
using Praetor.Core.Ports;
using Praetor.Storage.Log;

namespace Praetor.Bench.Storage;

/// <summary>One durable commit of a batch: our log against FasterLog, as it comes and in its quickest mode.</summary>
[MemoryDiagnoser]
[ShortRunJob]
public class LogBench
{
    private readonly byte[] _payload = new byte[128];
    private string _directory = "";
    private WriteAheadLog _ours = null!;
    private FasterLog _faster = null!;
    private FasterLog _fasterFast = null!;
    private IDevice[] _devices = [];
    private LogEntry[] _batch = [];
    private long _index;

    [Params(1, 64)]
    public int Entries { get; set; }

    [GlobalSetup]
    public void Open()
    {
        // Beside the project, not in /tmp: that may be memory.
        _directory = Path.Combine(AppContext.BaseDirectory, $"log-{Guid.NewGuid():N}");
        _ours = WriteAheadLog.Open(Path.Combine(_directory, "ours"), new WriteAheadLogOptions(), NullLogger.Instance);
        _devices = [Devices.CreateLogDevice(Path.Combine(_directory, "faster", "log")), Devices.CreateLogDevice(Path.Combine(_directory, "fast", "log"))];
        _faster = new FasterLog(new FasterLogSettings { LogDevice = _devices[0] });
        _fasterFast = new FasterLog(new FasterLogSettings { LogDevice = _devices[1], FastCommitMode = true });
        _batch = new LogEntry[Entries];
        _index = 0;
    }

    [GlobalCleanup]
    public void Close()
    {
        _ours.Dispose();
        _faster.Dispose();
        _fasterFast.Dispose();
        foreach (IDevice device in _devices)
            device.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Benchmark(Baseline = true)]
    public void Ours()
    {
        for (int i = 0; i < _batch.Length; i++)
            _batch[i] = new LogEntry(++_index, 1, LogEntryKind.Command, _payload);
        _ours.Append(_batch);
    }

    [Benchmark]
    public void Faster_log() => Commit(_faster);

    [Benchmark]
    public void Faster_log_in_fast_commit_mode() => Commit(_fasterFast);

    private void Commit(FasterLog log)
    {
        for (int i = 0; i < Entries; i++)
            log.Enqueue(_payload);
        log.Commit(spinWait: true);
    }
}
