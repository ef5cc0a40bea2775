namespace Praetor.Core.Ports;

/// <summary>What servers ask of each other. On the wire: values are frozen, new ones are only added.</summary>
public enum ServerMethod : byte
{
    /// <summary>A message of consensus; no answer.</summary>
    Raft = 1,

    /// <summary>A write, for the leader: a state machine command in, its result out.</summary>
    Propose = 2,

    /// <summary>The index at which a read is current, from the leader.</summary>
    ReadIndex = 3,

    /// <summary>A snapshot, as a stream.</summary>
    Snapshot = 4,

    /// <summary>The server set as the leader sees it.</summary>
    Configuration = 5,

    /// <summary>A server to be removed, by the leader; the answer is empty or says why not.</summary>
    RemoveServer = 6,

    /// <summary>Leadership to be handed over, by the leader, to a server or to any; the answer is empty or says why not.</summary>
    TransferLeadership = 7,

    /// <summary>The first configuration of a new datacenter, to be promised and then begun; the answer is empty or says why not.</summary>
    Birth = 8,

    /// <summary>A state machine command of an agent, to be brought to the leader by whoever is asked; its result out.</summary>
    Write = 9,

    /// <summary>What the catalog says of an agent's own node.</summary>
    ReadNode = 10,

    /// <summary>A request of the HTTP API that came to an agent without state.</summary>
    Http = 11,

    /// <summary>A DNS query that came to an agent without state.</summary>
    Dns = 12,

    /// <summary>A session's time to live to be restarted, by the leader: its id in, the session out, or nothing if it is not there.</summary>
    RenewSession = 13,

    /// <summary>A request of the HTTP API whose body or answer has any length, as streams both ways.</summary>
    HttpStream = 14,
}

/// <summary>Another server.</summary>
/// <param name="Id">Its id: what it is known by.</param>
/// <param name="Address">host:port where it was last known; the id counts when it has moved.</param>
public readonly record struct ServerAddress(string Id, string Address);

/// <summary>A call was not answered.</summary>
/// <param name="message">Why.</param>
/// <param name="mayHaveRun">False if the request certainly did not reach the other server: trying again is safe.</param>
public sealed class ServerCallException(string message, bool mayHaveRun, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>False if the request certainly did not reach the other server.</summary>
    public bool MayHaveRun { get; } = mayHaveRun;
}

/// <summary>The other server answered with an error.</summary>
/// <param name="code">Which error, for the caller's code.</param>
/// <param name="text">What clients see.</param>
public sealed class ServerErrorException(byte code, string text) : Exception(text)
{
    /// <summary>Which error.</summary>
    public byte Code { get; } = code;
}

/// <summary>The way from this server to the others. Thread-safe.</summary>
public interface IServerCalls
{
    /// <summary>Sends a message that needs no answer. Never blocks; messages to one server keep their order; what cannot be sent at once is dropped. The bytes are borrowed for the call.</summary>
    void Send(ServerAddress to, ServerMethod method, ReadOnlySpan<byte> message);

    /// <summary>Asks and returns the answer, which the caller owns.</summary>
    /// <exception cref="ServerCallException">No answer.</exception>
    /// <exception cref="ServerErrorException">The other server says no.</exception>
    ValueTask<ReadOnlyMemory<byte>> CallAsync(ServerAddress to, ServerMethod method, ReadOnlyMemory<byte> request, TimeSpan timeout, CancellationToken cancellation);

    /// <summary>
    /// Sends a header and then a stream of any length, at the receiver's pace; completes when the receiver has taken all of it. What the receiver sends back meanwhile goes to
    /// <paramref name="reply"/>, at that one's pace and without limit of time; null where nothing comes back.
    /// </summary>
    /// <exception cref="ServerCallException">It did not arrive.</exception>
    /// <exception cref="ServerErrorException">The other server says no.</exception>
    Task SendStreamAsync(ServerAddress to, ServerMethod method, ReadOnlyMemory<byte> header, Stream body, Stream? reply, CancellationToken cancellation);
}

/// <summary>The other end of <see cref="IServerCalls"/>: what the transport hands over.</summary>
public interface IServerCallee
{
    /// <summary>A message without answer; called in order per connection, must not block. The bytes are the callee's to keep.</summary>
    void Receive(string fromId, ServerMethod method, ReadOnlyMemory<byte> message);

    /// <summary>A call; any number run at once. Begun on the connection's reading loop: what takes long without waiting goes elsewhere. The request is the callee's to keep; the answer must not change any more. An exception becomes <see cref="ServerErrorException"/> at the caller.</summary>
    ValueTask<ReadOnlyMemory<byte>> AnswerAsync(string fromId, ServerMethod method, ReadOnlyMemory<byte> request, CancellationToken cancellation);

    /// <summary>A stream; completes when all of it is taken. What is written to <paramref name="reply"/> goes to the sender at its pace.</summary>
    Task TakeStreamAsync(string fromId, ServerMethod method, ReadOnlyMemory<byte> header, Stream body, Stream reply, CancellationToken cancellation);
}
