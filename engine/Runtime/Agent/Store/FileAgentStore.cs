using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;
using Praetor.Core.Codec;

namespace Praetor.Runtime.Agent.Store;

/// <summary>
/// Registrations as files of the data directory (http-agent 2.9): services/, checks/ and checks/state/, each file named by the SHA-256
/// of its id. A thread of its own does all writing; a file is written beside its place, synced and moved there, so a crash
/// leaves the old or the new one. What is equal to what was last written is not written again.
/// </summary>
public sealed class FileAgentStore : IAgentStore
{
    private const int MaxFileBytes = 16 << 20;
    private const string TemporarySuffix = ".tmp";

    private readonly object _gate = new();
    private readonly string _directory;
    private readonly ILogger _logger;
    private readonly Thread _writer;
    private readonly Dictionary<string, byte[]> _written = new(StringComparer.Ordinal);
    private Dictionary<string, Change> _pending = new(StringComparer.Ordinal);
    private List<TaskCompletionSource> _waiters = [];
    private IOException? _untold;
    private bool _writing;
    private bool _stopping;

    /// <summary>Opens (and creates) the folders below <paramref name="dataDirectory"/>.</summary>
    /// <exception cref="IOException">The folders cannot be made.</exception>
    public FileAgentStore(string dataDirectory, ILogger logger)
    {
        _directory = dataDirectory;
        _logger = logger;
        foreach (AgentFileKind kind in Enum.GetValues<AgentFileKind>())
            Directory.CreateDirectory(FolderOf(kind));
        _writer = new Thread(WriteLoop) { Name = "praetor-agent-files", IsBackground = true };
        _writer.Start();
    }

    /// <inheritdoc/>
    public bool IsPersistent => true;

    /// <inheritdoc/>
    public IReadOnlyList<byte[]> Load(AgentFileKind kind)
    {
        var documents = new List<byte[]>();
        foreach (FileInfo file in new DirectoryInfo(FolderOf(kind)).EnumerateFiles().OrderBy(file => file.Name, StringComparer.Ordinal))
        {
            if (file.Name.EndsWith(TemporarySuffix, StringComparison.Ordinal))
                TryDelete(file.FullName);
            else if (TryRead(file) is { } document)
                documents.Add(document);
        }

        return documents;
    }

    /// <inheritdoc/>
    public void Put(AgentFileKind kind, string id, byte[] json) => Queue(kind, id, json);

    /// <inheritdoc/>
    public void Remove(AgentFileKind kind, string id) => Queue(kind, id, null);

    /// <inheritdoc/>
    public ValueTask FlushAsync()
    {
        lock (_gate)
        {
            if (_untold is { } failure)
            {
                _untold = null;
                return ValueTask.FromException(failure);
            }

            if (_stopping || (!_writing && _pending.Count == 0))
                return ValueTask.CompletedTask;
            var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiters.Add(waiter);
            Monitor.Pulse(_gate);
            return new ValueTask(waiter.Task);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _stopping = true;
            Monitor.Pulse(_gate);
        }

        await Task.Run(_writer.Join).ConfigureAwait(false);
    }

    /// <summary>States of TTL checks come often and may be lost: they are not synced, nor compared, and their failure is only logged.</summary>
    private void Queue(AgentFileKind kind, string id, byte[]? json)
    {
        string path = PathOf(kind, id);
        bool durable = kind != AgentFileKind.CheckState;
        lock (_gate)
        {
            if (durable && json is not null && !_pending.ContainsKey(path)
                && _written.TryGetValue(path, out byte[]? hash) && hash.AsSpan().SequenceEqual(SHA256.HashData(json)))
                return;
            _pending[path] = new Change(json, durable);
            Monitor.Pulse(_gate);
        }
    }

    private void WriteLoop()
    {
        while (true)
        {
            Dictionary<string, Change> batch;
            lock (_gate)
            {
                while (_pending.Count == 0 && !_stopping)
                    Monitor.Wait(_gate);
                if (_pending.Count == 0)
                    return;
                batch = _pending;
                _pending = new Dictionary<string, Change>(StringComparer.Ordinal);
                _writing = true;
            }

            IOException? failure = null;
            foreach ((string path, Change change) in batch)
                failure = TryWrite(path, change) ?? failure;
            foreach (TaskCompletionSource waiter in TakeWaiters(failure))
                _ = failure is null ? waiter.TrySetResult() : waiter.TrySetException(failure);
        }
    }

    /// <summary>Whoever waited is done when nothing is left to write. A failure is told to all, as it may be theirs, or to the next who asks.</summary>
    private List<TaskCompletionSource> TakeWaiters(IOException? failure)
    {
        lock (_gate)
        {
            _writing = false;
            if (failure is null && _pending.Count > 0)
                return [];
            List<TaskCompletionSource> waiters = _waiters;
            _waiters = [];
            if (waiters.Count == 0 && failure is not null)
                _untold = failure;
            return waiters;
        }
    }

    private IOException? TryWrite(string path, Change change)
    {
        try
        {
            if (change.Json is null)
                File.Delete(path);
            else
                Replace(path, change.Json, change.Durable);
            lock (_gate)
            {
                if (change is { Json: { } json, Durable: true })
                    _written[path] = SHA256.HashData(json);
                else
                    _written.Remove(path);
            }

            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            AgentLog.WriteFailed(_logger, path, GoQuote.Quote(failure.Message));
            return !change.Durable ? null : failure as IOException ?? new IOException(failure.Message, failure);
        }
    }

    private static void Replace(string path, byte[] json, bool durable)
    {
        string temporary = path + TemporarySuffix;
        using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
        {
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(file.SafeFileHandle, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            file.Write(json);
            file.Flush(flushToDisk: durable);
        }

        File.Move(temporary, path, overwrite: true);
    }

    private byte[]? TryRead(FileInfo file)
    {
        try
        {
            if (file.Length > MaxFileBytes)
                throw new IOException($"larger than {MaxFileBytes} bytes");
            return File.ReadAllBytes(file.FullName);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            AgentLog.FileUnreadable(_logger, file.FullName, GoQuote.Quote(failure.Message));
            return null;
        }
    }

    private void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            AgentLog.WriteFailed(_logger, path, GoQuote.Quote(failure.Message));
        }
    }

    private string FolderOf(AgentFileKind kind) => Path.Combine(_directory, kind switch
    {
        AgentFileKind.Service => "services",
        AgentFileKind.Check => "checks",
        _ => Path.Combine("checks", "state"),
    });

    private string PathOf(AgentFileKind kind, string id) =>
        Path.Combine(FolderOf(kind), Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id))));

    /// <summary>What is to become of a file: its new content, or its end.</summary>
    private readonly record struct Change(byte[]? Json, bool Durable);
}
