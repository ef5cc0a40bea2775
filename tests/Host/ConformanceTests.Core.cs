namespace Praetor.Tests.Host;

/// <summary>What http-core names.</summary>
public sealed partial class ConformanceTests
{
    /// <summary>Method, target and a header in brackets, body ('@' and a number: that many bytes), status, and how the text begins ('=' before it: all of it).</summary>
    private const string CoreTable = """
        # KV
        PUT /v1/kv/conf/a|one|200|=true
        PUT /v1/kv/conf/a?cas=0|two|200|=false
        PUT /v1/kv/conf/a?cas=x|two|500|strconv.ParseUint: parsing "x": invalid syntax
        PUT /v1/kv/conf/a?flags=x|two|500|=strconv.ParseUint: parsing "x": invalid syntax
        PUT /v1/kv/|x|400|=Missing key name
        PUT /v1/kv/conf/a?acquire={session}&release={session}|x|400|Conflicting flags: 
        PUT /v1/kv/conf/a?acquire=zz|x|500|=raft apply failed: invalid session "zz"
        PUT /v1/kv/conf/lock?acquire={session}|me|200|=true
        PUT /v1/kv/conf/lock?release={session}|me|200|=true
        GET /v1/kv/conf/a?raw||200|=one
        GET /v1/kv/conf/a||200|[
        GET /v1/kv/conf/none||404|=
        GET /v1/kv/conf/?recurse||200|[
        GET /v1/kv/conf/?keys&separator=/||200|[
        GET /v1/kv/||400|=Missing key name
        GET /v1/kv/conf/a?index=x||400|=Invalid index
        GET /v1/kv/conf/a?wait=10&index=1||400|=Invalid wait time
        GET /v1/kv/conf/a?stale&consistent||400|=Cannot specify ?stale with ?consistent, conflicting semantics.
        GET /v1/kv/conf/a?cached&consistent||400|=Cannot specify ?cached with ?consistent, conflicting semantics.
        GET /v1/kv/conf/a?max_stale=x||400|=Invalid max_stale value "x"
        GET /v1/kv/conf/a?ns=x||400|=Invalid query parameter: "ns" - Namespaces are a Consul Enterprise feature
        GET /v1/kv/conf/a?partition=x||400|=Invalid query parameter: "partition" - Partitions are a Consul Enterprise feature
        GET /v1/kv/conf/a?dc=nowhere||500|=No path to datacenter
        GET /v1/kv/conf/a?cached [Cache-Control: max-age=x]||400|=Invalid Cache-Control header.
        GET /v1/kv/conf/a [X-Consul-Namespace: x]||400|=Invalid header: "X-Consul-Namespace" - Namespaces are a Consul Enterprise feature
        GET /v1/kv/conf/a [X-Consul-Partition: x]||400|=Invalid header: "X-Consul-Partition" - Partitions are a Consul Enterprise feature
        GET /v1/kv/conf/a?wait=x&index=1||400|=Invalid wait time
        GET /v1/kv/conf/none?recurse||404|=
        GET /v1/kv/conf/none?keys||404|=
        GET /v1/kv/conf/a?x;y||500|=
        GET /v1/kv/conf%0a||400|=
        PUT /v1/kv/conf/a?index=x|v|400|=Invalid index
        PUT /v1/kv/conf/a?flags=18446744073709551616|v|500|=strconv.ParseUint: parsing "18446744073709551616": value out of range
        PUT /v1/kv/conf/a?cas=|v|500|=strconv.ParseUint: parsing "": invalid syntax
        PUT /v1/kv/conf/big|@524289|413|=Request body(524289 bytes) too large, max size: 524288 bytes. See https://developer.hashicorp.com/docs/agent/config/config-files#kv_max_value_size.
        PUT /v1/kv/conf/big|@524288|200|=true
        DELETE /v1/kv/conf/big||200|=true
        DELETE /v1/kv/conf/a?cas=x||500|=strconv.ParseUint: parsing "x": invalid syntax
        DELETE /v1/kv/conf/a?cas=1||200|=false
        DELETE /v1/kv/conf/a?recurse&cas=1||400|Conflicting flags: cas=1&recurse=
        DELETE /v1/kv/||400|=Missing key name
        DELETE /v1/kv/conf/a||200|=true
        POST /v1/kv/conf/a||405|=method POST not allowed
        HEAD /v1/kv/conf/a||405|=
        OPTIONS /v1/kv/conf/a||200|=
        # transactions
        PUT /v1/txn|[]|200|{"Results":[]
        PUT /v1/txn|[{"KV": {"Verb": "set", "Key": "conf/t", "Value": "MQ=="}}]|200|{"Results":[{"KV":
        PUT /v1/txn|[{"KV": {"Verb": "get", "Key": "conf/none"}}]|409|{"Results":null,"Errors":[{"OpIndex":0,"What":"key \"conf/none\" doesn't exist"}]
        PUT /v1/txn|{|400|Failed to parse body: 
        PUT /v1/txn|[{"KV": {"Verb": "set", "Key": ""}}]|409|{"Results":null,"Errors":[{"OpIndex":0,"What":"Must provide key"}]
        PUT /v1/txn|[{"KV": {"Verb": "x", "Key": "k"}}]|409|{"Results":null,"Errors":[{"OpIndex":0,"What":"unknown KV operation: x"}]
        PUT /v1/txn|[{"KV": {"Verb": "cas", "Key": "conf/t", "Index": 1}}]|409|{"Results":null,"Errors":[{"OpIndex":0,"What":"failed to set key \"conf/t\", index is stale"}]
        PUT /v1/txn|[{"KV": {"Verb": "delete-cas", "Key": "conf/t", "Index": 1}}]|409|{"Results":null,"Errors":[{"OpIndex":0,"What":"failed to delete key \"conf/t\", index is stale"}]
        PUT /v1/txn|[{"KV": {"Verb": "lock", "Key": "conf/t"}}]|409|{"Results":null,"Errors":[{"OpIndex":0,"What":"missing session"}]
        PUT /v1/txn|[{"KV": {"Verb": "lock", "Key": "conf/t", "Session": "x"}}]|409|{"Results":null,"Errors":[{"OpIndex":0,"What":"invalid session \"x\""}]
        PUT /v1/txn|[{"KV": {"Verb": "unlock", "Key": "conf/t", "Session": "{session}"}}]|409|{"Results":null,"Errors":[{"OpIndex":0,"What":"failed to unlock key \"conf/t\", lock isn't held, or is held by another session"}]
        PUT /v1/txn|[{"KV": {"Verb": "lock", "Key": "conf/t", "Session": "{session}"}}]|200|{"Results":[{"KV":
        PUT /v1/txn|[{"KV": {"Verb": "lock", "Key": "conf/t", "Session": "{other}"}}]|409|{"Results":null,"Errors":[{"OpIndex":0,"What":"failed to lock key \"conf/t\", lock is already held"}]
        PUT /v1/txn|[{"KV": {"Verb": "unlock", "Key": "conf/t", "Session": "{session}"}}]|200|{"Results":[{"KV":
        PUT /v1/txn|[{"KV": {"Verb": "check-index", "Key": "conf/none", "Index": 1}}]|409|{"Results":null,"Errors":[{"OpIndex":0,"What":"failed to check index, key \"conf/none\" doesn't exist"}]
        PUT /v1/txn|[{"KV": {"Verb": "check-index", "Key": "conf/t", "Index": 1}}]|409|{"Results":null,"Errors":[{"OpIndex":0,"What":"failed index check for key \"conf/t\", current modify index 
        PUT /v1/txn|[{"KV": {"Verb": "check-session", "Key": "conf/none"}}]|409|{"Results":null,"Errors":[{"OpIndex":0,"What":"failed to check session, key \"conf/none\" doesn't exist"}]
        PUT /v1/txn|[{"KV": {"Verb": "check-session", "Key": "conf/t", "Session": "x"}}]|409|{"Results":null,"Errors":[{"OpIndex":0,"What":"failed session check for key \"conf/t\", current session \"\" != \"x\""}]
        PUT /v1/txn|[{"KV": {"Verb": "check-not-exists", "Key": "conf/t"}}]|409|{"Results":null,"Errors":[{"OpIndex":0,"What":"key \"conf/t\" exists"}]
        PUT /v1/txn|[{"KV": {"Verb": "get-or-empty", "Key": "conf/none"}}]|200|{"Results":[{"KV":{"LockIndex":0,"Key":"conf/none"
        PUT /v1/txn|[{"KV": {"Verb": "get-tree", "Key": "conf/"}}]|200|{"Results":[{"KV":
        PUT /v1/txn|[{"KV": {"Verb": "delete-tree", "Key": "conf/t"}}]|200|={"Results":[],"Errors":null}
        PUT /v1/txn|[{"Node": {"Verb": "get", "Node": {"Node": "none"}}}]|409|{"Results":null,"Errors":[{"OpIndex":0,"What":"node \"none\" doesn't exist"}]
        PUT /v1/txn|[{"Node": {"Verb": "x", "Node": {"Node": "none"}}}]|409|{"Results":null,"Errors":[{"OpIndex":0,"What":"unknown node operation: x"}]
        PUT /v1/txn|[{"Node": {"Verb": "set", "Node": {}}}]|409|{"Results":null,"Errors":[{"OpIndex":0,"What":"Must provide node"}]
        PUT /v1/txn|[{"Node": {"Verb": "set", "Node": {"Node": "x", "ID": "y"}}}]|409|{"Results":null,"Errors":[{"OpIndex":0,"What":"Bad node ID: 
        PUT /v1/txn|[{"Node": {"Verb": "set", "Node": {"Node": "conf-txn", "Address": "10.0.0.9"}}}]|200|{"Results":[{"Node":
        PUT /v1/txn|[{"Node": {"Verb": "cas", "Node": {"Node": "conf-txn", "ModifyIndex": 1}}}]|409|{"Results":null,"Errors":[{"OpIndex":0,"What":"failed to set node \"conf-txn\", index is stale"}]
        PUT /v1/txn|[{"Node": {"Verb": "delete-cas", "Node": {"Node": "conf-txn", "ModifyIndex": 1}}}]|409|{"Results":null,"Errors":[{"OpIndex":0,"What":"failed to delete node \"conf-txn\", index is stale"}]
        PUT /v1/txn|[{"Service": {"Verb": "get", "Node": "conf-txn", "Service": {"ID": "s", "Service": "s"}}}]|409|{"Results":null,"Errors":[{"OpIndex":0,"What":"service \"s\" on node \"conf-txn\" doesn't exist"}]
        PUT /v1/txn|[{"Service": {"Verb": "x", "Node": "conf-txn", "Service": {"ID": "s", "Service": "s"}}}]|409|{"Results":null,"Errors":[{"OpIndex":0,"What":"unknown service operation: x"}]
        PUT /v1/txn|[{"Service": {"Verb": "set", "Node": "conf-txn", "Service": {}}}]|409|{"Results":null,"Errors":[{"OpIndex":0,"What":"Must provide service name (Service.Service)"}]
        PUT /v1/txn|[{"Service": {"Verb": "set", "Node": "conf-txn", "Service": {"ID": "s"}}}]|409|{"Results":null,"Errors":[{"OpIndex":0,"What":"Must provide service name (Service.Service) when service ID is provided"}]
        PUT /v1/txn|[{"Service": {"Verb": "set", "Node": "conf-txn", "Service": {"Service": "s", "Address": "0.0.0.0"}}}]|409|{"Results":null,"Errors":[{"OpIndex":0,"What":"Invalid service address"}]
        PUT /v1/txn|[{"Service": {"Verb": "set", "Node": "none", "Service": {"Service": "s"}}}]|409|{"Results":null,"Errors":[{"OpIndex":0,"What":"Missing node registration"}]
        PUT /v1/txn|[{"Service": {"Verb": "set", "Node": "conf-txn", "Service": {"Service": "s"}}}]|200|{"Results":[{"Service":
        PUT /v1/txn|[{"Service": {"Verb": "cas", "Node": "conf-txn", "Service": {"ID": "s", "Service": "s", "ModifyIndex": 1}}}]|409|{"Results":null,"Errors":[{"OpIndex":0,"What":"failed to set service \"s\" on node \"conf-txn\", index is stale"}]
        PUT /v1/txn|[{"Service": {"Verb": "delete-cas", "Node": "conf-txn", "Service": {"ID": "s", "Service": "s", "ModifyIndex": 1}}}]|409|{"Results":null,"Errors":[{"OpIndex":0,"What":"failed to delete service \"s\" on node \"conf-txn\", index is stale"}]
        PUT /v1/txn|[{"Check": {"Verb": "get", "Check": {"Node": "conf-txn", "CheckID": "c"}}}]|409|{"Results":null,"Errors":[{"OpIndex":0,"What":"check \"c\" on node \"conf-txn\" doesn't exist"}]
        PUT /v1/txn|[{"Check": {"Verb": "x", "Check": {"Node": "conf-txn", "CheckID": "c"}}}]|409|{"Results":null,"Errors":[{"OpIndex":0,"What":"unknown check operation: x"}]
        PUT /v1/txn|[{"Check": {"Verb": "set", "Check": {"Node": "none", "CheckID": "c"}}}]|409|{"Results":null,"Errors":[{"OpIndex":0,"What":"Missing node registration"}]
        PUT /v1/txn|[{"Check": {"Verb": "set", "Check": {"Node": "conf-txn", "CheckID": "c", "ServiceID": "none"}}}]|409|{"Results":null,"Errors":[{"OpIndex":0,"What":"Missing service registration"}]
        PUT /v1/txn|[{"Check": {"Verb": "set", "Check": {"Node": "conf-txn", "CheckID": "c", "Name": "c", "Status": "passing"}}}]|200|{"Results":[{"Check":
        PUT /v1/txn|[{"Check": {"Verb": "cas", "Check": {"Node": "conf-txn", "CheckID": "c", "ModifyIndex": 1}}}]|409|{"Results":null,"Errors":[{"OpIndex":0,"What":"failed to set check \"c\" on node \"conf-txn\", index is stale"}]
        PUT /v1/txn|[{"Check": {"Verb": "delete-cas", "Check": {"Node": "conf-txn", "CheckID": "c", "ModifyIndex": 1}}}]|409|{"Results":null,"Errors":[{"OpIndex":0,"What":"failed to delete check \"c\" on node \"conf-txn\", index is stale"}]
        PUT /v1/txn|[{"Node": {"Verb": "delete", "Node": {"Node": "conf-txn"}}}]|200|={"Results":[],"Errors":null}
        PUT /v1/txn|[{"Bogus": 1}]|400|=Failed to parse body: json: unknown field "Bogus"
        PUT /v1/txn|[{"KV": {"Verb": "set", "Key": "k", "Value": "!"}}]|400|=Failed to parse body: illegal base64 data at input byte 0
        PUT /v1/txn|@524289|413|=Request body(524289 bytes) too large, max size: 524288 bytes. See https://developer.hashicorp.com/docs/agent/config/config-files#txn_max_req_len.
        PUT /v1/txn|{ops 129}|413|=Transaction contains too many operations (129 > 128)
        GET /v1/txn||405|=method GET not allowed
        # sessions
        PUT /v1/session/create|{"Name": "conf"}|200|{"ID":
        PUT /v1/session/create|{"Node": "nowhere"}|500|=apply failed: Missing node registration
        PUT /v1/session/create|{"TTL": "1s"}|500|=Invalid Session TTL '1000000000', must be between [10s=24h0m0s]
        PUT /v1/session/create|{"Behavior": "x"}|500|=Invalid Behavior setting 'x'
        PUT /v1/session/create|{"Node": ""}|500|=Must provide Node
        PUT /v1/session/create|{"TTL": "25h"}|500|=Invalid Session TTL '90000000000000', must be between [10s=24h0m0s]
        PUT /v1/session/create|{"TTL": "abc"}|500|=Session TTL 'abc' invalid: time: invalid duration "abc"
        PUT /v1/session/create|{"NodeChecks": ["none"]}|500|=apply failed: Missing check 'none' registration
        PUT /v1/session/create|{"LockDelay": "x"}|400|Request decode failed: 
        PUT /v1/session/create?ns=x|{}|400|=Invalid query parameter: "ns" - Namespaces are a Consul Enterprise feature
        PUT /v1/session/create|{|400|Request decode failed: 
        GET /v1/session/info/{session}||200|[{"ID":
        GET /v1/session/info/||400|=Missing session
        GET /v1/session/info/none||200|=[]
        GET /v1/session/list?index=x||400|=Invalid index
        GET /v1/session/node/{node}||200|[
        GET /v1/session/node/||400|=Missing node name
        GET /v1/session/list||200|[
        PUT /v1/session/renew/{session}||200|[{"ID":
        PUT /v1/session/renew/00000000-0000-0000-0000-000000000000||404|=Session id '00000000-0000-0000-0000-000000000000' not found
        PUT /v1/session/destroy/||400|=Missing session
        PUT /v1/session/destroy/00000000-0000-0000-0000-000000000000||200|=true
        PUT /v1/session/destroy/{other}||200|=true
        # events, coordinates, status, snapshot
        PUT /v1/event/fire/conf|payload|200|{"ID":
        PUT /v1/event/fire/||400|=Missing name
        PUT /v1/event/fire/conf?tag=x||500|=Cannot provide tag filter without service filter
        PUT /v1/event/fire/conf?node=(||500|Invalid node filter: error parsing regexp: 
        PUT /v1/event/fire/conf?service=(||500|Invalid service filter: error parsing regexp: 
        PUT /v1/event/fire/conf?service=a&tag=(||500|Invalid tag filter: error parsing regexp: 
        PUT /v1/event/fire/conf|@600|500|user event exceeds configured limit of 512 bytes before encoding
        GET /v1/event/list?index=x||400|=Invalid index
        GET /v1/event/list||200|[
        GET /v1/coordinate/datacenters||200|[
        GET /v1/coordinate/nodes||200|[
        GET /v1/coordinate/node/none||404|=
        PUT /v1/coordinate/update|{"Node": "{node}", "Coord": {"Vec": [0,0,0,0,0,0,0,0], "Error": 1, "Adjustment": 0, "Height": 0.001}}|200|=
        PUT /v1/coordinate/update|{"Node": "x", "Coord": {"Vec": [0]}}|500|=incompatible coordinate
        PUT /v1/coordinate/update|{|400|Request decode failed: 
        GET /v1/status/leader||200|"
        GET /v1/status/peers||200|["
        GET /v1/snapshot||200|
        PUT /v1/snapshot|x|500|=failed to decompress snapshot: unexpected EOF
        PUT /v1/snapshot||500|=failed to decompress snapshot: EOF
        PUT /v1/snapshot?stale|x|500|=stale not allowed for restore
        # prepared queries
        POST /v1/query|{"Name": "conf-{agent}", "Service": {"Service": "consul"}}|200|{"ID":
        POST /v1/query|{}|500|=Invalid prepared query: Must be bound to a session
        POST /v1/query|{"Bogus": 1}|400|=Request decode failed: json: unknown field "Bogus"
        POST /v1/query|{"ID": "x", "Name": "y", "Service": {"Service": "z"}}|500|=ID must be empty when creating a new prepared query
        POST /v1/query|{"Name": "y", "Token": "<hidden>", "Service": {"Service": "z"}}|500|=Invalid prepared query: Bad Token '<hidden>', it looks like a query definition with a redacted token was submitted
        POST /v1/query|{"Name": "y"}|500|=Invalid prepared query: Must provide a Service name to query
        POST /v1/query|{"Name": "y", "Service": {"Service": "z", "Failover": {"NearestN": -1}}}|500|=Invalid prepared query: Bad NearestN '-1', must be >= 0
        POST /v1/query|{"Name": "y", "Service": {"Service": "z", "Failover": {"NearestN": 1, "Targets": [{"Peer": "p"}]}}}|500|=Invalid prepared query: Targets cannot be populated with NearestN or Datacenters
        POST /v1/query|{"Name": "y", "Service": {"Service": "z", "SamenessGroup": "g"}}|500|=Invalid prepared query: sameness-groups are an enterprise-only feature
        POST /v1/query|{"Name": "y", "Service": {"Service": "z"}, "DNS": {"TTL": "x"}}|500|=Invalid prepared query: Bad DNS TTL 'x': time: invalid duration "x"
        POST /v1/query|{"Name": "y", "Service": {"Service": "z"}, "DNS": {"TTL": "-1s"}}|500|=Invalid prepared query: DNS TTL '-1000000000', must be >=0
        POST /v1/query|{"Name": "CONF-{agent}", "Service": {"Service": "z"}}|500|=raft apply failed: name 'CONF-{agent}' aliases an existing query name
        POST /v1/query|{"Name": "y", "Session": "none", "Service": {"Service": "z"}}|500|raft apply failed: invalid session 
        POST /v1/query|{"Name": "y", "Template": {"Type": "zz"}, "Service": {"Service": "z"}}|500|=raft apply failed: failed compiling template: Bad Template.Type 'zz'
        POST /v1/query|{"Name": "y", "Template": {"Type": "name_prefix_match", "Regexp": "("}, "Service": {"Service": "z"}}|500|raft apply failed: failed compiling template: Bad Regexp: 
        POST /v1/query|{"Name": "y", "Template": {"Type": "name_prefix_match"}, "Service": {"Service": "${x"}}|500|raft apply failed: failed compiling template: Bad format '${x' in Service.Service: 
        POST /v1/query|{"Name": "y", "Template": {"Type": "name_prefix_match"}, "Service": {"Service": "${x}"}}|500|=raft apply failed: failed compiling template: Bad evaluation for '${x}' in Service.Service: 1:3: unknown variable accessed: x
        POST /v1/query|{"Name": "{query}", "Service": {"Service": "z"}}|500|=raft apply failed: name '{query}' aliases an existing query ID
        GET /v1/query||200|[
        GET /v1/query/{query}||200|[{"ID":
        GET /v1/query/00000000-0000-0000-0000-000000000000||404|=Query not found
        GET /v1/query/none||500|failed prepared query lookup: index error: UUID must be 36 characters
        PUT /v1/query/none|{"Name": "z", "Service": {"Service": "z"}}|500|Prepared Query lookup failed: failed prepared query lookup: index error: UUID must be 36 characters
        PUT /v1/query/00000000-0000-0000-0000-000000000000|{"Name": "z", "Service": {"Service": "z"}}|500|=Cannot modify non-existent prepared query: '00000000-0000-0000-0000-000000000000'
        GET /v1/query/{query}/execute?connect=x||500|=Error parsing 'connect' value: strconv.ParseBool: parsing "x": invalid syntax
        PUT /v1/query/{query}|{"Name": "conf2-{agent}", "Service": {"Service": "consul"}}|200|=
        GET /v1/query/{query}/execute||200|{"Service":"consul"
        GET /v1/query/{query}/explain||200|{"Query":
        GET /v1/query/none/execute||404|=Query not found
        GET /v1/query/none/execute?limit=x||500|Bad limit: 
        DELETE /v1/query/{query}||200|=
        DELETE /v1/query/{query}||500|Cannot modify non-existent prepared query: 
        # operator
        GET /v1/operator/raft/configuration||200|{"Servers":
        DELETE /v1/operator/raft/peer||400|=Must specify either ?id with the server's ID or ?address with IP:port of peer to remove
        DELETE /v1/operator/raft/peer?id=a&address=b||400|=Must specify only one of ?id or ?address
        DELETE /v1/operator/raft/peer?id=x||500|
        DELETE /v1/operator/raft/peer?address=x||500|=address "x" was not found in the Raft configuration
        POST /v1/operator/raft/transfer-leader?id=x||500|=Could not find address for server id x
        GET /v1/operator/autopilot/configuration||200|{"CleanupDeadServers":
        PUT /v1/operator/autopilot/configuration|{"CleanupDeadServers": true}|200|=true
        PUT /v1/operator/autopilot/configuration?cas=x|{}|400|Error parsing cas value: 
        PUT /v1/operator/autopilot/configuration|{|400|Error parsing autopilot config: 
        GET /v1/operator/autopilot/health||200|{"Healthy":true
        GET /v1/operator/autopilot/state||200|{"Healthy":true
        GET /v1/operator/usage||200|{"Usage":
        GET /v1/operator/keyring||500|
        POST /v1/operator/keyring|{|400|Request decode failed: 
        PUT /v1/operator/keyring?relay-factor=9|{"Key": ""}|400|Invalid relay-factor
        PUT /v1/operator/keyring?relay-factor=x|{"Key": ""}|400|Error parsing relay factor: 
        GET /v1/operator/keyring?local-only=x||400|Error parsing local-only: 
        PUT /v1/operator/keyring?local-only=true|{"Key": ""}|400|=Invalid use of local-only: local-only can only be set for list requests
        DELETE /v1/operator/keyring|{|400|Request decode failed: 
        POST /v1/operator/keyring|{"Key": "cg8StVXbQJ0gPvMd9o7yrg=="}|500|
        PUT /v1/operator/keyring|{"Key": "cg8StVXbQJ0gPvMd9o7yrg=="}|500|
        DELETE /v1/operator/keyring|{"Key": "cg8StVXbQJ0gPvMd9o7yrg=="}|500|
        """;
}
