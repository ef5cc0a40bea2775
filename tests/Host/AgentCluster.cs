using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Praetor.Api;
using Praetor.Api.Config;
using Praetor.Tests.Cli;
using Praetor.Tests.Executable;
using Praetor.Tests.Storage;
using Praetor.Tests.Support;

namespace Praetor.Tests.Host;

/// <summary>Whole agents in this process that form one datacenter, each at an address 127.x.y.n of its own with the standard ports, and gossip that is quick to judge.</summary>
internal sealed class AgentCluster : IAsyncDisposable
{
    /// <summary>A dead member is declared failed within a second, so that tests need not wait as operators do.</summary>
    private const string QuickGossip = """{"gossip_lan": {"probe_interval": "100ms", "probe_timeout": "50ms", "suspicion_mult": 2, "gossip_interval": "20ms"}}""";

    private readonly TemporaryDirectory _data = new();
    private readonly string _prefix;
    private readonly string _settings;

    private AgentCluster(string settings)
    {
        string fresh = AgentProcess.FreshAddress();
        _prefix = fresh[..fresh.LastIndexOf('.')];
        _settings = settings;
    }

    /// <summary>Servers s1, s2, ... first, then clients c1, c2, ...; null where one has been stopped.</summary>
    public List<HostedAgent> Agents { get; } = [];

    /// <summary>A cluster that nobody is in yet.</summary>
    public static AgentCluster Empty() => new("{}");

    /// <summary>Starts servers and clients and waits until all know each other and writes pass through each.</summary>
    /// <param name="servers">Servers.</param>
    /// <param name="clients">Agents without state.</param>
    /// <param name="settings">Configuration of all of them, as a JSON object.</param>
    public static async Task<AgentCluster> StartAsync(int servers, int clients = 0, string settings = "{}")
    {
        var cluster = new AgentCluster(settings);
        for (int i = 0; i < servers + clients; i++)
            await cluster.AddAsync(isServer: i < servers, expect: servers);
        await cluster.WaitUntilWholeAsync();
        return cluster;
    }

    /// <summary>Starts one more agent and does not wait for what comes of it.</summary>
    public async Task<HostedAgent> AddAsync(bool isServer, int expect = 0, string settings = "{}", string? name = null)
    {
        name ??= (isServer ? "s" : "c") + (Agents.Count(agent => agent.IsServer == isServer) + 1);
        string address = $"{_prefix}.{Agents.Count + 1}";
        HostedAgent agent = await HostedAgent.StartAsync(name, address, isServer, [QuickGossip, _settings, Own(name, address, isServer, expect), settings]);
        Agents.Add(agent);
        return agent;
    }

    /// <summary>Waits until every agent sees all of them alive and a write passes through it.</summary>
    public async Task WaitUntilWholeAsync()
    {
        foreach (HostedAgent agent in Agents)
        {
            await agent.UntilAsync(async () => await agent.CountAsync("alive") == Agents.Count, "all members alive");
            await agent.UntilAsync(async () => (await agent.SendAsync("PUT", $"/v1/kv/whole/{agent.Name}", "yes")).Status == 200, "an accepted write");
        }
    }

    /// <summary>The server that leads.</summary>
    public async Task<HostedAgent> LeaderAsync()
    {
        string leader = (await Agents[0].JsonAsync("/v1/status/leader")).GetString()!;
        return Agents.Single(agent => leader == $"{agent.Address}:8300");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (HostedAgent agent in Agents)
            await agent.DisposeAsync();
        _data.Dispose();
    }

    private string Own(string name, string address, bool isServer, int expect) => JsonSerializer.Serialize(new Dictionary<string, object>
    {
        ["node_name"] = name,
        ["data_dir"] = Path.Combine(_data.Path, name),
        ["bind_addr"] = address,
        ["client_addr"] = address,
        ["server"] = isServer,
        ["retry_join"] = new[] { $"{_prefix}.1" },
        ["retry_interval"] = "200ms",
        ["leave_on_terminate"] = false,
    }.Concat(expect > 0 && isServer ? [KeyValuePair.Create<string, object>("bootstrap_expect", expect)] : []).ToDictionary());
}

/// <summary>One agent of an <see cref="AgentCluster"/>.</summary>
internal sealed class HostedAgent : IAsyncDisposable
{
    private readonly HttpClient _http;
    private bool _isStopped;

    private HostedAgent(string name, string address, bool isServer, AgentHost host)
    {
        (Name, Address, IsServer, Host) = (name, address, isServer, host);
        _http = new HttpClient { BaseAddress = new Uri($"http://{address}:8500"), Timeout = TimeSpan.FromSeconds(60) };
    }

    public string Name { get; }

    public string Address { get; }

