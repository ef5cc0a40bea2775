using Praetor.Api.Cli.Agent;
using Praetor.Api.Cli.Commands;
using Praetor.Api.Cli.Commands.Catalog;
using Praetor.Api.Cli.Commands.Cluster;
using Praetor.Api.Cli.Commands.Kv;
using Praetor.Api.Cli.Commands.Operator;
using Praetor.Api.Cli.Commands.Services;
using Praetor.Api.Cli.Commands.Snapshot;
using Praetor.Api.Cli.Commands.Tls;

namespace Praetor.Api.Cli;

/// <summary>All commands (cli 1).</summary>
public static class ConsulCommands
{
    /// <summary>The tree; commands are made when they are called.</summary>
    public static CommandTree Tree() => new(
    [
        new("agent", "Runs a Consul agent", () => new AgentCommand()),
        new("catalog", "Interact with the catalog", CatalogGroup.Group),
        new("catalog datacenters", "Lists all known datacenters", () => new CatalogDatacentersCommand()),
        new("catalog nodes", "Lists all nodes in the given datacenter", () => new CatalogNodesCommand()),
        new("catalog services", "Lists all registered services in a datacenter", () => new CatalogServicesCommand()),
        new("debug", "Records a debugging archive for operators", () => new DebugCommand()),
        new("event", "Fire a new event", () => new EventCommand()),
        new("exec", "Executes a command on Consul nodes", () => new ExecCommand()),
        new("force-leave", "Forces a member of the cluster to enter the \"left\" state", () => new ForceLeaveCommand()),
        new("info", "Provides debugging information for operators.", () => new InfoCommand()),
        new("join", "Tell Consul agent to join cluster", () => new JoinCommand()),
        new("keygen", "Generates a new encryption key", () => new KeygenCommand()),
        new("keyring", "Manages gossip layer encryption keys", () => new KeyringCommand()),
        new("kv", "Interact with the key-value store", KvCommands.Group),
        new("kv delete", "Removes data from the KV store", () => new KvDeleteCommand()),
        new("kv export", "Exports a tree from the KV store as JSON", () => new KvExportCommand()),
        new("kv get", "Retrieves or lists data from the KV store", () => new KvGetCommand()),
        new("kv import", "Imports a tree stored as JSON to the KV store", () => new KvImportCommand()),
        new("kv put", "Sets or updates data in the KV store", () => new KvPutCommand()),
        new("leave", "Gracefully leaves the Consul cluster and shuts down", () => new LeaveCommand()),
        new("lock", "Execute a command holding a lock", () => new LockCommand()),
        new("maint", "Controls node or service maintenance mode", () => new MaintCommand()),
        new("members", "Lists the members of a Consul cluster", () => new MembersCommand()),
        new("monitor", "Stream logs from a Consul agent", () => new MonitorCommand()),
        new("operator", "Provides cluster-level tools for Consul operators", RaftCommand.OperatorGroup),
        new("operator autopilot", "Provides tools for modifying Autopilot configuration", AutopilotCommand.Group),
        new("operator autopilot get-config", "Display the current Autopilot configuration", () => new AutopilotGetConfigCommand()),
        new("operator autopilot set-config", "Modify the current Autopilot configuration", () => new AutopilotSetConfigCommand()),
        new("operator autopilot state", "Display the current Autopilot state", () => new AutopilotStateCommand()),
        new("operator raft", "Provides cluster-level tools for Consul operators", RaftCommand.RaftGroup),
        new("operator raft list-peers", "Display the current Raft peer configuration", () => new RaftListPeersCommand()),
        new("operator raft remove-peer", "Remove a Consul server from the Raft configuration", () => new RaftRemovePeerCommand()),
        new("operator raft transfer-leader", "Transfer raft leadership to another node", () => new RaftTransferLeaderCommand()),
        new("operator usage", "Provides cluster-level usage information", UsageInstancesCommand.Group),
        new("operator usage instances", "Display service instance usage information", () => new UsageInstancesCommand()),
        new("reload", "Triggers the agent to reload configuration files", () => new ReloadCommand()),
        new("rtt", "Estimates network round trip time between nodes", () => new RttCommand()),
        new("services", "Interact with services", ServicesGroup.Group),
        new("services deregister", "Deregister services with the local agent", () => new ServicesDeregisterCommand()),
        new("services register", "Register services with the local agent", () => new ServicesRegisterCommand()),
        new("snapshot", "Saves, restores and inspects snapshots of Consul server state", SnapshotSaveCommand.Group),
        new("snapshot decode", "Decodes the raft snapshot and prints its contents as JSON", () => new SnapshotDecodeCommand()),
        new("snapshot inspect", "Displays information about a Consul snapshot file", () => new SnapshotInspectCommand()),
        new("snapshot restore", "Restores snapshot of Consul server state", () => new SnapshotRestoreCommand()),
        new("snapshot save", "Saves snapshot of Consul server state", () => new SnapshotSaveCommand()),
        new("tls", "Builtin helpers for creating CAs and certificates", TlsCaCreateCommand.Group),
        new("tls ca", "Helpers for CAs", TlsCaCreateCommand.CaGroup),
        new("tls ca create", "Create a new consul CA", () => new TlsCaCreateCommand()),
        new("tls cert", "Helpers for certificates", TlsCertCreateCommand.CertGroup),
        new("tls cert create", "Create a new certificate", () => new TlsCertCreateCommand()),
        new("troubleshoot", "Provides tools to troubleshoot", TroubleshootPortsCommand.Group),
        new("troubleshoot ports", "Prints open and closed ports on a host", () => new TroubleshootPortsCommand()),
        new("validate", "Validate config files/directories", () => new ValidateCommand()),
        new("version", "Prints the Consul version", () => new VersionCommand()),
        new("watch", "Watch for changes in Consul", () => new WatchCommand()),
    ]);
}
