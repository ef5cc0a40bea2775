using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Praetor.Core.Consensus;
using Praetor.Core.State;
using Praetor.Runtime;
using Praetor.Runtime.Agent;
using Praetor.Runtime.Servers;
using Praetor.Transport.Rpc;
using Praetor.Transport.Tls;

namespace Praetor.Api;

/// <summary>Stores, consensus and state; the port for other nodes; what a leader does.</summary>
public sealed partial class AgentHost
{
    private static readonly TimeSpan s_coordinateFlush = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_developmentFlush = TimeSpan.FromMilliseconds(100);

    private Autopilot? _autopilot;
    private CoordinateBatches? _coordinates;
    private LeaderDuties? _duties;
    private ServerDirectory _directory = null!;
    private RpcClient _calls = null!;
    private TlsContext? _tls;
    private TlsContext? _httpsTls;
    private ServerCallee? _callee;
    private RpcServer? _rpc;
    private ServerLink? _link;

    private void OpenCalls()
    {
        _directory = new ServerDirectory(() => _lan?.Loop.Members ?? []);
        try
        {
            _tls = TlsContext.Load(HostOptions.RpcTls(_config));
            _httpsTls = TlsContext.Load(HostOptions.HttpsTls(_config));
        }
        catch (TlsSettingsException cause)
        {
            throw new AgentStartException($"Failed to load TLS material: {cause.Message}", cause);
        }

        _calls = new RpcClient(HostOptions.Identity(_config), HostOptions.Rpc(_config), _tls, _time, _loggers.CreateLogger("agent.rpc"));
        _stops.Push(_calls.DisposeAsync);
    }

    private async Task StartServerAsync(CancellationToken cancellation)
    {
        KeepServerAge();
        var stores = AgentStores.Open(_config, _loggers);
        _stops.Push(stores.DisposeAsync);
        string? raft = AgentStores.DirectoryOf(_config);
        ServerSet? survivors = ReadPeersFile(raft);
        _server = StartRuntime(stores.Stores, survivors);
        _stops.Push(_server.DisposeAsync);
        if (survivors is not null)
        {
            PeersFile.Forget(raft!);
            HostLog.PeersRecovered(_log, string.Join(", ", survivors.Servers.Select(static server => server.Address)));
        }

        _ = WatchAsync(_server.Stopped);
        _calls.Unreachable = _server.OnPeerUnreachable;
        _callee = new ServerCallee(_server, _meter);
        Counter<long> accepted = _meter.CreateCounter<long>("rpc.accept_conn");
        RpcServer rpc = _rpc = new RpcServer(HostOptions.Identity(_config), _callee, HostOptions.Rpc(_config), _tls, _time, _loggers.CreateLogger("agent.rpc")) { OnAccepted = () => accepted.Add(1) };
        _stops.Push(rpc.DisposeAsync);
        var endPoint = new IPEndPoint(_config.Addresses.Bind, _config.Ports.Server);
        try
        {
            await rpc.StartAsync(endPoint, cancellation).ConfigureAwait(false);
        }
        catch (Exception cause) when (cause is IOException or SocketException)
        {
            throw new AgentStartException($"Failed to start Consul server: Failed to start RPC layer: listen tcp {endPoint}: {cause.Message}", cause);
        }
    }

    /// <summary>What begins once gossip runs: the birth of a datacenter, the autopilot, the reconciliation of members.</summary>
    private void StartServerDuties()
    {
        ILogger log = _loggers.CreateLogger("agent.server");
        if (_config.BootstrapExpect > 1)
        {
            if (_server!.HasPeers)
                HostLog.AlreadyBorn(log);
            else
                RunAside("birth", new ClusterBirth(_server, _directory, _config.NodeId, _config.BootstrapExpect, _calls, _time, log).RunAsync);
        }

        _autopilot = new Autopilot(_server!, LanMembers, () => HostOptions.Rules(_server!.Root.Autopilot ?? HostOptions.FirstAutopilot(_config)), name => _lan!.Loop.ForceLeave(name, prune: false), _time, _loggers.CreateLogger("agent.server.autopilot"));
        RunAside("autopilot", _autopilot.RunAsync);
        _coordinates = new CoordinateBatches(() => _server!.Root, (command, cancelled) => _server!.ProposeAsync(command, cancelled), _config.DevMode ? s_developmentFlush : s_coordinateFlush, _time, log);
        RunAside("coordinates", _coordinates.RunAsync);
        _duties = new LeaderDuties(new LeaderDutyParts
        {
            Catalog = new ServerCatalogAccess(_server!),
            Members = LanMembers,
            IsLeader = () => _server!.IsReadyLeader,
            Self = _config.NodeName,
            Meter = _meter,
            Registered = () => _server!.Root.Catalog.Checks().Where(static check => check.CheckId == MemberReconciliation.SerfCheckId).Select(static check => check.Node),
            Servers = new ServerSetDuties(_server!, _config.NodeId, log),
        }, _time, _loggers.CreateLogger("agent.leader"));
        _stops.Push(_duties.DisposeAsync);
        _duties.Start();
        _server!.StateReplaced = _duties.Trigger;
        _ = WatchAsync(_duties.Stopped);
        RunAside("leadership", WatchLeadershipAsync);
    }

