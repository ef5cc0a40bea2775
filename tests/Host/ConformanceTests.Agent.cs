namespace Praetor.Tests.Host;

/// <summary>What http-agent-catalog-health names.</summary>
public sealed partial class ConformanceTests
{
    /// <summary>Method, target and a header in brackets, body ('@' and a number: that many bytes), status, and how the text begins ('=' before it: all of it).</summary>
    private const string AgentTable = """
        # catalog
        PUT /v1/catalog/register|{"Node": "conf", "Address": "10.0.0.1", "Service": {"Service": "conf-web", "Port": 1}, "Check": {"Name": "c", "Status": "passing", "ServiceID": "conf-web"}}|200|=true
        PUT /v1/catalog/register|{"Address": "10.0.0.1"}|500|=Must provide node
        PUT /v1/catalog/register|{"Node": "n", "Address": "1.1.1.1", "PeerName": "p"}|500|=cannot register requests with PeerName in them
        PUT /v1/catalog/register|{"Node": "n", "Address": "1.1.1.1", "ID": "x"}|500|=Bad node ID: uuid string is wrong length
        PUT /v1/catalog/register|{"Node": "n", "Address": "1.1.1.1", "ID": "zzzzzzzz-zzzz-zzzz-zzzz-zzzzzzzzzzzz"}|500|=Bad node ID: uuid is improperly formatted
        PUT /v1/catalog/register|{"Node": "n"}|500|=Must provide address if SkipNodeUpdate is not set
        PUT /v1/catalog/register|{"Node": "n", "Address": "1.1.1.1", "Service": {"Kind": "connect-proxy", "Service": "p"}}|500|2 errors occurred:
        PUT /v1/catalog/register|{"Node": "n", "Address": "1.1.1.1", "Service": {}}|500|=Must provide service name (Service.Service)
        PUT /v1/catalog/register|{"Node": "n", "Address": "1.1.1.1", "Service": {"ID": "x"}}|500|=Must provide service name (Service.Service) when service ID is provided
        PUT /v1/catalog/register|{"Node": "n", "Address": "1.1.1.1", "Service": {"Service": "x", "Address": "::"}}|500|=Invalid service address
        PUT /v1/catalog/register|{"Node": "e1", "Address": "1.1.1.1", "Check": {"CheckID": "c", "Node": "other"}}|500|=Node 'other' for check 'c' doesn't match register request node 'e1'
        PUT /v1/catalog/register|{"Node": "n", "Address": "1.1.1.1", "Check": {"CheckID": "c", "ServiceID": "zz"}}|500|=Unknown service ID 'zz' for check ID 'c'
        PUT /v1/catalog/register|{"Node": "{agent}", "Address": "1.1.1.1", "ID": "11111111-2222-3333-4444-555555555555"}|500|failed inserting node: Error while renaming Node ID: "11111111-2222-3333-4444-555555555555": Node name {agent} is reserved by node 
        PUT /v1/catalog/register|{"Node": "n", "Address": "1.1.1.1", "Service": {"Service": "x", "Meta": {"": "v"}}}|500|failed inserting service: Invalid Service Meta for node n and serviceID x: Couldn't load 
        PUT /v1/catalog/register|{"Node": "n", "Namespace": "x"}|400|=Request decode failed: json: unknown field "Namespace" - Namespaces are a Consul Enterprise feature
        PUT /v1/catalog/register|{|400|Request decode failed: 
        GET /v1/catalog/datacenters||200|=["dc1"]
        GET /v1/catalog/nodes||200|[
        GET /v1/catalog/nodes?filter=x||500|Failed to create boolean expression evaluator: 
        GET /v1/catalog/nodes?filter=Foo==1||500|=Failed to create boolean expression evaluator: Selector "Foo" is not valid
        GET /v1/catalog/nodes?filter=Node%20is%20empty||500|=Failed to create boolean expression evaluator: Invalid match operator "Is Empty" for selector "Node"
        GET /v1/catalog/nodes?filter=Node%20matches%20%22n%5B%22||500|Failed to create boolean expression evaluator: Failed to compile regular expression "n[": error parsing regexp: missing closing ]: 
        GET /v1/catalog/nodes?max_stale=x||400|=Invalid max_stale value "x"
        GET /v1/catalog/nodes?dc=nowhere||500|=No path to datacenter
        GET /v1/catalog/nodes?near=_agent||200|[
        GET /v1/catalog/services||200|{
        GET /v1/catalog/service/conf-web||200|[{"ID":
        GET /v1/catalog/service/||400|=Missing service name
        GET /v1/catalog/service/none||200|=[]
        GET /v1/catalog/service/conf-web?filter=ServicePort==abc||500|=Failed to create boolean expression evaluator: Failed to coerce value "abc" for selector "ServicePort": strconv.ParseInt: parsing "abc": invalid syntax
        GET /v1/catalog/service/conf-web?stale&consistent||400|=Cannot specify ?stale with ?consistent, conflicting semantics.
        GET /v1/catalog/connect/conf-web||200|=[]
        GET /v1/catalog/connect/||400|=Missing service name
        GET /v1/catalog/node/conf||200|{"Node":
        GET /v1/catalog/node/none||200|=null
        GET /v1/catalog/node/||400|=Missing node name
        GET /v1/catalog/node-services/conf||200|{"Node":
        GET /v1/catalog/node-services/none||200|={"Node":null,"Services":null}
        GET /v1/catalog/node-services/||400|=Missing node name
        GET /v1/catalog/gateway-services/x||200|=null
        GET /v1/catalog/gateway-services/||400|=Missing gateway name
        # health
        GET /v1/health/node/conf||200|[
        GET /v1/health/node/||400|=Missing node name
        GET /v1/health/checks/conf-web||200|[{"Node":
        GET /v1/health/checks/||400|=Missing service name
        GET /v1/health/state/passing||200|[
        GET /v1/health/state/||400|=Missing check state
        GET /v1/health/service/conf-web?passing||200|[{"Node":
        GET /v1/health/service/conf-web?passing=x||400|=Invalid value for ?passing
        GET /v1/health/service/||400|=Missing service name
        GET /v1/health/connect/conf-web||200|=[]
        GET /v1/health/ingress/conf-web||200|=[]
        GET /v1/health/connect/||400|=Missing service name
        GET /v1/health/ingress/||400|=Missing service name
        GET /v1/health/state/nonsense||200|=[]
        GET /v1/health/service/x?sg=a||500|=sameness groups are not supported in consul CE
        GET /v1/health/service/x?sg=a&peer=b||400|=peer-name and sameness-group are mutually exclusive
        PUT /v1/catalog/deregister|{"Node": "conf"}|200|=true
        PUT /v1/catalog/deregister|{|400|Request decode failed: 
        PUT /v1/catalog/deregister|{}|500|=Must provide node
        PUT /v1/catalog/deregister|{"Node": "none", "ServiceID": "x"}|200|=true
        # internal UI
        GET /v1/internal/ui/nodes||200|[{"ID":
        GET /v1/internal/ui/nodes?filter=x||500|Failed to create boolean expression evaluator: 
        GET /v1/internal/ui/node/{node}||200|{"ID":
        GET /v1/internal/ui/node/none||404|=
        GET /v1/internal/ui/node/||400|=Missing node name
        GET /v1/internal/ui/services||200|[{"Name":"consul"
        GET /v1/internal/ui/catalog-overview||200|{"Nodes":[{"Total":
        GET /v1/internal/ui/gateway-services-nodes/x||200|=[]
        GET /v1/internal/ui/gateway-services-nodes/||400|=Missing gateway name
        GET /v1/internal/ui/gateway-intentions/x||200|=[]
        GET /v1/internal/ui/exported-services||500|=must provide PeerName
        GET /v1/internal/ui/exported-services?peer=x||200|=[]
        GET /v1/internal/ui/service-topology/consul?kind=||200|{"Protocol":"tcp"
        GET /v1/internal/ui/service-topology/x||400|=Missing service kind
        GET /v1/internal/ui/service-topology/x?kind=y||400|=Unsupported service kind "y"
        GET /v1/internal/ui/service-topology/?kind=||400|=Missing service name
        GET /v1/internal/ui/metrics-proxy/x||404|=UI is not enabled
        PUT /v1/internal/service-virtual-ip|{"Service": "none", "ManualVIPs": ["1.2.3.4"]}|200|={"Found":false,"UnassignedFrom":null}
        PUT /v1/internal/service-virtual-ip|{"Service": "none", "ManualVIPs": ["x"]}|500|="x" is not a valid IPv4 address
        PUT /v1/internal/service-virtual-ip|{"Service": "x", "ManualVIPs": ["1.1.1.1","1.1.1.2","1.1.1.3","1.1.1.4","1.1.1.5","1.1.1.6","1.1.1.7","1.1.1.8","1.1.1.9"]}|500|=cannot associate more than 8 manual virtual IPs with the same service
        PUT /v1/internal/service-virtual-ip|{|400|Request decode failed: 
        # agent
        GET /v1/agent/self||200|{"Config":
        GET /v1/agent/version||200|{
        GET /v1/agent/host||200|{
        GET /v1/agent/members||200|[
        GET /v1/agent/members?wan=1&segment=x||400|=Cannot provide a segment with wan=true
        GET /v1/agent/metrics?format=prometheus||200|=
        GET /v1/agent/nonsense||404|Invalid URL path: not a recognized HTTP API endpoint
        GET /v1/agent/metrics||200|{"Timestamp":
        PUT /v1/agent/join/127.0.0.1:1||500|
        PUT /v1/agent/force-leave/nobody||500|=agent: No node found with name 'nobody'
        PUT /v1/agent/force-leave/nobody||500|
        PUT /v1/agent/reload||200|=
        PUT /v1/agent/maintenance?enable=true&reason=x||200|=
        PUT /v1/agent/maintenance?enable=false||200|=
        PUT /v1/agent/maintenance||400|=Missing value for enable
        PUT /v1/agent/maintenance?enable=x||400|
        PUT /v1/agent/token/default|{"Token": "x"}|401|=ACL support disabled
        PUT /v1/agent/service/register|{"Name": "conf-own", "Port": 1, "Check": {"TTL": "60s"}}|200|=
        PUT /v1/agent/service/register|{"Name": "x", "Bogus": 1}|400|Request decode failed: json: unknown field "Bogus"
        PUT /v1/agent/service/register||400|Request decode failed: EOF
        PUT /v1/agent/service/register|{}|400|=Missing service name
        PUT /v1/agent/service/register|{"Name": "x", "Address": "0.0.0.0"}|400|=Invalid service address
        PUT /v1/agent/service/register|{"Name": "x", "Weights": {"Passing": 0, "Warning": 1}}|400|=Invalid Weights: Passing must be greater than 0
        PUT /v1/agent/service/register|{"Name": "x", "Weights": {"Passing": 1, "Warning": -1}}|400|=Invalid Weights: Warning must be greater or equal than 0
        PUT /v1/agent/service/register|{"Name": "x", "Weights": {"Passing": 65536, "Warning": 1}}|400|=Invalid Weights: DNS Weight must be between 0 and 65535
        PUT /v1/agent/service/register|{"Name": "x", "Meta": {"": "v"}}|400|Invalid Service Meta: Couldn't load metadata pair ('', 'v'): Key cannot be blank
        PUT /v1/agent/service/register|{"Name": "x", "Meta": {"a b": "v"}}|400|Invalid Service Meta: Couldn't load metadata pair ('a b', 'v'): Key contains invalid characters
        PUT /v1/agent/service/register|{"Name": "x", "Meta": {"consul-x": "v"}}|400|Invalid Service Meta: Couldn't load metadata pair ('consul-x', 'v'): Key prefix 'consul-' is reserved for internal use
        PUT /v1/agent/service/register|{"Name": "x", "Kind": "connect-proxy"}|400|Validation failed: 2 errors occurred:
        PUT /v1/agent/service/register|{"Name": "x", "Kind": "connect-proxy", "Port": 1, "Proxy": {"DestinationServiceName": "*"}}|400|Validation failed: 1 error occurred:
        PUT /v1/agent/service/register|{"Name": "x", "Kind": "mesh-gateway"}|400|Validation failed: 1 error occurred:
        PUT /v1/agent/service/register|{"Name": "x", "Connect": {"Native": true}}|400|Validation failed: 1 error occurred:
        PUT /v1/agent/service/register|{"Name": "x", "Locality": {"Zone": "z"}}|400|Validation failed: 1 error occurred:
        PUT /v1/agent/service/register|{"Name": "x", "Check": {"Interval": "1s", "TTL": "1s"}}|400|=Invalid check: Interval and TTL cannot both be specified
        PUT /v1/agent/service/register|{"Name": "x", "Check": {"HTTP": "http://x"}}|400|=Invalid check: Interval must be > 0 for Script, HTTP, H2PING, TCP, UDP or OSService checks
        PUT /v1/agent/service/register|{"Name": "x", "Check": {"AliasService": "y", "HTTP": "http://x", "Interval": "1s"}}|400|=Invalid check: Interval cannot be set for Alias checks
        PUT /v1/agent/service/register|{"Name": "x", "Check": {"AliasService": "y", "TTL": "1s"}}|400|=Invalid check: TTL must be not be set for Alias checks
        PUT /v1/agent/service/register|{"Name": "x", "Checks": [{}]}|400|=Invalid check: TTL must be > 0 for TTL checks
        PUT /v1/agent/service/register|{"Name": "x", "Check": {"TTL": "1s", "OutputMaxSize": -1}}|400|=Invalid check: MaxOutputMaxSize must be positive
        PUT /v1/agent/service/register|{"Name": "x", "Check": {"HTTP": "http://x", "Interval": "1s", "FailuresBeforeWarning": 3, "FailuresBeforeCritical": 2}}|400|=Invalid check: FailuresBeforeWarning can't be higher than FailuresBeforeCritical
        PUT /v1/agent/service/register|{"Name": "x", "Check": {"TTL": "1s", "Status": "x"}}|400|=Status for checks must 'passing', 'warning', 'critical'
        PUT /v1/agent/service/register|{"Name": "x", "Check": {"Args": ["true"], "Interval": "1s"}}|500|=Scripts are disabled on this agent from remote calls; to enable, configure 'enable_script_checks' to true
        PUT /v1/agent/service/register|{"Name": "x", "Check": {"OSService": "x", "Interval": "1s"}}|500|=not implemented
        PUT /v1/agent/service/register|{"Name": "x", "TaggedAddresses": {"lan_ipv4": {"Address": "::1"}}}|500|=Service tagged address "lan_ipv4" must be a valid ipv4 address
        PUT /v1/agent/service/register|{"Name": "x", "Port": 1, "Connect": {"SidecarService": {"ID": "y"}}}|400|
        PUT /v1/agent/service/register|{"Name": "x", "Port": "1"}|400|Request decode failed: json: cannot unmarshal string into Go struct field 
        GET /v1/agent/services||200|{"conf-own":
        GET /v1/agent/service/conf-own||200|{"ID":"conf-own"
        GET /v1/agent/service/none||404|unknown service ID: none
        PUT /v1/agent/service/maintenance/conf-own?enable=true||200|=
        PUT /v1/agent/service/maintenance/conf-own?enable=false||200|=
        PUT /v1/agent/service/maintenance/conf-own||400|=Missing value for enable
        PUT /v1/agent/service/maintenance/none?enable=true||404|
        PUT /v1/agent/service/maintenance/?enable=true||400|=Missing service ID
        PUT /v1/agent/service/maintenance/conf-own?enable=x||400|=Invalid value for enable: "x"
        GET /v1/agent/health/service/id/||500|=Missing serviceID
        GET /v1/agent/health/service/name/||500|=Missing service Name
        GET /v1/agent/health/service/id/none?format=text||404|=ServiceId none not found
        GET /v1/agent/health/service/name/none?format=text||404|=ServiceName none Not Found
        GET /v1/agent/health/service/id/conf-own?format=text||503|=critical
        GET /v1/agent/health/service/id/conf-own||503|
        GET /v1/agent/health/service/id/none||404|
        GET /v1/agent/health/service/name/conf-own||503|
        GET /v1/agent/health/service/name/none||404|
        GET /v1/agent/checks||200|{"service:conf-own":
        PUT /v1/agent/check/register|{"ID": "conf-check", "Name": "c", "TTL": "60s"}|200|=
        PUT /v1/agent/check/register|{"Name": ""}|400|
        PUT /v1/agent/check/register|{"Name": "x", "TTL": "1s", "Status": "x"}|400|=Bad check status
        PUT /v1/agent/check/register|{"Name": "x", "TTL": "1s", "ServiceID": "none"}|404|=ServiceID "none" does not exist
        PUT /v1/agent/check/register|{"Name": "x", "HTTP": "http://x"}|400|=Invalid check: Interval must be > 0 for Script, HTTP, H2PING, TCP, UDP or OSService checks
        PUT /v1/agent/check/register|{"Name": "x", "CheckID": "y", "TTL": "1s"}|400|=Request decode failed: json: unknown field "CheckID"
        PUT /v1/agent/check/register|{"Name": "x", "TTL": "x"}|400|=Request decode failed: time: invalid duration "x"
        PUT /v1/agent/check/register|{"Name": "conf-tcp", "TCP": "127.0.0.1:1", "Interval": "1h"}|200|=
        PUT /v1/agent/check/pass/conf-tcp||500|=CheckID "conf-tcp" does not have associated TTL
        PUT /v1/agent/check/deregister/conf-tcp||200|=
        PUT /v1/agent/check/pass/conf-check?note=x||200|=
        PUT /v1/agent/check/warn/conf-check||200|=
        PUT /v1/agent/check/fail/conf-check||200|=
        PUT /v1/agent/check/update/conf-check|{"Status": "passing"}|200|=
        PUT /v1/agent/check/update/conf-check|{"Status": "x"}|400|
        PUT /v1/agent/check/pass/none||404|
        PUT /v1/agent/check/deregister/conf-check||200|=
        PUT /v1/agent/check/deregister/none||404|
        PUT /v1/agent/service/deregister/conf-own||200|=
        PUT /v1/agent/service/deregister/none||404|
        # nothing there
        GET /v1/nonsense||404|Invalid URL path: not a recognized HTTP API endpoint
        GET /v1/operator/license||404|Invalid URL path: 
        GET /v1/namespace/x||404|Invalid URL path: 
        """;
}
