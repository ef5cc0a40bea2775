using Praetor.Load.Wire;

namespace Praetor.Load.Scenarios;

/// <summary>
/// What is asked, over which kind of connection, as fast or as often as a load simulation says. Called on the one thread of
/// the runner.
/// </summary>
public abstract class Scenario
{
    /// <summary>Size of the receive buffer: large enough for a big answer in one read.</summary>
    private const int ReceiveBytes = 256 * 1024;

    /// <summary>Name on the command line.</summary>
    public abstract string Name { get; }

    /// <summary>One line for the list of scenarios.</summary>
    public abstract string Description { get; }

    /// <summary>Kinds of requests; each has its line in the table.</summary>
    public virtual IReadOnlyList<string> Steps => ["request"];

    /// <summary>The data it needs.</summary>
    public virtual DataSet Needs => DataSet.None;

    /// <summary>Connections where the command line does not say.</summary>
    public virtual int DefaultConnections => 64;

    /// <summary>Makes what must be there and no <see cref="DataSet"/> can be, before the clock runs.</summary>
    /// <exception cref="IOException">The agent refuses it.</exception>
    public virtual void Prepare(LoadTarget target)
    {
    }

    /// <summary>A connection, not yet open.</summary>
    public virtual Channel CreateChannel(LoadTarget target)
    {
        ArgumentNullException.ThrowIfNull(target);
        return new HttpChannel(target.Http, ReceiveBuffer);
    }

    /// <summary>Writes request number <paramref name="number"/> (from 0, over all connections); returns the index of its step.</summary>
    public abstract int WriteRequest(RequestWriter writer, long number);

    /// <summary>The receive buffer that all connections share.</summary>
    protected byte[] ReceiveBuffer { get; } = new byte[ReceiveBytes];
}

/// <summary>Data that a scenario reads.</summary>
[Flags]
public enum DataSet
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Keys bench/0/0 to bench/0/9999 of 128 bytes.</summary>
    Keys = 1,

    /// <summary>Services web0 to web9 with 50 instances each, on nodes node0 to node499.</summary>
    Services = 2,
}
