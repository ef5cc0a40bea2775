using Praetor.Core.Gossip;
using Praetor.Core.Ports;
using Praetor.Core.State;

namespace Praetor.Tests.Tidy;

/// <summary>Persisted enums may only grow: data on disk outlives the build that wrote it.</summary>
public class FrozenEnumTests
{
    private static string Values<T>() where T : struct, Enum =>
        string.Join(' ', Enum.GetValues<T>().Select(value => $"{value}={Convert.ToInt64(value, null)}"));

    [Fact]
    public void Log_entry_kinds_keep_their_values() =>
        Assert.StartsWith("Command=0 NoOp=1 Configuration=2", Values<LogEntryKind>());

    [Fact]
    public void Command_kinds_keep_their_values() => Assert.Equal(
        "KvSet=1 KvDelete=2 KvDeleteTree=3 KvReapTombstones=4 KvAcquire=5 KvRelease=6 CatalogRegister=16 CatalogDeregister=17 VirtualIpsSet=18 CoordinateUpdate=24 AutopilotSet=25 Forwarded=32 SessionCreate=40 SessionDestroy=41 LockDelaysEnd=42 Txn=48 QuerySet=56 QueryDelete=57 RestoreBegin=64 RestorePiece=65 RestoreCommit=66 RestoreAbandon=67", Values<CommandKind>());

    [Fact]
    public void Snapshot_tags_keep_their_values() => Assert.Equal(
        "Header=1 KvEntry=2 KvTombstone=3 KvTreeTombstone=4 KvIndexes=5 Node=6 Service=7 Check=8 ServiceGroup=9 CatalogIndexes=10 ForwardingOrigin=11 ForwardedResult=12 NodeCoordinate=13 CoordinatesIndex=14 Autopilot=15 Session=16 SessionsIndex=17 LockDelay=18 Query=19 QueriesIndex=20 StagedBegin=21 StagedEnd=22 VirtualIp=23 FreeVirtualIps=24 End=255",
        Values<SnapshotTag>());

    [Fact]
    public void Methods_between_nodes_keep_their_values() => Assert.Equal(
        "Raft=1 Propose=2 ReadIndex=3 Snapshot=4 Configuration=5 RemoveServer=6 TransferLeadership=7 Birth=8 Write=9 ReadNode=10 Http=11 Dns=12 RenewSession=13 HttpStream=14", Values<ServerMethod>());

    [Fact]
    public void Gossip_messages_keep_their_values() => Assert.Equal(
        "Ping=1 PingRequest=2 Ack=3 Nack=4 Alive=5 Suspect=6 Dead=7 JoinIntent=8 LeaveIntent=9 UserEvent=10", Values<GossipMessage>());
}
