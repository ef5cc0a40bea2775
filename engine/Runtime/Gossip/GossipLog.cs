using Microsoft.Extensions.Logging;
using Praetor.Core.Gossip;

namespace Praetor.Runtime.Gossip;

/// <summary>Log lines of the pools (gossip-raft 2).</summary>
internal static partial class GossipLog
{
    public static void Write(ILogger log, in GossipNote note)
    {
        switch (note.Kind)
        {
            case GossipNoteKind.Suspected:
                Suspected(log, note.Name);
                break;
            case GossipNoteKind.DeclaredFailed:
                DeclaredFailed(log, note.Name, note.Detail);
                break;
            case GossipNoteKind.Refuted:
                Refuted(log);
                break;
            case GossipNoteKind.Conflict:
                Conflict(log, note.Name, note.Detail);
                break;
            case GossipNoteKind.StreamOnly:
                StreamOnly(log, note.Name);
                break;
            case GossipNoteKind.WrongTarget:
                WrongTarget(log, note.Name, note.Detail);
                break;
            case GossipNoteKind.NotAdmitted:
                NotAdmitted(log, note.Detail);
                break;
            case GossipNoteKind.ExchangeFailed:
                ExchangeFailed(log, note.Name, note.Detail);
                break;
            case GossipNoteKind.ExchangeRefused:
                ExchangeRefused(log, note.Name, note.Detail);
                break;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Suspect {Member} has failed, no acks received")]
    private static partial void Suspected(ILogger log, string member);

    [LoggerMessage(Level = LogLevel.Information, Message = "Marking {Member} as failed, suspect timeout reached ({Confirmations})")]
    private static partial void DeclaredFailed(ILogger log, string member, string confirmations);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Refuting what others say of this node")]
    private static partial void Refuted(ILogger log);

    [LoggerMessage(Level = LogLevel.Error, Message = "Conflicting address for {Member}. {Addresses}")]
    private static partial void Conflict(ILogger log, string member, string addresses);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Was able to connect to {Member} over TCP but UDP probes failed, network may be misconfigured")]
    private static partial void StreamOnly(ILogger log, string member);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Got ping for unexpected node '{Member}' from={From}")]
    private static partial void WrongTarget(ILogger log, string member, string from);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Member not admitted: {Reason}")]
    private static partial void NotAdmitted(ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "Push/Pull with {Member} failed: {Reason}")]
    private static partial void ExchangeFailed(ILogger log, string member, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Refused to merge with {From}: {Reason}")]
    private static partial void ExchangeRefused(ILogger log, string from, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "A listener of the pool failed")]
    public static partial void ListenerFailed(ILogger log, Exception cause);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The saved list of members could not be written: {Reason}")]
    public static partial void NotSaved(ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The saved list of members is not readable and is ignored: {Reason}")]
    public static partial void NotLoaded(ILogger log, string reason);
}
