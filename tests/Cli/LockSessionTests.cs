using Praetor.Api.Cli.Client;
using Praetor.Api.Cli.Locks;
using Praetor.Tests.Agent;
using Praetor.Tests.Support;

namespace Praetor.Tests.Cli;

/// <summary>The session behind a lock of the command line: 15 s long, renewed at half of it (http-core 7.5).</summary>
public sealed class LockSessionTests : IAsyncDisposable
{
    private const string Renewal = "PUT /v1/session/renew/s1";

    private readonly ManualTime _time = new();
    private readonly FakeAgent _agent = new FakeAgent().Answer("PUT /v1/session/create", "{\"ID\":\"s1\"}").Answer("PUT /v1/session/destroy/s1", "true");

    public ValueTask DisposeAsync() => _agent.DisposeAsync();

    [Fact]
    public async Task It_is_renewed_at_half_of_its_time_and_destroyed_at_the_end()
    {
        _agent.Answer(Renewal, "[]");
        using ConsulClient client = Client();
        await using (LockSession session = await CreateAsync(client))
        {
            await PassAsync(7.4);
            Assert.Equal(0, Renewals);
            await PassAsync(0.1);
            await PassAsync(7.5);
            Assert.Equal(2, Renewals);
            Assert.False(session.Lost.IsCancellationRequested);
        }

        Assert.Equal("PUT /v1/session/destroy/s1", _agent.Requests[^1]);
    }

    [Fact]
    public async Task It_is_lost_when_it_could_not_be_renewed_for_as_long_as_it_lives()
    {
        _agent.Answer(Renewal, "no leader", status: 500);
        using ConsulClient client = Client();
        await using LockSession session = await CreateAsync(client);
        await PassAsync(7.5);
        for (int retry = 0; retry < 7; retry++)
            await PassAsync(1);
        Assert.Equal(8, Renewals);
        Assert.False(session.Lost.IsCancellationRequested);

        _time.Advance(TimeSpan.FromSeconds(1));
        await AgentHarness.UntilAsync(() => session.Lost.IsCancellationRequested, "the session does not count as lost");
    }

    [Fact]
    public async Task It_is_lost_at_once_when_the_agent_does_not_know_it()
    {
        using ConsulClient client = Client();
        await using LockSession session = await CreateAsync(client);
        _time.Advance(TimeSpan.FromSeconds(7.5));
        await AgentHarness.UntilAsync(() => session.Lost.IsCancellationRequested, "the session does not count as lost");
        Assert.Equal(1, Renewals);
    }

    private int Renewals => _agent.Requests.Count(static request => request == Renewal);

    private ConsulClient Client()
    {
        Assert.Null(ConsulClient.Create(new ClientSettings { Address = _agent.Address }, out ConsulClient client));
        return client;
    }

    private async Task<LockSession> CreateAsync(ConsulClient client)
    {
        (LockSession? session, string? error) = await LockSession.CreateAsync(client, _time, "lock", "release", TestContext.Current.CancellationToken);
        Assert.Null(error);
        await UntilWaitingAsync();
        return session!;
    }

    private Task PassAsync(double seconds)
    {
        _time.Advance(TimeSpan.FromSeconds(seconds));
        return UntilWaitingAsync();
    }

    private Task UntilWaitingAsync() => AgentHarness.UntilAsync(() => _time.ActiveTimers == 1, "the session does not wait for its next renewal");
}
