using Microsoft.Extensions.Logging;
using Praetor.Api.Dns.Answers;
using Praetor.Api.Dns.Names;
using Praetor.Api.Dns.Wire;
using Praetor.Core.State;

namespace Praetor.Api.Dns.Lookups;

/// <summary>
/// One request in, one reply out, both as bytes. Owns the scratch memory of an answer, so answering allocates nothing once the
/// names in use are known. One per answering loop; not thread-safe.
/// </summary>
public sealed class Responder
{
    /// <summary>Result of <see cref="Answer"/>: recursors must be asked.</summary>
    public const int Recurse = -1;

    /// <summary>Result of <see cref="Answer"/>: hosts must be resolved first, see <see cref="WantedHosts"/>.</summary>
    public const int NeedsHosts = -2;

    /// <summary>Result of <see cref="Answer"/>: the leader must be asked how new the state has to be.</summary>
    public const int NeedsFresh = -3;

    /// <summary>Age of the state from which on answers are counted as stale (dns 10).</summary>
    private static readonly TimeSpan s_staleAge = TimeSpan.FromSeconds(5);

    private readonly DnsBackend _backend;
    private readonly CatalogLookup _catalog;
    private readonly AuthorityLookup _authority;
    private readonly ReverseLookup _reverse;
    private readonly ReplyEncoder _encoder = new();
    private readonly Reply _reply = new();
    private readonly Question _question = new();
    private LookupScope? _scope;
    private int _missing;

    /// <summary>Creates a responder.</summary>
    /// <param name="backend">State and options.</param>
    /// <param name="seed">Seed of the answer order.</param>
    public Responder(DnsBackend backend, ulong seed)
    {
        _backend = backend;
        Shuffler shuffler = new(seed);
        _catalog = new CatalogLookup(backend.Zone, shuffler, backend.Logger);
        _authority = new AuthorityLookup(backend.Zone, _catalog.Hosts, shuffler, backend.Time, backend.Logger);
        _reverse = new ReverseLookup(backend.Zone);
    }

    /// <summary>Hosts that the last answer lacked: wire form, lower case.</summary>
    public IReadOnlyList<byte[]> WantedHosts => _scope?.Wanted ?? [];

    /// <summary>Answers a packet; a fault while doing so is logged and becomes SERVFAIL.</summary>
    /// <param name="packet">The request. Any bytes.</param>
    /// <param name="asker">Who asks, and how; decides the size rules.</param>
    /// <param name="reply">At least <see cref="DnsLimits.MessageBytes"/>; must not overlap the packet.</param>
    /// <param name="gathered">What an earlier attempt lacked.</param>
    /// <returns>Bytes of the reply; 0 = say nothing; <see cref="Recurse"/>, <see cref="NeedsHosts"/> or <see cref="NeedsFresh"/>: it takes others to answer.</returns>
    public int Answer(ReadOnlySpan<byte> packet, in Asker asker, Span<byte> reply, Gathered gathered = default)
    {
        AnswerSettings settings = _backend.Settings;
        if (TryAnswerWithoutState(packet, asker.Transport, settings, reply, out DnsRequest request, out int early))
            return early;

        long begun = _backend.Meters?.Begin() ?? 0;
        _missing = 0;
        try
        {
            Fill(request, asker, settings, gathered);
        }
#pragma warning disable CA1031 // one packet must never stop the loop; whatever it met is logged and told to the client
        catch (Exception fault)
#pragma warning restore CA1031
        {
            DnsLog.AnswerFailed(_backend.Logger, fault);
            _reply.Fail(ResponseCode.ServerFailure);
        }
        if (_missing != 0)
            return _missing;
        if (gathered.Hosts is null && _scope is { Wanted.Count: > 0 })
            return NeedsHosts;
        int length = _encoder.Encode(_reply, request, _question.Parts, _backend.Zone, settings.Options, asker.Transport, reply);
        if (_encoder.Kept < _reply.Answers.Count && _backend.Logger.IsEnabled(LogLevel.Debug))
            DnsLog.Truncated(_backend.Logger, asker.Transport.ToString(), NameText.ToText(request.Name), _encoder.Kept, _reply.Answers.Count, length);
        _backend.Meters?.Answered(begun, _question.Parts.Zone, request.Type);
        return length;
    }

    /// <summary>Answers what takes no state to answer: packets that are no question, and names that are not served here.</summary>
    /// <param name="packet">The request. Any bytes.</param>
    /// <param name="transport">How it came.</param>
    /// <param name="reply">At least <see cref="DnsLimits.MessageBytes"/>.</param>
    /// <param name="length">As <see cref="Answer"/> returns it.</param>
    /// <returns>False: it takes state.</returns>
    public bool TryAnswerWithoutState(ReadOnlySpan<byte> packet, DnsTransport transport, Span<byte> reply, out int length) =>
        TryAnswerWithoutState(packet, transport, _backend.Settings, reply, out _, out length);

