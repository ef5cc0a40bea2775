using System.Buffers;
using System.Diagnostics;
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
        SessionRecord? session = await AtLeaderAsync(() => RenewHereAsync(id), _ => RenewThereAsync(id, cancellation), cancellation).ConfigureAwait(false);
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

    private async Task<SessionRecord?> RenewThereAsync(string id, CancellationToken cancellation)
    {
        SessionRecord?[] renewed = await _askRenewal.AskAsync(id, out int place).WaitAsync(cancellation).ConfigureAwait(false);
        return renewed[place];
    }

    private async Task<SessionRecord?[]> AskRenewalAsync(IReadOnlyList<string> ids)
    {
        ServerAddress leader = LeaderElsewhere ?? throw new NoLeaderException();
        var request = new ArrayBufferWriter<byte>(ids.Count * 40);
        new FieldWriter(request).TextList(ids);
        ReadOnlyMemory<byte> answer = await CallLeaderAsync(leader, ServerMethod.RenewSession, request.WrittenMemory, _stopping.Token).ConfigureAwait(false);
        return DecodeRenewed(answer.Span, ids.Count);
    }

    /// <summary>What a leader answers to another server: each session that has its whole time again.</summary>
    private async ValueTask<ReadOnlyMemory<byte>> RenewForAsync(ReadOnlyMemory<byte> request)
    {
        string[] ids = ReadIds(request.Span);
        var encoded = new ArrayBufferWriter<byte>(ids.Length * 128);
        foreach (string id in ids)
        {
            SessionRecord? session = await RenewHereAsync(id).ConfigureAwait(false);
            var writer = new FieldWriter(encoded);
            writer.Bool(session is not null);
            session?.Write(writer);
        }

        return encoded.WrittenMemory;
    }

    private static string[] ReadIds(ReadOnlySpan<byte> request)
    {
        var reader = new FieldReader(request);
        return reader.TextList() ?? [];
    }

    private static SessionRecord?[] DecodeRenewed(ReadOnlySpan<byte> answer, int count)
    {
        var reader = new FieldReader(answer);
        var renewed = new SessionRecord?[count];
        for (int i = 0; i < count; i++)
            renewed[i] = reader.Bool() ? SessionRecord.Read(ref reader) : null;
        return renewed;
    }
}
