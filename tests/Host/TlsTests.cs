using System.Text.Json;
using Praetor.Tests.Executable;
using Praetor.Tests.Support;
using Praetor.Tests.Transport;

namespace Praetor.Tests.Host;

/// <summary>Calls between agents under TLS as operators configure it: verify_incoming, verify_outgoing, verify_server_hostname (config 5, tls).</summary>
public sealed class TlsTests
{
    private const string ServerName = "server.dc1.consul";

    [Fact]
    public async Task A_cluster_with_certificates_works_as_one_without()
    {
        using var certificates = new Certificates();
        await using AgentCluster cluster = await AgentCluster.StartAsync(servers: 3, clients: 1, settings: Settings(certificates, ServerName));

        Assert.Equal(200, (await cluster.Agents[^1].SendAsync("PUT", "/v1/kv/sealed", "v")).Status);
        foreach (HostedAgent agent in cluster.Agents)
            Assert.Equal("v", (await agent.GetAsync("/v1/kv/sealed?raw")).Body);
    }

    [Fact]
    public async Task An_agent_without_a_certificate_is_a_member_but_servers_answer_it_nothing()
    {
        using var certificates = new Certificates();
        await using AgentCluster cluster = await AgentCluster.StartAsync(servers: 1, settings: Settings(certificates, ServerName));
        string address = AgentProcess.FreshAddress();
        await using HostedAgent bare = await HostedAgent.StartAsync("bare", address, isServer: false, [JsonSerializer.Serialize(new
        {
            node_name = "bare", data_dir = certificates.Folder, bind_addr = address, client_addr = address, retry_join = new[] { cluster.Agents[0].Address },
            performance = new { rpc_hold_timeout = "100ms" },
        })]);

        await cluster.Agents[0].UntilAsync(async () => await cluster.Agents[0].StatusOfAsync("bare") == "alive", "the member");
        Reply refused = await bare.GetAsync("/v1/kv/sealed");

        Assert.Equal(500, refused.Status);
        Assert.Contains("rpc error making call", refused.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_host_names_verified_only_a_server_certificate_makes_a_server()
    {
        using var certificates = new Certificates();
        await using AgentCluster cluster = await AgentCluster.StartAsync(servers: 1, settings: Settings(certificates, ServerName));
        HostedAgent impostor = await cluster.AddAsync(isServer: true, settings: Settings(certificates, "client.dc1.consul"));

        await cluster.Agents[0].UntilAsync(async () => await cluster.Agents[0].StatusOfAsync("s2") == "alive", "the member");
        await Task.Delay(500, TestContext.Current.CancellationToken);

        // It never hears of the log: nobody calls a server that cannot prove to be one.
        Assert.Equal("\"\"", (await impostor.GetAsync("/v1/status/leader")).Body);
        Assert.Equal(200, (await cluster.Agents[0].SendAsync("PUT", "/v1/kv/a", "v")).Status);
    }

    private static string Settings(Certificates certificates, string name)
    {
        (string cert, string key) = certificates.Issue(name, file: name);
        return JsonSerializer.Serialize(new
        {
            tls = new
            {
                defaults = new { ca_file = certificates.CaFile, cert_file = cert, key_file = key, verify_incoming = true, verify_outgoing = true },
                internal_rpc = new { verify_server_hostname = true },
            },
        });
    }
}