    public bool IsServer { get; }

    public AgentHost Host { get; }

    /// <summary>Starts an agent from files, and from texts in HCL or JSON over them.</summary>
    public static async Task<HostedAgent> StartAsync(string name, string address, bool isServer, IReadOnlyList<string> settings, params IReadOnlyList<string> files)
    {
        var input = new ConfigInput { Paths = files, Fragments = settings };
        ConfigLoad load = ConfigLoader.Load(input, HostFacts.OfThisMachine());
        Assert.Null(load.Error);
        Assert.Null(NodeIdFile.Resolve(load.Config!.NodeId, load.Config.DataDirectory, Guid.NewGuid, out string id));
        var setup = new AgentSetup(load.Config with { NodeId = id }, NullLoggerFactory.Instance, TimeProvider.System, () => ConfigLoader.Load(input, HostFacts.OfThisMachine()), static _ => { })
        {
            ConfigPaths = files,
        };
        return new HostedAgent(name, address, isServer, await AgentHost.StartAsync(setup, TestContext.Current.CancellationToken));
    }

    /// <summary>One request; a lost connection is status 0.</summary>
    public Task<Reply> SendAsync(string method, string path, string? body = null, string header = "") => SendAsync(method, path, body is null ? null : new StringContent(body), header);

    /// <summary>One request with bytes; a lost connection is status 0.</summary>
    public Task<Reply> SendAsync(string method, string path, byte[] body) => SendAsync(method, path, new ByteArrayContent(body), "");

    private async Task<Reply> SendAsync(string method, string path, HttpContent? body, string header)
    {
        try
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body };
            if (header.Split(": ", 2) is [var name, var value])
                request.Headers.TryAddWithoutValidation(name, value);
            using HttpResponseMessage response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
            return await Reply.ReadAsync(response);
        }
        catch (HttpRequestException lost)
        {
            return new Reply(0, [], System.Text.Encoding.UTF8.GetBytes(lost.Message));
        }
    }

    public Task<Reply> GetAsync(string path) => SendAsync("GET", path);

    /// <summary>The body of a 200 as JSON.</summary>
    public async Task<JsonElement> JsonAsync(string path)
    {
        Reply reply = await GetAsync(path);
        Assert.True(reply.Status == 200, $"{Name}: GET {path}: {reply.Status} {reply.Body}");
        return JsonDocument.Parse(reply.Bytes).RootElement;
    }

    /// <summary>Runs a command line against this agent.</summary>
    public Task<(int Code, string Output, string Error)> RunAsync(params string[] words) => RunUntilAsync(TestContext.Current.CancellationToken, words);

    /// <summary>The same until it ends or is cancelled.</summary>
    public async Task<(int Code, string Output, string Error)> RunUntilAsync(CancellationToken cancellation, params string[] words)
    {
        var console = new TestConsole(("CONSUL_HTTP_ADDR", $"{Address}:8500")) { Cancellation = cancellation };
        int code = await console.RunAsync(words);
        return (code, console.Output, console.Error);
    }

    /// <summary>How many members this agent sees with a status (alive, leaving, left, failed).</summary>
    public async Task<int> CountAsync(string status)
    {
        Reply reply = await GetAsync("/v1/agent/members");
        int number = Array.IndexOf(["none", "alive", "leaving", "left", "failed"], status);
        return reply.Status != 200 ? -1 : JsonDocument.Parse(reply.Bytes).RootElement.EnumerateArray().Count(member => member.GetProperty("Status").GetInt32() == number);
    }

    /// <summary>The status in which this agent sees a member; empty if it knows none of the name.</summary>
    public async Task<string> StatusOfAsync(string name)
    {
        JsonElement member = (await JsonAsync("/v1/agent/members")).EnumerateArray().FirstOrDefault(member => member.GetProperty(nameof(Name)).GetString() == name);
        return member.ValueKind == JsonValueKind.Undefined ? "" : member.GetProperty("Status").GetInt32() switch { 1 => "alive", 2 => "leaving", 3 => "left", 4 => "failed", var other => other.ToString(CultureInfo.InvariantCulture) };
    }

    /// <summary>Asks again until the answer is yes.</summary>
    public async Task UntilAsync(Func<Task<bool>> condition, string what)
    {
        for (DateTime end = DateTime.UtcNow.AddSeconds(60); !await condition();)
        {
            Assert.True(DateTime.UtcNow < end, $"{Name}: no {what}");
            await Task.Delay(20);
        }
    }

    /// <summary>Goes away without a word, as a killed process does.</summary>
    public async Task StopAsync()
    {
        if (_isStopped)
            return;
        _isStopped = true;
        await Host.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _http.Dispose();
    }
}
