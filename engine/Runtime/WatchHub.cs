using System.Diagnostics.CodeAnalysis;
using System.Text;
using Praetor.Core.Mvcc;
using Praetor.Core.State;

namespace Praetor.Runtime;

/// <summary>Why a wait ended.</summary>
public enum WakeReason : byte
{
    /// <summary>The watched thing changed.</summary>
    Changed,

    /// <summary>The time was up.</summary>
    TimedOut,

    /// <summary>The hub wakes everybody (snapshot restored, shutdown).</summary>
    Released,
}

/// <summary>
/// Wakes blocking queries. Register first, then look at the root, then wait: a change between the two wakes the ticket at once.
/// A waiter costs no thread and no timer of its own; waking costs grow with the waiters concerned. Thread-safe.
/// </summary>
public sealed class WatchHub : IDisposable
{
    /// <summary>Waiters beyond this are refused, so that a storm cannot eat the memory (field 1.1).</summary>
    public const int MaxWaiters = 1_000_000;

    private const int StripeCount = 64;

    private readonly Stripe[] _stripes = new Stripe[StripeCount];
    private readonly PrefixLengths _prefixLengths = new();
    private int _count;

    /// <summary>A hub whose time-outs run on <paramref name="time"/>.</summary>
    public WatchHub(TimeProvider time)
    {
        Timeouts = new TimerWheel(time, TimeSpan.FromMilliseconds(10));
        for (int i = 0; i < StripeCount; i++)
            _stripes[i] = new Stripe();
    }

    /// <summary>Waiters registered now.</summary>
    public int Count => Volatile.Read(ref _count);

    internal TimerWheel Timeouts { get; }

    /// <summary>Registers interest. Dispose the ticket to leave nothing behind.</summary>
    /// <exception cref="TooManyWaitersException">The limit is reached; shown as 429.</exception>
    public WatchTicket Register(WatchTopic topic)
    {
        if (Interlocked.Increment(ref _count) > MaxWaiters)
        {
            Interlocked.Decrement(ref _count);
            throw new TooManyWaitersException();
        }

        var ticket = new WatchTicket(this, topic);
        if (topic.Kind == WatchKind.KvPrefix)
            _prefixLengths.Add(topic.Key.Length);
        StripeOf(topic.Kind, topic.Key).Add(ticket);
        return ticket;
    }

    /// <summary>Wakes the waiters that an applied batch concerns. Call after its root is published.</summary>
    public void Publish(ChangeSet changes)
    {
        if (Count == 0)
            return;
        if (changes.Everything)
        {
            ReleaseAll();
            return;
        }

        foreach (byte[] key in changes.KvKeys)
            PublishKey(key);
        PublishNames(WatchKind.Service, changes.Services);
        PublishNames(WatchKind.Node, changes.Nodes);
        for (WatchTable table = WatchTable.Nodes; table <= WatchTable.PreparedQueries; table++)
        {
            if (changes.Changed(table))
                Wake(WatchKind.Table, [(byte)table]);
        }
    }

    /// <summary>Wakes everybody with <see cref="WakeReason.Released"/>.</summary>
    public void ReleaseAll()
    {
        foreach (Stripe stripe in _stripes)
            stripe.ReleaseAll();
    }

    /// <summary>Wakes everybody and stops the timer.</summary>
    public void Dispose()
    {
        ReleaseAll();
        Timeouts.Dispose();
    }

    internal void Unregister(WatchTicket ticket)
    {
        if (!StripeOf(ticket.Topic.Kind, ticket.Topic.Key).Remove(ticket))
            return;
        if (ticket.Topic.Kind == WatchKind.KvPrefix)
            _prefixLengths.Remove(ticket.Topic.Key.Length);
        Interlocked.Decrement(ref _count);
    }

    private void PublishKey(byte[] key)
    {
        Wake(WatchKind.KvKey, key);
        foreach (int length in _prefixLengths.Current)
        {
            if (length > key.Length)
                break;
            Wake(WatchKind.KvPrefix, key.AsSpan(0, length));
        }
    }

    private void PublishNames(WatchKind kind, IReadOnlyCollection<string> names)
    {
        Span<byte> buffer = stackalloc byte[256];
        foreach (string name in names)
        {
            if (Encoding.UTF8.TryGetBytes(name, buffer, out int length))
                Wake(kind, buffer[..length]);
            else
                Wake(kind, Encoding.UTF8.GetBytes(name));
        }
    }

    private void Wake(WatchKind kind, ReadOnlySpan<byte> key) => StripeOf(kind, key).Wake(kind, key);

    private Stripe StripeOf(WatchKind kind, ReadOnlySpan<byte> key) =>
        _stripes[(uint)TopicComparer.Hash(kind, key) % StripeCount];

