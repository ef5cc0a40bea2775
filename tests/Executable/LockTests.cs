using System.Diagnostics;
using System.Globalization;
using Praetor.Tests.Support;

namespace Praetor.Tests.Executable;

/// <summary>
/// Locks while leaders die: never two holders, no delay cut short. PRAETOR_CHAOS_SECONDS makes it last; the record stands in tests/README.md.
/// </summary>
[Collection(Alone.Name)]
public sealed class LockTests
{
    private const int DefaultSeconds = 12;

    [Fact]
    public async Task Locks_hold_while_one_leader_after_the_other_is_killed()
    {
        int seconds = int.TryParse(Environment.GetEnvironmentVariable("PRAETOR_CHAOS_SECONDS"), NumberStyles.None, CultureInfo.InvariantCulture, out int wanted) ? wanted : DefaultSeconds;
        await using ClusterOfProcesses cluster = await ClusterOfProcesses.StartAsync();
        await using var contest = new LockContest(cluster);
        await contest.StartAsync();
        int kills = 0;
        for (long start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(seconds); kills++)
        {
            await Task.Delay(2000);
            int leader = await cluster.LeaderAsync();
            cluster.Agents[leader].Kill();
            await Task.Delay(1000);
            cluster.Start(leader);
            await cluster.WaitUntilWholeAsync();
        }

        await contest.VerifyAsync(atLeast: 20 * kills);
        TestContext.Current.TestOutputHelper?.WriteLine($"{kills} leaders killed, {contest.Acquired} acquisitions");
    }
}
