using Praetor.Core.Codec;

namespace Praetor.Core.State.Sessions;

/// <summary>What becomes of the keys that a session holds when it ends. Persisted: values are frozen.</summary>
public enum SessionBehavior : byte
{
    /// <summary>They are released.</summary>
    Release = 0,

    /// <summary>They are deleted.</summary>
    Delete = 1,
}

/// <summary>A session (http-core 7). Immutable: renewing writes nothing.</summary>
public sealed record SessionRecord
{
    /// <summary>Longest lock-delay that is obeyed, nanoseconds; a longer one is kept as given and cut (http-core 7.1).</summary>
    public const long MaxLockDelayNs = 60_000_000_000;

    private const byte Format = 1;

    /// <summary>UUID.</summary>
    public required string Id { get; init; }

    /// <summary>Any text; not unique.</summary>
    public string Name { get; init; } = "";

    /// <summary>Node that it is bound to.</summary>
    public required string Node { get; init; }

    /// <summary>How long keys that it lost cannot be acquired, nanoseconds, as given.</summary>
    public long LockDelayNs { get; init; }

    /// <summary>What becomes of its keys.</summary>
    public SessionBehavior Behavior { get; init; }

    /// <summary>Time to live as given; empty for none.</summary>
    public string Ttl { get; init; } = "";

    /// <summary>The same in nanoseconds; 0 for none.</summary>
    public long TtlNs { get; init; }

    /// <summary>Checks of the node that it needs.</summary>
    public IReadOnlyList<string> NodeChecks { get; init; } = [];

    /// <summary>Checks of services that it needs: id and namespace.</summary>
    public IReadOnlyList<(string Id, string Namespace)> ServiceChecks { get; init; } = [];

    /// <summary>Checks given under the old name.</summary>
    public IReadOnlyList<string> Checks { get; init; } = [];

    /// <summary>Log index of creation.</summary>
    public long CreateIndex { get; init; }

    /// <summary>Log index of the last change; that of creation.</summary>
    public long ModifyIndex { get; init; }

    /// <summary>Ids of all checks that it needs, whatever they are called.</summary>
    public IEnumerable<string> BoundChecks => NodeChecks.Concat(ServiceChecks.Select(static check => check.Id)).Concat(Checks);

    /// <summary>The form in the log, in snapshots and between nodes.</summary>
    public void Write(FieldWriter writer)
    {
        writer.Byte(Format);
        writer.Text(Id);
        writer.Text(Name);
        writer.Text(Node);
        writer.Int(LockDelayNs);
        writer.Byte((byte)Behavior);
        writer.Text(Ttl);
        writer.Int(TtlNs);
        writer.TextList(NodeChecks);
        writer.TextList([.. ServiceChecks.SelectMany(static check => new[] { check.Id, check.Namespace })]);
        writer.TextList(Checks);
        writer.Int(CreateIndex);
        writer.Int(ModifyIndex);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">Malformed.</exception>
    public static SessionRecord Read(ref FieldReader reader)
    {
        if (reader.Byte() != Format)
            throw new InvalidDataException("a session of another format");
        return new SessionRecord
        {
            Id = reader.Text(),
            Name = reader.Text(),
            Node = reader.Text(),
            LockDelayNs = reader.Int(),
            Behavior = reader.Byte() switch { 0 => SessionBehavior.Release, 1 => SessionBehavior.Delete, _ => throw new InvalidDataException("a session behavior that is not known") },
            Ttl = reader.Text(),
            TtlNs = reader.Int(),
            NodeChecks = reader.TextList() ?? [],
            ServiceChecks = Pairs(reader.TextList() ?? []),
            Checks = reader.TextList() ?? [],
            CreateIndex = reader.Int(),
            ModifyIndex = reader.Int(),
        };
    }

    private static (string Id, string Namespace)[] Pairs(string[] flat) => flat.Length % 2 == 0
        ? [.. Enumerable.Range(0, flat.Length / 2).Select(i => (flat[2 * i], flat[(2 * i) + 1]))]
        : throw new InvalidDataException("a service check without its other half");
}

/// <summary>A key that a session lost: nobody acquires it until the leader says that the delay is over (http-core 7.3).</summary>
/// <param name="Index">Log index of the loss; the end names it, so that the end of an older delay does not end this one.</param>
/// <param name="DelayNs">How long, nanoseconds.</param>
public readonly record struct LockDelay(long Index, long DelayNs);
