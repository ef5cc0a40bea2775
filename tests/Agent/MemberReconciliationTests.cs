using Praetor.Core.Gossip;
using Praetor.Core.State.Catalog;
using Praetor.Runtime.Agent;
using Praetor.Tests.State;

namespace Praetor.Tests.Agent;

/// <summary>What the leader writes of a member that lives (http-agent 4.3), beside what its agent writes itself.</summary>
public class MemberReconciliationTests
{
    private const string Id = "6f5dd7b5-7c40-4759-9e71-acabd219459e";

    private readonly StateHarness _state = new();

    private readonly Member _member = new()
    {
        Name = "n1",
        Addr = "10.0.0.1",
        Tags = new SortedList<string, string>(StringComparer.Ordinal) { ["id"] = Id, ["dc"] = "dc1" },
    };

    [Fact]
    public void What_an_agent_registers_between_the_look_and_the_write_stays()
    {
        RegisterRequest written = MemberReconciliation.Alive(_member, held: null)!;
        RegisterRequest own = StateHarness.Node("n1", id: Id);
        _state.Register(own with { Node = own.Node with { Meta = new SortedList<string, string>(StringComparer.Ordinal) { ["rack"] = "r1" } } });

        _state.Register(written);

        Assert.Equal("r1", _state.Catalog.FindNode("n1")!.Meta!["rack"]);
    }

    [Fact]
    public void A_node_that_nobody_has_registered_is()
    {
        _state.Register(MemberReconciliation.Alive(_member, held: null)!);

        NodeRecord node = _state.Catalog.FindNode("n1")!;
        Assert.Equal(("10.0.0.1", Id), (node.Address, node.Id));
    }
}
