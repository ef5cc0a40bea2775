using Praetor.Core.Gossip.Coordinates;
using Praetor.Core.State;
using Praetor.Core.State.Autopilot;
using Praetor.Core.State.Coordinates;
using Praetor.Storage.Heap;

namespace Praetor.Tests.State;

/// <summary>The autopilot's settings and the coordinates of nodes in the state.</summary>
public sealed class OperatorStateTests
{
    private readonly StateHarness _state = new();

    [Fact]
    public void Settings_keep_the_index_of_their_first_form()
    {
        CommandResult first = _state.Apply(Commands.AutopilotSet(new AutopilotConfig { MinQuorum = 3 }, casIndex: null));
        CommandResult second = _state.Apply(Commands.AutopilotSet(new AutopilotConfig { MinQuorum = 5 }, casIndex: null));

        Assert.Equal(new AutopilotConfig { MinQuorum = 5, CreateIndex = first.Index, ModifyIndex = second.Index }, _state.Root.Autopilot);
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public void Settings_are_set_on_condition_of_their_index(long condition, bool isSet)
    {
        _state.Apply(Commands.AutopilotSet(new AutopilotConfig(), casIndex: null));

        CommandResult result = _state.Apply(Commands.AutopilotSet(new AutopilotConfig { MaxTrailingLogs = 7 }, condition));

        Assert.Equal(isSet, result.Outcome == CommandOutcome.Applied);
        Assert.Equal(isSet ? 7UL : 250UL, _state.Root.Autopilot!.MaxTrailingLogs);
    }

    [Fact]
    public void Settings_that_are_not_there_are_set_on_condition_of_zero()
    {
        Assert.Equal(CommandOutcome.Applied, _state.Apply(Commands.AutopilotSet(new AutopilotConfig(), casIndex: 0)).Outcome);
        Assert.NotEqual(CommandOutcome.Applied, _state.Apply(Commands.AutopilotSet(new AutopilotConfig(), casIndex: 0)).Outcome);
    }

    [Fact]
    public void Coordinates_of_nodes_that_are_registered_are_kept_until_they_go()
    {
        _state.Register(StateHarness.Node("N1"));
        CommandResult placed = _state.Apply(Commands.CoordinateUpdate([new NodeCoordinate("n1", Place(1)), new NodeCoordinate("stranger", Place(2))]));

        Assert.Equal(1, _state.Root.Coordinates.Find("N1")!.Coordinate.Vec[0]);
        Assert.Null(_state.Root.Coordinates.Find("stranger"));
        Assert.Equal(placed.Index, _state.Root.Coordinates.Index);

        _state.Deregister("n1");
        Assert.Null(_state.Root.Coordinates.Find("n1"));
        Assert.Equal(_state.Index, _state.Root.Coordinates.Index);
    }

    [Fact]
    public void Both_are_part_of_a_snapshot()
    {
        _state.Register(StateHarness.Node("n1"));
        _state.Apply(Commands.CoordinateUpdate([new NodeCoordinate("n1", Place(1))]));
        _state.Apply(Commands.AutopilotSet(new AutopilotConfig { UpgradeVersionTag = "v", DisableUpgradeMigration = true, LastContactThresholdNs = 5 }, casIndex: null));
        var saved = new MemoryStream();
        StateMachine.WriteSnapshot(_state.Root, _state.Heap, saved);
        saved.Position = 0;

        var restored = new StateMachine(new MemoryRecordHeap());
        restored.Restore(saved, new ChangeSet());

        Assert.Equal(_state.Root.Autopilot, restored.Root.Autopilot);
        Assert.Equal(_state.Root.Coordinates.Index, restored.Root.Coordinates.Index);
        Assert.Equal(_state.Root.Coordinates.Find("n1")!.Coordinate.Vec, restored.Root.Coordinates.Find("n1")!.Coordinate.Vec);
    }

    private static Coordinate Place(double x) => new([x, 0, 0, 0, 0, 0, 0, 0], 1, 0, Coordinate.MinHeight);
}
