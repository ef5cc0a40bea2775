using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Praetor.Core.Codec;

namespace Praetor.Api;

/// <summary><c>server_metadata.json</c>: when this server was last up, so that one that was away for too long is not let back in by accident (gossip-raft 5).</summary>
/// <param name="dataDirectory">The data directory.</param>
/// <param name="time">Clock.</param>
/// <param name="log">Log.</param>
internal sealed class ServerAgeFile(string dataDirectory, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan s_period = TimeSpan.FromHours(1);

    private readonly string _path = Path.Join(dataDirectory, "server_metadata.json");

    /// <summary>Why the server must not start; null if it may. A file that cannot be read is one.</summary>
    public string? Refusal(TimeSpan maxAge)
    {
        try
        {
            if (!File.Exists(_path))
                return null;
            using var document = JsonDocument.Parse(File.ReadAllBytes(_path));
            var lastSeen = DateTimeOffset.FromUnixTimeSeconds(document.RootElement.GetProperty("last_seen_unix").GetInt64());
            return time.GetUtcNow() - lastSeen <= maxAge
                ? null
                : $"refusing to rejoin cluster because server has been offline for more than the configured server_rejoin_age_max ({GoDuration.Format(GoDuration.FromTimeSpan(maxAge))}) - consider wiping your data dir";
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException or KeyNotFoundException or ArgumentOutOfRangeException or FormatException)
        {
            return $"failed to read server metadata: {_path}: {unreadable.Message}";
        }
    }

    /// <summary>Says now and every hour that the server is up.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(s_period, time);
        do
            Write();
        while (await timer.WaitForNextTickAsync(cancellation).ConfigureAwait(false));
    }

    private void Write()
    {
        string draft = _path + ".tmp";
        try
        {
            File.WriteAllText(draft, string.Create(CultureInfo.InvariantCulture, $"{{\"last_seen_unix\":{time.GetUtcNow().ToUnixTimeSeconds()}}}"));
            File.Move(draft, _path, overwrite: true);
        }
        catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException)
        {
            HostLog.ServerAgeNotKept(log, _path, unwritable.Message);
        }
    }
}
