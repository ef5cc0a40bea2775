using Praetor.Api.Cli.Agent;
using Praetor.Api.Cli.Commands;
using Praetor.Api.Cli.Commands.Catalog;
using Praetor.Api.Cli.Commands.Kv;
using Praetor.Api.Cli.Commands.Operator;
using Praetor.Api.Cli.Commands.Services;

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
        new("info", "Provides debugging information for operators.", () => new InfoCommand()),
        new("kv", "Interact with the key-value store", KvCommands.Group),
        new("kv delete", "Removes data from the KV store", () => new KvDeleteCommand()),
        new("kv get", "Retrieves or lists data from the KV store", () => new KvGetCommand()),
        new("kv put", "Sets or updates data in the KV store", () => new KvPutCommand()),
        new("leave", "Gracefully leaves the Consul cluster and shuts down", () => new LeaveCommand()),
        new("members", "Lists the members of a Consul cluster", () => new MembersCommand()),
        new("operator", "Provides cluster-level tools for Consul operators", RaftCommand.OperatorGroup),
        new("operator raft", "Provides cluster-level tools for Consul operators", RaftCommand.RaftGroup),
        new("operator raft list-peers", "Display the current Raft peer configuration", () => new RaftListPeersCommand()),
        new("operator raft remove-peer", "Remove a Consul server from the Raft configuration", () => new RaftRemovePeerCommand()),
        new("operator raft transfer-leader", "Transfer raft leadership to another node", () => new RaftTransferLeaderCommand()),
        new("services", "Interact with services", ServicesGroup.Group),
        new("services deregister", "Deregister services with the local agent", () => new ServicesDeregisterCommand()),
        new("services register", "Register services with the local agent", () => new ServicesRegisterCommand()),
        new("version", "Prints the Consul version", () => new VersionCommand()),
    ]);
}
