using System.Net;
using Praetor.Core.Gossip;
using Praetor.Core.Ports;

namespace Praetor.Runtime.Gossip;

/// <summary>What the members of a pool answered to an operation on their key rings (http-core 10, keyring).</summary>
/// <param name="Members">Members that were asked.</param>
/// <param name="Keys">How many members have each key.</param>
/// <param name="PrimaryKeys">How many members seal with each key.</param>
/// <param name="Messages">What went wrong, by member.</param>
public sealed record KeyRingReport(int Members, IReadOnlyDictionary<string, int> Keys, IReadOnlyDictionary<string, int> PrimaryKeys, IReadOnlyDictionary<string, string> Messages)
{
    /// <summary>Null, or the summary of the failures.</summary>
    public string? Error => Messages.Count == 0 ? null : $"{Messages.Count}/{Members} nodes reported failure";
}

/// <summary>An operation on the key rings of all members of a pool that are up, this one included (gossip-raft 3.4).</summary>
public static class KeyRingOperation
{
    /// <summary>Asks all members at once and waits for all answers.</summary>
    public static async Task<KeyRingReport> RunAsync(GossipLoop pool, KeyRingAction action, ReadOnlyMemory<byte> key, CancellationToken cancellation)
    {
        byte[] request = KeyRingExchange.Request(action, key.Span);
        Member[] members = [.. pool.Members.Where(static member => member.Status is MemberStatus.Alive or MemberStatus.Leaving)];
        var report = new Answers();
        await Task.WhenAll(members.Select(member => AskAsync(pool, member, request, report, cancellation))).ConfigureAwait(false);
        return new KeyRingReport(members.Length, report.Keys, report.PrimaryKeys, report.Messages);
    }

    private static async Task AskAsync(GossipLoop pool, Member member, byte[] request, Answers report, CancellationToken cancellation)
    {
        string? failure = member.Name == pool.Name
            ? Own(pool, request, report)
            : await pool.AskKeyRingAsync(new IPEndPoint(IPAddress.Parse(member.Addr), member.Port), request, report.Take, cancellation).ConfigureAwait(false);
        if (failure is not null)
            report.Failed(member.Name, failure);
    }

    private static string? Own(GossipLoop pool, byte[] request, Answers report)
    {
        try
        {
            report.Take(pool.OwnKeyRing(request));
            return null;
        }
        catch (PacketExchangeException refused)
        {
            return refused.Message;
        }
    }

    /// <summary>Gathers answers as they come.</summary>
    private sealed class Answers
    {
        private readonly Lock _gate = new();

        public SortedDictionary<string, int> Keys { get; } = new(StringComparer.Ordinal);

        public SortedDictionary<string, int> PrimaryKeys { get; } = new(StringComparer.Ordinal);

        public SortedDictionary<string, string> Messages { get; } = new(StringComparer.Ordinal);

        public void Take(ReadOnlyMemory<byte> answer)
        {
            IReadOnlyList<string> keys = KeyRingExchange.Keys(answer.Span);
            lock (_gate)
            {
                foreach (string key in keys)
                    Keys[key] = Keys.GetValueOrDefault(key) + 1;
                if (keys.Count > 0)
                    PrimaryKeys[keys[0]] = PrimaryKeys.GetValueOrDefault(keys[0]) + 1;
            }
        }

        public void Failed(string member, string reason)
        {
            lock (_gate)
                Messages[member] = reason;
        }
    }
}
