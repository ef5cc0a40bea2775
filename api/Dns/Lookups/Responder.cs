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
    private readonly DnsBackend _backend;
    private readonly CatalogLookup _catalog;
    private readonly AuthorityLookup _authority;
    private readonly ReverseLookup _reverse;
    private readonly ReplyEncoder _encoder = new();
    private readonly Reply _reply = new();
    private readonly Question _question = new();
    private LookupScope? _scope;

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

    /// <summary>Answers a packet; a fault while doing so is logged and becomes SERVFAIL.</summary>
    /// <param name="packet">The request. Any bytes.</param>
    /// <param name="asker">Who asks, and how; decides the size rules.</param>
    /// <param name="reply">At least <see cref="DnsLimits.MessageBytes"/>; must not overlap the packet.</param>
    /// <returns>Bytes of the reply; 0 = say nothing.</returns>
    public int Answer(ReadOnlySpan<byte> packet, in Asker asker, Span<byte> reply)
    {
        switch (DnsRequestParser.Parse(packet, out DnsRequest request))
        {
            case RequestVerdict.Ignore:
                return 0;
            case RequestVerdict.NotImplemented:
                return ReplyEncoder.WriteHeaderOnly(request, ResponseCode.NotImplemented, reply);
            case RequestVerdict.Malformed:
                return ReplyEncoder.WriteHeaderOnly(request, ResponseCode.FormatError, reply);
            case RequestVerdict.Empty:
                return ReplyEncoder.WriteHeaderOnly(request, ResponseCode.Refused, reply);
        }

        long begun = _backend.Meters?.Begin() ?? 0;
        AnswerSettings settings = _backend.Settings;
        _reply.Clear();
        _question.Set(request.Name, request.Type, null, _backend.Zone);
        try
        {
            Fill(request, asker, settings);
        }
#pragma warning disable CA1031 // one packet must never stop the loop; whatever it met is logged and told to the client
        catch (Exception fault)
#pragma warning restore CA1031
        {
            DnsLog.AnswerFailed(_backend.Logger, fault);
            _reply.Fail(ResponseCode.ServerFailure);
        }
        int length = _encoder.Encode(_reply, request, _question.Parts, _backend.Zone, settings.Options, asker.Transport, reply);
        if (_encoder.Kept < _reply.Answers.Count && _backend.Logger.IsEnabled(LogLevel.Debug))
            DnsLog.Truncated(_backend.Logger, asker.Transport.ToString(), NameText.ToText(request.Name), _encoder.Kept, _reply.Answers.Count, length);
        _backend.Meters?.Answered(begun, _question.Parts.Zone, request.Type);
        return length;
    }

    private void Fill(in DnsRequest request, in Asker asker, AnswerSettings settings)
    {
        if (_question.Parts.Zone == ZoneKind.Elsewhere)
        {
            _reply.Code = ResponseCode.Refused;
            _reply.IsAuthoritative = false;
            _reply.EchoesEdns = false;
            return;
        }
        if (_question.Parts.Zone == ZoneKind.Catalog && request.Type == RecordType.Axfr)
        {
            _reply.Code = ResponseCode.NotImplemented;
            return;
        }

        LookupScope scope = PrepareScope(settings, request.Edns, asker);
        if (_question.Parts.Zone == ZoneKind.Reverse)
            FillReverse(scope);
        else if (request.Type is RecordType.Ns or RecordType.Soa)
            FillAuthority(scope, request.Type);
        else
            FillCatalog(scope);
    }

    private void FillCatalog(LookupScope scope)
    {
        bool needsState = _question.Parts.Kind is not (NameKind.Invalid or NameKind.Address);
        _reply.HasSubnetScope = _question.Parts.Kind == NameKind.Query;
        Conclude(scope, needsState && MustAskLeader(scope.Settings)
            ? LookupOutcome.NotFound
            : _catalog.Answer(scope, _question, _reply.Answers, _reply.Additional, depth: 0));
    }

    private void FillReverse(LookupScope scope)
    {
        _reply.IsTrimmable = false;
        LookupOutcome outcome = MustAskLeader(scope.Settings) ? LookupOutcome.NotFound : _reverse.Answer(scope, _question, _reply.Answers);
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
        if (outcome == LookupOutcome.NotFound && !_backend.KnownLeader())
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

    private bool MustAskLeader(AnswerSettings settings) => !settings.Options.AllowStale && !_backend.KnownLeader();

    private LookupScope PrepareScope(AnswerSettings settings, in EdnsRequest edns, in Asker asker)
    {
        StateRoot root = _backend.Root();
        _scope ??= new LookupScope { Root = root, Settings = settings, Zone = _backend.Zone };
        _scope.Root = root;
        _scope.Settings = settings;
        _scope.HasEdns = edns.Present;
        _scope.Agent = asker.Agent ?? _backend.Agent;
        if (edns.HasSubnet)
            _scope.SetAddress(edns.SubnetAddress, edns.SubnetFamily switch { 1 => 4, 2 => 16, _ => 0 });
        else
            _scope.SetAddress(asker.Address, asker.Address.Length);
        return _scope;
    }
}
