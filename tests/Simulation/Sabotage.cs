namespace Praetor.Tests.Simulation;

/// <summary>A fault that no server is allowed to have. With one of them the simulation must find a violation; which seed does stands in the room's README.</summary>
public enum Sabotage
{
    None,

    /// <summary>Term and vote are not on the disk when it says so.</summary>
    VoteNotPersisted,

    /// <summary>Writes are reported done before they are.</summary>
    AckedBeforeSync,

    /// <summary>A conflicting tail stays on the disk.</summary>
    TruncationLost,

    /// <summary>A crash takes an entry that the disk had synced.</summary>
    SyncedEntryLost,

    /// <summary>Entries are applied when they are durable here, not when they are committed.</summary>
    AppliedBeforeCommit,

    /// <summary>A leader answers reads without asking whether it still leads.</summary>
    ReadWithoutQuorum,

    /// <summary>A leader trusts its lease for longer than it runs.</summary>
    LeaseTooLong,

    /// <summary>A leader trusts its own lease, whatever the others promised.</summary>
    OwnLeaseTrusted,

    /// <summary>Clocks run apart further than the lease allows for.</summary>
    ClocksBeyondBound,

    /// <summary>A follower answers default reads from what it happens to have.</summary>
    StaleReadAsDefault,

    /// <summary>A write that is sent again is applied again.</summary>
    AppliedTwice,

    /// <summary>Snapshots miss the newest command.</summary>
    SnapshotTooOld,

    /// <summary>Sessions end before their time.</summary>
    SessionsEndEarly,

    /// <summary>A server that leads again counts sessions on from when it led before.</summary>
    SessionTimesOutliveTerms,

    /// <summary>A session is renewed by a server that only thinks it leads.</summary>
    RenewedByDeposed,

    /// <summary>A session is renewed whose end is on the way.</summary>
    RenewedWhileEnding,

    /// <summary>Lock-delays are over at once.</summary>
    LockDelayForgotten,
}
