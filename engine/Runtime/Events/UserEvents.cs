using System.Text.RegularExpressions;
using Praetor.Core.Filtering;
using Praetor.Core.Gossip;

namespace Praetor.Runtime.Events;

/// <summary>A local service as event filters see it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Tags">Its tags.</param>
public sealed record EventService(string Id, IReadOnlyList<string> Tags);

/// <summary>
/// The last 256 user events that concern this agent (http-core 8.1), oldest first, and those who wait for the next. Thread-safe; reading never waits.
/// </summary>
public sealed class UserEvents(string nodeName, Func<IEnumerable<EventService>> services, TimeProvider time)
{
    /// <summary>Events that are kept.</summary>
    public const int Capacity = 256;

    /// <summary>Remote execution speaks through events that nobody is to see.</summary>
    private const string RemoteExecution = "_rexec";

    private readonly Lock _gate = new();
    private readonly ChangeSignal _changed = new();
    private IReadOnlyList<UserEvent> _events = [];

    /// <summary>All that are kept.</summary>
    public IReadOnlyList<UserEvent> All => Volatile.Read(ref _events);

    /// <summary>Hears of events that ask this agent to run something; null for nobody. Must not wait.</summary>
    public Action<UserEvent>? OnRemoteExecution { get; set; }

    /// <summary>Takes an event of the pool, if it is one of users and meant for this agent.</summary>
    public void Take(PoolEvent happened)
    {
        if (!happened.Name.StartsWith(UserEvent.PoolPrefix, StringComparison.Ordinal) || UserEvent.TryDecode(happened.Payload.Span, happened.Time) is not { } taken
            || !Concerns(taken))
            return;
        if (taken.Name == RemoteExecution)
        {
            OnRemoteExecution?.Invoke(taken);
            return;
        }

        lock (_gate)
        {
            IReadOnlyList<UserEvent> now = _events;
            Volatile.Write(ref _events, [.. now.Skip(now.Count < Capacity ? 0 : 1), taken]);
        }

        _changed.Raise();
    }

    /// <summary>Those with a name (all if it is empty), once their index is not <paramref name="index"/> any more or the wait is over.</summary>
    public async Task<IReadOnlyList<UserEvent>> ReadAsync(string name, ulong index, TimeSpan wait, CancellationToken cancellation)
    {
        long start = time.GetTimestamp();
        while (true)
        {
            Task changed = _changed.Next;
            IReadOnlyList<UserEvent> listed = name.Length == 0 ? All : [.. All.Where(each => each.Name == name)];
            TimeSpan left = wait - time.GetElapsedTime(start);
            if (index == 0 || index != IndexOf(listed) || left <= TimeSpan.Zero)
                return listed;
            try
            {
                await changed.WaitAsync(left, time, cancellation).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                // The next look answers.
            }
        }
    }

    /// <summary>The index of a list: that of its newest event; 1 if there is none.</summary>
    public static ulong IndexOf(IReadOnlyList<UserEvent> listed) => listed.Count == 0 ? 1 : listed[^1].Index;

    private bool Concerns(UserEvent taken)
    {
        if (taken.NodeFilter.Length > 0 && !Matches(taken.NodeFilter, nodeName))
            return false;
        return taken.ServiceFilter.Length == 0
            || services().Any(service => Matches(taken.ServiceFilter, service.Id) && (taken.TagFilter.Length == 0 || service.Tags.Any(tag => Matches(taken.TagFilter, tag))));
    }

    /// <summary>A filter that does not compile here matches nothing: another agent has let it pass.</summary>
    private static bool Matches(string pattern, string text) => GoRegex.TryCompile(pattern, out Regex? regex, out _) && regex.IsMatch(text);
}
