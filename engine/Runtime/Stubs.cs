#pragma warning disable CS1591, CA1822, CA1065
using Praetor.Core.Ports;
using Praetor.Core.State;
using Praetor.Core.Mvcc;
namespace Praetor.Runtime;
public sealed partial class ServerRuntime
{
    public partial StateRoot Root => throw new NotSupportedException();
    public partial IRecordHeap Heap => throw new NotSupportedException();
    public partial WatchHub Watches => throw new NotSupportedException();
    public partial ConsensusStatus Status => throw new NotSupportedException();
    public partial Task Stopped => throw new NotSupportedException();
    public partial ValueTask<CommandResult> ProposeAsync(CommandBuffer command, CancellationToken cancellation) => throw new NotSupportedException();
    public partial ValueTask<StateRoot> ReadAsync(ReadConsistency consistency, CancellationToken cancellation) => throw new NotSupportedException();
    public ValueTask DisposeAsync() => throw new NotSupportedException();
}
public sealed partial class WatchHub
{
    public partial WatchTicket Register(WatchTopic topic) => throw new NotSupportedException();
    public partial int Count => throw new NotSupportedException();
}
public sealed partial class WatchTicket
{
    public partial ValueTask<WakeReason> WaitAsync(TimeSpan timeout, CancellationToken cancellation) => throw new NotSupportedException();
    public partial void Dispose() { }
}
