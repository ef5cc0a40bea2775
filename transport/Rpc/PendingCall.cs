namespace Praetor.Transport.Rpc;

/// <summary>A call that waits for its answer.</summary>
internal sealed class PendingCall(uint streamId, long dueAt) : TaskCompletionSource<ReadOnlyMemory<byte>>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    /// <summary>Names the call on its connection.</summary>
    public uint StreamId { get; } = streamId;

    /// <summary>Timestamp at which the caller waits no longer.</summary>
    public long DueAt { get; } = dueAt;

    /// <summary>Where its frame begins in all that the connection sends. Before it is known the call counts as sent: rather doubt too much.</summary>
    public long SentAt { get; set; } = -1;
}
