using System.Buffers;
using Praetor.Core.Codec;

namespace Praetor.Transport.Framing;

/// <summary>What a connection is for. On the wire: values are frozen, new ones are only added.</summary>
public enum Lane : byte
{
    /// <summary>Messages without answer, of servers to servers. A lane of its own, so that a heartbeat waits for no large call.</summary>
    Messages = 1,

    /// <summary>Calls and their answers.</summary>
    Calls = 2,

    /// <summary>One stream and its answer.</summary>
    Stream = 3,

    /// <summary>One stream of an agent: <see cref="Praetor.Core.Ports.ServerMethod.HttpStream"/> and nothing else.</summary>
    AgentStream = 4,
}

/// <summary>What a side of the connection can do beyond the protocol version.</summary>
[Flags]
public enum Features : uint
{
    /// <summary>Nothing more.</summary>
    None = 0,

    /// <summary>Reads bodies in the form of <see cref="CompressedBody"/>.</summary>
    Compression = 1,
}

/// <summary>
/// Who connects and what for: the body of the first frame, after the <see cref="Preface"/>. Its version byte stands first in every
/// version of the protocol, so that a refusal can name both.
/// </summary>
public sealed record Hello
{
    /// <summary>The version this build speaks.</summary>
    public const byte CurrentVersion = 1;

    /// <summary>Longest body of a hello, bytes.</summary>
    public const int MaxBytes = 2048;

    /// <summary>Protocol version.</summary>
    public byte Version { get; init; } = CurrentVersion;

    /// <summary>What the connection is for.</summary>
    public required Lane Lane { get; init; }

    /// <summary>What the caller can do.</summary>
    public Features Features { get; init; }

    /// <summary>True if the caller is a server.</summary>
    public required bool IsServer { get; init; }

    /// <summary>Id of the calling node.</summary>
    public required string NodeId { get; init; }

    /// <summary>Name of the calling node.</summary>
    public required string NodeName { get; init; }

    /// <summary>Datacenter of the calling node.</summary>
    public required string Datacenter { get; init; }

    /// <summary>Datacenter the caller wants to reach.</summary>
    public required string WantedDatacenter { get; init; }

    /// <summary>Id of the server the caller wants to reach; empty if any will do.</summary>
    public string WantedServerId { get; init; } = "";

    /// <summary>First bytes of every connection, before the first frame. No TLS record and no HTTP request begins like this.</summary>
    public static ReadOnlySpan<byte> Preface => "PRAE"u8;

    /// <summary>The body.</summary>
    public byte[] Encode()
    {
        var body = new ArrayBufferWriter<byte>(256);
        var writer = new FieldWriter(body);
        writer.Byte(Version);
        writer.Byte((byte)Lane);
        writer.UInt((uint)Features);
        writer.Bool(IsServer);
        writer.Text(NodeId);
        writer.Text(NodeName);
        writer.Text(Datacenter);
        writer.Text(WantedDatacenter);
        writer.Text(WantedServerId);
        return body.WrittenSpan.ToArray();
    }

    /// <summary>The version of a body that may be of another version.</summary>
    public static byte VersionOf(ReadOnlySpan<byte> body) => body.IsEmpty ? (byte)0 : body[0];

    /// <summary>Reads a body of <see cref="CurrentVersion"/>. Fields that a later build appends are passed over.</summary>
    /// <exception cref="InvalidDataException">Malformed.</exception>
    public static Hello Decode(ReadOnlySpan<byte> body)
    {
        var reader = new FieldReader(body);
        var hello = new Hello
        {
            Version = reader.Byte(),
            Lane = (Lane)reader.Byte(),
            Features = (Features)reader.UInt(),
            IsServer = reader.Bool(),
            NodeId = reader.Text(),
            NodeName = reader.Text(),
            Datacenter = reader.Text(),
            WantedDatacenter = reader.Text(),
            WantedServerId = reader.Text(),
        };
        return Enum.IsDefined(hello.Lane) ? hello : throw new InvalidDataException($"lane {(byte)hello.Lane} is not known");
    }
}

/// <summary>The listening side's agreement.</summary>
/// <param name="Features">What the listening side can do.</param>
/// <param name="ServerId">Its id.</param>
/// <param name="ServerName">Its node name.</param>
public sealed record Welcome(Features Features, string ServerId, string ServerName)
{
    /// <summary>The body.</summary>
    public byte[] Encode()
    {
        var body = new ArrayBufferWriter<byte>(128);
        var writer = new FieldWriter(body);
        writer.UInt((uint)Features);
        writer.Text(ServerId);
        writer.Text(ServerName);
        return body.WrittenSpan.ToArray();
    }

    /// <summary>Reads what <see cref="Encode"/> wrote. Fields that a later build appends are passed over.</summary>
    /// <exception cref="InvalidDataException">Malformed.</exception>
    public static Welcome Decode(ReadOnlySpan<byte> body)
    {
        var reader = new FieldReader(body);
        return new Welcome((Features)reader.UInt(), reader.Text(), reader.Text());
    }
}
