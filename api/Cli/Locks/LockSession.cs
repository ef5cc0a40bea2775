using System.Text;
using Praetor.Api.Cli.Client;

namespace Praetor.Api.Cli.Locks;

/// <summary>A session that this process keeps alive until it is disposed of (http-core 7.5).</summary>
internal sealed class LockSession : IAsyncDisposable
{
    private static readonly TimeSpan s_timeToLive = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_retryPause = TimeSpan.FromSeconds(1);

    private readonly ConsulClient _client;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _renewing;

    private LockSession(ConsulClient client, TimeProvider time, string id)
    {
        (_client, _time, Id) = (client, time, id);
        _renewing = RenewAsync();
    }

    /// <summary>Its id.</summary>
    public string Id { get; }

    /// <summary>Cancelled when it is no longer there, or may be.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Creates one.</summary>
    /// <returns>The session, or why there is none.</returns>
    public static async Task<(LockSession? Session, string? Error)> CreateAsync(ConsulClient client, TimeProvider time, string name, string behavior, CancellationToken cancellation)
    {
        var body = CompactJson.BytesOf(json =>
        {
            json.BeginObject();
            json.Member("Name"u8, name);
            json.Member("TTL"u8, "15s");
            json.Member("Behavior"u8, behavior);
            json.EndObject();
        });
        var answer = await client.PutAsync(new ApiQuery("/v1/session/create"), body, cancellation).ConfigureAwait(false);
        using var json = answer.Error is null ? answer.ReadJson(out _) : null;
        return json is null ? (null, $"failed to create session: {answer.Error ?? "the agent's answer is not JSON"}") : (new LockSession(client, time, json.RootElement.Text("ID")), null);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _renewing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _client.PutAsync(new ApiQuery($"/v1/session/destroy/{Id}"), Encoding.UTF8.GetBytes(""), CancellationToken.None).ConfigureAwait(false);
        _stopping.Dispose();
        _lost.Dispose();
    }

    private async Task RenewAsync()
    {
        var renewedAt = _time.GetTimestamp();
        var pause = s_timeToLive / 2;
        while (true)
        {
            await Task.Delay(pause, _time, _stopping.Token).ConfigureAwait(false);
            var began = _time.GetTimestamp();
            var answer = await _client.PutAsync(new ApiQuery($"/v1/session/renew/{Id}"), Encoding.UTF8.GetBytes(""), _stopping.Token).ConfigureAwait(false);
            if (answer.Error is null)
                renewedAt = began;
            else if (answer.IsNotFound || _time.GetElapsedTime(renewedAt) > s_timeToLive)
                break;
            pause = answer.Error is null ? s_timeToLive / 2 : s_retryPause;
        }

        await _lost.CancelAsync().ConfigureAwait(false);
    }
}
