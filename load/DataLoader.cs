using Praetor.Load.Scenarios;
using Praetor.Load.Wire;

namespace Praetor.Load;

/// <summary>Puts the data that scenarios read into the agent, over one connection.</summary>
public static class DataLoader
{
    /// <summary>Loads; what is there already is written again.</summary>
    /// <exception cref="IOException">The agent refused a write.</exception>
    public static void Load(LoadTarget target, DataSet data)
    {
        using var agent = new SingleConnection(target);
        if (data.HasFlag(DataSet.Keys))
        {
            for (var i = 0; i < Requests.Keys; i++)
                agent.Write(writer => Requests.PutKey(writer, i));
        }

        if (data.HasFlag(DataSet.Services))
        {
            for (var i = 0; i < Requests.Instances; i++)
                agent.Write(writer => Requests.Register(writer, "node", "web", i));
        }
    }
}
