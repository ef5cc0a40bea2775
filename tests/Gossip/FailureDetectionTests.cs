using Praetor.Core.Gossip;

namespace Praetor.Tests.Gossip;

/// <summary>gossip-raft 2: SWIM with Lifeguard.</summary>
public sealed class FailureDetectionTests
{
    [Theory]
    [InlineData(9, 4.0, 24.0, 4, 30)]
    [InlineData(30, 5.9, 35.4, 8, 30)]
    [InlineData(100, 8.0, 48.0, 12, 90)]
    [InlineData(1000, 12.0, 72.0, 16, 180)]
    [InlineData(10_000, 16.0, 96.0, 20, 300)]
    public void Times_grow_with_the_pool_as_the_table_says(int members, double minS, double maxS, int retransmits, int pushPullS)
    {
        GossipProfile lan = GossipProfile.Lan;

        Assert.Equal(minS, Math.Round(lan.SuspicionMinUs(members) / 1e6, 1), 1);
        Assert.Equal(maxS, Math.Round(lan.SuspicionMinUs(members) * lan.SuspicionMaxTimeoutMult / 1e6, 1), 0.11);
        Assert.Equal(retransmits, lan.Retransmits(members));
        Assert.Equal(pushPullS, lan.PushPullUs(members) / 1_000_000);
    }

    [Theory]
    [InlineData(2, 0, 24.0)]
    [InlineData(2, 1, 11.38)]
    [InlineData(2, 2, 4.0)]
    [InlineData(0, 0, 4.0)]
    public void Each_independent_accuser_shortens_the_suspicion(int wanted, int confirmations, double expectedS)
    {
        var suspicion = new Suspicion("first", wanted, 4_000_000, 24_000_000, nowUs: 0);

        for (int i = 0; i < confirmations; i++)
            Assert.True(suspicion.Confirm($"accuser {i}"));

        Assert.Equal(expectedS, suspicion.DeadlineUs / 1e6, 2);
    }

    [Fact]
    public void The_same_accuser_counts_once_and_more_than_wanted_add_nothing()
    {
        var suspicion = new Suspicion("a", 1, 4_000_000, 24_000_000, nowUs: 0);

        Assert.False(suspicion.Confirm("a"));
        Assert.True(suspicion.Confirm("b"));
        Assert.False(suspicion.Confirm("c"));
        Assert.Equal(1, suspicion.Confirmations);
    }

    [Fact]
    public void A_link_between_two_that_is_cut_fails_nobody_because_others_help()
    {
        var pool = VirtualPool.Of(6, seed: 31);
        VirtualMember a = pool.Members[0];
        VirtualMember b = pool.Members[1];

        pool.Passes = (from, to) => !((from == a && to == b) || (from == b && to == a));
        pool.Run(TimeSpan.FromMinutes(10));

        Assert.All(pool.Members, member => Assert.DoesNotContain(member.Changes, change => change.Kind == MemberChangeKind.Failed));
    }

    [Fact]
    public void Where_only_streams_pass_nobody_fails_and_operators_are_told()
    {
        var pool = VirtualPool.Of(2, seed: 32);

        pool.DatagramsPass = static (_, _) => false;
        pool.Run(TimeSpan.FromMinutes(2));

        Assert.All(pool.Members, member => Assert.DoesNotContain(member.Changes, change => change.Kind == MemberChangeKind.Failed));
        Assert.Contains(pool.Members[0].Notes, note => note is { Kind: GossipNoteKind.StreamOnly, Name: "n2" });
    }

    [Fact]
    public void A_member_that_pauses_for_three_seconds_refutes_and_stays()
    {
        var pool = VirtualPool.Of(8, seed: 33);

        pool.Members[3].PausedUntilUs = pool.NowUs + 3_000_000;
        pool.Run(TimeSpan.FromMinutes(1));

        Assert.All(pool.Members, member => Assert.DoesNotContain(member.Changes, change => change.Kind == MemberChangeKind.Failed));
    }

