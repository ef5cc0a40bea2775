using System.Globalization;

namespace Praetor.Tests.Simulation;

/// <summary>
/// Whole clusters on virtual time. PRAETOR_SIM_FROM and PRAETOR_SIM_SEEDS say which seeds; PRAETOR_SIM_TRACE=1 prints what happens. The record stands in the
/// room's README.
/// </summary>
public sealed class ClusterSimulationTests
{
    private const int MaxSeedsOfSabotage = 1000;

    [Fact]
    public void No_seed_finds_a_violation()
    {
        int first = Setting("PRAETOR_SIM_FROM", 1);
        int count = Setting("PRAETOR_SIM_SEEDS", 120);
        ITestOutputHelper? output = TestContext.Current.TestOutputHelper;
        Action<string>? trace = Setting("PRAETOR_SIM_TRACE", 0) == 1 ? line => output?.WriteLine(line) : null;
        (long committed, long operations, long elections, long locks) = (0, 0, 0, 0);
        for (int seed = first; seed < first + count; seed++)
        {
            SimulationTally tally = new SimulatedCluster(seed, trace: trace).Run();
            committed += tally.Committed;
            operations += tally.Operations;
            elections += tally.Elections;
            locks += tally.Locks;
        }

        output?.WriteLine($"seeds {first} to {first + count - 1}: {committed} entries, {operations} operations, {elections} leaders, {locks} locks");
        Assert.True(operations > count * 50L && locks > count * 5L, $"hardly anything happened: {operations} operations, {locks} locks");
    }

    [Theory]
    [InlineData(Sabotage.VoteNotPersisted)]
    [InlineData(Sabotage.AckedBeforeSync)]
    [InlineData(Sabotage.TruncationLost)]
    [InlineData(Sabotage.SyncedEntryLost)]
    [InlineData(Sabotage.AppliedBeforeCommit)]
    [InlineData(Sabotage.ReadWithoutQuorum)]
    [InlineData(Sabotage.LeaseTooLong)]
    [InlineData(Sabotage.OwnLeaseTrusted)]
    [InlineData(Sabotage.ClocksBeyondBound)]
    [InlineData(Sabotage.StaleReadAsDefault)]
    [InlineData(Sabotage.AppliedTwice)]
    [InlineData(Sabotage.SnapshotTooOld)]
    [InlineData(Sabotage.SessionsEndEarly)]
    [InlineData(Sabotage.SessionTimesOutliveTerms)]
    [InlineData(Sabotage.RenewedByDeposed)]
    [InlineData(Sabotage.RenewedWhileEnding)]
    [InlineData(Sabotage.LockDelayForgotten)]
    public void Every_sabotage_is_found(Sabotage sabotage)
    {
        for (int seed = 1; seed <= MaxSeedsOfSabotage; seed++)
        {
            try
            {
                new SimulatedCluster(seed, sabotage).Run();
            }
            catch (SimulationException found)
            {
                TestContext.Current.TestOutputHelper?.WriteLine($"{sabotage}: seed {seed}: {found.InnerException!.Message.Split('\n')[0]}");
                return;
            }
        }

        Assert.Fail($"{MaxSeedsOfSabotage} seeds live with {sabotage}");
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : otherwise;
}
