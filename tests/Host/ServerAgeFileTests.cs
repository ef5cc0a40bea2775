using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Praetor.Api;
using Praetor.Tests.Storage;
using Praetor.Tests.Support;

namespace Praetor.Tests.Host;

/// <summary>server_metadata.json (gossip-raft 5, 12.18).</summary>
public sealed class ServerAgeFileTests : IDisposable
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromHours(168);

    private readonly TemporaryDirectory _directory = new();
    private readonly ManualTime _time = new();

    private string FilePath => Path.Combine(_directory.Path, "server_metadata.json");

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task A_server_says_now_and_every_hour_that_it_is_up()
    {
        using var stop = new CancellationTokenSource();
        Task running = Open().RunAsync(stop.Token);
        long first = LastSeen();

        _time.Advance(TimeSpan.FromHours(1));
        SpinWait.SpinUntil(() => LastSeen() > first, TimeSpan.FromSeconds(10));

        Assert.Equal(3600, LastSeen() - first);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public void A_server_that_was_away_for_too_long_is_refused()
    {
        File.WriteAllText(FilePath, $$"""{"last_seen_unix":{{_time.GetUtcNow().ToUnixTimeSeconds()}}}""");
        _time.Advance(MaxAge);
        Assert.Null(Open().Refusal(MaxAge));

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("refusing to rejoin cluster because server has been offline for more than the configured server_rejoin_age_max (168h0m0s) - consider wiping your data dir", Open().Refusal(MaxAge));
    }

    [Fact]
    public void A_new_server_is_not() => Assert.Null(Open().Refusal(MaxAge));

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"last_seen_unix": "yesterday"}""")]
    [InlineData("""{"last_seen_unix": 9223372036854775807}""")]
    public void A_file_that_says_nothing_stops_the_start(string text)
    {
        File.WriteAllText(FilePath, text);

        Assert.StartsWith($"failed to read server metadata: {FilePath}: ", Open().Refusal(MaxAge), StringComparison.Ordinal);
    }

    private ServerAgeFile Open() => new(_directory.Path, _time, NullLogger.Instance);

    private long LastSeen() => JsonDocument.Parse(File.ReadAllBytes(FilePath)).RootElement.GetProperty("last_seen_unix").GetInt64();
}
