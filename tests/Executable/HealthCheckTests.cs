using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using Praetor.Tests.Agent.Checks;
using Praetor.Tests.Storage;

namespace Praetor.Tests.Executable;

/// <summary>The whole journey of a check: from a service that stops answering to everybody who asks for healthy instances.</summary>
public sealed class HealthCheckTests : IDisposable
{
    private readonly TemporaryDirectory _data = new();

    public void Dispose() => _data.Dispose();

    [Fact]
    public async Task A_service_that_stops_answering_is_gone_from_healthy_answers_and_whoever_waits_learns_at_once()
    {
        using AgentProcess agent = await AgentProcess.StartAsync(_data.Path);
        var service = new CannedServer(CannedServer.Answer("200 OK", "fine"));
        await using (service)
        {
            Assert.True(await agent.PutAsync("/v1/agent/service/register", $$$"""
                {"Name":"web","Address":"10.1.2.3","Port":8080,"Check":{"HTTP":"{{{service.Url}}}/health","Interval":"1s"}}
                """));
            await agent.WaitAsync(async () => await PassingAsync(agent) == 1, "a passing instance");
            Assert.Equal(1, await AnswersOverDnsAsync(agent.Address));
        }

        // The service is down from here on; the next run of its check finds that.
        (string index, _) = await HealthAsync(agent, "/v1/health/service/web?passing");
        if (await PassingAsync(agent) == 1)
            await HealthAsync(agent, $"/v1/health/service/web?passing&index={index}&wait=60s");
        (_, JsonDocument all) = await HealthAsync(agent, "/v1/health/service/web");
        using (all)
        {
            JsonElement check = all.RootElement[0].GetProperty("Checks").EnumerateArray().Single(one => one.GetProperty("CheckID").GetString() == "service:web");
            Assert.Equal("critical", check.GetProperty("Status").GetString());
            Assert.Equal($"Get \"{service.Url}/health\": dial tcp 127.0.0.1:{service.Port}: connect: connection refused", check.GetProperty("Output").GetString());
        }

        Assert.Equal(0, await PassingAsync(agent));
        Assert.Equal(0, await AnswersOverDnsAsync(agent.Address));
    }

    [Fact]
    public async Task A_blocked_query_answers_when_the_check_turns_and_not_before()
    {
        using AgentProcess agent = await AgentProcess.StartAsync(_data.Path);
        var isUp = true;
        await using var service = new CannedServer(_ => Volatile.Read(ref isUp) ? CannedServer.Answer("200 OK") : CannedServer.Answer("503 Service Unavailable"));
        Assert.True(await agent.PutAsync("/v1/agent/service/register", $$$"""{"Name":"web","Check":{"HTTP":"{{{service.Url}}}","Interval":"1s"}}"""));
        await agent.WaitAsync(async () => await PassingAsync(agent) == 1, "a passing instance");

        (string index, _) = await HealthAsync(agent, "/v1/health/service/web?passing");
        Task<(string Index, JsonDocument Body)> blocked = HealthAsync(agent, $"/v1/health/service/web?passing&index={index}&wait=5m");
        // Passing runs wake nobody.
        int seen = service.Requests.Count;
        await agent.WaitAsync(() => Task.FromResult(service.Requests.Count >= seen + 2), "two more runs");
        Assert.False(blocked.IsCompleted);

        Volatile.Write(ref isUp, false);
        (string changed, JsonDocument body) = await blocked.WaitAsync(TimeSpan.FromSeconds(60));
        using (body)
            Assert.Equal(0, body.RootElement.GetArrayLength());
        Assert.NotEqual(index, changed);
    }

    private static async Task<int> PassingAsync(AgentProcess agent)
    {
        (_, JsonDocument body) = await HealthAsync(agent, "/v1/health/service/web?passing");
        using (body)
            return body.RootElement.GetArrayLength();
    }

    private static async Task<(string Index, JsonDocument Body)> HealthAsync(AgentProcess agent, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        using HttpResponseMessage answer = await agent.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (answer.Headers.GetValues("X-Consul-Index").Single(), JsonDocument.Parse(await answer.Content.ReadAsStringAsync()));
    }

    /// <summary>Asks for the A records of web.service.consul and counts the answers.</summary>
    private static async Task<int> AnswersOverDnsAsync(string address)
    {
        byte[] query = [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 3, .. "web"u8, 7, .. "service"u8, 6, .. "consul"u8, 0, 0, 1, 0, 1];
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(IPAddress.Parse(address), 8600);
        await socket.SendAsync(query);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var answer = new byte[512];
        int length = await socket.ReceiveAsync(answer, limit.Token);
        Assert.True(length > query.Length - 1, "no whole DNS answer");
        return BinaryPrimitives.ReadUInt16BigEndian(answer.AsSpan(6));
    }
}
