using System.Buffers;
using System.Diagnostics;
using System.Text;
using Praetor.Core.Codec;
using Praetor.Core.Ports;
using Praetor.Core.State.Sessions;
using Praetor.Runtime.Sessions;
using Praetor.Runtime.Telemetry;

namespace Praetor.Runtime;

/// <summary>What clients ask of the leader about sessions.</summary>
public sealed partial class ServerRuntime
{
    /// <summary>Restarts a session's time to live and returns it; null if it is not there.</summary>
    /// <exception cref="NoLeaderException">No leader within the hold time.</exception>
    public async Task<SessionRecord?> RenewSessionAsync(string id, CancellationToken cancellation)
    {
        long begun = Stopwatch.GetTimestamp();
        SessionRecord? session = await AtLeaderAsync(() => RenewHereAsync(id), static answer => Decode(answer.Span), ServerMethod.RenewSession, Encoding.UTF8.GetBytes(id), cancellation).ConfigureAwait(false);
        _meters?.SessionRenew.Record(ServerMeters.Since(begun));
        return session;
    }

    /// <summary>The leader's clockwork, for tests.</summary>
    internal SessionTimers Timers => _sessionTimers;

    /// <summary>Only who leads for certain may give more time: another leader may already have ended the session.</summary>
    private async Task<SessionRecord?> RenewHereAsync(string id)
    {
        if (!IsReadyLeader)
            throw new NotLeaderException();
        if (!MayReadAtOnce(ReadConsistency.Default))
            await _raftLoop.Reads.ConfirmAsync().ConfigureAwait(false);
        return Root.Sessions.Find(id) is { } session && _sessionTimers.Renew(session) ? session : null;
    }

    private async ValueTask<ReadOnlyMemory<byte>> RenewForAsync(ReadOnlyMemory<byte> id)
    {
        if (await RenewHereAsync(Encoding.UTF8.GetString(id.Span)).ConfigureAwait(false) is not { } session)
            return ReadOnlyMemory<byte>.Empty;
        var encoded = new ArrayBufferWriter<byte>(256);
        session.Write(new FieldWriter(encoded));
        return encoded.WrittenMemory;
    }

    private static SessionRecord? Decode(ReadOnlySpan<byte> answer)
    {
        if (answer.IsEmpty)
            return null;
        var reader = new FieldReader(answer);
        return SessionRecord.Read(ref reader);
    }
}
