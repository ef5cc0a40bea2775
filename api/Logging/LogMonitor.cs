using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Praetor.Api.Logging;

/// <summary>Somebody who reads the agent's log as it is written. Lines beyond those that fit are dropped: a slow reader holds nobody up. Thread-safe; dispose it.</summary>
/// <param name="level">Lowest level wanted.</param>
/// <param name="json">Whether lines are JSON.</param>
/// <param name="onEnd">Called once when it is disposed of.</param>
public sealed class LogMonitor(LogLevel level, bool json, Action<LogMonitor> onEnd) : IDisposable
{
    private const int MaxLines = 512;

    private readonly Channel<byte[]> _lines = Channel.CreateBounded<byte[]>(new BoundedChannelOptions(MaxLines) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private int _ended;

    /// <summary>Lowest level wanted.</summary>
    public LogLevel Level { get; } = level;

    /// <summary>Whether lines are JSON.</summary>
    public bool Json { get; } = json;

    /// <summary>The lines, each with its end.</summary>
    public ChannelReader<byte[]> Lines => _lines.Reader;

    /// <summary>Adds a line.</summary>
    public void Add(byte[] line) => _lines.Writer.TryWrite(line);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _ended, 1) == 0)
            onEnd(this);
    }
}
