using System.Net;
using Praetor.Core.Gossip;

namespace Praetor.Tests.Gossip;

/// <summary>gossip-raft 2, 3 and 3.2: who is there, seen from the members' shells.</summary>
public sealed class MembershipTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    [Fact]
    public void Members_that_join_through_one_another_all_know_each_other()
    {
        var pool = VirtualPool.Of(5, seed: 1);

        Assert.All(pool.Members, member => Assert.Equal(5, member.Pool.Members.Count(other => other.Status == MemberStatus.Alive)));
    }

    [Fact]
    public void A_member_that_dies_is_failed_within_eight_seconds()
    {
        var pool = VirtualPool.Of(3, seed: 2);

        pool.Members[2].Kill();

        Assert.True(pool.RunUntil(() => pool.Members.Take(2).All(member => member.StatusOf("n3") == MemberStatus.Failed), TimeSpan.FromSeconds(8)));
        Assert.Contains(pool.Members[0].Changes, change => change is { Kind: MemberChangeKind.Failed, Member.Name: "n3" });
    }

    [Fact]
    public void A_member_that_leaves_is_leaving_and_then_left_and_never_failed()
    {
        var pool = VirtualPool.Of(4, seed: 3);

        pool.Members[3].Leave();
        pool.Run(TimeSpan.FromMinutes(2));

        Assert.All(pool.Members.Take(3), member => Assert.Equal(MemberStatus.Left, member.StatusOf("n4")));
        Assert.All(pool.Members.Take(3), member => Assert.DoesNotContain(member.Changes, change => change.Kind == MemberChangeKind.Failed));
    }

    [Fact]
    public void Force_leave_makes_a_failed_member_left_everywhere()
    {
        VirtualPool pool = WithFailedLast(4, seed: 4);

        pool.Members[0].Do(static (gossip, now, effects) => Assert.True(gossip.ForceLeave(now, "n4", prune: false, effects)));

        Assert.True(pool.RunUntil(() => pool.Members.Take(3).All(member => member.StatusOf("n4") == MemberStatus.Left), Soon));
    }

    [Fact]
    public void Force_leave_with_prune_erases_a_failed_member_everywhere_for_good()
    {
        VirtualPool pool = WithFailedLast(4, seed: 5);

        pool.Members[0].Do(static (gossip, now, effects) => Assert.True(gossip.ForceLeave(now, "n4", prune: true, effects)));

        Assert.True(pool.RunUntil(() => pool.Members.Take(3).All(member => member.StatusOf("n4") == MemberStatus.None), Soon));
        pool.Run(TimeSpan.FromMinutes(10));
        Assert.All(pool.Members.Take(3), member => Assert.Equal(MemberStatus.None, member.StatusOf("n4")));
    }

    [Fact]
    public void Force_leave_of_a_member_that_lives_is_answered_by_it()
    {
        var pool = VirtualPool.Of(3, seed: 6);

        pool.Members[0].Do(static (gossip, now, effects) => gossip.ForceLeave(now, "n3", prune: false, effects));
        Assert.Equal(MemberStatus.Leaving, pool.Members[0].StatusOf("n3"));

        Assert.True(pool.RunUntil(() => pool.Members.All(member => member.StatusOf("n3") == MemberStatus.Alive), Soon));
    }

    [Fact]
    public void Force_leave_of_somebody_unknown_is_refused()
    {
        var pool = VirtualPool.Of(2, seed: 7);

        pool.Members[0].Do(static (gossip, now, effects) => Assert.False(gossip.ForceLeave(now, "nobody", prune: false, effects)));
    }

    [Fact]
    public void A_failed_member_that_starts_again_is_alive_even_with_a_lower_incarnation()
    {
        VirtualPool pool = WithFailedLast(3, seed: 8);

        VirtualMember again = pool.Add("n3", address: pool.Members[2].EndPoint.Address.ToString());
        again.Join(pool.Members[0]);

        Assert.True(pool.RunUntil(() => pool.Members.Take(2).All(member => member.StatusOf("n3") == MemberStatus.Alive), Soon));
    }

    [Fact]
    public void A_name_in_use_is_not_taken_over_from_another_address()
    {
        var pool = VirtualPool.Of(3, seed: 9);

        VirtualMember thief = pool.Add("n3", tags => tags["id"] = "other", address: "10.9.9.9", incarnation: 1000);
        thief.Join(pool.Members[0]);
        pool.Run(TimeSpan.FromSeconds(2));

        Assert.Contains(pool.Members[0].Notes, note => note.Kind == GossipNoteKind.Conflict && note.Detail.Contains("Theirs: 10.9.9.9:8301", StringComparison.Ordinal));
        Assert.Equal(pool.Members[2].EndPoint.Address.ToString(), pool.Members[0].Pool.Members.Single(member => member.Name == "n3").Addr);
    }

    [Fact]
    public void The_name_of_a_dead_member_is_taken_over_from_another_address_after_half_a_minute_only()
    {
        VirtualPool pool = WithFailedLast(3, seed: 10);

        VirtualMember heir = pool.Add("n3", tags => tags["id"] = "other", address: "10.9.9.9", incarnation: 1000);
        heir.Join(pool.Members[0]);
        pool.Run(TimeSpan.FromSeconds(1));
        Assert.Equal(MemberStatus.Failed, pool.Members[0].StatusOf("n3"));

        pool.Run(TimeSpan.FromSeconds(30));
        heir.Join(pool.Members[0]);

        Assert.True(pool.RunUntil(() => pool.Members.Take(2).All(member => member.StatusOf("n3") == MemberStatus.Alive), Soon));
    }

    [Fact]
    public void The_name_of_a_member_that_left_is_taken_over_at_once()
    {
        var pool = VirtualPool.Of(3, seed: 11);
        pool.Members[2].Leave();

        VirtualMember heir = pool.Add("n3", tags => tags["id"] = "other", address: "10.9.9.9");
        heir.Join(pool.Members[0]);

        Assert.True(pool.RunUntil(() => pool.Members.Take(2).All(member => member.StatusOf("n3") == MemberStatus.Alive), Soon));
    }

    [Fact]
    public void The_same_node_at_a_new_address_is_back_as_soon_as_its_old_self_is_missed()
    {
        VirtualPool pool = WithFailedLast(3, seed: 12);

        VirtualMember moved = pool.Add("n3", address: "10.9.9.9", incarnation: 5);
        moved.Join(pool.Members[0]);

        Assert.True(pool.RunUntil(() => pool.Members.Take(2).All(member => member.StatusOf("n3") == MemberStatus.Alive), TimeSpan.FromSeconds(3)));
        Assert.All(pool.Members.Take(2), member => Assert.Equal("10.9.9.9", member.Pool.Members.Single(other => other.Name == "n3").Addr));
    }

    [Fact]
    public void A_member_of_another_datacenter_is_refused_by_name()
    {
        var pool = VirtualPool.Of(2, seed: 13);

        VirtualMember stranger = pool.Add("x1", tags => tags["dc"] = "dc2");
        stranger.Join(pool.Members[0]);
        pool.Run(TimeSpan.FromSeconds(3));

        Assert.Equal("Member 'x1' part of wrong datacenter 'dc2'", Assert.Single(stranger.Joins).Error);
        Assert.All(pool.Members.Take(2), member => Assert.Equal(MemberStatus.None, member.StatusOf("x1")));
    }

    [Fact]
    public void A_node_id_that_is_in_use_is_refused_with_both_names()
    {
        var pool = VirtualPool.Of(2, seed: 14);

        VirtualMember twin = pool.Add("n9", tags => tags["id"] = "id-n2");
        twin.Join(pool.Members[0]);
        pool.Run(TimeSpan.FromSeconds(3));

        Assert.Equal("Member 'n9' has conflicting node ID 'id-n2' with member 'n2'", Assert.Single(twin.Joins).Error);
    }

    [Fact]
    public void A_node_with_this_agents_own_id_is_refused()
    {
        var pool = VirtualPool.Of(2, seed: 15);

        VirtualMember twin = pool.Add("n9", tags => tags["id"] = "id-n1");
        twin.Join(pool.Members[0]);
        pool.Run(TimeSpan.FromSeconds(3));

        Assert.Equal("Member 'n9' has conflicting node ID 'id-n1' with this agent's ID", Assert.Single(twin.Joins).Error);
    }

    [Fact]
    public void The_pool_of_servers_admits_servers_only()
    {
        var pool = new VirtualPool(16, GossipProfile.Wan);
        VirtualMember server = pool.Add("s1.dc1", tags => tags["role"] = "consul", kind: PoolKind.Wan);

        VirtualMember client = pool.Add("c1.dc1", kind: PoolKind.Wan);
        client.Join(server);
        pool.Run(TimeSpan.FromSeconds(3));

        Assert.Equal("Member 'c1.dc1' is not a server", Assert.Single(client.Joins).Error);
    }

    [Fact]
    public void A_new_tag_reaches_everybody()
    {
        var pool = VirtualPool.Of(4, seed: 17);

        pool.Members[1].Do(static (gossip, now, effects) => gossip.SetTags(now, new SortedList<string, string> { ["dc"] = "dc1", ["id"] = "id-n2", ["new"] = "yes" }, effects));

        Assert.True(pool.RunUntil(() => pool.Members.All(member => member.Pool.Members.Single(other => other.Name == "n2").Tags.ContainsKey("new")), Soon));
        Assert.Contains(pool.Members[0].Changes, change => change is { Kind: MemberChangeKind.Updated, Member.Name: "n2" });
    }

    [Fact]
    public void Tags_beyond_512_bytes_are_refused() =>
        Assert.Throws<ArgumentException>(() => new VirtualPool(18).Add("n1", tags => tags["long"] = new string('x', 600)));

    [Fact]
    public void A_failed_member_is_reaped_after_72_hours_and_one_that_left_after_24()
    {
        VirtualPool pool = WithFailedLast(3, seed: 19);
        VirtualMember leaver = pool.Add("n4");
        leaver.Join(pool.Members[0]);
        pool.Run(Soon);
        leaver.Leave();

        pool.Run(TimeSpan.FromHours(23.9));
        Assert.Equal(MemberStatus.Left, pool.Members[0].StatusOf("n4"));
        pool.Run(TimeSpan.FromMinutes(10));
        Assert.Equal(MemberStatus.None, pool.Members[0].StatusOf("n4"));
        Assert.Equal(MemberStatus.Failed, pool.Members[0].StatusOf("n3"));
        pool.Run(TimeSpan.FromHours(48));
        Assert.Equal(MemberStatus.None, pool.Members[0].StatusOf("n3"));
        Assert.Contains(pool.Members[0].Changes, change => change is { Kind: MemberChangeKind.Reaped, Member.Name: "n3" });
    }

    [Fact]
    public void The_tag_rc_tm_shortens_how_long_a_failed_member_is_kept()
    {
        var pool = VirtualPool.Of(2, seed: 20);
        VirtualMember brief = pool.Add("n3", tags => tags["rc_tm"] = "10m0s");
        brief.Join(pool.Members[0]);
        pool.Run(Soon);
        brief.Kill();

        pool.Run(TimeSpan.FromMinutes(9));
        Assert.Equal(MemberStatus.Failed, pool.Members[0].StatusOf("n3"));
        pool.Run(TimeSpan.FromMinutes(2));
        Assert.Equal(MemberStatus.None, pool.Members[0].StatusOf("n3"));
    }

    [Fact]
    public void Two_halves_that_were_cut_apart_for_an_hour_find_each_other_again_within_a_minute()
    {
        var pool = VirtualPool.Of(6, seed: 21);
        bool IsLeft(VirtualMember member) => pool.Members.IndexOf(member) < 3;

        pool.Passes = (from, to) => IsLeft(from) == IsLeft(to);
        pool.Run(TimeSpan.FromHours(1));
        Assert.Equal(MemberStatus.Failed, pool.Members[0].StatusOf("n6"));
        pool.Passes = static (_, _) => true;

        Assert.True(pool.RunUntil(() => pool.Members.All(member => member.Pool.UpCount == 6), TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public void Joining_nobody_fails_with_the_reason()
    {
        var pool = new VirtualPool(22);
        VirtualMember lonely = pool.Add("n1");

        lonely.Do(static (gossip, _, effects) => gossip.Join(new IPEndPoint(IPAddress.Parse("10.99.0.1"), 8301), effects));
        pool.Run(TimeSpan.FromSeconds(11));

        Assert.Equal("no connection", Assert.Single(lonely.Joins).Error);
    }

    private static VirtualPool WithFailedLast(int count, int seed)
    {
        var pool = VirtualPool.Of(count, seed);
        pool.Members[^1].Kill();
        Assert.True(pool.RunUntil(() => pool.Members.SkipLast(1).All(member => member.StatusOf($"n{count}") == MemberStatus.Failed), TimeSpan.FromSeconds(15)));
        return pool;
    }
}
