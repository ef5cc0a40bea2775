namespace Praetor.Transport.Rpc;

/// <summary>Why a server closed or refused a connection, or dropped what came over it.</summary>
public enum RpcDrop
{
    /// <summary>More connections from one address than allowed.</summary>
    TooManyConnections,

    /// <summary>The handshake took too long.</summary>
    HandshakeTimeout,

    /// <summary>The first bytes are those of another protocol.</summary>
    NotThisProtocol,

    /// <summary>The hello does not decode.</summary>
    MalformedHello,

    /// <summary>Another protocol version.</summary>
    WrongVersion,

    /// <summary>Meant for another datacenter, or messages from one.</summary>
    WrongDatacenter,

    /// <summary>Meant for another server.</summary>
    WrongServer,

    /// <summary>The caller carries this server's own id.</summary>
    SameId,

    /// <summary>Not a server, or not proven to be one, on a lane of servers.</summary>
    NotAServer,

    /// <summary>No TLS where it is required.</summary>
    Plaintext,

    /// <summary>TLS without success: certificate missing, not trusted, or no TLS configured here.</summary>
    TlsFailed,

    /// <summary>A frame header that is none.</summary>
    MalformedFrame,

    /// <summary>A frame longer than allowed.</summary>
    FrameTooLong,

    /// <summary>A frame that has no place here: its type, its stream id, its flags.</summary>
    UnexpectedFrame,

    /// <summary>A compressed body that does not decompress.</summary>
    MalformedBody,

    /// <summary>A message that the receiver could not decode.</summary>
    MalformedMessage,

    /// <summary>A call beyond the number that one connection may have.</summary>
    TooManyCalls,

    /// <summary>Nothing happened on the connection for long.</summary>
    Idle,
}

/// <summary>Counts what was dropped, by reason. Thread-safe.</summary>
public sealed class RpcDrops
{
    private readonly long[] _counts = new long[(int)RpcDrop.Idle + 1];

    /// <summary>How often since the start.</summary>
    public long this[RpcDrop reason] => Volatile.Read(ref _counts[(int)reason]);

    internal void Count(RpcDrop reason) => Interlocked.Increment(ref _counts[(int)reason]);
}
