using System.Net;
using Microsoft.Extensions.Logging;
using Praetor.Api.Config;
using Praetor.Core.Gossip;
using Praetor.Core.Ports;
using Praetor.Runtime.Gossip;
using Praetor.Transport.Gossip;

namespace Praetor.Api;

/// <summary>One gossip pool of this agent with all it stands on: port, key ring, loop, the file of known members.</summary>
internal sealed class GossipParts : IAsyncDisposable
{
    private readonly GossipPort _port;
    private readonly KnownMembers? _known;

    private GossipParts(GossipLoop loop, GossipPort port, KnownMembers? known, IReadOnlyList<IPEndPoint> remembered)
    {
        Loop = loop;
        _port = port;
        _known = known;
        Remembered = remembered;
    }

    /// <summary>The pool.</summary>
    public GossipLoop Loop { get; }

    /// <summary>Members of the last life, to be tried again.</summary>
    public IReadOnlyList<IPEndPoint> Remembered { get; }

    /// <summary>Faults when the port died.</summary>
    public Task Running => _port.Running;

    /// <summary>Binds the port and makes the pool; it is silent until <see cref="Start"/>.</summary>
    /// <exception cref="AgentStartException">The port is in use, or the key ring is not readable.</exception>
    public static async Task<GossipParts> OpenAsync(AgentConfig config, Member self, IPEndPoint bind, TimeProvider time, ILoggerFactory loggers, GossipMeters meters, PoolKind kind = PoolKind.Lan)
    {
        ILogger log = loggers.CreateLogger(kind == PoolKind.Lan ? "agent.serf.lan" : "agent.serf.wan");
        (KeyRing ring, IKeyRing saved) = OpenKeyRing(config, kind, log);
        string pool = kind == PoolKind.Lan ? "lan" : "wan";
        var seal = new PacketSeal(pool, ring) { VerifyIncoming = config.Cluster.EncryptVerifyIncoming, VerifyOutgoing = config.Cluster.EncryptVerifyOutgoing };
        GossipPort port;
        try
        {
            port = await GossipPort.BindAsync(pool, bind, seal, new GossipOptions(), time, log).ConfigureAwait(false);
        }
        catch (IOException cause)
        {
            throw new AgentStartException($"Failed to start gossip on {bind}: {cause.Message}", cause);
        }

        // A member that starts again must outbid its former life: the clock of the wall is good enough for that, and a wrong one costs a refutation.
        var identity = new GossipIdentity
        {
            Pool = kind,
            Name = self.Name,
            EndPoint = new IPEndPoint(IPAddress.Parse(self.Addr), self.Port),
            Tags = self.Tags,
            AllowedNetworks = kind == PoolKind.Lan ? config.Cluster.AllowedLan : config.Cluster.AllowedWan,
            FirstIncarnation = Math.Max(1, time.GetUtcNow().ToUnixTimeMilliseconds()),
        };
        var loop = new GossipLoop(identity, ProfileOf(config, kind), saved, Environment.TickCount, time, log, meters);
        string? path = config.DevMode || config.DataDirectory.Length == 0 ? null : Path.Join(config.DataDirectory, "serf", kind == PoolKind.Lan ? "local.snapshot" : "remote.snapshot");
        return new GossipParts(loop, port, path is null ? null : new KnownMembers(path, self.Name, () => loop.Members, time, log),
            path is null ? [] : KnownMembers.Load(path, config.Cluster.RejoinAfterLeave, log));
    }

    /// <summary>Begins.</summary>
    public void Start(IPoolListener listener)
    {
        Loop.Start(_port, new Listener(listener, _known));
        _port.Start(Loop);
    }

    /// <summary>Leaves in order (gossip-raft 3.3).</summary>
    public async Task LeaveAsync(TimeSpan patience, TimeSpan propagation, CancellationToken cancellation)
    {
        if (_known is not null)
            await _known.OnLeaveAsync().ConfigureAwait(false);
        await Loop.LeaveAsync(patience, propagation, cancellation).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await Loop.DisposeAsync().ConfigureAwait(false);
        await _port.DisposeAsync().ConfigureAwait(false);
        if (_known is not null)
            await _known.DisposeAsync().ConfigureAwait(false);
    }

    private static GossipProfile ProfileOf(AgentConfig config, PoolKind kind)
    {
        GossipSettings own = kind == PoolKind.Lan ? config.Cluster.Lan : config.Cluster.Wan;
        GossipProfile profile = kind == PoolKind.Lan ? GossipProfile.Lan : GossipProfile.Wan;
        TimeSpan kept = kind == PoolKind.Lan ? config.Cluster.ReconnectTimeout : config.Cluster.ReconnectTimeoutWan;
        profile = profile with
        {
            GossipNodes = own.GossipNodes,
            GossipIntervalMs = Ms(own.GossipInterval),
            ProbeIntervalMs = Ms(own.ProbeInterval),
            ProbeTimeoutMs = Ms(own.ProbeTimeout),
            SuspicionMult = own.SuspicionMult,
            RetransmitMult = own.RetransmitMult,
            ReconnectTimeoutMs = kept > TimeSpan.Zero ? (long)kept.TotalMilliseconds : profile.ReconnectTimeoutMs,
        };
        return config.DevMode ? profile.ForDevelopment() : profile;
    }

    private static int Ms(TimeSpan time) => (int)Math.Clamp(time.TotalMilliseconds, 1, int.MaxValue);

    /// <summary>Keys on disk win over the one that is configured: they may have been rotated since (gossip-raft 3.4).</summary>
    private static (KeyRing Ring, IKeyRing Saved) OpenKeyRing(AgentConfig config, PoolKind kind, ILogger log)
    {
        var ring = new KeyRing();
        bool isKept = !config.DevMode && !config.Cluster.DisableKeyringFile && config.DataDirectory.Length > 0;
        string path = Path.Join(config.DataDirectory, "serf", kind == PoolKind.Lan ? "local.keyring" : "remote.keyring");
        byte[]? configured = null;
        if (config.Cluster.EncryptKey.Length > 0 && (configured = KeyRing.TryParse(config.Cluster.EncryptKey, out string? refusal)) is null)
            throw new AgentStartException($"Invalid encryption key: {refusal}");
        try
        {
            if (isKept && KeyRingFile.TryLoad(path, ring))
            {
                if (configured is not null && !ring.Keys.Contains(Convert.ToBase64String(configured)))
                    HostLog.KeyringDiffers(log, kind == PoolKind.Lan ? "LAN" : "WAN");
            }
            else if (configured is not null)
            {
                ring.Install(configured);
                if (isKept)
                    KeyRingFile.Save(path, ring);
            }
        }
        catch (Exception unreadable) when (unreadable is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new AgentStartException($"Failed to configure keyring: {unreadable.Message}", unreadable);
        }

        return (ring, isKept ? new SavedKeyRing(ring, path) : ring);
    }

    /// <summary>The file first, then whoever else wants to know.</summary>
    private sealed class Listener(IPoolListener next, KnownMembers? known) : IPoolListener
    {
        public ValueTask OnMemberAsync(MemberChange change)
        {
            known?.OnChange();
            return next.OnMemberAsync(change);
        }

        public ValueTask OnEventAsync(PoolEvent happened) => next.OnEventAsync(happened);
    }
}
