using System.Net;
using Microsoft.Extensions.Logging;

namespace Praetor.Transport.Gossip;

/// <summary>Log events of the gossip port.</summary>
internal static partial class GossipLog
{
    [LoggerMessage(450, LogLevel.Information, "Listening for gossip: pool={Pool} address={Address}")]
    public static partial void Listening(ILogger logger, string pool, EndPoint address);

    [LoggerMessage(451, LogLevel.Warning, "Gossip packet dropped: pool={Pool} from={From} reason={Reason} dropped_so_far={Count}")]
    public static partial void PacketDropped(ILogger logger, string pool, EndPoint? from, PacketDrop reason, long count);

    [LoggerMessage(452, LogLevel.Error, "Failed to receive: pool={Pool} from={From} error={Error}")]
    public static partial void ExchangeRefused(ILogger logger, string pool, EndPoint? from, string error);

    [LoggerMessage(453, LogLevel.Error, "Gossip packet could not be taken: pool={Pool} from={From}")]
    public static partial void PacketFailed(ILogger logger, string pool, EndPoint from, Exception fault);

    [LoggerMessage(454, LogLevel.Error, "Gossip exchange failed: pool={Pool} from={From}")]
    public static partial void ExchangeFailed(ILogger logger, string pool, EndPoint? from, Exception fault);

    [LoggerMessage(455, LogLevel.Critical, "Gossip socket died: pool={Pool}")]
    public static partial void SocketDied(ILogger logger, string pool, Exception fault);
}
