using Praetor.Api.Dns.Wire;

namespace Praetor.Api.Dns.Answers;

/// <summary>A reply under construction, reused from query to query. Not thread-safe.</summary>
public sealed class Reply
{
    /// <summary>Response code.</summary>
    public ResponseCode Code { get; set; }

    /// <summary>Answer section.</summary>
    public RecordList Answers { get; } = new();

    /// <summary>Authority section; a record of type SOA stands for <see cref="Soa"/>.</summary>
    public RecordList Authority { get; } = new();

    /// <summary>Additional section without OPT.</summary>
    public RecordList Additional { get; } = new();

    /// <summary>What the SOA record says, if there is one.</summary>
    public SoaFields Soa { get; set; }

    /// <summary>AA flag.</summary>
    public bool IsAuthoritative { get; set; }

    /// <summary>Subject to the size rules of the domain handler; replies about <c>arpa.</c> are not.</summary>
    public bool IsTrimmable { get; set; }

    /// <summary>Echo EDNS0 if the request had it.</summary>
    public bool EchoesEdns { get; set; }

    /// <summary>Answers for one subnet: if it is NOERROR the scope of the client subnet is its prefix (dns 6).</summary>
    public bool HasSubnetScope { get; set; }

    /// <summary>Starts a new reply: NOERROR, authoritative, empty.</summary>
    public void Clear()
    {
        Code = ResponseCode.NoError;
        Answers.Clear();
        Authority.Clear();
        Additional.Clear();
        Soa = default;
        IsAuthoritative = true;
        IsTrimmable = true;
        EchoesEdns = true;
        HasSubnetScope = false;
    }

    /// <summary>Drops all records and sets a code that stands alone.</summary>
    public void Fail(ResponseCode code)
    {
        Answers.Clear();
        Authority.Clear();
        Additional.Clear();
        Code = code;
    }

    /// <summary>Puts the SOA record into a section.</summary>
    public void AddSoa(RecordList section, in SoaFields soa)
    {
        Soa = soa;
        section.Add(new AnswerRecord { Type = RecordType.Soa, Owner = soa.Domain!.Apex, TtlS = soa.Options.MinTtlS });
    }
}
