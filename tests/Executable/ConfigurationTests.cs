using System.Text.Json;
using Praetor.Tests.Storage;

namespace Praetor.Tests.Executable;

/// <summary>Agents as processes that are configured by files alone (config 1, 2, 4).</summary>
public sealed class ConfigurationTests : IDisposable
{
    private readonly TemporaryDirectory _files = new();

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task Three_servers_start_from_hcl_and_services_in_files_come_change_and_go()
    {
        string prefix = AgentProcess.FreshAddress();
        prefix = prefix[..prefix.LastIndexOf('.')];
        AgentProcess[] agents = [.. Enumerable.Range(1, 3).Select(number => Start(prefix, number))];
        try
        {
            foreach (AgentProcess agent in agents)
                await agent.WaitAsync(() => agent.PutAsync($"/v1/kv/whole/{agent.Address}", "yes"), "an accepted write");

            await ReloadWithAsync(agents[0], """
                service {
                  name = "web"
                  port = 80
                  tags = ["v1"]
                  check { id = "alive", name = "alive", ttl = "1h", status = "passing" }
                  checks = [{ id = "port", name = "port", tcp = "127.0.0.1:1", interval = "1h" }]
                }
                """);
            await agents[1].WaitAsync(async () => await ServiceAsync(agents[1]) is [{ } web] && web.GetProperty("ServicePort").GetInt32() == 80 && web.GetProperty("ServiceTags")[0].GetString() == "v1", "the service");
            Assert.Equal(2, (await JsonAsync(agents[2], "/v1/health/checks/web")).GetArrayLength());

            await ReloadWithAsync(agents[0], "service {\n  name = \"web\"\n  port = 81\n}");
            await agents[1].WaitAsync(async () => await ServiceAsync(agents[1]) is [{ } web] && web.GetProperty("ServicePort").GetInt32() == 81, "the change");
            await agents[1].WaitAsync(async () => (await JsonAsync(agents[2], "/v1/health/checks/web")).GetArrayLength() == 0, "the end of the checks");

            string file = Path.Combine(DirectoryOf(1), "web.hcl");
            await File.WriteAllTextAsync(file, "service { name = }", TestContext.Current.CancellationToken);
            agents[0].HangUp();
            await agents[0].WaitAsync(() => Task.FromResult(agents[0].Output.Contains($"Reload config failed: error=\"failed to parse {file}: At 1:18: Unknown token: 1:18 RBRACE }}\"", StringComparison.Ordinal)), "the refusal");
            Assert.Single(await ServiceAsync(agents[1]));

            File.Delete(file);
            agents[0].HangUp();
            await agents[1].WaitAsync(async () => (await ServiceAsync(agents[1])).Length == 0, "the end of the service");
        }
        finally
        {
            foreach (AgentProcess agent in agents)
                agent.Dispose();
        }
    }

    private AgentProcess Start(string prefix, int number)
    {
        string directory = DirectoryOf(number);
        Directory.CreateDirectory(directory);
        File.WriteAllText(Path.Combine(directory, "10-agent.hcl"), $$"""
            # What differs from server to server.
            node_name = "s{{number}}"
            bind_addr = "{{prefix}}.{{number}}"
            client_addr = "{{prefix}}.{{number}}"
            data_dir = "{{Path.Combine(_files.Path, $"data{number}")}}"
            """);
        File.WriteAllText(Path.Combine(directory, "20-cluster.hcl"), $$"""
            server = true
            bootstrap_expect = 3
            retry_join = ["{{prefix}}.1", "{{prefix}}.2", "{{prefix}}.3"]
            performance { raft_multiplier = 1 }
            """);
        return AgentProcess.LaunchAgent($"{prefix}.{number}", [$"-config-dir={directory}"]);
    }

    private string DirectoryOf(int number) => Path.Combine(_files.Path, $"s{number}.d");

    private async Task ReloadWithAsync(AgentProcess agent, string service)
    {
        await File.WriteAllTextAsync(Path.Combine(DirectoryOf(1), "web.hcl"), service, TestContext.Current.CancellationToken);
        agent.HangUp();
    }

    private static async Task<JsonElement[]> ServiceAsync(AgentProcess agent) => [.. (await JsonAsync(agent, "/v1/catalog/service/web")).EnumerateArray()];

    private static async Task<JsonElement> JsonAsync(AgentProcess agent, string path) => JsonDocument.Parse(await agent.Http.GetStringAsync(path)).RootElement;
}