    /// <summary>A share of the topics under one lock.</summary>
    private sealed class Stripe
    {
        private readonly Lock _gate = new();
        private readonly Dictionary<WatchTopic, WatchTicket> _heads;
        private readonly Dictionary<WatchTopic, WatchTicket>.AlternateLookup<TopicKey> _byKey;

        public Stripe()
        {
            _heads = new Dictionary<WatchTopic, WatchTicket>(TopicComparer.Instance);
            _byKey = _heads.GetAlternateLookup<TopicKey>();
        }

        public void Add(WatchTicket ticket)
        {
            lock (_gate)
            {
                if (_heads.TryGetValue(ticket.Topic, out WatchTicket? head))
                {
                    ticket.NextOnTopic = head;
                    head.PreviousOnTopic = ticket;
                }

                _heads[ticket.Topic] = ticket;
                ticket.Linked = true;
            }
        }

        public bool Remove(WatchTicket ticket)
        {
            lock (_gate)
            {
                if (!ticket.Linked)
                    return false;
                ticket.Linked = false;
                if (ticket.NextOnTopic is not null)
                    ticket.NextOnTopic.PreviousOnTopic = ticket.PreviousOnTopic;
                if (ticket.PreviousOnTopic is not null)
                    ticket.PreviousOnTopic.NextOnTopic = ticket.NextOnTopic;
                else if (ticket.NextOnTopic is not null)
                    _heads[ticket.Topic] = ticket.NextOnTopic;
                else
                    _heads.Remove(ticket.Topic);
                ticket.NextOnTopic = ticket.PreviousOnTopic = null;
                return true;
            }
        }

        public void Wake(WatchKind kind, ReadOnlySpan<byte> key)
        {
            lock (_gate)
            {
                if (!_byKey.TryGetValue(new TopicKey(kind, key), out WatchTicket? ticket))
                    return;
                for (; ticket is not null; ticket = ticket.NextOnTopic)
                    ticket.Complete(WakeReason.Changed);
            }
        }

        public void ReleaseAll()
        {
            lock (_gate)
            {
                foreach (WatchTicket head in _heads.Values)
                {
                    for (WatchTicket? ticket = head; ticket is not null; ticket = ticket.NextOnTopic)
                        ticket.Complete(WakeReason.Released);
                }
            }
        }
    }

    private readonly ref struct TopicKey(WatchKind kind, ReadOnlySpan<byte> key)
    {
        public readonly WatchKind Kind = kind;
        public readonly ReadOnlySpan<byte> Key = key;
    }

    /// <summary>Lets the publisher look topics up by borrowed bytes, without making a topic.</summary>
    private sealed class TopicComparer : IEqualityComparer<WatchTopic>, IAlternateEqualityComparer<TopicKey, WatchTopic>
    {
        public static readonly TopicComparer Instance = new();

        public static int Hash(WatchKind kind, ReadOnlySpan<byte> key)
        {
            HashCode hash = default;
            hash.Add((byte)kind);
            hash.AddBytes(key);
            return hash.ToHashCode();
        }

        public bool Equals(WatchTopic x, WatchTopic y) => x.Equals(y);

        public int GetHashCode([DisallowNull] WatchTopic topic) => Hash(topic.Kind, topic.Key);

        public bool Equals(TopicKey alternate, WatchTopic other) =>
            alternate.Kind == other.Kind && alternate.Key.SequenceEqual(other.Key);

        public int GetHashCode(TopicKey alternate) => Hash(alternate.Kind, alternate.Key);

        public WatchTopic Create(TopicKey alternate) => throw new NotSupportedException("topics are added by their owners only");
    }

    /// <summary>The distinct lengths of watched prefixes in rising order: few in practice, so a changed key is looked up once per length.</summary>
    private sealed class PrefixLengths
    {
        private readonly Lock _gate = new();
        private readonly SortedDictionary<int, int> _uses = [];
        private int[] _current = [];

        public int[] Current => Volatile.Read(ref _current);

        public void Add(int length)
        {
            lock (_gate)
            {
                if (_uses.TryGetValue(length, out int uses))
                {
                    _uses[length] = uses + 1;
                    return;
                }

                _uses[length] = 1;
                Volatile.Write(ref _current, [.. _uses.Keys]);
            }
        }

        public void Remove(int length)
        {
            lock (_gate)
            {
                if (--_uses[length] > 0)
                    return;
                _uses.Remove(length);
                Volatile.Write(ref _current, [.. _uses.Keys]);
            }
        }
    }
}

/// <summary>Too many blocking queries wait already; shown as 429.</summary>
public sealed class TooManyWaitersException() : Exception("too many blocking queries, try again later");
