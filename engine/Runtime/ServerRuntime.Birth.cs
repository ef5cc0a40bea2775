using Praetor.Core.Consensus;
using Praetor.Runtime.Servers;

namespace Praetor.Runtime;

/// <summary>This server's side of the birth of a datacenter (see <see cref="ClusterBirth"/>).</summary>
public sealed partial class ServerRuntime
{
    /// <summary>How long a promise holds: far longer than a birth takes, short enough for another attempt when who asked for it has died.</summary>
    private static readonly TimeSpan PromiseTime = TimeSpan.FromSeconds(10);

    private readonly Lock _promiseGate = new();
    private byte[] _promised = [];
    private long _promisedAt;

    /// <summary>True if this server belongs to a datacenter: it has a configuration.</summary>
    public bool HasPeers => Volatile.Read(ref _view).Servers.Servers.Count > 0;

    private async Task<string?> BeBornAsync(ReadOnlyMemory<byte> request)
    {
        if (request.Length < 1)
            return "a birth without a phase";
        ReadOnlyMemory<byte> wanted = request[1..];
        ServerSet servers = ServerSet.Decode(wanted.Span);
        if (!servers.IsVoter(_options.ServerId))
            return $"the set does not hold server {_options.ServerId}";
        return (BirthPhase)request.Span[0] switch
        {
            BirthPhase.Promise => Promise(wanted.Span),
            BirthPhase.Begin when HasPromised(wanted.Span) => await BootstrapAsync(servers).ConfigureAwait(false),
            BirthPhase.Begin => "nothing of the kind was promised",
            _ => "a birth with an unknown phase",
        };
    }

    private string? Promise(ReadOnlySpan<byte> wanted)
    {
        ConsensusView view = Volatile.Read(ref _view);
        if (view.Servers.Servers.Count > 0 || view.Term > 0)
            return "Existing Raft peers reported, the server belongs to a datacenter already";
        lock (_promiseGate)
        {
            bool isFree = _promised.Length == 0 || _time.GetElapsedTime(_promisedAt) >= PromiseTime;
            if (!isFree && !wanted.SequenceEqual(_promised))
                return "another set of servers is being bootstrapped with it";
            _promised = wanted.ToArray();
            _promisedAt = _time.GetTimestamp();
            return null;
        }
    }

    private bool HasPromised(ReadOnlySpan<byte> wanted)
    {
        lock (_promiseGate)
            return wanted.SequenceEqual(_promised) && _time.GetElapsedTime(_promisedAt) < PromiseTime;
    }
}