    /// <summary>Tells the log who leads, and the duties when it is this server. Tools wait for these lines to know that writes are accepted.</summary>
    private async Task WatchLeadershipAsync(CancellationToken cancellation)
    {
        ILogger log = _loggers.CreateLogger("agent.server");
        string? leader = null;
        bool leads = false;
        while (true)
        {
            Task changed = _server!.NextLeadershipChange;
            if (_server.IsReadyLeader != leads)
            {
                leads = !leads;
                if (leads)
                {
                    HostLog.LeadershipAcquired(log);
                    await SetFirstAutopilotAsync(cancellation).ConfigureAwait(false);
                }
                else
                {
                    HostLog.LeadershipLost(log);
                }

                _duties!.Trigger();
            }

            if (_server.LeaderId is { } now && now != leader && (now != _config.NodeId || leads))
            {
                leader = now;
                HostLog.NewLeader(log, now == _config.NodeId ? _config.NodeName : _directory.Find(now)?.Name ?? now);
            }

            await changed.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>The configuration file only seeds what the datacenter agrees on (gossip-raft 6.1).</summary>
    private async Task SetFirstAutopilotAsync(CancellationToken cancellation)
    {
        if (_server!.Root.Autopilot is not null)
            return;
        try
        {
            await _server.ProposeAsync(Commands.AutopilotSet(HostOptions.FirstAutopilot(_config), casIndex: 0), cancellation).ConfigureAwait(false);
        }
        catch (Exception lost) when (lost is NoLeaderException or LeadershipLostException or OverloadedException)
        {
            // Whoever leads next does it.
        }
    }

    /// <summary>Runs something until the agent stops; its death is the agent's.</summary>
    private void RunAside(string name, Func<CancellationToken, Task> run) => _ = WatchAsync(Task.Run(async () =>
    {
        try
        {
            await run(_stopping.Token).ConfigureAwait(false);
        }
        catch (Exception end) when (end is OperationCanceledException or ServerStoppedException && _stopping.IsCancellationRequested)
        {
            // The agent stops.
        }
        catch (Exception fault) when (fault is not AgentStartException)
        {
            HostLog.TaskDied(_log, name, fault);
            throw;
        }
    }));

    /// <summary>The servers that an operator named to go on without the others; null if none were.</summary>
    private static ServerSet? ReadPeersFile(string? raft)
    {
        try
        {
            return raft is null ? null : PeersFile.Read(raft);
        }
        catch (Exception cause) when (cause is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            throw new AgentStartException($"Failed to start Consul server: Failed to start Raft: recovery failed to parse peers.json: {cause.Message}", cause);
        }
    }

    /// <summary>A server that was away for too long must not come back with what it believes (gossip-raft 5).</summary>
    private void KeepServerAge()
    {
        if (_config.DevMode || _config.DataDirectory.Length == 0)
            return;
        var age = new ServerAgeFile(_config.DataDirectory, _time, _loggers.CreateLogger("agent.server"));
        if (age.Refusal(_config.Cluster.ServerRejoinAgeMax) is { } refusal)
            throw new AgentStartException(refusal);
        RunAside("server age", age.RunAsync);
    }

    private ServerRuntime StartRuntime(ServerStores stores, ServerSet? survivors)
    {
        var options = new ServerOptions
        {
            ServerId = _config.NodeId,
            RpcAddress = _config.Addresses.RpcAdvertise.ToString(),
            Bootstrap = _config.Bootstrap || _config.DevMode,
            RecoveredServers = survivors,
            AddressOf = id => _directory.AddressOf(id),
            RpcHoldTime = _config.Raft.RpcHoldTimeout,
            CallTimeout = () => CallTimeout,
            Raft = HostOptions.Raft(_config),
            Snapshots = HostOptions.Snapshots(_config),
            Seed = Environment.TickCount ^ _config.NodeId.GetHashCode(StringComparison.Ordinal),
        };
        try
        {
            return ServerRuntime.Start(options, stores, _time, _loggers.CreateLogger("agent.server.raft"), _calls, _meter);
        }
        catch (Exception cause) when (cause is IOException or InvalidDataException)
        {
            throw new AgentStartException($"Failed to start Consul server: {cause.Message}", cause);
        }
    }
}
