using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;
using Praetor.Core.Gossip;

namespace Praetor.Runtime.Gossip;

/// <summary>
/// The members that were alive when this agent was last heard of, in a file of lines, so that it finds its pool again after a restart
/// (gossip-raft 3, 'Snapshot file'). Thread-safe.
/// <code>
///  alive: name host:port
///  leave
/// </code>
/// </summary>
public sealed class KnownMembers : IAsyncDisposable
{
    /// <summary>Changes are written this long after the first of them.</summary>
    private static readonly TimeSpan FlushDelay = TimeSpan.FromMilliseconds(500);

    private readonly string _path;
    private readonly Func<IReadOnlyList<Member>> _members;
    private readonly string _self;
    private readonly ILogger _log;
    private readonly ITimer _timer;
    private readonly SemaphoreSlim _writing = new(1);
    private int _isDirty;
    private bool _hasLeft;

    /// <summary>Keeps the file up to date.</summary>
    /// <param name="path">The file; its folder is made.</param>
    /// <param name="self">Own name: not worth remembering.</param>
    /// <param name="members">Members as of now.</param>
    /// <param name="time">Clock.</param>
    /// <param name="log">Log.</param>
    public KnownMembers(string path, string self, Func<IReadOnlyList<Member>> members, TimeProvider time, ILogger log)
    {
        _path = path;
        _self = self;
        _members = members;
        _log = log;
        _timer = time.CreateTimer(static known => _ = ((KnownMembers)known!).FlushAsync(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Addresses to try after a restart: none after a graceful leave, unless <paramref name="rejoinAfterLeave"/>. An unreadable file is none.</summary>
    public static IReadOnlyList<IPEndPoint> Load(string path, bool rejoinAfterLeave, ILogger log)
    {
        try
        {
            if (!File.Exists(path))
                return [];
            string[] lines = File.ReadAllLines(path);
            if (lines.Contains("leave") && !rejoinAfterLeave)
                return [];
            var found = new List<IPEndPoint>();
            foreach (string line in lines)
            {
                // The name may hold anything but a space at its end; the address is what follows the last one.
                int space = line.LastIndexOf(' ');
                if (line.StartsWith("alive: ", StringComparison.Ordinal) && space > 0 && IPEndPoint.TryParse(line.AsSpan(space + 1), out IPEndPoint? address))
                    found.Add(address);
            }

            return found;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            GossipLog.NotLoaded(log, unreadable.Message);
            return [];
        }
    }

    /// <summary>A member changed.</summary>
    public void OnChange()
    {
        if (Interlocked.Exchange(ref _isDirty, 1) == 0)
            _timer.Change(FlushDelay, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The agent leaves on purpose.</summary>
    public Task OnLeaveAsync()
    {
        _hasLeft = true;
        Volatile.Write(ref _isDirty, 1);
        return FlushAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _timer.DisposeAsync().ConfigureAwait(false);
        await FlushAsync().ConfigureAwait(false);
    }

    private async Task FlushAsync()
    {
        await _writing.WaitAsync().ConfigureAwait(false);
        try
        {
            if (Interlocked.Exchange(ref _isDirty, 0) == 0)
                return;
            var text = new StringBuilder();
            foreach (Member member in _members())
            {
                if (member.Status == MemberStatus.Alive && member.Name != _self && IPAddress.TryParse(member.Addr, out IPAddress? address))
                    text.Append(CultureInfo.InvariantCulture, $"alive: {member.Name} {new IPEndPoint(address, member.Port)}\n");
            }

            if (_hasLeft)
                text.Append("leave\n");
            Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
            await File.WriteAllTextAsync(_path + ".tmp", text.ToString()).ConfigureAwait(false);
            File.Move(_path + ".tmp", _path, overwrite: true);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            GossipLog.NotSaved(_log, failed.Message);
        }
        finally
        {
            _writing.Release();
        }
    }
}
