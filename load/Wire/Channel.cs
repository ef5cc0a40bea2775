namespace Praetor.Load.Wire;

/// <summary>What reading a channel brought.</summary>
public enum Received : byte
{
    /// <summary>Not yet a whole answer.</summary>
    Pending,

    /// <summary>A whole answer as expected.</summary>
    Ok,

    /// <summary>A whole answer, but not the expected one.</summary>
    Fail,

    /// <summary>No answer within the time allowed.</summary>
    Lost,

    /// <summary>The channel is of no more use: every request under way has failed.</summary>
    Closed,
}

/// <summary>One connection to the agent with one request under way in each of its slots. Not thread-safe.</summary>
public abstract class Channel : IDisposable
{
    /// <summary>How many requests may be under way at once.</summary>
    public virtual int Slots => 1;

    /// <summary>True if a request without answer leaves the channel usable: late answers cannot be taken for others.</summary>
    public virtual bool OutlivesLoss => false;

    /// <summary>Bytes of the last whole answer.</summary>
    public abstract long AnswerBytes { get; }

    /// <summary>Connects, anew if it was connected before.</summary>
    /// <exception cref="System.Net.Sockets.SocketException">The agent does not take the connection.</exception>
    public abstract void Open();

    /// <summary>Sends a request from a slot, which may be stamped into it; false if the channel is of no more use.</summary>
    public abstract bool Send(int slot, Span<byte> request);

    /// <summary>Reads one answer, if there is one whole, and tells whose it is.</summary>
    public abstract Received Receive(out int slot);

    /// <inheritdoc/>
    public abstract void Dispose();
}