    [Fact]
    public void A_member_that_hears_nothing_doubts_itself_before_it_doubts_the_others()
    {
        var pool = VirtualPool.Of(10, seed: 34);
        VirtualMember deaf = pool.Members[0];

        pool.DatagramsPass = (_, to) => to != deaf;
        pool.Passes = (from, to) => from == deaf || to != deaf;
        pool.Run(TimeSpan.FromSeconds(4));

        Assert.True(deaf.Pool.HealthScore >= 3, $"score {deaf.Pool.HealthScore}");
    }

    [Fact]
    public void Who_alone_suspects_a_member_asks_it_before_declaring_it_dead()
    {
        var pool = VirtualPool.Of(10, seed: 37);
        VirtualMember lonely = pool.Members[0];
        VirtualMember suspect = pool.Members[1];
        lonely.Do((gossip, now, effects) => gossip.ReceivePacket(now, pool.Members[2].EndPoint, Accusation(suspect, "n3"), effects));
        // Neither its word nor the refutation pass: only streams do.
        pool.DatagramsPass = (from, to) => from != lonely && to != lonely;

        pool.Run(TimeSpan.FromSeconds(60));

        Assert.DoesNotContain(lonely.Changes, change => change.Kind == MemberChangeKind.Failed);
    }

    private static byte[] Accusation(VirtualMember accused, string by)
    {
        byte[] packet = new byte[200];
        var writer = new PacketWriter(packet);
        writer.Accuse(GossipMessage.Suspect, 1, System.Text.Encoding.UTF8.GetBytes(accused.Name), System.Text.Encoding.UTF8.GetBytes(by));
        return packet[..writer.Length];
    }

    [Fact]
    public void A_member_declared_dead_that_lives_comes_back()
    {
        var pool = VirtualPool.Of(5, seed: 35);
        VirtualMember cut = pool.Members[4];
        pool.Passes = (from, to) => from != cut && to != cut;
        pool.Run(TimeSpan.FromSeconds(20));
        Assert.Equal(MemberStatus.Failed, pool.Members[0].StatusOf("n5"));

        pool.Passes = static (_, _) => true;

        Assert.True(pool.RunUntil(() => pool.Members.All(member => member.Pool.UpCount == 5), TimeSpan.FromSeconds(45)));
        Assert.Equal(MemberStatus.Alive, pool.Members[0].StatusOf("n5"));
    }

    /// <summary>A server that was cut off for a few seconds must be a member again before the autopilot takes it for gone (3 a.m.: a switch restarts).</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_member_declared_dead_that_has_not_given_up_the_others_is_back_within_seconds(bool isForcedToLeave)
    {
        for (int seed = 40; seed < 60; seed++)
        {
            var pool = VirtualPool.Of(5, seed);
            VirtualMember cut = pool.Members[4];
            pool.Passes = (from, to) => from != cut && to != cut;
            Assert.True(pool.RunUntil(() => pool.Members.Take(4).All(static member => member.StatusOf("n5") == MemberStatus.Failed), TimeSpan.FromSeconds(20)));
            Assert.All(pool.Members, member => Assert.NotEqual(MemberStatus.Failed, cut.StatusOf(member.Name)));
            if (isForcedToLeave)
                pool.Members[0].Do(static (gossip, now, effects) => gossip.ForceLeave(now, "n5", prune: false, effects));
            // What was told of the death has been told.
            pool.Run(TimeSpan.FromSeconds(3));

            pool.Passes = static (_, _) => true;

            Assert.True(pool.RunUntil(() => pool.Members.All(static member => member.StatusOf("n5") == MemberStatus.Alive), TimeSpan.FromSeconds(10)), $"seed {seed}");
        }
    }

    [Fact]
    public void An_idle_pool_sends_probes_and_nothing_else()
    {
        var pool = VirtualPool.Of(5, seed: 36);
        pool.Run(TimeSpan.FromMinutes(1));
        long before = pool.Members.Sum(member => member.Packets);

        pool.Run(TimeSpan.FromSeconds(100));

        // Per member and second: one ping sent, one ack given.
        Assert.InRange(pool.Members.Sum(member => member.Packets) - before, 5 * 2 * 95, 5 * 2 * 105);
    }
}
