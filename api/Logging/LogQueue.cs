namespace Praetor.Api.Logging;

/// <summary>
/// Takes finished lines from any thread and writes them on a thread of its own, so that a slow reader of standard output never stalls the agent.
/// Bounded: when it is full, new lines are dropped and counted. Lines queued before <see cref="Start"/> wait for it. Thread-safe.
/// </summary>
internal sealed class LogQueue(IReadOnlyList<Stream> sinks, Func<int, byte[]> describeLoss) : IDisposable
{
    /// <summary>Lines held at most: about a second of a very talkative agent, at most a few MB.</summary>
    private const int Capacity = 8192;

    /// <summary>How long the process waits at exit for a reader that does not read.</summary>
    private static readonly TimeSpan s_drainLimit = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _signal = new(0);
    private Queue<byte[]> _waiting = new();
    private Queue<byte[]> _spare = new();
    private int _lost;
    private bool _closed;
    private Thread? _writer;

    /// <summary>Queues one line with its newline; never waits for the writer.</summary>
    public void Add(byte[] line)
    {
        lock (_gate)
        {
            if (_closed)
                return;
            if (_waiting.Count >= Capacity)
            {
                _lost++;
                return;
            }

            _waiting.Enqueue(line);
            if (_waiting.Count > 1)
                return;
        }

        _signal.Release();
    }

    /// <summary>Starts writing.</summary>
    public void Start()
    {
        _writer = new Thread(Write) { IsBackground = true, Name = "log" };
        _writer.Start();
    }

    /// <summary>Writes what is queued and stops; what a stuck reader does not take in time is given up.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_closed)
                return;
            _closed = true;
        }

        _signal.Release();
        // Without a writer nothing was ever shown: whoever closes early still gets the lines.
        if (_writer is null)
            Write();
        else
            _writer.Join(s_drainLimit);
    }

    private void Write()
    {
        using var batch = new MemoryStream();
        while (true)
        {
            _signal.Wait();
            var (lines, lost, closed) = Take();
            batch.SetLength(0);
            while (lines.TryDequeue(out var line))
                batch.Write(line);
            if (lost > 0)
                batch.Write(describeLoss(lost));
            WriteToSinks(batch.GetBuffer().AsSpan(0, (int)batch.Length));
            if (closed)
                return;
        }
    }

    private (Queue<byte[]> Lines, int Lost, bool Closed) Take()
    {
        lock (_gate)
        {
            (_waiting, _spare) = (_spare, _waiting);
            var lost = _lost;
            _lost = 0;
            return (_spare, lost, _closed);
        }
    }

    private void WriteToSinks(ReadOnlySpan<byte> bytes)
    {
        foreach (var sink in sinks)
        {
            try
            {
                sink.Write(bytes);
                sink.Flush();
            }
            catch (IOException)
            {
                // A closed pipe or a full disk must not take the agent down; the other sinks go on.
            }
        }
    }
}