    /// <summary>SERVFAIL: no recursor knows (dns 9), or no server can be asked.</summary>
    /// <param name="packet">The request.</param>
    /// <param name="transport">How it came.</param>
    /// <param name="reply">At least <see cref="DnsLimits.MessageBytes"/>.</param>
    /// <returns>Bytes of the reply; <see cref="Recurse"/> for a reverse lookup that recursors may know, since an error there counts as "not found" (dns 8).</returns>
    public int Fail(ReadOnlySpan<byte> packet, DnsTransport transport, Span<byte> reply)
    {
        if (TryAnswerWithoutState(packet, transport, _backend.Settings, reply, out DnsRequest request, out int early))
            return early != Recurse ? early : FailRecursion(packet, transport, reply);
        if (_question.Parts.Zone == ZoneKind.Reverse && _backend.Settings.Options.Recurses)
            return Recurse;
        _reply.Fail(ResponseCode.ServerFailure);
        return _encoder.Encode(_reply, request, _question.Parts, _backend.Zone, _backend.Settings.Options, transport, reply);
    }

    /// <summary>SERVFAIL, as it is told when no recursor knows (dns 9).</summary>
    /// <param name="packet">The request.</param>
    /// <param name="transport">How it came.</param>
    /// <param name="reply">At least <see cref="DnsLimits.MessageBytes"/>.</param>
    /// <returns>Bytes of the reply.</returns>
    public int FailRecursion(ReadOnlySpan<byte> packet, DnsTransport transport, Span<byte> reply)
    {
        if (DnsRequestParser.Parse(packet, out DnsRequest request) != RequestVerdict.Question)
            return 0;
        _question.Set(request.Name, request.Type, null, _backend.Zone);
        _reply.Clear();
        _reply.Code = ResponseCode.ServerFailure;
        _reply.IsAuthoritative = false;
        return _encoder.Encode(_reply, request, _question.Parts, _backend.Zone, _backend.Settings.Options, transport, reply);
    }

    private bool TryAnswerWithoutState(ReadOnlySpan<byte> packet, DnsTransport transport, AnswerSettings settings, Span<byte> reply, out DnsRequest request, out int length)
    {
        RequestVerdict verdict = DnsRequestParser.Parse(packet, out request);
        if (verdict != RequestVerdict.Question)
        {
            length = verdict switch
            {
                RequestVerdict.NotImplemented => ReplyEncoder.WriteHeaderOnly(request, ResponseCode.NotImplemented, reply),
                RequestVerdict.Malformed => ReplyEncoder.WriteHeaderOnly(request, ResponseCode.FormatError, reply),
                RequestVerdict.Empty => ReplyEncoder.WriteHeaderOnly(request, ResponseCode.Refused, reply),
                _ => 0,
            };
            return true;
        }

        _reply.Clear();
        _question.Set(request.Name, request.Type, null, _backend.Zone);
        bool isElsewhere = _question.Parts.Zone == ZoneKind.Elsewhere;
        // DS belongs to the parent's side of a zone: of the served domains, too (dns 1).
        if (settings.Options.Recurses && (isElsewhere || request.Type == RecordType.Ds))
        {
            length = Recurse;
            return true;
        }

        length = 0;
        if (!isElsewhere)
            return false;
        _reply.Code = ResponseCode.Refused;
        _reply.IsAuthoritative = false;
        _reply.EchoesEdns = false;
        length = _encoder.Encode(_reply, request, _question.Parts, _backend.Zone, settings.Options, transport, reply);
        return true;
    }

    private void Fill(in DnsRequest request, in Asker asker, AnswerSettings settings, in Gathered gathered)
    {
        if (_question.Parts.Zone == ZoneKind.Catalog && request.Type == RecordType.Axfr)
        {
            _reply.Code = ResponseCode.NotImplemented;
            return;
        }

        LookupScope scope = PrepareScope(settings, request.Edns, asker, gathered);
        bool needsState = _question.Parts is not { Zone: ZoneKind.Catalog, Kind: NameKind.Invalid or NameKind.Address };
        if (needsState && gathered.Fresh is null && MustAskLeader(settings))
        {
            _missing = NeedsFresh;
            if (!_backend.State.KnowsLeader)
                FillWithoutLeader(scope);
            return;
        }

        if (_question.Parts.Zone == ZoneKind.Reverse)
            FillReverse(scope);
        else if (request.Type is RecordType.Ns or RecordType.Soa)
            FillAuthority(scope, request.Type);
        else
            FillCatalog(scope);
    }

