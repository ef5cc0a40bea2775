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
        SessionRecord? session = await AtLeaderAsync(() => Task.FromResult(RenewHere(id)), static answer => Decode(answer.Span), ServerMethod.RenewSession, Encoding.UTF8.GetBytes(id), cancellation).ConfigureAwait(false);
        _meters?.SessionRenew.Record(ServerMeters.Since(begun));
        return session;
    }

    /// <summary>The leader's clockwork, for tests.</summary>
    internal SessionTimers Timers => _sessionTimers;

    private SessionRecord? RenewHere(string id)
    {
        if (!IsReadyLeader)
            throw new NotLeaderException();
        SessionRecord? session = Root.Sessions.Find(id);
        if (session is not null)
            _sessionTimers.Renew(session);
        return session;
    }

    private byte[] RenewFor(ReadOnlyMemory<byte> id)
    {
        if (RenewHere(Encoding.UTF8.GetString(id.Span)) is not { } session)
            return [];
        var encoded = new ArrayBufferWriter<byte>(256);
        session.Write(new FieldWriter(encoded));
        return encoded.WrittenSpan.ToArray();
    }

    private static SessionRecord? Decode(ReadOnlySpan<byte> answer)
    {
        if (answer.IsEmpty)
            return null;
        var reader = new FieldReader(answer);
        return SessionRecord.Read(ref reader);
    }
}
