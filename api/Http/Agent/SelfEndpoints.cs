using Praetor.Api.Http.Json;
using Praetor.Core;
using Praetor.Runtime;

namespace Praetor.Api.Http.Agent;

/// <summary>What the agent says of itself (http-agent 2.1, 2.2).</summary>
internal sealed class SelfEndpoints(AgentSurroundings surroundings)
{
    private readonly SelfStats _stats = new(surroundings);

    public ValueTask SelfAsync(ApiRequest request)
    {
        if (!AgentRoom.TryEnter(request, out ValueTask refused))
            return refused;
        ConsensusStatus? consensus = surroundings.Consensus?.Invoke();
        GoJsonWriter json = request.BeginJson();
        json.BeginObject();
        json.Name("Config"u8);
        WriteConfig(json);
        json.Name("DebugConfig"u8);
        surroundings.DebugConfig(json);
        json.Name("Coord"u8);
        WriteCoordinate(json);
        json.Name("Member"u8);
        if (surroundings.LanMembers().FirstOrDefault(member => member.Name == surroundings.Agent.Options.NodeName) is { } self)
            AgentJson.Member(json, self);
        else
            json.Null();
        json.Name("Stats"u8);
        _stats.Write(json, consensus);
        json.Name("Meta"u8);
        json.StringMapOrEmpty(surroundings.Agent.Node.Meta);
        json.EndObject();
        return request.RespondJsonAsync();
    }

    public static ValueTask VersionAsync(ApiRequest request) => request.RespondJsonAsync(static json =>
    {
        json.BeginObject();
        json.Member("SHA"u8, "");
        json.Member("BuildDate"u8, ProductVersion.BuildDate);
        json.Member("HumanVersion"u8, ProductVersion.ConsulLevel);
        json.Member("FIPS"u8, "");
        json.EndObject();
    });

    private void WriteConfig(GoJsonWriter json)
    {
        Runtime.Agent.AgentOptions agent = surroundings.Agent.Options;
        json.BeginObject();
        json.Member("Datacenter"u8, agent.Datacenter);
        json.Member("PrimaryDatacenter"u8, surroundings.PrimaryDatacenter.Length > 0 ? surroundings.PrimaryDatacenter : agent.Datacenter);
        json.Member("NodeName"u8, agent.NodeName);
        json.Member("NodeID"u8, agent.NodeId);
        json.Member("Revision"u8, "");
        json.Member("Server"u8, surroundings.Consensus is not null);
        json.Member("Version"u8, ProductVersion.ConsulLevel);
        json.Member("BuildDate"u8, ProductVersion.BuildDate);
        json.EndObject();
    }

    private void WriteCoordinate(GoJsonWriter json)
    {
        if (surroundings.HasCoordinates)
            AgentJson.Coordinate(json, surroundings.Coordinate());
        else
            json.Null();
    }
}