    /// <summary>There is nobody to ask: waiting would help no resolver. Of a reverse lookup that counts as "not found" (dns 8).</summary>
    private void FillWithoutLeader(LookupScope scope)
    {
        _missing = _question.Parts.Zone == ZoneKind.Reverse && scope.Settings.Options.Recurses ? Recurse : 0;
        _reply.Fail(ResponseCode.ServerFailure);
    }

    private void FillCatalog(LookupScope scope)
    {
        _reply.HasSubnetScope = _question.Parts.Kind == NameKind.Query;
        Conclude(scope, _catalog.Answer(scope, _question, _reply.Answers, _reply.Additional, depth: 0));
    }

    private void FillReverse(LookupScope scope)
    {
        _reply.IsTrimmable = false;
        LookupOutcome outcome = _reverse.Answer(scope, _question, _reply.Answers);
        if (scope.Settings.Options.Recurses && outcome is LookupOutcome.NotFound or LookupOutcome.Invalid)
            _missing = Recurse;
        Conclude(scope, outcome);
        if (outcome == LookupOutcome.Answered && _question.Type == RecordType.Soa)
            _reply.AddSoa(_reply.Authority, _authority.Soa(scope.Settings, default));
    }

    private void FillAuthority(LookupScope scope, RecordType type)
    {
        if (type == RecordType.Soa)
            _reply.AddSoa(_reply.Answers, _authority.Soa(scope.Settings, _question.Name));
        RecordList servers = type == RecordType.Soa ? _reply.Authority : _reply.Answers;
        _authority.AddServers(scope, _question.Parts.Domain!, servers, _reply.Additional);
    }

    /// <summary>Code and authority section by outcome (dns 3, outcome rules).</summary>
    private void Conclude(LookupScope scope, LookupOutcome outcome)
    {
        if (outcome == LookupOutcome.Invalid && _question.Parts.Kind == NameKind.Invalid && _question.Parts.Zone == ZoneKind.Catalog
            && _backend.Logger.IsEnabled(LogLevel.Warning))
        {
            DnsLog.InvalidName(_backend.Logger, NameText.ToText(_question.Name));
        }

        // "Not there" is a statement about the catalog that only a server in touch with a leader can make: a negative answer
        // given too early is cached by clients for minutes (field 1.10).
        if (outcome == LookupOutcome.NotFound && !_backend.State.KnowsLeader)
        {
            _reply.Fail(ResponseCode.ServerFailure);
            return;
        }
        bool isNegative = outcome is LookupOutcome.Invalid or LookupOutcome.NotFound;
        if (isNegative)
            _reply.Code = ResponseCode.NameError;
        if (isNegative || (outcome == LookupOutcome.NoData && _reply.Answers.Count == 0))
        {
            _reply.AddSoa(_reply.Authority, _authority.Soa(scope.Settings,
                _question.Parts.Zone == ZoneKind.Catalog ? _question.Name : default));
        }
    }

    /// <summary>Whether the own state will not do (dns 10); virtual addresses are never told from one that may be old.</summary>
    private bool MustAskLeader(AnswerSettings settings)
    {
        DnsState state = _backend.State;
        TimeSpan age = state.SinceLeader();
        bool isTooOld = age > settings.Options.MaxStale;
        if (settings.Options.AllowStale && !isTooOld && _question.Parts.Kind != NameKind.Virtual)
        {
            if (age > s_staleAge)
                _backend.Meters?.AnsweredStale();
            return false;
        }

        if (state.IsFresh())
            return false;
        if (settings.Options.AllowStale && isTooOld)
            DnsLog.TooStale(_backend.Logger);
        return true;
    }

    private LookupScope PrepareScope(AnswerSettings settings, in EdnsRequest edns, in Asker asker, in Gathered gathered)
    {
        StateRoot root = gathered.Fresh ?? _backend.State.Root;
        _scope ??= new LookupScope { Root = root, Settings = settings, Zone = _backend.Zone };
        _scope.Root = root;
        _scope.Settings = settings;
        _scope.Resolved = gathered.Hosts;
        _scope.Wanted.Clear();
        _scope.HasEdns = edns.Present;
        _scope.Agent = asker.Agent ?? _backend.Agent;
        if (edns.HasSubnet)
            _scope.SetAddress(edns.SubnetAddress, edns.SubnetFamily switch { 1 => 4, 2 => 16, _ => 0 });
        else
            _scope.SetAddress(asker.Address, asker.Address.Length);
        return _scope;
    }
}
