using Microsoft.Extensions.Logging;

namespace Praetor.Api.Dns;

/// <summary>Every line the DNS room logs. Event ids 8600 and up.</summary>
internal static partial class DnsLog
{
    [LoggerMessage(8600, LogLevel.Information, "Started DNS server: address={Address} network={Network}")]
    public static partial void Started(ILogger logger, string address, string network);

    [LoggerMessage(8601, LogLevel.Warning, "QName invalid: qname={Name}")]
    public static partial void InvalidName(ILogger logger, string name);

    [LoggerMessage(8602, LogLevel.Error, "Infinite recursion detected for name, won't perform any CNAME resolution.: name={Name}")]
    public static partial void InfiniteRecursion(ILogger logger, string name);

    [LoggerMessage(8603, LogLevel.Warning, "Skipping invalid node for NS records: node={Node}")]
    public static partial void InvalidServerNode(ILogger logger, string node);

    [LoggerMessage(8604, LogLevel.Debug, "request served from client: name={Name} type={Type} class={Class} latency={LatencyUs}us client={Client} client_network={Network}", SkipEnabledCheck = true)]
    public static partial void Served(ILogger logger, string name, ushort type, ushort @class, double latencyUs, string client, string network);

    [LoggerMessage(8605, LogLevel.Debug, "DNS response too large, truncated: protocol={Protocol} question={Question} records={Kept}/{Total} size={SizeBytes}", SkipEnabledCheck = true)]
    public static partial void Truncated(ILogger logger, string protocol, string question, int kept, int total, int sizeBytes);

    [LoggerMessage(8609, LogLevel.Warning, "Query results too stale, re-requesting")]
    public static partial void TooStale(ILogger logger);

    [LoggerMessage(8610, LogLevel.Error, "all resolvers failed for question from client: question={Question} type={Type}")]
    public static partial void AllRecursorsFailed(ILogger logger, string question, ushort type);

    [LoggerMessage(8611, LogLevel.Warning, "recurse failed: recursor={Recursor} error={Error}")]
    public static partial void RecursorFailed(ILogger logger, string recursor, string error);

    [LoggerMessage(8606, LogLevel.Error, "failed to answer: client gets SERVFAIL")]
    public static partial void AnswerFailed(ILogger logger, Exception exception);

    [LoggerMessage(8607, LogLevel.Debug, "failed to respond: client={Client} error={Error}", SkipEnabledCheck = true)]
    public static partial void SendFailed(ILogger logger, string client, string error);

    [LoggerMessage(8608, LogLevel.Critical, "DNS loop died: address={Address} network={Network}")]
    public static partial void LoopDied(ILogger logger, string address, string network, Exception exception);

    [LoggerMessage(8609, LogLevel.Debug, "DNS connection ended: client={Client} reason={Reason}", SkipEnabledCheck = true)]
    public static partial void ConnectionEnded(ILogger logger, string client, string reason);
}
