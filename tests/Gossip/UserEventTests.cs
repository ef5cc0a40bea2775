using Praetor.Core.Gossip;

namespace Praetor.Tests.Gossip;

/// <summary>gossip-raft 3: user events.</summary>
public sealed class UserEventTests
{
    [Fact]
    public void An_event_is_delivered_once_to_every_member()
    {
        var pool = VirtualPool.Of(7, seed: 41);

        pool.Members[2].Fire("deploy", "v1");
        pool.Run(TimeSpan.FromMinutes(5));

        Assert.All(pool.Members, member => Assert.Equal("v1", System.Text.Encoding.UTF8.GetString(Assert.Single(member.Events).Payload.Span)));
    }

    [Fact]
    public void The_same_event_fired_twice_is_two_events()
    {
        var pool = VirtualPool.Of(3, seed: 42);

        pool.Members[0].Fire("deploy");
        pool.Members[0].Fire("deploy");
        pool.Run(TimeSpan.FromSeconds(10));

        Assert.All(pool.Members, member => Assert.Equal(2, member.Events.Count));
        Assert.True(pool.Members[1].Events[0].Time != pool.Members[1].Events[1].Time);
    }

    [Fact]
    public void Who_joins_later_does_not_hear_of_older_events_and_hears_of_newer_ones()
    {
        var pool = VirtualPool.Of(3, seed: 43);
        pool.Members[0].Fire("old");
        pool.Run(TimeSpan.FromSeconds(5));

        VirtualMember late = pool.Add("n4");
        late.Join(pool.Members[1]);
        pool.Run(TimeSpan.FromMinutes(2));
        Assert.Empty(late.Events);

        pool.Members[0].Fire("new");
        Assert.True(pool.RunUntil(() => late.Events.Count == 1, TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public void Who_was_cut_off_learns_of_the_events_it_missed()
    {
        var pool = VirtualPool.Of(4, seed: 44);
        VirtualMember cut = pool.Members[3];
        pool.Passes = (from, to) => from != cut && to != cut;
        pool.Members[0].Fire("missed");
        pool.Run(TimeSpan.FromMinutes(1));
        Assert.Empty(cut.Events);

        pool.Passes = static (_, _) => true;

        Assert.True(pool.RunUntil(() => cut.Events.Count == 1, TimeSpan.FromMinutes(2)));
    }

    [Theory]
    [InlineData(500, 12, null)]
    [InlineData(501, 12, "user event exceeds configured limit of 512 bytes before encoding")]
    public void Name_and_payload_together_have_at_most_512_bytes(int payload, int name, string? refusal)
    {
        var pool = VirtualPool.Of(2, seed: 45);

        string? answer = null;
        pool.Members[0].Do((gossip, _, effects) => answer = gossip.FireEvent(new string('e', name), new byte[payload], effects));

        Assert.Equal(refusal, answer);
    }

    [Fact]
    public void Events_beyond_the_memory_of_512_times_are_dropped_and_not_delivered_twice()
    {
        var pool = VirtualPool.Of(2, seed: 46);

        for (int i = 0; i < 600; i++)
            pool.Members[0].Fire($"e{i}");
        pool.Run(TimeSpan.FromMinutes(5));

        Assert.Equal(600, pool.Members[0].Events.Count);
        Assert.Equal(pool.Members[1].Events.Count, pool.Members[1].Events.Select(seen => seen.Name).Distinct().Count());
    }
}
