using System.Globalization;
using Praetor.Core.Gossip;

namespace Praetor.Tests.Gossip;

/// <summary>
/// What the pool promises at size, on virtual time. PRAETOR_GOSSIP_MEMBERS and PRAETOR_GOSSIP_MINUTES make the long test longer (its record stands in the
/// room's README).
/// </summary>
public sealed class LargePoolTests
{
    private static readonly int Members = Setting("PRAETOR_GOSSIP_MEMBERS", 200);
    private static readonly int Minutes = Setting("PRAETOR_GOSSIP_MINUTES", 10);

    [Fact]
    public void An_event_reaches_a_thousand_members_in_two_seconds_and_a_death_is_known_in_ten()
    {
        VirtualPool pool = Settled(1000, seed: 51);

        pool.Members[17].Fire("deploy");
        Assert.True(pool.RunUntil(() => pool.Members.All(member => member.Events.Count == 1), TimeSpan.FromSeconds(2)),
            $"only {pool.Members.Count(member => member.Events.Count == 1)} have heard of it");

        VirtualMember dead = pool.Members[500];
        dead.Kill();
        // Detected: the first member has declared it. Twelve seconds is the shortest suspicion of so large a pool; it is suspected long before.
        Assert.True(pool.RunUntil(() => pool.Members.Any(member => member != dead && member.Notes.Any(note => note.Kind == GossipNoteKind.Suspected && note.Name == dead.Name)), TimeSpan.FromSeconds(10)));
        Assert.True(pool.RunUntil(() => pool.Members.All(member => member == dead || member.StatusOf(dead.Name) == MemberStatus.Failed), TimeSpan.FromSeconds(40)));
    }

    [Fact]
    public void With_loss_and_slow_members_nobody_is_declared_dead_who_lives()
    {
        VirtualPool pool = Settled(Members, Setting("PRAETOR_GOSSIP_SEED", 52));
        var slow = pool.Members.Where((_, i) => i % 20 == 0).ToHashSet();
        pool.Loss = 0.05;
        pool.DelayUs = (random, from, to) => random.Next(200, 2000) + (slow.Contains(from) || slow.Contains(to) ? random.Next(0, 400_000) : 0);

        var story = new List<(long AtUs, string Line, string About)>();
        pool.OnNote = (member, note) => story.Add((pool.NowUs, $"{member.Name}: {note.Kind} {note.Name} {note.Detail} (score {member.Pool.HealthScore})", note.Name));

        pool.Run(TimeSpan.FromMinutes(Minutes));

        List<string> dead = [.. pool.Members.SelectMany(member => member.Changes).Where(change => change.Kind == MemberChangeKind.Failed).Select(change => change.Member.Name).Distinct()];
        long declaredUs = story.FirstOrDefault(line => dead.Contains(line.About) && line.Line.Contains(nameof(GossipNoteKind.DeclaredFailed), StringComparison.Ordinal)).AtUs;
        Assert.True(dead.Count == 0, $"declared dead: {string.Join(", ", dead)}\n"
            + string.Join('\n', story.Where(line => dead.Contains(line.About) && Math.Abs(line.AtUs - declaredUs) < 90_000_000).Select(line => $"{line.AtUs / 1e6:0.00} {line.Line}").Take(60)));
        Assert.All(pool.Members, member => Assert.Equal(Members, member.Pool.UpCount));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void After_any_faults_all_views_are_the_same(int seed)
    {
        VirtualPool pool = Settled(20, seed);
        var random = new Random(seed);
        for (int round = 0; round < 20; round++)
        {
            pool.Loss = random.NextDouble() * 0.5;
            int cut = random.Next(pool.Members.Count);
            bool oneWay = random.Next(2) == 0;
            pool.Passes = (from, to) => pool.Members.IndexOf(from) != cut && (oneWay || pool.Members.IndexOf(to) != cut);
            pool.Members[random.Next(pool.Members.Count)].PausedUntilUs = pool.NowUs + random.Next(20_000_000);
            pool.Run(TimeSpan.FromSeconds(random.Next(1, 40)));
        }

        pool.Loss = 0;
        pool.Passes = static (_, _) => true;

        Assert.True(pool.RunUntil(() => pool.Members.All(member => member.Pool.UpCount == 20), TimeSpan.FromMinutes(3)), "not all are back");
        Assert.All(pool.Members, member => Assert.All(member.Pool.Members, other => Assert.Equal(MemberStatus.Alive, other.Status)));
    }

    private static VirtualPool Settled(int count, int seed)
    {
        VirtualPool pool = VirtualPool.Of(count, seed);
        pool.Run(TimeSpan.FromSeconds(30));
        return pool;
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : otherwise;
}
